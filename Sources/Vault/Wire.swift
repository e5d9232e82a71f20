// Protobuf's wire format for the control events alone. Not swift-protobuf: its messages would leave
// key bytes in memory that nobody wipes. Source: protobuf.dev/programming-guides/encoding.

internal import Cryptography

extension Array where Element == UInt8 {
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number, left out when it is 0, as proto3 does.
    mutating func appendField(_ number: UInt32, varint value: UInt64) {
        guard value != 0 else { return }
        appendVarint(UInt64(number) << 3)
        appendVarint(value)
    }

    /// Bytes, a text or a message, left out when empty.
    mutating func appendField(_ number: UInt32, bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        appendTag(number, byteCount: bytes.count)
        append(span: bytes)
    }

    mutating func appendField(_ number: UInt32, text: String) {
        guard !text.isEmpty else { return }
        appendTag(number, byteCount: text.utf8.count)
        append(contentsOf: text.utf8)
    }

    /// The tag and length of a field whose bytes follow.
    mutating func appendTag(_ number: UInt32, byteCount: Int) {
        appendVarint(UInt64(number) << 3 | 2)
        appendVarint(UInt64(byteCount))
    }
}

/// Why bytes are not a control event.
struct WireFault: Error {}

/// Reads fields front to back.
struct FieldReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var index = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// The next field's number and kind (0 number, 1 eight bytes, 2 bytes, 5 four bytes).
    @_lifetime(self: copy self)
    mutating func next() throws(WireFault) -> (number: UInt32, kind: UInt8)? {
        guard index < bytes.count else { return nil }
        let tag = try varint()
        guard let number = UInt32(exactly: tag >> 3), number != 0 else { throw WireFault() }
        return (number, UInt8(tag & 7))
    }

    @_lifetime(self: copy self)
    mutating func varint() throws(WireFault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count, shift < 64 {
            let byte = bytes[index]
            index += 1
            // The tenth byte has one bit left.
            guard shift < 63 || byte <= 1 else { throw WireFault() }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw WireFault()
    }

    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func field() throws(WireFault) -> Span<UInt8> {
        guard let count = Int(exactly: try varint()), count <= bytes.count - index else {
            throw WireFault()
        }
        index += count
        return bytes.extracting(index - count..<index)
    }

    @_lifetime(self: copy self)
    mutating func skip(kind: UInt8) throws(WireFault) {
        switch kind {
        case 0: _ = try varint()
        case 1: try advance(8)
        case 2: _ = try field()
        case 5: try advance(4)
        default: throw WireFault()
        }
    }

    @_lifetime(self: copy self)
    private mutating func advance(_ count: Int) throws(WireFault) {
        guard count <= bytes.count - index else { throw WireFault() }
        index += count
    }
}
