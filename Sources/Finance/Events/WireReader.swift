/// Reads Protobuf's wire format in place, front to back.
///
/// It refuses groups, which proto3 never writes; otherwise it accepts and refuses what
/// swift-protobuf does. Source: protobuf.dev/programming-guides/encoding.
struct WireReader: ~Escapable {
    private let bytes: Span<UInt8>
    private(set) var index = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index >= bytes.count }

    /// Moves behind the last byte.
    @_lifetime(self: copy self)
    mutating func end() { index = bytes.count }

    /// The next field's tag, number << 3 | wire type, or nil at the end.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func tag() throws(EventError) -> UInt32? {
        guard index < bytes.count else { return nil }
        let first = bytes[index]
        index &+= 1
        guard first >= 0x80 else {
            guard first >= 8 else { throw .malformedTag }
            return UInt32(first)
        }
        return try longTag(UInt32(first & 0x7F))
    }

    @_lifetime(self: copy self)
    private mutating func longTag(_ low: UInt32) throws(EventError) -> UInt32 {
        var value = low
        var shift: UInt32 = 7
        while index < bytes.count {
            let byte = bytes[index]
            index &+= 1
            // A tag has 32 bits: five bytes at most, four bits in the fifth.
            guard shift < 28 || byte < 16 else { throw .malformedTag }
            value |= UInt32(byte & 0x7F) &<< shift
            guard byte >= 0x80 else {
                guard value >= 8 else { throw .malformedTag }
                return value
            }
            shift &+= 7
        }
        throw .truncated
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func varint() throws(EventError) -> UInt64 {
        guard index < bytes.count else { throw .truncated }
        let first = bytes[index]
        index &+= 1
        if first < 0x80 { return UInt64(first) }
        return try longVarint(UInt64(first & 0x7F))
    }

    @_lifetime(self: copy self)
    private mutating func longVarint(_ low: UInt64) throws(EventError) -> UInt64 {
        var value = low
        var shift: UInt64 = 7
        while index < bytes.count {
            let byte = bytes[index]
            index &+= 1
            // The tenth byte's upper bits fall off, as in every Protobuf reader.
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
            guard shift <= 63 else { throw .numberTooLong }
        }
        throw .truncated
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func zigzag() throws(EventError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A `sint32`: 32 bits are kept before the sign is unfolded, as in every Protobuf reader.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func zigzag32() throws(EventError) -> Int32 {
        let value = UInt32(truncatingIfNeeded: try varint())
        return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func uint32() throws(EventError) -> UInt32 {
        UInt32(truncatingIfNeeded: try varint())
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func int32() throws(EventError) -> Int32 {
        Int32(truncatingIfNeeded: try varint())
    }

    /// The bytes of a text, of bytes or of a nested message, not checked to be UTF-8.
    @inline(__always)
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func delimited() throws(EventError) -> Span<UInt8> {
        let length = try varint()
        guard length <= UInt64(bytes.count &- index) else { throw .truncated }
        let start = index
        index &+= Int(truncatingIfNeeded: length)
        return bytes.extracting(start..<index)
    }

    /// Passes over the value of a field that the reader does not know.
    @_lifetime(self: copy self)
    mutating func skip(_ tag: UInt32) throws(EventError) {
        switch tag & 7 {
        case 0: _ = try varint()
        case 1: try advance(8)
        case 2: _ = try delimited()
        case 3, 4: throw .group
        case 5: try advance(4)
        default: throw .malformedTag
        }
    }

    @_lifetime(self: copy self)
    private mutating func advance(_ count: Int) throws(EventError) {
        guard count <= bytes.count &- index else { throw .truncated }
        index &+= count
    }
}
