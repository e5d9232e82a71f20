internal import Cryptography
internal import Frame

/// A Bloom filter of identifiers: says "not here" for certain, "here" wrongly about once in a
/// hundred.
///
/// Ten bits and seven probes a key; the probes come from the identifier's two words, which are
/// random or a keyed hash already.
struct Bloom: Sendable {
    private(set) var words: [UInt64]
    private static let probes: UInt64 = 7

    init(keyCount: Int) {
        words = [UInt64](repeating: 0, count: max(1, (keyCount * 10 + 63) / 64))
    }

    init(words: [UInt64]) { self.words = words }

    mutating func insert(_ key: some Identifier) {
        let bits = UInt64(words.count) * 64
        for probe in 0..<Bloom.probes {
            let bit = (key.high &+ probe &* (key.low | 1)) % bits
            words[Int(bit >> 6)] |= 1 << (bit & 63)
        }
    }

    func mayContain(_ key: some Identifier) -> Bool {
        let bits = UInt64(words.count) * 64
        for probe in 0..<Bloom.probes {
            let bit = (key.high &+ probe &* (key.low | 1)) % bits
            guard words[Int(bit >> 6)] & 1 << (bit & 63) != 0 else { return false }
        }
        return true
    }
}
