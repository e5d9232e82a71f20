public import Finance

/// How a provider is shown that a person agreed.
public enum AgreementProof: Sendable {
    /// Integrated authentication: the person's signature over the text (통합인증-002).
    case signature(SignedConsent)
    /// Individual authentication: the person agreed at the provider, which sent the browser back
    /// with a code that is good once and for ten minutes (개별인증-001, -002).
    case code(AuthorizationCallback)
}

/// Why an individual authentication gave no code.
public enum AuthorizationError: Error, Hashable, Sendable {
    /// The configuration has no such provider, or no callback of ours.
    case unknownProvider
    /// The provider refused, or gave no answer that leads back.
    case token(TokenRefusal)
    /// The browser came back with an answer to another question: the code in it is nobody's.
    case otherState
}

extension Collector {
    /// Goes the way of a person's browser through a provider's own authentication (개별인증-001) and
    /// comes back with its code, which ``take(_:of:joining:)`` changes into a token.
    ///
    /// What comes back counts only with the state that was sent with this question: 160 random
    /// bits that no other page can know.
    /// - Parameters:
    ///   - text: what the person was shown and agreed to; its digest is kept.
    ///   - id: id of the new request: 16 random bytes.
    ///   - terms: what is asked.
    ///   - provider: the provider's org_code.
    ///   - personKey: the person's CI.
    /// - Returns: the wish, with the code that proves it.
    /// - Throws: `AuthorizationError` when there is no code of this question.
    public func authorize(
        _ text: ConsentText,
        as id: ConsentID,
        terms: RequestTerms,
        at provider: String,
        personKey: String
    ) async throws(AuthorizationError) -> AgreedTransfer {
        guard let desk = desks[provider], !desk.provider.registration.redirect.isEmpty else {
            throw .unknownProvider
        }
        let state = state()
        let callback: AuthorizationCallback
        do throws(TokenRefusal) {
            callback = try await TokenDesk(desk).callback(personKey: personKey, state: state)
        } catch {
            throw .token(error)
        }
        guard callback.state == state else { throw .otherState }
        return AgreedTransfer(
            id: id,
            provider: provider,
            terms: terms,
            consent: text.text,
            proof: .code(callback)
        )
    }

    /// 40 letters, as long as the standard lets a state be.
    private func state() -> String {
        var letters = ""
        while letters.utf8.count < 40 {
            let word = String(clock.chance(), radix: 16)
            letters += String(repeating: "0", count: 16 - word.utf8.count) + word
        }
        return String(letters.prefix(40))
    }
}
