internal import Cryptography

extension SandboxWorld {
    /// A made-up CI (connecting information) of 88 characters: base64 of 64 bytes that hold the
    /// person's number and a check of it by the seed.
    public func ci(of person: Int) -> String {
        var words: [UInt64] = [UInt64(person), Chance.mixed(UInt64(person) ^ seed)]
        for index in 2..<8 { words.append(Chance.mixed(words[1] &+ UInt64(index))) }
        words[0] ^= words[2]
        return Base64.encode(
            words.flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
            }
        )
    }

    /// Whose CI it is, or nil when it is nobody's here.
    public func person(withCI ci: String) -> Int? {
        guard let bytes = Base64.decode(ci), bytes.count == 64 else { return nil }
        let words = stride(from: 0, to: 64, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let person = words[0] ^ words[2]
        guard person < UInt64(personCount), self.ci(of: Int(person)) == ci else { return nil }
        return Int(person)
    }
}

extension SandboxWorld {
    /// What every chain of shops here sells, by a word such as `cafe`: the truth that names of
    /// merchants (`<chain>` or `<chain> <place>점`) are measured against.
    public static let tradesByChain: [String: String] = Dictionary(
        Trades.daily.flatMap { trade in trade.chains.map { ($0, trade.kind) } },
        uniquingKeysWith: { first, _ in first }
    )
}
