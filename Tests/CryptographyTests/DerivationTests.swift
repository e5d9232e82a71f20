import Cryptography
import Simulation
import Testing

@Suite struct DerivationTests {
    /// Extract and expand of RFC 5869, put together from HMAC.
    ///
    /// The RFC's cases have keys of 22 and 80 bytes and ours are 32, so this is held against the
    /// RFC, and HKDF against this.
    static func reference(
        _ key: [UInt8],
        salt: [UInt8],
        info: [UInt8],
        count: Int
    ) -> [UInt8] {
        let pseudorandom = HMAC(key: salt.span).code(key.span)
        let expand = pseudorandom.withBytes { HMAC(key: $0) }
        var (out, block): ([UInt8], [UInt8]) = ([], [])
        for counter in UInt8(1)... where out.count < count {
            block = expand.code(block.span, info.span, [counter].span).bytes
            out += block
            if out.count >= count { break }
        }
        return Array(out.prefix(count))
    }

    @Test(arguments: [
        (
            String(repeating: "0b", count: 22), "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
                + "5865"
        ),
        (
            String(repeating: "0b", count: 22), "", "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
                + "96c8"
        ),
    ])
    func `extract and expand give the keys of RFC 5869`(
        key: String,
        salt: String,
        info: String,
        derived: String
    ) {
        let derived = bytes(derived)
        #expect(
            DerivationTests.reference(
                bytes(key),
                salt: bytes(salt),
                info: bytes(info),
                count: derived.count
            ) == derived
        )
    }

    @Test func `HKDF gives the same 96 bytes as another implementation`() throws {
        let answers = try KnownAnswers().derivations
        #expect(answers.count == 12)
        for answer in answers {
            let keys = HKDF.derive(
                key: key(answer.key),
                salt: salt(bytes(answer.salt)),
                info: bytes(answer.info).span
            )
            let derived = keys.first.description + keys.second.description + keys.third.description
            #expect(derived == answer.derived)
        }
    }

    @Test func `HKDF for one key gives the first 32 of them`() throws {
        for answer in try KnownAnswers().derivations {
            let derived = HKDF.derive(
                key: key(answer.key),
                salt: bytes(answer.salt).span,
                info: bytes(answer.info).span
            )
            #expect(derived.isEqual(to: key(String(answer.derived.prefix(64)))))
        }
    }

    @Test(arguments: Seed.smoke)
    func `HKDF takes salts of any length up to a block`(seed: Seed) {
        var seed = seed
        for count in 0...64 {
            let (secret, salt, info) = (seed.bytes(32), seed.bytes(count), seed.bytes(count))
            let derived = HKDF.derive(
                key: SecretKey(copying: secret.span),
                salt: salt.span,
                info: info.span
            )
            let expected = DerivationTests.reference(secret, salt: salt, info: info, count: 32)
            #expect(derived.withBytes { $0.array } == expected, "\(seed)")
        }
    }

    /// RFC 7914 §12: the vector is 64 bytes and PBKDF2 gives them in blocks of 32.
    @Test func `scrypt gives the key of RFC 7914`() throws {
        let derived = try Passphrase.deriveKey(
            from: Array("pleaseletmein".utf8),
            salt: Array("SodiumChloride".utf8),
            cost: 16_384
        )
        #expect(
            derived.isEqual(
                to: key("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
            )
        )
    }

    @Test func `another passphrase, salt or cost gives another key`() throws {
        let words: [(String, String, UInt64)] = [
            ("a", "s", 1_024), ("b", "s", 1_024), ("a", "t", 1_024), ("a", "s", 2_048),
            ("", "s", 1_024), ("a", "", 1_024),
        ]
        let keys = try words.map {
            try Passphrase.deriveKey(from: Array($0.0.utf8), salt: Array($0.1.utf8), cost: $0.2)
        }
        for first in keys.indices {
            for second in keys.indices {
                #expect(keys[first].isEqual(to: keys[second]) == (first == second))
            }
        }
    }

    @Test func `a cost beyond the memory allowed is an error that names the call`() {
        #expect(throws: CryptographyError.libraryFailure(operation: "EVP_PBE_scrypt")) {
            try Passphrase.deriveKey(from: [1], salt: [2], cost: 1 << 20)
        }
        #expect(throws: CryptographyError.libraryFailure(operation: "EVP_PBE_scrypt")) {
            try Passphrase.deriveKey(from: [1], salt: [2], cost: 1_000)
        }
    }
}
