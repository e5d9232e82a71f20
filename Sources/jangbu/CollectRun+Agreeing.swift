import Collector
import Finance

/// How people of a sandbox agree.
extension CollectRun {
    /// Once for all providers, by a signature at the authentication body (통합인증).
    func signed(
        _ person: SandboxControl.Person,
        _ providers: [Provider]
    ) async throws -> [AgreedTransfer] {
        let terms = providers.map { self.terms($0, of: person.age) }
        let texts = zip(terms, providers).map { text($0, $1).text }
        let signed: [SignedConsent]
        do throws(SigningError) {
            signed = try await access.authority.sign(texts, by: .sandbox(person.number))
        } catch {
            throw Failure(.address, "The authentication body did not sign (\(error)).")
        }
        return providers.indices.map { index in
            AgreedTransfer(
                id: newRequest(),
                provider: providers[index].code,
                terms: terms[index],
                signed: signed[index]
            )
        }
    }

    /// At each provider by itself, as the person's browser would go there (개별인증).
    func agreedAtProviders(
        _ person: SandboxControl.Person,
        _ providers: [Provider]
    ) async throws -> [AgreedTransfer] {
        var transfers: [AgreedTransfer] = []
        for provider in providers {
            let terms = terms(provider, of: person.age)
            do throws(AuthorizationError) {
                transfers.append(
                    try await collector.authorize(
                        text(terms, provider),
                        as: newRequest(),
                        terms: terms,
                        at: provider.code,
                        personKey: person.key
                    )
                )
            } catch {
                throw Failure(.address, "A provider did not let a person agree (\(error)).")
            }
        }
        return transfers
    }

    private func newRequest() -> ConsentID {
        ConsentID(high: clock.chance(), low: clock.chance())
    }

    private func text(_ terms: RequestTerms, _ provider: Provider) -> ConsentText {
        ConsentText(terms, provider: provider, operatorCode: access.identity.code)
    }

    private func terms(_ provider: Provider, of age: AgeBand) -> RequestTerms {
        let today = KoreanClock.day(at: clock.seconds)
        var terms = RequestTerms(
            scope: DataScope.whole(provider.industry, of: age),
            endsOn: today.adding(months: 12).adding(days: -1),
            purpose: "본인신용정보 통합조회"
        )
        terms.isScheduled = true
        (terms.basicCycleDays, terms.additionalCycleDays) = (7, 7)
        return terms
    }
}
