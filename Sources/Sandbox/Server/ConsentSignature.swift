internal import Crypto
internal import Cryptography
internal import FoundationEssentials
internal import SwiftASN1
@_spi(CMS) internal import X509

/// The authentication body's signature under a transfer request: CMS SignedData (RFC 5652), DER,
/// base64url without padding.
///
/// A real body lets the person's own key sign. Here one key signs for all, so what is signed names
/// the person: `Statement.bytes`.
struct ConsentSigner: Sendable {
    /// What the signature is over.
    struct Statement: Sendable {
        /// CI of the person who agreed.
        var ci: String
        /// The transaction, as the operator made it.
        var transaction: String
        /// The text of the transfer request, UTF-8.
        var consent: [UInt8]

        /// CI, transaction and the SHA-256 of the text in base64, a line each (consent_type 1: the
        /// text itself travels beside the signature).
        var bytes: [UInt8] {
            let digest = Base64.encode(Cryptography.SHA256.hash(consent).bytes)
            return Array("\(ci)\n\(transaction)\n\(digest)\n".utf8)
        }
    }

    /// DER of a signature with this curve: two integers of at most 33 bytes and their heads.
    private static let signatureBytes = 60...72

    private let key: P256.Signing.PrivateKey
    private let publicKey: P256.Signing.PublicKey
    /// By the length of the signature: all of the SignedData that stands before it.
    ///
    /// Everything but the signature is the same in every one that this body makes. So it is encoded
    /// once, and comparing is all the parsing that a check needs: nothing of another form is this
    /// body's. Through the library a token cost two milliseconds more.
    private let beginnings: [Int: [UInt8]]

    init(_ authority: Authority) throws(AuthorityError) {
        let name = Authority.Party.signer.rawValue
        let certificate = try authority.certificate(name)
        do {
            key = try P256.Signing.PrivateKey(
                pemRepresentation: try authority.privateKey(name).serializeAsPEM().pemString
            )
            publicKey = key.publicKey
            var beginnings: [Int: [UInt8]] = [:]
            for count in ConsentSigner.signatureBytes {
                let whole = try CMS.sign(
                    signatureBytes: ASN1OctetString(
                        contentBytes: [UInt8](repeating: 0, count: count)[...]
                    ),
                    signatureAlgorithm: .ecdsaWithSHA256,
                    certificate: certificate
                )
                beginnings[count] = Array(whole.dropLast(count))
            }
            self.beginnings = beginnings
        } catch {
            throw .malformed(path: authority.keyPath(name))
        }
    }

    /// The signature, or nil when the library makes none.
    func sign(_ statement: Statement) -> String? {
        do {
            let signature = try key.signature(for: statement.bytes).derRepresentation
            return beginnings[signature.count].map { Base64.urlEncode($0 + signature) }
        } catch {
            return nil
        }
    }

    /// Whether `text` is this body's signature under exactly `statement`.
    func verifies(_ text: String, _ statement: Statement) -> Bool {
        guard let bytes = Base64.urlDecode(text) else { return false }
        for (count, beginning) in beginnings
        where bytes.count == beginning.count + count && bytes.starts(with: beginning) {
            do {
                let signature = try P256.Signing.ECDSASignature(
                    derRepresentation: bytes.suffix(count)
                )
                return publicKey.isValidSignature(signature, for: statement.bytes)
            } catch {
                return false
            }
        }
        return false
    }
}
