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
    /// Somebody else signed.
    case otherPerson
    /// The register does not take the request.
    case refused(ConsentRefusal)
    /// The provider gave no token.
    case token(TokenRefusal)
}

extension Collector {
    /// Takes in a person's requests: asks each provider for its token, then records requests
    /// and tokens in one batch.
    ///
    /// Nobody is asked for a token that another person signed for, or whose request the register
    /// would refuse: it would end the one before it (§2.4). What the register refuses in the end,
    /// because it went on meanwhile, has its token revoked at once. `joining` makes the person a
    /// member, if they are none.
    /// - Returns: why it went wrong, by org_code; none means that all went well.
    /// - Throws: `.book`, `.record`, `.refused` when joining is.
    public func take(
        _ transfers: [AgreedTransfer],
        of subject: SubjectID,
        joining: Join? = nil
    ) async throws(CollectError) -> [String: EnrolError] {
        let book = try readBook(of: subject)
        let own = transfers.filter { books.isSigned($0.proof, by: subject) }
        let planned = try decide(own, joining, book.register)
        var failures = planned.failures
        for transfer in transfers where !books.isSigned(transfer.proof, by: subject) {
            failures[transfer.provider] = .otherPerson
        }
        var granted: [Granted] = []
        for (transfer, grant) in zip(planned.accepted, await tokens(for: planned)) {
            do throws(EnrolError) {
                let before = book.state.providers[transfer.provider]?.token?.access
                granted.append(claim(try grant.get(), transfer, subject, insteadOf: before))
            } catch {
                failures[transfer.provider] = error
            }
        }
        let recorded: Decided
        do throws(CollectError) {
            await suspendFirstHolders()
            recorded = try await record(granted, joining, of: subject)
        } catch {
            await drop(granted, of: subject)
            throw error
        }
        failures.merge(recorded.failures) { _, last in last }
        await drop(granted.filter { recorded.failures[$0.transfer.provider] != nil }, of: subject)
        return failures
    }

    /// What the register makes of wishes.
    private struct Decided {
        var consents: [Event] = []
        var accepted: [AgreedTransfer] = []
        /// By org_code.
        var failures: [String: EnrolError] = [:]
        var age = AgeBand.adult
    }

    /// A wish with the token that it brought.
    private struct Granted: Sendable {
        var transfer: AgreedTransfer
        var token: TokenGrant
        /// Another person has the same.
        var isIssuedTwice: Bool

        func event(at now: Int64) -> Event {
            var event = Event()
            event.occurredAt = now
            event.tokenIssued = token.event(
                request: transfer.id.bytes,
                provider: transfer.provider,
                at: now
            )
            return event
        }
    }

    private func decide(
        _ transfers: [AgreedTransfer],
        _ joining: Join?,
        _ register: TransferRegister
    ) throws(CollectError) -> Decided {
        let (now, today) = (clock.seconds, KoreanClock.day(at: clock.seconds))
        var register = register
        var decided = Decided()
        if let joining {
            do throws(ConsentRefusal) {
                for event in try register.decide(joining, at: now, on: today) {
                    evolve(&register, by: event)
                    decided.consents.append(event)
                }
            } catch .nothingToChange {
                // A member already, for as long.
            } catch {
                throw .refused(error)
            }
        }
        if case .joined(at: _, until: _, let age) = register.membership { decided.age = age }
        for transfer in transfers {
            do throws(EnrolError) {
                guard desks[transfer.provider] != nil else { throw .unknownProvider }
                for event in try decide(transfer, register, at: now, on: today) {
                    evolve(&register, by: event)
                    decided.consents.append(event)
                }
                decided.accepted.append(transfer)
            } catch {
                decided.failures[transfer.provider] = error
            }
        }
        return decided
    }

    private func tokens(for decided: Decided) async -> [Result<TokenGrant, EnrolError>] {
        let age = decided.age
        return await withTaskGroup(of: (Int, Result<TokenGrant, EnrolError>).self) { tasks in
            for (number, transfer) in decided.accepted.enumerated() {
                tasks.addTask { (number, await self.token(for: transfer, age)) }
            }
            var all: [(Int, Result<TokenGrant, EnrolError>)] = []
            for await result in tasks { all.append(result) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func token(
        for transfer: AgreedTransfer,
        _ age: AgeBand
    ) async -> Result<TokenGrant, EnrolError> {
        guard let desk = desks[transfer.provider] else { return .failure(.unknownProvider) }
        do throws(TokenRefusal) {
            switch transfer.proof {
            case .signature(let signed):
                return .success(try await TokenDesk(desk).issue(for: signed, age: age))
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

    /// A token that is another person's already ends by it (§5.7).
    private func claim(
        _ grant: TokenGrant,
        _ transfer: AgreedTransfer,
        _ subject: SubjectID,
        insteadOf before: String?
    ) -> Granted {
        let now = clock.seconds
        let claim = issued.claim(
            grant.access,
            of: transfer.provider,
            for: IssuedTokens.Holder(subject: subject, request: transfer.id),
            until: now + grant.expiresIn,
            at: now,
            insteadOf: before
        )
        return Granted(transfer: transfer, token: grant, isIssuedTwice: claim == .issuedTwice)
    }

    /// Decides again against the register as it is when the batch is appended.
    private func record(
        _ granted: [Granted],
        _ joining: Join?,
        of subject: SubjectID
    ) async throws(CollectError) -> Decided {
        try await attempting { () throws(CollectError) in
            let book = try readBook(of: subject)
            let decided = try decide(granted.map(\.transfer), joining, book.register)
            let now = clock.seconds
            var (tokens, ends): ([Event], [Event]) = ([], [])
            for one in granted where decided.failures[one.transfer.provider] == nil {
                if one.isIssuedTwice {
                    ends.append(.tokenEnded(one.transfer.id, one.transfer.provider, at: now))
                } else {
                    tokens.append(one.event(at: now))
                }
            }
            // The ends after the requests that they suspend.
            try await record(
                [(.consent, decided.consents), (.credential, tokens), (.evidence, ends)],
                of: subject,
                expecting: book.revision
            )
            return decided
        }
    }

    /// Revokes tokens that no request in the log is for, as far as their providers answer.
    ///
    /// One that somebody else has too is not sent anywhere again.
    private func drop(_ granted: [Granted], of subject: SubjectID) async {
        await withTaskGroup(of: Void.self) { tasks in
            for one in granted {
                let (code, access) = (one.transfer.provider, one.token.access)
                let holder = IssuedTokens.Holder(subject: subject, request: one.transfer.id)
                issued.release(access, of: code, by: holder)
                guard !one.isIssuedTwice, let desk = desks[code] else { continue }
                tasks.addTask {
                    do throws(TokenRefusal) {
                        _ = try await TokenDesk(desk).revoke(access)
                    } catch {
                        // Nobody has it but the provider, where it dies in its time.
                        return
                    }
                }
            }
        }
    }

    private func evolve(_ register: inout TransferRegister, by event: Event) {
        do throws(FoldError) {
            try register.evolve(by: event)
        } catch {
            preconditionFailure("an event that the register decided is not one it takes")
        }
    }
}
