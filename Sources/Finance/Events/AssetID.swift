/// The asset that an event is about: the 16 bytes of its frame's compartment id.
///
/// Opaque and random; equal ids are the same account, card, policy or wallet of one subject.
public struct AssetID: Hashable, Sendable {
    /// Bytes 0-7, read big-endian.
    public let high: UInt64
    /// Bytes 8-15, read big-endian.
    public let low: UInt64

    /// An asset by the two halves of its id.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An asset by its 16 bytes, or nil when there are not 16 of them.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var halves = (high: UInt64(0), low: UInt64(0))
        for index in 0..<8 {
            halves.high = halves.high << 8 | UInt64(bytes[index])
            halves.low = halves.low << 8 | UInt64(bytes[index + 8])
        }
        self.init(high: halves.high, low: halves.low)
    }
}

extension AssetID: Comparable {
    /// In the order of the 16 bytes.
    public static func < (left: AssetID, right: AssetID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
