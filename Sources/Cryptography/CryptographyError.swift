/// Why a cryptographic call did not give a result; says nothing about content.
public enum CryptographyError: Error, Equatable, Sendable {
    /// The bytes do not open under this key: damaged, tampered with, or another key's.
    case notAuthentic
    /// The operating system gave no random bytes.
    case randomnessUnavailable
    /// A libcrypto call failed that cannot fail on valid arguments; named.
    case libraryFailure(operation: String)
    /// A signature's key or value has the wrong length.
    case malformedSignature
}

extension CryptographyError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .notAuthentic: "The sealed bytes do not open under this key."
        case .randomnessUnavailable: "The operating system gave no random bytes."
        case .libraryFailure(let operation): "libcrypto's \(operation) failed."
        case .malformedSignature: "The signature or its key has the wrong length."
        }
    }
}
