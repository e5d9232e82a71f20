/// The chance of one life (SplitMix64): everything that happens to a person comes from one number.
struct Chance: Sendable {
    private var state: UInt64

    /// A stream of its own for each person of each world.
    init(seed: UInt64, person: Int) {
        state = seed ^ Chance.mixed(UInt64(truncatingIfNeeded: person) &+ 0x6a09_e667)
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Chance.mixed(state)
    }

    /// 0 to `limit` less 1; 0 when there is nothing to choose from.
    mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(next().multipliedFullWidth(by: UInt64(limit)).high) : 0
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Whether something happens that happens `perMille` times of a thousand.
    mutating func hits(_ perMille: Int) -> Bool { below(1_000) < perMille }

    /// One of `list`, which is not empty.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// About `mean` hundredths on average, by whole numbers.
    mutating func count(hundredths mean: Int) -> Int {
        mean / 100 + (below(100) < mean % 100 ? 1 : 0)
    }

    /// Digits, the first of them not 0.
    mutating func digits(_ count: Int) -> String {
        var text = String(within(1...9))
        for _ in 1..<count { text += String(below(10)) }
        return text
    }

    static func mixed(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
