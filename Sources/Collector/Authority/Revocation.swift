internal import Commands
internal import Finance
public import Frame
internal import Logging
internal import Vault

extension SubjectBook {
    /// Providers, by org_code, that are owed the word that a token of theirs serves no request any
    /// more (개별인증-004, §1.3): its request was withdrawn and nobody told them yet.
    ///
    /// A request that was replaced or has expired ended its token at the provider by itself.
    public var owedRevocations: [String] {
        state.providers.keys.filter { owed(at: $0) != nil }.sorted()
    }

    /// The token that is owed a revocation, and its request.
    func owed(at provider: String) -> (token: CollectionState.Token, request: ConsentID)? {
        guard let token = state.providers[provider]?.token, token.end == .unspecified,
            !token.access.isEmpty, let id = ConsentID(token.request)
        else { return nil }
        switch register.requests[id]?.state {
        // One that the register no longer keeps ended long ago.
        case .withdrawn, nil: return (token, id)
        case .live, .replaced, .expired: return nil
        }
    }
}

/// What became of the revocations that one person's providers were owed.
public struct Revocations: Sendable, Equatable {
    /// Providers that said that the token is revoked, by org_code.
    public var confirmed: [String] = []
    /// Providers that knew no such token any more, and tokens that died in the meantime.
    public var ended: [String] = []
    /// Providers that could not be told: owed still, unless it was the last time.
    public var failed: [String] = []

    /// Nothing.
    public init() {}
}

extension Collector {
    /// Tells providers which tokens of a person serve no request any more, and records it; of one
    /// person one call at a time.
    ///
    /// Interrupted anywhere, the same again does what is left.
    /// - Parameters:
    ///   - subject: whose.
    ///   - provider: the only one to be told; nil for all.
    ///   - isLast: whether the tokens go afterwards: then also who could not be told is recorded,
    ///     as not confirmed.
    /// - Returns: what became of each.
    /// - Throws: `.book`, `.record`; `.cancelled`, with what was said recorded.
    @discardableResult
    public func revokeOwed(
        of subject: SubjectID,
        at provider: String? = nil,
        isLast: Bool = false
    ) async throws(CollectError) -> Revocations {
        try await revoking.pass(subject) { () async -> Result<Revocations, CollectError> in
            do throws(CollectError) {
                return .success(try await tellOwed(of: subject, at: provider, isLast))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private func tellOwed(
        of subject: SubjectID,
        at provider: String?,
        _ isLast: Bool
    ) async throws(CollectError) -> Revocations {
        let book = try readBook(of: subject)
        let codes = book.owedRevocations.filter { provider == nil || $0 == provider }
        guard !codes.isEmpty else { return Revocations() }
        let told = await withTaskGroup(of: Told.self) { tasks in
            for code in codes {
                guard let (token, request) = book.owed(at: code) else { continue }
                tasks.addTask { await self.tell(code, token, request) }
            }
            var all: [Told] = []
            for await one in tasks { all.append(one) }
            return all.sorted { $0.provider < $1.provider }
        }
        let isCancelled = told.contains(where: \.isCancelled)
        let isSettled = isLast && !isCancelled
        try await settle(told.filter { $0.isConfirmed != nil || isSettled }, of: subject)
        guard !isCancelled else { throw .cancelled }
        var revocations = Revocations()
        for one in told {
            switch one.isConfirmed {
            case true?: revocations.confirmed.append(one.provider)
            case false?: revocations.ended.append(one.provider)
            case nil: revocations.failed.append(one.provider)
            }
        }
        return revocations
    }

    /// What a provider said of a token.
    private struct Told: Sendable {
        var provider: String
        var token: CollectionState.Token
        var request: ConsentID
        /// Nil when it said nothing.
        var isConfirmed: Bool?
        var isCancelled = false
    }

    private func tell(
        _ code: String,
        _ token: CollectionState.Token,
        _ request: ConsentID
    ) async -> Told {
        var told = Told(provider: code, token: token, request: request)
        guard max(token.expiresAt, token.refreshExpiresAt) > clock.seconds else {
            told.isConfirmed = false
            return told
        }
        guard let desk = desks[code] else { return told }
        do throws(TokenRefusal) {
            // An access token may be dead while the one that renews it is not, and either stands
            // for the pair (RFC 7009).
            for text in [token.access, token.refresh] where !text.isEmpty {
                told.isConfirmed = try await TokenDesk(desk).revoke(text)
                if told.isConfirmed == true { break }
            }
        } catch {
            (told.isConfirmed, told.isCancelled) = (nil, error == .transport(.cancelled))
        }
        return told
    }

    /// Records the ends of tokens that the person's book still has.
    private func settle(_ told: [Told], of subject: SubjectID) async throws(CollectError) {
        try await attempting { () throws(CollectError) in
            let book = try readBook(of: subject)
            let now = clock.seconds
            let ends = told.filter { book.owed(at: $0.provider)?.token == $0.token }.map { one in
                Event.tokenEnded(
                    one.request,
                    one.provider,
                    .withdrawn,
                    isConfirmed: one.isConfirmed ?? false,
                    at: now
                )
            }
            try await record([(.evidence, ends)], of: subject, expecting: book.revision)
        }
        for one in told {
            let holder = IssuedTokens.Holder(subject: subject, request: one.request)
            issued.release(one.token.access, of: one.provider, by: holder)
        }
    }
}

extension Collector {
    /// Records in the logs of those who had tokens first that these were issued again (§5.7):
    /// before anything is recorded of the second, so that a crash between leaves no one of them
    /// who may go on unseen.
    ///
    /// Whoever comes while another is at it waits until that is done. One who cannot be written to
    /// holds up nobody: they are tried again a minute later, and ask nothing meanwhile.
    func suspendFirstHolders() async {
        guard !issued.suspensions(at: clock.seconds).isEmpty else { return }
        await suspending.pass {
            let now = clock.seconds
            for suspension in issued.suspensions(at: now) {
                let (holder, provider) = (suspension.holder, suspension.provider)
                let end = Event.tokenEnded(holder.request, provider, at: now)
                do throws(CollectError) {
                    try await record([(.evidence, [end])], of: holder.subject)
                } catch .record(.vault(.subjectErased)) {
                    // Nobody's token any more.
                } catch {
                    options.logger.error(
                        "a request whose token was issued again is not suspended yet",
                        metadata: ["provider": "\(provider)", "error": "\(error)"]
                    )
                    issued.settled(suspension, againAt: now + 60)
                    continue
                }
                issued.settled(suspension)
            }
        }
    }
}

extension Event {
    /// Whether it is the end of a token.
    var isTokenEnd: Bool { if case .tokenEnded = fact { true } else { false } }

    /// A token's end; kept as evidence, which outlives the token.
    static func tokenEnded(
        _ request: ConsentID,
        _ provider: String,
        _ reason: TokenEnd = .duplicate,
        isConfirmed: Bool = false,
        at now: Int64
    ) -> Event {
        var event = Event()
        event.occurredAt = now
        event.tokenEnded.request.append(contentsOf: request.bytes)
        event.tokenEnded.provider = provider
        event.tokenEnded.reason = reason
        event.tokenEnded.confirmed = isConfirmed
        return event
    }
}
