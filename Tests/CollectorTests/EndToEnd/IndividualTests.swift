import Collector
import Finance
import Frame
import Simulation
import Testing
import Vault

@testable import Sandbox

/// Individual authentication over loopback mutual TLS: the person agrees at each provider.
struct IndividualTests {
    @Test
    func `who agrees at each provider has the same log as the sandbox's ledger`() async throws {
        try await Town.open { town in
            let collector = try town.collector()
            let (subject, transfers) = try await agree(town, collector)
            let failures = try await collector.take(transfers, of: subject, joining: town.join)
            #expect(failures.isEmpty)
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `a code is good once`() async throws {
        try await Town.open { town in
            let collector = try town.collector()
            let (subject, transfers) = try await agree(town, collector)
            let first = try await collector.take(transfers, of: subject, joining: town.join)
            #expect(first.isEmpty)
            let others = transfers.map { transfer in
                var other = transfer
                other.id = ConsentID(high: 7, low: town.collectorClock.chance())
                other.terms.purpose = "다시"
                return other
            }
            let again = try await collector.take(others, of: subject)
            #expect(again.count == transfers.count)
            for failure in again.values {
                guard case .token(.refused(.invalidGrant, status: 400..<500)) = failure else {
                    Issue.record("\(failure)")
                    continue
                }
            }
        }
    }

    @Test
    func `a person whom a provider does not know gets no code`() async throws {
        try await Town.open { town in
            let collector = try town.collector()
            let provider = try #require(town.providers.all.first)
            await #expect {
                try await authorize(town, collector, provider, "nobody")
            } throws: { error in
                guard case .token(.refused(.unauthorizedUser, _))? = error as? AuthorizationError
                else { return false }
                return true
            }
            await #expect(throws: AuthorizationError.unknownProvider) {
                var other = provider
                other.code = "Z0NOBODY00"
                try await authorize(town, collector, other, "nobody")
            }
        }
    }

    private func agree(
        _ town: Town,
        _ collector: Collector
    ) async throws -> (SubjectID, [AgreedTransfer]) {
        let ci = town.world.ci(of: 0)
        let subject = try town.vault.enrol([Array(ci.utf8)])[0]
        var transfers: [AgreedTransfer] = []
        for provider in town.world.providers(of: 0).compactMap({ town.providers[$0] }) {
            transfers.append(try await authorize(town, collector, provider, ci))
        }
        return (subject, transfers)
    }

    @discardableResult
    private func authorize(
        _ town: Town,
        _ collector: Collector,
        _ provider: Provider,
        _ ci: String
    ) async throws -> AgreedTransfer {
        let terms = town.terms(provider)
        return try await collector.authorize(
            ConsentText(terms, provider: provider, operatorCode: Town.operatorCode),
            as: ConsentID(high: town.collectorClock.chance(), low: town.collectorClock.chance()),
            terms: terms,
            at: provider.code,
            personKey: ci
        )
    }
}
