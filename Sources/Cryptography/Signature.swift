internal import Crypto
internal import FoundationEssentials

/// An Ed25519 signing key (RFC 8032), for heads and checkpoints.
public struct SigningKey: Sendable {
    /// Bytes of a signature.
    public static let signatureByteCount = 64

    private let key: Curve25519.Signing.PrivateKey

    /// A new random key.
    public init() {
        key = Curve25519.Signing.PrivateKey()
    }

    /// The key whose RFC 8032 seed is these 32 bytes.
    /// - Throws: `.malformedSignature` when the seed is not 32 bytes.
    public init(seed: [UInt8]) throws(CryptographyError) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw .malformedSignature
        }
    }

    /// The 32-byte seed; store it sealed only.
    public var seed: [UInt8] { Array(key.rawRepresentation) }

    /// The 32-byte public key.
    public var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// Signature of 64 bytes over `message`.
    public func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        do {
            return Array(try key.signature(for: message))
        } catch {
            throw .libraryFailure(operation: "Ed25519 sign")
        }
    }
}

/// Checks an Ed25519 signature.
/// - Throws: `.malformedSignature` when the key is not a valid public key.
public func verifySignature(
    _ signature: [UInt8],
    of message: [UInt8],
    by publicKey: [UInt8]
) throws(CryptographyError) -> Bool {
    do {
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        return key.isValidSignature(signature, for: message)
    } catch {
        throw .malformedSignature
    }
}
