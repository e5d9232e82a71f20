internal import Finance
internal import MyData
internal import Synchronization

/// The token of one person at one provider while it is used, renewed once however many calls find
/// it dead at the same time.
final class TokenKeeper: Sendable {
    /// A token with the number of renewals before it.
    struct Held: Sendable {
        var access: String
        var generation: Int
    }

    private struct State {
        var token: CollectionState.Token
        var access: String
        var expiresAt: Int64
        var generation = 0
        var event: Event?
        var isOver = false
    }

    /// A token is renewed this many seconds before it ends: no call outlives it.
    static let marginSeconds: Int64 = 600

    private let desk: ProviderDesk
    private let holder: IssuedTokens.Holder
    private let issued: IssuedTokens
    private let single = Turnstile(width: 1)
    private let state: Mutex<State>

    init(
        _ token: CollectionState.Token,
        of holder: IssuedTokens.Holder,
        at desk: ProviderDesk,
        issued: IssuedTokens
    ) {
        (self.desk, self.holder, self.issued) = (desk, holder, issued)
        state = Mutex(
            State(token: token, access: token.access, expiresAt: token.expiresAt)
        )
    }

    /// What became of the token, to be recorded: the last renewal, or its end; nil is nothing.
    var event: Event? { state.withLock { $0.event } }

    /// A token that will hold for the next minutes.
    func current() async throws(TokenRefusal) -> Held {
        let (held, expiresAt) = state.withLock { state in
            (Held(access: state.access, generation: state.generation), state.expiresAt)
        }
        let claim = issued.claim(
            held.access,
            of: desk.provider.code,
            for: holder,
            until: expiresAt,
            at: desk.clock.seconds
        )
        guard claim == .own else {
            end(.duplicate)
            throw .duplicate
        }
        guard expiresAt - desk.clock.seconds <= TokenKeeper.marginSeconds else { return held }
        return try await renewed(after: held.generation)
    }

    /// The token after the one of `generation`, which the provider no longer takes.
    func renewed(after generation: Int) async throws(TokenRefusal) -> Held {
        let result = await single.pass { () -> Result<Held, TokenRefusal> in
            let known = state.withLock { state in
                (
                    held: Held(access: state.access, generation: state.generation),
                    token: state.token, isOver: state.isOver
                )
            }
            // Another call was here first.
            guard known.held.generation == generation else { return .success(known.held) }
            guard !known.isOver else { return .failure(.nothingToRefresh) }
            return await renew(known.token)
        }
        return try result.get()
    }

    private func renew(_ token: CollectionState.Token) async -> Result<Held, TokenRefusal> {
        guard !token.refresh.isEmpty, token.refreshExpiresAt > desk.clock.seconds else {
            end(.refused)
            return .failure(.nothingToRefresh)
        }
        do throws(TokenRefusal) {
            let grant = try await TokenDesk(desk).refresh(token.refresh)
            let now = desk.clock.seconds
            let claim = issued.claim(
                grant.access,
                of: desk.provider.code,
                for: holder,
                until: now + grant.expiresIn,
                at: now,
                insteadOf: state.withLock { $0.access }
            )
            guard claim == .own else {
                end(.duplicate)
                return .failure(.duplicate)
            }
            return .success(
                state.withLock { state in
                    state.generation += 1
                    state.access = grant.access
                    state.expiresAt = now + grant.expiresIn
                    var event = Event()
                    event.occurredAt = now
                    event.tokenIssued = grant.event(
                        request: token.request,
                        provider: desk.provider.code,
                        at: now
                    )
                    state.event = event
                    return Held(access: grant.access, generation: state.generation)
                }
            )
        } catch {
            if case .refused(let error, _) = error, error.action == .askPerson { end(.refused) }
            return .failure(error)
        }
    }

    /// The token is not used for now; whoever uses it next says again whose it is.
    func release() {
        let access = state.withLock { $0.access }
        issued.release(access, of: desk.provider.code, by: holder)
    }

    /// What became of the token is not recorded: a renewed one is nobody's, as its end at the
    /// provider is nobody's knowledge; who asks next renews again.
    func abandon() {
        guard state.withLock({ $0.generation > 0 }) else { return }
        release()
    }

    /// The token is not used any more; the provider was not told.
    func end(_ reason: TokenEnd) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.isOver = true
            state.event = .tokenEnded(
                holder.request,
                desk.provider.code,
                reason,
                at: desk.clock.seconds
            )
        }
        release()
    }
}

/// Asks one provider's token endpoints, with the same patience as its data APIs.
struct TokenDesk {
    private let desk: ProviderDesk

    init(_ desk: ProviderDesk) { self.desk = desk }

    /// A token for a person's signed request.
    func issue(
        for signed: SignedConsent,
        age: AgeBand
    ) async throws(TokenRefusal) -> TokenGrant {
        try await ask { [oauth = desk.oauth] in
            oauth.token(for: signed, age: age, transaction: $0)
        }
    }

    /// Where a provider sends a person's browser back to, with a code.
    func callback(
        personKey: String,
        state: String
    ) async throws(TokenRefusal) -> AuthorizationCallback {
        let reply = try await reply { [oauth = desk.oauth] in
            oauth.authorize(personKey: personKey, state: state, transaction: $0)
        }
        if let error = OAuthError(reply.body) { throw .refused(error, status: reply.status) }
        guard reply.status == 302, let location = reply.location,
            location.hasPrefix(desk.provider.registration.redirect),
            let callback = AuthorizationCallback(location: location)
        else { throw .unreadable(status: reply.status) }
        return callback
    }

    /// A token for the code of an individual authentication.
    func issue(code: String) async throws(TokenRefusal) -> TokenGrant {
        try await ask { [oauth = desk.oauth] in oauth.token(code: code, transaction: $0) }
    }

    /// A new access token.
    func refresh(_ token: String) async throws(TokenRefusal) -> TokenGrant {
        try await ask { [oauth = desk.oauth] in oauth.refresh(token, transaction: $0) }
    }

    /// Ends a token; true when the provider says that it is revoked, false when it was not valid.
    ///
    /// - Throws: `.unreadable` for whatever else it says: the token may live.
    func revoke(_ token: String) async throws(TokenRefusal) -> Bool {
        let reply = try await reply { [oauth = desk.oauth] in
            oauth.revoke(token, transaction: $0)
        }
        return try TokenDesk.isRevoked(reply)
    }

    static func isRevoked(_ reply: ProviderReply) throws(TokenRefusal) -> Bool {
        guard reply.status == 200 else { throw .unreadable(status: reply.status) }
        switch JSONTree(reply.body)?["rsp_code"]?.scalar {
        case "00000": return true
        case "99999": return false
        default: throw .unreadable(status: reply.status)
        }
    }

    private func ask(
        _ make: @Sendable (String) -> ProviderRequest
    ) async throws(TokenRefusal) -> TokenGrant {
        try TokenGrant(try await reply(make))
    }

    private func reply(
        _ make: @Sendable (String) -> ProviderRequest
    ) async throws(TokenRefusal) -> ProviderReply {
        var backoff = Backoff(seed: desk.clock.chance())
        var left = desk.provider.limits.attemptsMax
        while true {
            left -= 1
            let (heard, _) = await desk.send(make)
            switch heard {
            case .reply(let reply, _):
                guard reply.status == 429 || reply.status >= 500, left > 0 else { return reply }
                let seconds = reply.retryAfter ?? 0
                guard seconds <= CallRules.waitSecondsMax else {
                    desk.stop(forSeconds: seconds)
                    return reply
                }
                try await wait(max(backoff.next(), seconds * 1_000))
            case .fault(.cancelled): throw .transport(.cancelled)
            case .fault(let fault):
                guard left > 0 else { throw .transport(fault) }
                try await wait(backoff.next())
            case .stopped: throw .transport(.unreachable)
            }
        }
    }

    private func wait(_ milliseconds: Int64) async throws(TokenRefusal) {
        do {
            try await desk.clock.sleep(.milliseconds(milliseconds))
        } catch {
            throw .transport(.cancelled)
        }
    }
}
