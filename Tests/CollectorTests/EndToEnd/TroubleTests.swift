import Finance
import Frame
import MyData
import Sandbox
import Testing

@testable import Collector

/// What goes wrong is in the evidence as what it was.
struct TroubleTests {
    private static var plan: Town.Plan {
        var plan = ReachTests.plan
        (plan.months, plan.historyMonths) = (1, 1)
        return plan
    }

    @Test
    func `a token endpoint that is down is no refusal of the person`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            town.clock.advance(by: 90 * 86_400 - 60)
            try await town.misbehave(["refuse=50001@\(bank)/token"])
            _ = try await collector.collect(subject, from: bank, for: .userRefresh)
            let failures = try town.failures(of: subject)
            #expect(failures.contains { $0.status == 500 })
            // The others of the transfer were not answered at all, or the same.
            #expect(failures.allSatisfy { [0, 500].contains($0.status) && $0.code == 0 })
        }
    }

    @Test
    func `a grant that the provider no longer knows is lost access`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let token = try collector.books.book(of: subject).state.providers[bank]?.token
            let desk = try #require(collector.desks[bank])
            let access = try #require(token?.access)
            #expect(try await TokenDesk(desk).revoke(access))
            _ = try await collector.collect(subject, from: bank, for: .userRefresh)
            let failures = try town.failures(of: subject)
            #expect(failures.contains { (400..<500).contains($0.status) })
            #expect(failures.allSatisfy { $0.code == 40_101 })
        }
    }
}
