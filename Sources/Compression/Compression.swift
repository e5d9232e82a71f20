// Compression: zstd with a static dictionary. Hides libzstd; knows nothing of frames or keys.
//
// Invariants: the output depends only on the input, the dictionary and the level; a hostile input
// gives an error and never more bytes than the caller allowed.

/// Why bytes could not be packed or unpacked.
public enum CompressionError: Error, Equatable, Sendable {
    /// Not a zstd frame, damaged, or another dictionary's.
    case malformed
    /// The content would be longer than the caller allows.
    case tooLong(limitBytes: Int)
    /// libzstd had no memory or refused a setting; the call is named.
    case libraryFailure(operation: String)
}

extension CompressionError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .malformed: "The packed bytes are not a zstd frame of this dictionary."
        case .tooLong(let limit): "The unpacked content is longer than \(limit) bytes."
        case .libraryFailure(let operation): "libzstd's \(operation) failed."
        }
    }
}
