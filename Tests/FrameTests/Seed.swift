/// A small deterministic generator (SplitMix64), so that a printed seed is the whole run.
struct Seed: RandomNumberGenerator, CustomStringConvertible, Sendable {
    static let smoke: [Seed] = [Seed(1), Seed(7), Seed(20_260_904)]

    private let start: UInt64
    private var state: UInt64

    init(_ seed: UInt64) {
        start = seed
        state = seed
    }

    var description: String { "SEED=\(start)" }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
