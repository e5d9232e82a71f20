import Collector
import Finance
import Frame
import Vault

@testable import Sandbox

/// How people of the town agree.
extension Town {
    static func registration(_ secret: String) -> ClientRegistration {
        ClientRegistration(
            identifier: "sandbox-service-0001",
            secret: secret,
            redirect: "https://operator.example/callback"
        )
    }

    /// A grown-up joins for two years.
    var join: Join { join(years: 30) }

    func join(years: Int) -> Join { Join(years: years, until: today.adding(months: 24)) }

    /// All that a provider has, for eleven months, each week.
    func terms(_ provider: Provider) -> RequestTerms {
        var terms = RequestTerms(
            scope: DataScope.whole(provider.industry),
            endsOn: today.adding(months: 11),
            purpose: "통합조회"
        )
        terms.isScheduled = true
        (terms.basicCycleDays, terms.additionalCycleDays) = (7, 7)
        return terms
    }

    /// The authentication body.
    var authority: AuthorityDesk {
        AuthorityDesk(
            SigningAuthority(
                code: SandboxServerConfiguration.authenticationCode,
                place: ProviderPlace(
                    host: "127.0.0.1",
                    port: port,
                    basePath: "/" + SandboxServerConfiguration.authenticationCode
                ),
                registration: Town.registration(secret)
            ),
            operatorCode: Town.operatorCode,
            client: client,
            clock: collectorClock
        )
    }

    /// Has a person of the sandbox agree to everything at all their providers, but for what `edit`
    /// does to the terms.
    @discardableResult
    func enrol(
        _ person: Int,
        with collector: Collector,
        years: Int = 30,
        _ edit: (inout RequestTerms) -> Void = { _ in }
    ) async throws -> (subject: SubjectID, failures: [String: EnrolError]) {
        try await enrol(person, with: collector, joining: join(years: years)) { provider in
            var own = terms(provider)
            edit(&own)
            return (own, [])
        }
    }

    /// Has a person agree to what `wish` says of a provider; nil is nothing, no asset is all.
    @discardableResult
    func enrol(
        _ person: Int,
        with collector: Collector,
        joining join: Join,
        asking wish: (Provider) -> (terms: RequestTerms, assets: [String])?
    ) async throws -> (subject: SubjectID, failures: [String: EnrolError]) {
        let wishes = world.providers(of: person).compactMap { code in
            providers[code].flatMap { provider in wish(provider).map { (provider, $0) } }
        }
        let (asked, terms) = (wishes.map(\.0), wishes.map(\.1.terms))
        let texts = wishes.map { provider, wish in
            ConsentText(
                wish.terms,
                provider: provider,
                operatorCode: Town.operatorCode,
                assets: wish.assets
            ).text
        }
        let signed = try await authority.sign(texts, by: .sandbox(person))
        let subject = try vault.enrol([Array(signed[0].personKey.utf8)])[0]
        let transfers = asked.indices.map { index in
            AgreedTransfer(
                id: ConsentID(
                    high: collectorClock.chance(),
                    low: collectorClock.chance()
                ),
                provider: asked[index].code,
                terms: terms[index],
                signed: signed[index]
            )
        }
        let failures = try await collector.take(
            transfers,
            of: subject,
            joining: join
        )
        return (subject, failures)
    }
}
