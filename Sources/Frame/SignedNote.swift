public import Cryptography

/// Size and root of a tree as a C2SP checkpoint (c2sp.org/tlog-checkpoint) in a signed note:
/// text that a person can read and any transparency-log tool can check.
///
/// ```
/// jangbu/<log id>/subject/<subject id>
/// 42
/// <base64 of the root>
///
/// — <signer> <base64 of 4 bytes of key hash and 64 of Ed25519 signature>
/// ```
public struct SignedNote: Equatable, Sendable {
    /// Which tree.
    public let origin: String
    /// Leaves.
    public let size: UInt64
    /// RFC 6962 root.
    public let root: Digest
    /// The whole note.
    public let text: String

    /// Signs a head.
    ///
    /// `signer` is the key's name, without spaces or plus signs.
    public init(
        origin: String,
        size: UInt64,
        root: Digest,
        signer: String,
        sign: ([UInt8]) throws -> [UInt8],
        publicKey: [UInt8]
    ) throws {
        (self.origin, self.size, self.root) = (origin, size, root)
        let body = SignedNote.body(origin: origin, size: size, root: root)
        let signature = try sign(Array(body.utf8))
        let line = Base64.encode(
            SignedNote.keyHash(signer: signer, publicKey: publicKey) + signature
        )
        text = body + "\n\u{2014} \(signer) \(line)\n"
    }

    /// Reads a note and checks the signature of `signer`; nil when anything is not as it must be.
    public init?(_ text: String, signer: String, publicKey: [UInt8]) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[3].isEmpty, lines[5].isEmpty,
            let size = UInt64(lines[1]), String(size) == lines[1],
            let rootBytes = Base64.decode(lines[2]), rootBytes.count == Digest.byteCount
        else { return nil }
        let root = Digest(rootBytes)
        let origin = String(lines[0])
        let fields = lines[4].split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0] == "\u{2014}", fields[1] == signer,
            let signed = Base64.decode(fields[2]),
            signed.count == 4 + SigningKey.signatureByteCount,
            Array(signed[..<4]) == SignedNote.keyHash(signer: signer, publicKey: publicKey)
        else { return nil }
        let body = SignedNote.body(origin: origin, size: size, root: root)
        do {
            guard try verifySignature(Array(signed[4...]), of: Array(body.utf8), by: publicKey)
            else { return nil }
        } catch {
            return nil
        }
        (self.origin, self.size, self.root, self.text) = (origin, size, root, text)
    }

    private static func body(origin: String, size: UInt64, root: Digest) -> String {
        "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n"
    }

    /// First four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ key), 0x01 for Ed25519
    /// (c2sp.org/signed-note).
    private static func keyHash(signer: String, publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array(signer.utf8) + [0x0a, 0x01] + publicKey).bytes[..<4])
    }
}
