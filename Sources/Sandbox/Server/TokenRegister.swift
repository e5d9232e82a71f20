internal import Cryptography
internal import Finance
internal import Synchronization

/// What a token opens: one person's transfer request at one provider.
final class Grant: Sendable {
    /// Which person.
    let person: Int
    /// org_code of the provider.
    let provider: String
    /// client_id of the service that asked.
    let client: String
    /// What was agreed to.
    let terms: TransferTerms
    /// When the refresh token ends.
    let refreshEnds: Int64
    let refreshToken: String

    init(
        person: Int,
        provider: String,
        client: String,
        terms: TransferTerms,
        refreshEnds: Int64,
        refreshToken: String
    ) {
        (self.person, self.provider, self.client) = (person, provider, client)
        (self.terms, self.refreshEnds, self.refreshToken) = (terms, refreshEnds, refreshToken)
    }
}

/// An access token as it was issued.
struct IssuedToken: Sendable {
    var token: String
    /// Seconds it lives.
    var lifetime: Int64
    var grant: Grant
}

/// The tokens of all providers.
///
/// One access token per service, person and provider: a new transfer request ends the old pair, and
/// a refresh ends the access token before it.
final class TokenRegister: Sendable {
    /// At most 90 days (the standard).
    static let accessSeconds: Int64 = 90 * 86_400
    /// At most a year from the first issue (the standard).
    static let refreshSeconds: Int64 = 365 * 86_400

    private struct Live {
        var grant: Grant
        var ends: Int64
    }

    fileprivate struct Holder: Hashable {
        var client: String
        var person: Int
        var provider: String
    }

    private struct State {
        var access: [String: Live] = [:]
        var refresh: [String: Grant] = [:]
        /// The last access token of each.
        var current: [Holder: String] = [:]
        /// The transfer request that stands.
        var holding: [Holder: Grant] = [:]
        /// The last one issued by each provider, which a broken provider issues again.
        var last: [String: String] = [:]
    }

    private let state: Mutex<State>
    private let journal: TokenJournal?

    /// What `journal` has, or nothing; from now on it gets all that changes.
    init(journal: TokenJournal? = nil) {
        self.journal = journal
        var begun = State()
        for entry in journal?.entries() ?? [] { TokenRegister.replay(entry, into: &begun) }
        journal?.begin(with: TokenRegister.live(begun))
        state = Mutex(begun)
    }

    /// A new pair; what the same service had for this person there is dead.
    func issue(
        person: Int,
        provider: String,
        client: String,
        terms: TransferTerms,
        now: Int64
    ) throws(CryptographyError) -> IssuedToken {
        let grant = Grant(
            person: person,
            provider: provider,
            client: client,
            terms: terms,
            refreshEnds: now + TokenRegister.refreshSeconds,
            refreshToken: try TokenRegister.secret()
        )
        return put(try TokenRegister.secret(), grant, now: now)
    }

    /// A new access token for a refresh token; nil when that is not one that lives here.
    func refresh(
        _ token: String,
        provider: String,
        client: String,
        now: Int64
    ) throws(CryptographyError) -> IssuedToken? {
        let access = try TokenRegister.secret()
        let known = state.withLock { $0.refresh[token] }
        guard let known, known.provider == provider, known.client == client,
            now < known.refreshEnds
        else { return nil }
        return put(access, known, now: now)
    }

    /// Ends a pair by its access or refresh token; false when it was not one that lives here.
    func revoke(_ token: String, provider: String, client: String) -> Bool {
        state.withLock { state in
            guard let grant = state.access[token]?.grant ?? state.refresh[token],
                grant.provider == provider, grant.client == client
            else { return false }
            TokenRegister.drop(grant, &state)
            journal?.append(.dropped(refresh: grant.refreshToken))
            return true
        }
    }

    /// What an access token opens at a provider, or nil.
    func find(_ token: String, at provider: String, now: Int64) -> Grant? {
        let live = state.withLock { $0.access[token] }
        guard let live, live.grant.provider == provider, now < live.ends else { return nil }
        return live.grant
    }

    /// Ends an access token alone, before its time; false when there is no such token.
    func expire(_ token: String) -> Bool {
        state.withLock { state in
            guard state.access.removeValue(forKey: token) != nil else { return false }
            journal?.append(.expired(access: token))
            return true
        }
    }

    /// The last access token that this provider issued for another person.
    func lastIssued(by provider: String, notFor person: Int) -> String? {
        state.withLock { state in
            guard let token = state.last[provider], let live = state.access[token],
                live.grant.person != person
            else { return nil }
            return token
        }
    }

    /// How many pairs live.
    var count: Int { state.withLock { $0.refresh.count } }

    private func put(_ token: String, _ grant: Grant, now: Int64) -> IssuedToken {
        let ends = min(now + TokenRegister.accessSeconds, grant.refreshEnds)
        state.withLock { state in
            TokenRegister.put(token, grant, ends: ends, into: &state)
            journal?.append(.issued(access: token, ends: ends, grant: grant))
        }
        return IssuedToken(token: token, lifetime: ends - now, grant: grant)
    }

    private static func put(_ token: String, _ grant: Grant, ends: Int64, into state: inout State) {
        let holder = Holder(grant)
        if let old = state.current[holder] { state.access[old] = nil }
        if let old = state.holding[holder], old !== grant { state.refresh[old.refreshToken] = nil }
        state.access[token] = Live(grant: grant, ends: ends)
        state.refresh[grant.refreshToken] = grant
        (state.current[holder], state.holding[holder]) = (token, grant)
        state.last[grant.provider] = token
    }

    private static func drop(_ grant: Grant, _ state: inout State) {
        if let token = state.current.removeValue(forKey: Holder(grant)) {
            state.access[token] = nil
        }
        state.holding[Holder(grant)] = nil
        state.refresh[grant.refreshToken] = nil
    }

    private static func replay(_ entry: TokenJournal.Entry, into state: inout State) {
        switch entry {
        case .issued(let access, let ends, let grant):
            let known = state.refresh[grant.refreshToken] ?? grant
            put(access, known, ends: ends, into: &state)
        case .expired(let access): state.access[access] = nil
        case .dropped(let refresh):
            if let grant = state.refresh[refresh] { drop(grant, &state) }
        }
    }

    private static func live(_ state: State) -> [TokenJournal.Entry] {
        state.holding.map { holder, grant in
            let token = state.current[holder] ?? ""
            // A dead access token still says which refresh token lives.
            return .issued(access: token, ends: state.access[token]?.ends ?? 0, grant: grant)
        }
    }

    /// 192 random bits as 32 letters.
    static func secret() throws(CryptographyError) -> String {
        Base64.urlEncode(try Random.bytes(24))
    }
}

extension TokenRegister.Holder {
    fileprivate init(_ grant: Grant) {
        self.init(client: grant.client, person: grant.person, provider: grant.provider)
    }
}
