/// Chance for the tests of events: SplitMix64, so that one number reproduces a run.
struct EventDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 ..< bound.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    mutating func one(in times: Int) -> Bool { below(times) == 0 }

    /// Any number of bits, so that short and long numbers are equally likely.
    mutating func number() -> UInt64 {
        let bits = below(65)
        return bits == 0 ? 0 : next() >> UInt64(64 - bits)
    }

    /// Valid UTF-8 of up to `words` pieces, Korean among it.
    mutating func text(words: Int = 5) -> [UInt8] {
        let pieces = ["달빛서점", " ", "GS25", "漢", "é", "0", "-", "김밥천국", "𐐷", "a"]
        return (0..<below(words + 1)).flatMap { _ in Array(pieces[below(pieces.count)].utf8) }
    }
}
