internal import Cryptography
internal import Finance
internal import Frame
internal import Synchronization

/// Which person each token was issued for, to see one that is issued twice (§5.7).
///
/// Keeps digests of the tokens that this process met: issued by it, or used by it for the first
/// time since it started. 64 bytes a token: what replaces or ends one takes it out, and so does its
/// end at the provider, whoever forgot it.
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

    fileprivate struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    fileprivate struct Entry {
        /// Nil for nobody's: it was issued twice.
        var holder: Holder?
        /// When the provider takes it no more, in seconds since 1970-01-01 UTC.
        var endsAt: Int64
    }

    fileprivate struct State {
        var entries: [Key: Entry] = [:]
        /// How many there may be before those that have ended are looked for.
        var sweepCount = IssuedTokens.sweepCountMin
        /// Each with when it is to be recorded, in seconds since 1970-01-01 UTC.
        var suspensions: [(Suspension, at: Int64)] = []
    }

    /// So few are not swept.
    static let sweepCountMin = 1_024

    private let state = Mutex(State())

    /// Says whose a token is that ends at `endsAt`; from then on it is `holder`'s, and the one
    /// `before` it is nobody's.
    ///
    /// Times in seconds since 1970-01-01 UTC.
    func claim(
        _ token: String,
        of provider: String,
        for holder: Holder,
        until endsAt: Int64,
        at now: Int64,
        insteadOf before: String? = nil
    ) -> Claim {
        let key = IssuedTokens.key(token, provider)
        let old = before.map { IssuedTokens.key($0, provider) }
        return state.withLock { state in
            if let old, old != key { IssuedTokens.release(old, of: holder, &state) }
            state.sweep(at: now)
            let known = state.entries[key]
            guard let known, known.holder?.subject != holder.subject else {
                state.entries[key] = Entry(holder: holder, endsAt: endsAt)
                return .own
            }
            if let first = known.holder {
                state.suspensions.append((Suspension(holder: first, provider: provider), now))
            }
            state.entries[key] = Entry(holder: nil, endsAt: max(known.endsAt, endsAt))
            return .issuedTwice
        }
    }

    /// A token is used no more; one that was issued twice is remembered: a third may get it.
    func release(_ token: String, of provider: String, by holder: Holder) {
        let key = IssuedTokens.key(token, provider)
        state.withLock { IssuedTokens.release(key, of: holder, &$0) }
    }

    private static func release(_ key: Key, of holder: Holder, _ state: inout State) {
        guard state.entries[key]?.holder?.subject == holder.subject else { return }
        state.entries[key] = nil
    }

    /// Those whose requests are to be suspended now: whoever looks records it, one at a time.
    func suspensions(at now: Int64) -> [Suspension] {
        state.withLock { $0.suspensions.filter { $0.at <= now }.map(\.0) }
    }

    /// One was recorded, or is to be tried again at a time.
    func settled(_ suspension: Suspension, againAt time: Int64? = nil) {
        state.withLock { state in
            state.suspensions.removeAll { $0.0 == suspension }
            if let time { state.suspensions.append((suspension, time)) }
        }
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

extension IssuedTokens.State {
    /// Forgets tokens that have ended, once there are twice as many as after the last time.
    fileprivate mutating func sweep(at now: Int64) {
        guard entries.count >= sweepCount else { return }
        entries = entries.filter { $0.value.endsAt > now }
        sweepCount = max(IssuedTokens.sweepCountMin, entries.count * 2)
    }
}
