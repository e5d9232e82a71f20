internal import Cryptography
internal import Synchronization

/// Which request each token was issued for, to see one that is issued twice (§5.7).
///
/// Keeps digests of the tokens that this process met: issued by it, or used by it for the first
/// time since it started. 48 bytes a token.
final class IssuedTokens: Sendable {
    /// Whose a token is.
    struct Holder: Hashable {
        var subject: [UInt8]
        var request: [UInt8]
    }

    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private let holders = Mutex<[Key: Holder]>([:])

    /// False when the token is another request's.
    func claim(_ token: String, of provider: String, for holder: Holder) -> Bool {
        let key = IssuedTokens.key(token, provider)
        return holders.withLock { holders in
            if let known = holders[key] { return known == holder }
            holders[key] = holder
            return true
        }
    }

    private static func key(_ token: String, _ provider: String) -> Key {
        let bytes = SHA256.hash(Array((provider + "\n" + token).utf8)).bytes
        var words: [UInt64] = []
        for start in [0, 8] {
            words.append(bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        }
        return Key(high: words[0], low: words[1])
    }
}
