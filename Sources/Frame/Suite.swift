internal import Compression
internal import Cryptography

/// How frames of one suite number are made.
///
/// A suite is never changed or removed once released.
public struct Suite: Sendable {
    /// The number in the header.
    public let number: UInt8
    /// The zstd dictionary.
    public let dictionary: [UInt8]

    /// Suite 1: HKDF-SHA-256, AES-256-GCM, zstd level 3 with the dictionary of the same number.
    public static let first = Suite(number: 1, dictionary: Dictionaries.first)

    /// Purpose string of a frame's key derivation, ASCII, no terminator.
    static let info: [UInt8] = Array("jangbu frame 1".utf8)

    func contexts() throws(FrameError) -> (Compressor, AEAD) {
        do {
            return (try Compressor(dictionary: dictionary), try AEAD())
        } catch {
            throw .libraryFailure(operation: "preparing a suite")
        }
    }
}

extension DerivedKeys {
    /// Derives a frame's values: AES-256-GCM key, key commitment, AES-256-CTR key of the blinds.
    static func frame(_ key: SecretKey, saltHigh: UInt64, saltLow: UInt64) -> DerivedKeys {
        HKDF.derive(key: key, salt: (saltHigh, saltLow), info: Suite.info.span)
    }

    /// Seals the body.
    var sealing: Digest { first }
    /// Goes into the header as it is.
    var commitment: Digest { second }
    /// Gives the events' blinds.
    var blinding: Digest { third }
}
