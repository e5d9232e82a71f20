/// Id that the operator gave a transfer request or an agreement: 16 random bytes.
public struct ConsentID: Hashable, Sendable {
    /// Bytes 0-7, read big-endian.
    public let high: UInt64
    /// Bytes 8-15, read big-endian.
    public let low: UInt64

    /// An id by its two halves.
    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// An id by its 16 bytes, or nil when there are not 16 of them.
    public init?(_ bytes: [UInt8]) {
        guard let halves = AssetID(bytes.span) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// Its 16 bytes.
    public var bytes: [UInt8] { AssetID(high: high, low: low).bytes }
}

extension ConsentID: Comparable {
    /// In the order of the 16 bytes.
    public static func < (left: ConsentID, right: ConsentID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension ConsentID: CustomStringConvertible {
    /// 32 hexadecimal digits.
    public var description: String { bytes.hexadecimal }
}

extension AssetID {
    /// Its 16 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for half in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: half >> shift))
            }
        }
        return bytes
    }
}

extension [UInt8] {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}

extension CivilDate {
    /// 99991231: until the service ends or deletion is asked for.
    public static let withoutEnd = CivilDate(daysSinceEpoch: CivilDate.greatest)
}

extension String {
    /// At most `count` bytes, cut between letters.
    func cut(to count: Int) -> String { String(decoding: utf8Prefix(count), as: UTF8.self) }
}
