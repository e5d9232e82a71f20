import Commands
import Finance
import Frame
import Sandbox
import Simulation
import Synchronization
import Testing
import Vault

@testable import Collector

/// Whose an agreement is, and what becomes of its token in the end.
struct AgreementTests {
    private static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (2, 2, 1)
        return plan
    }

    @Test
    func `what somebody else signed is nobody's agreement`() async throws {
        try await Town.open(Self.plan) { town in
            let ci = town.world.ci(of: 0)
            let own = try await town.authority.sign(["{}"], by: .person(ci: ci))
            #expect(own.map(\.personKey) == [ci])
            // The body mixes up two sessions.
            town.script.mistake(0, for: 1)
            await #expect(throws: SigningError.otherPerson) {
                _ = try await town.authority.sign(["{}"], by: .person(ci: ci))
            }
        }
    }

    @Test
    func `a token that another person signed for is not asked for`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let code = try #require(town.world.providers(of: 1).first)
            let provider = try #require(town.providers[code])
            let terms = town.terms(provider)
            let text = ConsentText(terms, provider: provider, operatorCode: Town.operatorCode).text
            let signed = try await town.authority.sign([text], by: .sandbox(1))
            let keys = [0, 1].map { Array(town.world.ci(of: $0).utf8) }
            let subjects = try town.vault.enrol(keys)
            let transfer = AgreedTransfer(
                id: ConsentID(high: 1, low: 1),
                provider: code,
                terms: terms,
                signed: signed[0]
            )
            let mixed = try await collector.take([transfer], of: subjects[0], joining: town.join)
            #expect(mixed == [code: .otherPerson])
            #expect(try collector.books.book(of: subjects[0]).state.providers.isEmpty)
            #expect(try await town.liveTokens() == 0)
            let taken = try await collector.take([transfer], of: subjects[1], joining: town.join)
            #expect(taken.isEmpty)
        }
    }

    @Test
    func `two who revoke the same token at once say one thing`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            try await town.withdraw(provider, of: subject)
            async let first = collector.revokeOwed(of: subject)
            async let second = collector.revokeOwed(of: subject, isLast: true)
            let told = try await [first, second]
            #expect(told.flatMap(\.confirmed) == [provider])
            #expect(told.flatMap(\.ended).isEmpty && told.flatMap(\.failed).isEmpty)
            #expect(try ends(town, subject) == [true])
            #expect(collector.revoking.count == 0)
        }
    }

    @Test
    func `tokens that go while there is no way to their providers leave evidence`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            try await town.decide(subject) { register, now, today throws(ConsentRefusal) in
                try register.decide(LeaveService(), at: now, on: today)
            }
            let untold = try UntoldTokens(
                log: town.log,
                vault: town.vault,
                recorder: collector.recorder
            )
            let now = town.clock.seconds * 1_000_000
            let codes = try await untold.record(of: subject, at: now)
            #expect(codes == town.world.providers(of: 0).sorted())
            #expect(try ends(town, subject) == codes.map { _ in false })
            #expect(try await untold.record(of: subject, at: now) == [])
            #expect(try collector.books.book(of: subject).owedRevocations.isEmpty)
        }
    }

    @Test
    func `what is answered after a request's last day is not recorded`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let today = town.today
            let (subject, failures) = try await town.enrol(0, with: collector) {
                $0.endsOn = today
            }
            #expect(failures.isEmpty)
            let provider = try #require(town.world.providers(of: 0).first)
            // Midnight comes after the first answer.
            let isFirst = Mutex(true)
            town.script.set { _ in
                let isNow = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                if isNow { town.clock.advance(by: 86_400) }
                return nil
            }
            await #expect(throws: CollectError.refused(.requestExpired)) {
                _ = try await collector.collect(subject, from: provider, for: .userConsent)
            }
            #expect(try town.vault.assets(of: subject).isEmpty)
        }
    }

    /// Of each end of a token, whether its provider confirmed it.
    private func ends(_ town: Town, _ subject: SubjectID) throws -> [Bool] {
        var ends: [Bool] = []
        let desk = try ConsentDesk(vault: town.vault, log: town.log)
        try desk.forEachEvent(of: subject) { event in
            guard case .tokenEnded(let ended) = event.fact else { return }
            #expect(ended.reason == .withdrawn)
            ends.append(ended.confirmed)
        }
        return ends
    }
}
