/// A key that orders as its bytes do: LMDB compares keys by `memcmp`, a shorter key first when
/// it is a prefix of a longer one.
///
/// Integers are big-endian, so byte order is number order and files move between machines.
public protocol TableKey: Sendable {
    /// The longest encoding in bytes, 1…511.
    static var byteCountMax: Int { get }

    /// Appends the key's bytes: at least 1, at most `byteCountMax`.
    func encode(into bytes: inout OutputSpan<UInt8>)

    /// Reads a key that `encode` wrote; `nil` when the bytes cannot be one.
    init?(decoding bytes: Span<UInt8>)
}

/// A key whose every encoding has `byteCountMax` bytes, so that it can be the first half of a pair.
public protocol FixedWidthKey: TableKey {}

extension FixedWidthInteger where Self: TableKey {
    /// Big-endian bytes.
    @inlinable
    public func encode(into bytes: inout OutputSpan<UInt8>) {
        var shift = Self.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: self >> Self(truncatingIfNeeded: shift)))
        }
    }

    /// Reads big-endian bytes of exactly this width.
    @inlinable
    public init?(decoding bytes: Span<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        var value: Self = 0
        for index in bytes.indices {
            value = value << 8 | Self(truncatingIfNeeded: bytes[index])
        }
        self = value
    }
}

extension UInt64: FixedWidthKey {
    /// Eight bytes.
    @inlinable public static var byteCountMax: Int { 8 }
}

extension UInt32: FixedWidthKey {
    /// Four bytes.
    @inlinable public static var byteCountMax: Int { 4 }
}

extension UInt16: FixedWidthKey {
    /// Two bytes.
    @inlinable public static var byteCountMax: Int { 2 }
}

extension UInt8: FixedWidthKey {
    /// One byte.
    @inlinable public static var byteCountMax: Int { 1 }
}

/// Two keys one after the other: ordered by the first, then by the second.
public struct PairKey<First: FixedWidthKey, Second: TableKey>: TableKey {
    /// The half that orders first.
    public var first: First
    /// The half that orders among equal firsts.
    public var second: Second

    /// The pair of `first` and `second`.
    @inlinable
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    /// The sum of the halves, at most 511.
    @inlinable public static var byteCountMax: Int { First.byteCountMax + Second.byteCountMax }

    /// The bytes of the first half, then those of the second.
    @inlinable
    public func encode(into bytes: inout OutputSpan<UInt8>) {
        first.encode(into: &bytes)
        second.encode(into: &bytes)
    }

    /// Reads both halves; `nil` when either refuses.
    @inlinable
    public init?(decoding bytes: Span<UInt8>) {
        let width = First.byteCountMax
        guard bytes.count > width,
            let first = First(decoding: bytes.extracting(first: width)),
            let second = Second(decoding: bytes.extracting(droppingFirst: width))
        else { return nil }
        self.init(first, second)
    }
}

extension PairKey: FixedWidthKey where Second: FixedWidthKey {}
extension PairKey: Equatable where First: Equatable, Second: Equatable {}
extension PairKey: Hashable where First: Hashable, Second: Hashable {}

/// Sixteen bytes, as an identifier or half a digest has them.
public struct Bytes16Key: FixedWidthKey, Hashable {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// The key of two big-endian halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Sixteen bytes.
    @inlinable public static var byteCountMax: Int { 16 }

    /// The sixteen bytes in order.
    @inlinable
    public func encode(into bytes: inout OutputSpan<UInt8>) {
        high.encode(into: &bytes)
        low.encode(into: &bytes)
    }

    /// Reads exactly sixteen bytes.
    @inlinable
    public init?(decoding bytes: Span<UInt8>) {
        guard bytes.count == 16,
            let high = UInt64(decoding: bytes.extracting(first: 8)),
            let low = UInt64(decoding: bytes.extracting(last: 8))
        else { return nil }
        self.init(high: high, low: low)
    }
}

/// Any 1…511 bytes; a prefix orders before what it begins.
public struct BytesKey: TableKey, Hashable {
    /// The bytes themselves.
    public var bytes: [UInt8]

    /// The key of `bytes`: 1…511 of them.
    ///
    /// Where it is used, an empty key throws `.badValueSize` and a longer one traps.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// LMDB's longest key.
    @inlinable public static var byteCountMax: Int { 511 }

    /// The bytes; a key longer than 511 is a caller's mistake and traps.
    @inlinable
    public func encode(into output: inout OutputSpan<UInt8>) {
        precondition(bytes.count <= output.freeCapacity, "a table key has at most 511 bytes")
        for byte in bytes {
            output.append(byte)
        }
    }

    /// Copies the bytes.
    @inlinable
    public init?(decoding bytes: Span<UInt8>) {
        self.bytes = []
        self.bytes.reserveCapacity(bytes.count)
        for index in bytes.indices {
            self.bytes.append(bytes[index])
        }
    }
}
