import Cryptography
import Testing

@Suite struct SignatureTests {
    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    static let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                + "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: vectors)
    func `keys and signatures are those of RFC 8032`(
        seed: String,
        publicKey: String,
        message: String,
        signature: String
    ) throws {
        let key = try SigningKey(seed: bytes(seed))
        #expect(Hex.encode(key.seed) == seed)
        #expect(Hex.encode(key.publicKey) == publicKey)
        let (message, published) = (bytes(message), bytes(signature))
        #expect(try verifySignature(published, of: message, by: key.publicKey))
        // Ours need not be equal bytes: signing may add randomness. It must verify.
        let made = try key.sign(message)
        #expect(made.count == SigningKey.signatureByteCount)
        #expect(try verifySignature(made, of: message, by: bytes(publicKey)))
    }

    @Test func `every flipped bit of signature, message or key is noticed`() throws {
        let (_, publicKey, message, signature) = SignatureTests.vectors[2]
        let parts = [bytes(signature), bytes(message), bytes(publicKey)]
        for part in parts.indices {
            for bit in 0..<parts[part].count * 8 {
                var changed = parts
                changed[part][bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(try !verifySignature(changed[0], of: changed[1], by: changed[2]))
            }
        }
    }

    @Test func `wrong lengths are refused`() throws {
        let key = SigningKey()
        let signature = try key.sign([1])
        #expect(throws: CryptographyError.malformedSignature) {
            try SigningKey(seed: [UInt8](repeating: 1, count: 31))
        }
        #expect(throws: CryptographyError.malformedSignature) {
            try verifySignature(signature, of: [1], by: Array(key.publicKey.dropLast()))
        }
        for count in [0, 63, 65] {
            let other = Array((signature + [0]).prefix(count))
            #expect(try !verifySignature(other, of: [1], by: key.publicKey))
        }
    }

    @Test func `a new key is not the last one`() {
        #expect(SigningKey().seed != SigningKey().seed)
    }
}
