import Cryptography
import Foundation

/// What another implementation gave, `Schemas/vectors/cryptography.json`, in hexadecimal.
struct KnownAnswers: Decodable {
    struct Derivation: Decodable {
        var key: String
        var salt: String
        var info: String
        var derived: String
    }
    struct Sealed: Decodable {
        var key: String
        var header: String
        var clear: String
        var sealed: String
    }
    struct Stream: Decodable {
        var key: String
        var stream: String
    }
    var derivations: [Derivation]
    var sealed: [Sealed]
    var streams: [Stream]

    enum CodingKeys: String, CodingKey {
        case derivations = "hkdf_sha256"
        case sealed = "aes_256_gcm_zero_nonce"
        case streams = "aes_256_ctr_zero_counter"
    }

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Schemas/vectors/cryptography.json")
        self = try JSONDecoder().decode(KnownAnswers.self, from: Data(contentsOf: file))
    }
}

/// Bytes of hexadecimal text; text that is not is a mistake in the test.
func bytes(_ hexadecimal: String) -> [UInt8] {
    guard let bytes = Hex.decode(hexadecimal) else {
        preconditionFailure("a known answer is hexadecimal")
    }
    return bytes
}

func key(_ hexadecimal: String) -> SecretKey {
    SecretKey(copying: bytes(hexadecimal).span)
}

func salt(_ bytes: [UInt8]) -> (high: UInt64, low: UInt64) {
    (bytes.span.bigEndian(UInt64.self, at: 0), bytes.span.bigEndian(UInt64.self, at: 8))
}
