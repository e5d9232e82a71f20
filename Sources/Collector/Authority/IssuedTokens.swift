internal import Cryptography
internal import Finance
internal import Frame
internal import Synchronization

/// Which person each token was issued for, to see one that is issued twice (§5.7).
///
/// Keeps digests of the tokens that this process met: issued by it, or used by it for the first
/// time since it started. 56 bytes a live token: what replaces or ends one takes it out.
final class IssuedTokens: Sendable {
    /// Whose a token is.
    struct Holder: Hashable {
        var subject: SubjectID
        var request: ConsentID
    }

    /// Whose a token turns out to be.
    enum Claim: Hashable {
        /// Nobody else's.
        case own
        /// Another person's too: neither may ask with it.
        case issuedTwice
    }

    /// The person who had a token before it was issued again, to be told in their own log.
    struct Suspension: Hashable {
        var holder: Holder
        var provider: String
    }

    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private enum Entry {
        case held(Holder)
        case issuedTwice
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var suspensions: [Suspension] = []
    }

    private let state = Mutex(State())

    /// Says whose a token is; from then on it is `holder`'s, and the one `before` it is nobody's.
    func claim(
        _ token: String,
        of provider: String,
        for holder: Holder,
        insteadOf before: String? = nil
    ) -> Claim {
        let key = IssuedTokens.key(token, provider)
        let old = before.map { IssuedTokens.key($0, provider) }
        return state.withLock { state in
            if let old { IssuedTokens.release(old, of: holder, &state) }
            switch state.entries[key] {
            case .issuedTwice: return .issuedTwice
            case .held(let first) where first.subject != holder.subject:
                state.entries[key] = .issuedTwice
                state.suspensions.append(Suspension(holder: first, provider: provider))
                return .issuedTwice
            case .held, nil:
                state.entries[key] = .held(holder)
                return .own
            }
        }
    }

    /// A token is used no more; one that was issued twice is remembered: a third may get it.
    func release(_ token: String, of provider: String, by holder: Holder) {
        let key = IssuedTokens.key(token, provider)
        state.withLock { IssuedTokens.release(key, of: holder, &$0) }
    }

    private static func release(_ key: Key, of holder: Holder, _ state: inout State) {
        guard case .held(let known) = state.entries[key], known.subject == holder.subject
        else { return }
        state.entries[key] = nil
    }

    /// Those whose requests are to be suspended, each once; whoever takes them records it.
    func takeSuspensions() -> [Suspension] {
        state.withLock { state in
            defer { state.suspensions.removeAll() }
            return state.suspensions
        }
    }

    /// Those that could not be recorded, for the next who takes them.
    func putBack(_ suspensions: [Suspension]) {
        state.withLock { $0.suspensions += suspensions }
    }

    /// How many tokens are remembered.
    var count: Int { state.withLock { $0.entries.count } }

    private static func key(_ token: String, _ provider: String) -> Key {
        let bytes = SHA256.hash(Array((provider + "\n" + token).utf8)).bytes
        var words: [UInt64] = []
        for start in [0, 8] {
            words.append(bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        }
        return Key(high: words[0], low: words[1])
    }
}
