internal import Cryptography
public import Finance
public import Frame
internal import Vault

/// A person's wish to be collected for at one provider, agreed to.
public struct AgreedTransfer: Sendable {
    /// Id of the new request: 16 random bytes.
    public var id: ConsentID
    /// The provider's org_code.
    public var provider: String
    /// What is asked.
    public var terms: RequestTerms
    /// The text that the person was shown and agreed to.
    public var consent: String
    /// What shows the provider that they did.
    public var proof: AgreementProof

    /// A wish with what shows that it is the person's.
    public init(
        id: ConsentID,
        provider: String,
        terms: RequestTerms,
        consent: String,
        proof: AgreementProof
    ) {
        (self.id, self.provider, self.terms) = (id, provider, terms)
        (self.consent, self.proof) = (consent, proof)
    }

    /// A wish that the person signed.
    public init(id: ConsentID, provider: String, terms: RequestTerms, signed: SignedConsent) {
        self.init(
            id: id,
            provider: provider,
            terms: terms,
            consent: signed.consent,
            proof: .signature(signed)
        )
    }
}

/// Why a provider is not collected from although the person agreed.
public enum EnrolError: Error, Sendable, Equatable {
    /// The configuration has no such provider.
    case unknownProvider
    /// The register does not take the request.
    case refused(ConsentRefusal)
    /// The provider gave no token.
    case token(TokenRefusal)
}

extension Collector {
    /// Takes in a person's requests: asks each provider for its token, then records requests
    /// and tokens in one batch.
    ///
    /// `joining` makes the person a member, if they are none.
    /// - Returns: why it went wrong, by org_code; none means that all went well.
    /// - Throws: `.book`, `.record`, `.refused` when joining is.
    public func take(
        _ transfers: [AgreedTransfer],
        of subject: SubjectID,
        joining: Join? = nil
    ) async throws(CollectError) -> [String: EnrolError] {
        let (now, today) = (clock.seconds, KoreanClock.day(at: clock.seconds))
        var register = try readBook(of: subject).register
        var consents: [Event] = []
        if let joining {
            do throws(ConsentRefusal) {
                for event in try register.decide(joining, at: now, on: today) {
                    evolve(&register, by: event)
                    consents.append(event)
                }
            } catch .nothingToChange {
                // A member already, for as long.
            } catch {
                throw .refused(error)
            }
        }
        let grants = await tokens(for: transfers)
        var failures: [String: EnrolError] = [:]
        var credentials: [Event] = []
        for (transfer, grant) in zip(transfers, grants) {
            do throws(EnrolError) {
                let grant = try grant.get()
                let events = try decide(transfer, register, at: now, on: today)
                for event in events { evolve(&register, by: event) }
                consents += events
                credentials.append(issued(grant, transfer, subject, at: now))
            } catch {
                failures[transfer.provider] = error
            }
        }
        try await record([(.consent, consents), (.credential, credentials)], of: subject)
        return failures
    }

    private func tokens(
        for transfers: [AgreedTransfer]
    ) async -> [Result<TokenGrant, EnrolError>] {
        await withTaskGroup(of: (Int, Result<TokenGrant, EnrolError>).self) { tasks in
            for (number, transfer) in transfers.enumerated() {
                tasks.addTask { (number, await self.token(for: transfer)) }
            }
            var all: [(Int, Result<TokenGrant, EnrolError>)] = []
            for await result in tasks { all.append(result) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func token(for transfer: AgreedTransfer) async -> Result<TokenGrant, EnrolError> {
        guard let desk = desks[transfer.provider] else { return .failure(.unknownProvider) }
        do throws(TokenRefusal) {
            switch transfer.proof {
            case .signature(let signed):
                return .success(try await TokenDesk(desk).issue(for: signed))
            case .code(let callback):
                return .success(try await TokenDesk(desk).issue(code: callback.code))
            }
        } catch {
            return .failure(.token(error))
        }
    }

    private func decide(
        _ transfer: AgreedTransfer,
        _ register: TransferRegister,
        at now: Int64,
        on today: CivilDate
    ) throws(EnrolError) -> [Event] {
        let digest = SHA256.hash(Array(transfer.consent.utf8)).bytes
        var signed = SignedRequest(digest: digest)
        switch transfer.proof {
        case .signature(let proof):
            signed.transaction = proof.transaction
            signed.signatureTransaction = proof.signatureTransaction
            signed.certificateTransaction = proof.certificateTransaction
            signed.authority = proof.authority
        // The provider itself authenticated the person; nothing is signed.
        case .code: signed.authority = transfer.provider
        }
        let command = RequestTransfer(
            id: transfer.id,
            provider: transfer.provider,
            terms: transfer.terms,
            signed: signed
        )
        do throws(ConsentRefusal) {
            return try register.decide(command, at: now, on: today)
        } catch {
            throw .refused(error)
        }
    }

    /// The token's event; a token that is another person's already ends by it (§5.7).
    private func issued(
        _ grant: TokenGrant,
        _ transfer: AgreedTransfer,
        _ subject: SubjectID,
        at now: Int64
    ) -> Event {
        let holder = IssuedTokens.Holder(subject: subject.bytes, request: transfer.id.bytes)
        var event = Event()
        event.occurredAt = now
        guard issued.claim(grant.access, of: transfer.provider, for: holder) else {
            event.tokenEnded.request.append(contentsOf: transfer.id.bytes)
            event.tokenEnded.provider = transfer.provider
            event.tokenEnded.reason = .duplicate
            return event
        }
        event.tokenIssued = grant.event(
            request: transfer.id.bytes,
            provider: transfer.provider,
            at: now
        )
        return event
    }

    /// Withdraws a request: recorded first, then the provider is told.
    ///
    /// - Returns: whether the provider said that the token is revoked.
    /// - Throws: `.refused` when there is nothing to withdraw; `.book`, `.record`.
    public func withdraw(
        _ command: WithdrawTransfer,
        of subject: SubjectID
    ) async throws(CollectError) -> Bool {
        let (now, today) = (clock.seconds, KoreanClock.day(at: clock.seconds))
        let book = try readBook(of: subject)
        let events: [Event]
        do throws(ConsentRefusal) {
            events = try book.register.decide(command, at: now, on: today)
        } catch {
            throw .refused(error)
        }
        try await record([(.consent, events)], of: subject)
        guard let token = book.state.providers[command.provider]?.token,
            token.end == .unspecified, let desk = desks[command.provider]
        else { return false }
        var isConfirmed = false
        do throws(TokenRefusal) {
            isConfirmed = try await TokenDesk(desk).revoke(token.access)
        } catch {
            // It dies by itself in time; that the provider did not answer is in the evidence.
            isConfirmed = false
        }
        var ended = Event()
        ended.occurredAt = clock.seconds
        ended.tokenEnded.request.append(contentsOf: token.request)
        ended.tokenEnded.provider = command.provider
        ended.tokenEnded.reason = .withdrawn
        ended.tokenEnded.confirmed = isConfirmed
        try await record([(.credential, [ended])], of: subject)
        return isConfirmed
    }

    private func evolve(_ register: inout TransferRegister, by event: Event) {
        do throws(FoldError) {
            try register.evolve(by: event)
        } catch {
            preconditionFailure("an event that the register decided is not one it takes")
        }
    }
}
