/// Writes Protobuf's wire format into space that was measured first.
///
/// Fields that hold their default are left out, as proto3 wants; what is written is what
/// swift-protobuf would write. Sizes and writes come in pairs below: a size that is too small
/// traps in `OutputSpan`, so it cannot pass a test unseen.
extension OutputSpan<UInt8> {
    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func number(_ field: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        varint(UInt64(field << 3))
        varint(value)
    }

    /// A number that is written even when it is 0: an `optional` field that is set.
    @inline(__always)
    mutating func number(_ field: UInt32, ifSet value: UInt64?) {
        guard let value else { return }
        varint(UInt64(field << 3))
        varint(value)
    }

    @inline(__always)
    mutating func text(_ field: UInt32, _ value: Span<UInt8>) {
        guard !value.isEmpty else { return }
        varint(UInt64(field << 3 | 2))
        varint(UInt64(value.count))
        for index in value.indices { append(value[index]) }
    }
}

/// Bytes that a value takes on the wire, and the wire's form of numbers.
enum WireSize {
    @inline(__always)
    static func varint(_ value: UInt64) -> Int {
        // Seven bits a byte, and at least one byte: (bits + 6) / 7 without a division.
        ((70 &- (value | 1).leadingZeroBitCount) &* 37) >> 8
    }

    @inline(__always)
    static func number(_ field: UInt32, _ value: UInt64) -> Int {
        value == 0 ? 0 : varint(UInt64(field << 3)) + varint(value)
    }

    @inline(__always)
    static func number(_ field: UInt32, ifSet value: UInt64?) -> Int {
        guard let value else { return 0 }
        return varint(UInt64(field << 3)) + varint(value)
    }

    @inline(__always)
    static func text(_ field: UInt32, _ value: Span<UInt8>) -> Int {
        value.isEmpty
            ? 0 : varint(UInt64(field << 3)) + varint(UInt64(value.count)) + value.count
    }

    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value << 1 ^ value >> 63)
    }

    @inline(__always)
    static func zigzag(ifSet value: Int64?) -> UInt64? {
        value.map { zigzag($0) }
    }
}
