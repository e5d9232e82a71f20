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
            let digest = Base64.encode(SHA256.hash(consent).bytes)
            return Array("\(ci)\n\(transaction)\n\(digest)\n".utf8)
        }
    }

    private let certificate: Certificate
    private let key: Certificate.PrivateKey

    init(_ authority: Authority) throws(AuthorityError) {
        certificate = try authority.certificate(Authority.Party.signer.rawValue)
        key = try authority.privateKey(Authority.Party.signer.rawValue)
    }

    /// The signature, or nil when the library makes none.
    func sign(_ statement: Statement) -> String? {
        do {
            let bytes = try CMS.sign(
                statement.bytes,
                signatureAlgorithm: .ecdsaWithSHA256,
                certificate: certificate,
                privateKey: key,
                detached: true
            )
            return Base64.urlEncode(bytes)
        } catch {
            return nil
        }
    }

    /// Whether `text` is this body's signature under exactly `statement`.
    func verifies(_ text: String, _ statement: Statement) async -> Bool {
        guard let bytes = Base64.urlDecode(text) else { return false }
        // The signer's certificate is itself the root: no other body signs here.
        let result = await CMS.isValidSignature(
            dataBytes: statement.bytes,
            signatureBytes: bytes,
            trustRoots: CertificateStore([certificate])
        ) {
            PinnedSigner()
        }
        switch result {
        case .success: return true
        case .failure: return false
        }
    }
}

/// The chain is one pinned certificate; nothing is left to ask of it.
private struct PinnedSigner: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage,
    ]

    mutating func chainMeetsPolicyRequirements(
        chain: UnverifiedCertificateChain
    ) async -> PolicyEvaluationResult {
        .meetsPolicy
    }
}

extension Base64 {
    /// base64url without padding (RFC 4648 §5).
    static func urlEncode(_ bytes: [UInt8]) -> String {
        var text = encode(bytes)
        while text.last == "=" { text.removeLast() }
        return String(
            text.map { character in
                switch character {
                case "+": "-"
                case "/": "_"
                default: character
                }
            }
        )
    }

    /// The bytes of base64url, with or without padding; nil for anything else.
    static func urlDecode(_ text: String) -> [UInt8]? {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.utf8.count + 3)
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            switch byte {
            case UInt8(ascii: "-"): plain.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): plain.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"): return nil
            default: plain.append(byte)
            }
        }
        while !plain.count.isMultiple(of: 4) { plain.append(UInt8(ascii: "=")) }
        return decode(String(decoding: plain, as: UTF8.self))
    }
}
