/// A reproducible source of chance: everything random in a test comes from one printed number.
public struct Seed: RandomNumberGenerator, CustomStringConvertible, Sendable {
    /// What to print, and to put into a test to see the same again.
    public let number: UInt64
    private var state: UInt64

    /// Starts at `number`.
    public init(_ number: UInt64) {
        self.number = number
        state = number
    }

    /// Seeds of an ordinary run.
    public static let smoke: [Seed] = (1...4).map { Seed($0) }

    /// SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// 0 to `limit` less 1.
    public mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// That many bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// `seed 7`.
    public var description: String { "seed \(number)" }
}
