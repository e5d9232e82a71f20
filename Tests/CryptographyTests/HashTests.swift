import Cryptography
import Simulation
import Testing

@Suite struct HashTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                + "klmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func `SHA-256 gives the digests of FIPS 180`(message: String, digest: String) {
        #expect(SHA256.hash(Array(message.utf8)).description == digest)
    }

    @Test func `SHA-256 of a million letters is that of FIPS 180`() {
        let message = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(
            SHA256.hash(message).description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    @Test(arguments: Seed.smoke)
    func `a message in parts has the digest of the whole`(seed: Seed) {
        var seed = seed
        let name = seed.description
        for _ in 0..<200 {
            let message = seed.bytes(seed.below(300))
            var hasher = SHA256Hasher()
            var rest = message[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(1 + seed.below(70)))
                rest = rest.dropFirst(part.count)
                if part.count == 1 {
                    hasher.update(byte: part[0])
                } else {
                    hasher.update(part.span)
                }
            }
            #expect(hasher.finish() == SHA256.hash(message), "\(name)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `a prefixed hash is the hash of the bytes joined`(seed: Seed) {
        var seed = seed
        let (first, second) = (seed.bytes(16), seed.bytes(61))
        let (left, right) = (SHA256.hash(first), SHA256.hash(second))
        #expect(SHA256.hash(prefix: 0, first.span) == SHA256.hash([0] + first))
        #expect(
            SHA256.hash(prefix: 9, first.span, second.span) == SHA256.hash([9] + first + second)
        )
        #expect(SHA256.hash(prefix: 1, left, right) == SHA256.hash([1] + left.bytes + right.bytes))
    }

    @Test func `a copied hasher goes on by itself`() {
        var first = SHA256Hasher()
        first.update(byte: 1)
        var second = first
        second.update(byte: 2)
        #expect(first.finish() == SHA256.hash([1]))
        #expect(second.finish() == SHA256.hash([1, 2]))
    }

    /// RFC 4231, test cases with keys of one block at most.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819",
            String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
    ])
    func `HMAC gives the codes of RFC 4231`(key: String, message: String, code: String) {
        let hmac = HMAC(key: bytes(key).span)
        let message = bytes(message)
        #expect(hmac.code(message.span).description == code)
        let middle = message.count / 2
        #expect(
            hmac.code(
                message.span.extracting(0..<3),
                message.span.extracting(3..<middle),
                message.span.extracting(middle..<message.count)
            ).description == code
        )
    }

    @Test func `an HMAC key over one block is refused`() async {
        await #expect(processExitsWith: .failure) {
            _ = HMAC(key: [UInt8](repeating: 1, count: 65).span)
        }
    }

    @Test func `CRC-32C gives the check values of RFC 3720`() {
        #expect(Checksum.crc32c(Array("123456789".utf8).span) == 0xe306_9283)
        #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32).span) == 0x8a91_36aa)
        #expect(Checksum.crc32c([UInt8](repeating: 0xff, count: 32).span) == 0x62a8_ab43)
        #expect(Checksum.crc32c(Array(0..<32).span) == 0x46dd_794e)
    }

    @Test(arguments: Seed.smoke)
    func `a checksum continued is that of the whole`(seed: Seed) {
        var seed = seed
        let all = seed.bytes(100)
        for split in 0...100 {
            let first = Checksum.crc32c(all.span.extracting(0..<split))
            let whole = Checksum.crc32c(all.span.extracting(split..<100), continuing: first)
            #expect(whole == Checksum.crc32c(all.span))
        }
    }
}
