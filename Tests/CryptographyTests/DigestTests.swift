import Cryptography
import Simulation
import Testing

@Suite struct DigestTests {
    /// Carries through every word, so that sums of random digests are not the only witnesses.
    static let edges: [Digest] = [
        Digest(), Digest([1] + [UInt8](repeating: 0, count: 31)),
        Digest([UInt8](repeating: 0xff, count: 32)),
        Digest([UInt8](repeating: 0xff, count: 8) + [UInt8](repeating: 0, count: 24)),
        Digest([UInt8](repeating: 0xff, count: 24) + [UInt8](repeating: 0, count: 8)),
        Digest([UInt8](repeating: 0, count: 31) + [0x80]),
    ]

    static func some(_ seed: inout Seed) -> [Digest] {
        var seed = seed
        return edges + (0..<20).map { _ in Digest(seed.bytes(32)) }
    }

    /// Schoolbook addition, byte by byte, least significant first.
    static func sum(_ first: Digest, _ second: Digest) -> Digest {
        var carry = 0
        let bytes = zip(first.bytes, second.bytes).map { a, b -> UInt8 in
            let sum = Int(a) + Int(b) + carry
            carry = sum >> 8
            return UInt8(sum & 255)
        }
        return Digest(bytes)
    }

    @Test(arguments: Seed.smoke)
    func `sums are those of 256-bit numbers, in any order`(seed: Seed) {
        var seed = seed
        let digests = DigestTests.some(&seed)
        for first in digests {
            for second in digests {
                var sum = first
                sum &+= second
                var other = second
                other &+= first
                #expect(sum == DigestTests.sum(first, second), "\(seed)")
                #expect(sum == other, "\(seed)")
            }
        }
        var forwards = Digest()
        var backwards = Digest()
        for digest in digests { forwards &+= digest }
        for digest in digests.reversed() { backwards &+= digest }
        #expect(forwards == backwards, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `what was added can be taken out again`(seed: Seed) {
        var seed = seed
        let digests = DigestTests.some(&seed)
        for first in digests {
            for second in digests {
                var sum = first
                sum &+= second
                sum &-= second
                #expect(sum == first, "\(seed)")
                sum &-= second
                sum &+= second
                #expect(sum == first, "\(seed)")
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `a digest is its 32 bytes, however it is read`(seed: Seed) {
        var seed = seed
        let raw = seed.bytes(32)
        let digest = Digest(raw)
        #expect(digest.bytes == raw)
        #expect(digest.withBytes { $0.array } == raw)
        #expect(digest.description == Hex.encode(raw))
        var appended: [UInt8] = [7]
        digest.append(to: &appended)
        #expect(appended == [7] + raw)
        var written = [UInt8](repeating: 0, count: 40)
        var span = written.mutableSpan
        digest.write(into: &span, at: 5)
        #expect(Array(written[5..<37]) == raw)
    }

    @Test func `a wiped digest is zeros`() {
        var digest = SHA256.hash([1, 2, 3])
        digest.wipe()
        #expect(digest == Digest())
    }

    @Test(arguments: Seed.smoke)
    func `hexadecimal text and bytes round trip, and nothing else is read`(seed: Seed) {
        var seed = seed
        for count in 0..<40 {
            let raw = seed.bytes(count)
            #expect(Hex.decode(Hex.encode(raw)) == raw)
            #expect(Hex.decode(Hex.encode(raw).uppercased()) == raw)
        }
        for text in ["0", "0g", "g0", " 0", "0x", "00 ", "é0"] { #expect(Hex.decode(text) == nil) }
    }

    @Test(arguments: Seed.smoke)
    func `integers keep their value in either byte order`(seed: Seed) {
        var seed = seed
        for _ in 0..<100 {
            let value = seed.next()
            var little: [UInt8] = [0]
            little.appendLittleEndian(value)
            var big: [UInt8] = [0]
            big.appendBigEndian(value)
            #expect(little.span.littleEndian(UInt64.self, at: 1) == value)
            #expect(big.span.bigEndian(UInt64.self, at: 1) == value)
            #expect(Array(little.dropFirst().reversed()) == Array(big.dropFirst()))
        }
    }
}
