import Cryptography
import Simulation
import Testing

@Suite struct SealTests {
    static func seal(_ clear: [UInt8], header: [UInt8], key: Digest) throws -> [UInt8] {
        var bytes = clear + [UInt8](repeating: 0, count: AEAD.tagByteCount)
        var span = bytes.mutableSpan
        try AEAD().sealOnce(key: key, header: header.span, &span)
        return bytes
    }

    static func open(_ sealed: [UInt8], header: [UInt8], key: Digest) throws -> [UInt8] {
        var clear = [UInt8](repeating: 0xee, count: max(0, sealed.count - AEAD.tagByteCount))
        var span = clear.mutableSpan
        try AEAD().openOnce(key: key, header: header.span, sealed.span, into: &span)
        return clear
    }

    /// Test cases 13 and 14 of McGrew and Viega's paper, which NIST validates GCM with.
    @Test(arguments: [
        ("", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            "00000000000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
    ])
    func `AES-256-GCM gives the published answers for a zero key and nonce`(
        clear: String,
        sealed: String
    ) throws {
        let result = try SealTests.seal(bytes(clear), header: [], key: Digest())
        #expect(Hex.encode(result) == sealed)
    }

    @Test func `AES-256-GCM seals and opens as another implementation does`() throws {
        let answers = try KnownAnswers().sealed
        #expect(answers.count == 10)
        for answer in answers {
            let (key, header) = (Digest(bytes(answer.key)), bytes(answer.header))
            let sealed = try SealTests.seal(bytes(answer.clear), header: header, key: key)
            #expect(Hex.encode(sealed) == answer.sealed)
            #expect(
                Hex.encode(try SealTests.open(sealed, header: header, key: key)) == answer.clear
            )
        }
    }

    @Test(arguments: Seed.smoke)
    func `every flipped bit and every missing byte is noticed, and nothing is given out`(
        seed: Seed
    ) throws {
        var seed = seed
        let (clear, header, key) = (seed.bytes(37), seed.bytes(20), Digest(seed.bytes(32)))
        let sealed = try SealTests.seal(clear, header: header, key: key)
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.notAuthentic, "\(seed)") {
                try SealTests.open(changed, header: header, key: key)
            }
        }
        for bit in 0..<header.count * 8 {
            var changed = header
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.notAuthentic, "\(seed)") {
                try SealTests.open(sealed, header: changed, key: key)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptographyError.notAuthentic, "\(seed)") {
                try SealTests.open(Array(sealed.prefix(count)), header: header, key: key)
            }
        }
        var output = [UInt8](repeating: 0xee, count: clear.count)
        var span = output.mutableSpan
        let aead = try AEAD()
        #expect(throws: CryptographyError.notAuthentic) {
            try aead.openOnce(key: Digest(), header: header.span, sealed.span, into: &span)
        }
        #expect(output.allSatisfy { $0 == 0 }, "unauthentic bytes must not stay in the output")
    }

    @Test(arguments: Seed.smoke)
    func `one context seals and opens in any order`(seed: Seed) throws {
        var seed = seed
        let aead = try AEAD()
        for _ in 0..<200 {
            let (clear, header) = (seed.bytes(seed.below(100)), seed.bytes(seed.below(100)))
            let key = Digest(seed.bytes(32))
            var sealed = clear + [UInt8](repeating: 0, count: 16)
            var span = sealed.mutableSpan
            try aead.sealOnce(key: key, header: header.span, &span)
            #expect(sealed == (try SealTests.seal(clear, header: header, key: key)), "\(seed)")
            if seed.below(2) == 0 {
                var opened = [UInt8](repeating: 0, count: clear.count)
                var target = opened.mutableSpan
                try aead.openOnce(key: key, header: header.span, sealed.span, into: &target)
                #expect(opened == clear, "\(seed)")
            }
        }
    }

    @Test func `the key stream is AES-256 in counter mode from zero`() throws {
        let aead = try AEAD()
        let answers = try KnownAnswers().streams
        #expect(answers.count == 5)
        for answer in answers + answers.reversed() {
            var stream = [UInt8](repeating: 0xee, count: answer.stream.utf8.count / 2)
            var span = stream.mutableSpan
            try aead.keyStream(key: Digest(bytes(answer.key)), into: &span)
            #expect(Hex.encode(stream) == answer.stream)
        }
        // One block of it under the zero key: AES-256 of a zero block.
        var block = [UInt8](repeating: 0, count: 16)
        var span = block.mutableSpan
        try aead.keyStream(key: Digest(), into: &span)
        #expect(Hex.encode(block) == "dc95c078a2408989ad48a21492842087")
    }

    @Test func `random bytes differ and fill what they are asked for`() throws {
        let (first, second) = (try Random.bytes(32), try Random.bytes(32))
        #expect(first.count == 32 && first != second)
        #expect(try Random.bytes(0) == [])
        var filled = [UInt8](repeating: 0, count: 4_096)
        try Random.fill(&filled)
        #expect(Set(filled).count > 200, "4,096 random bytes have nearly all 256 values")
    }
}
