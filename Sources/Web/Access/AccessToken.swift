import Cryptography
import FoundationEssentials

/// The secret that callers show, kept as its hash only.
///
/// Programs send it as `Authorization: Bearer …`. A browser shows it once to `/sign-in` and then
/// holds a session's cookie, so the token itself is never stored there.
public struct AccessToken: Sendable {
    /// Fewest characters: 32 of base 16 are 128 bits.
    public static let charactersMin = 32

    private let digest: [UInt8]

    /// A token; `nil` when it is shorter than ``charactersMin`` or has characters that no header
    /// carries.
    public init?(_ token: some StringProtocol) {
        guard token.utf8.count >= AccessToken.charactersMin, token.utf8.count <= 512,
            token.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { return nil }
        digest = SHA256.hash(Array(token.utf8)).bytes
    }

    /// Reads the first line of a file that only its owner may read.
    public init(file path: String) throws(WebRefusal) {
        let attributes: [FileAttributeKey: Any]
        let contents: Data
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
            contents = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .tokenFileRefused(path: path, reason: "it cannot be read")
        }
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            throw .tokenFileRefused(path: path, reason: "others can read it; set its mode to 0600")
        }
        let line = contents.prefix { $0 != 0x0A }
        guard let token = AccessToken(String(decoding: line, as: UTF8.self)) else {
            throw .tokenFileRefused(
                path: path,
                reason: "its first line is not a token of 32 characters or more"
            )
        }
        self = token
    }

    /// Whether `candidate` is the token, in the same time wherever they differ: hashes are
    /// compared, and all of their bytes.
    func matches(_ candidate: some StringProtocol) -> Bool {
        AccessToken.areEqual(digest, SHA256.hash(Array(candidate.utf8)).bytes)
    }

    private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for place in one.indices { difference |= one[place] ^ other[place] }
        return difference == 0
    }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
        if byte < 16 { text.append("0") }
        text += String(byte, radix: 16)
    }
    return text
}
