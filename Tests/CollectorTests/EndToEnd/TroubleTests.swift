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

    @Test
    func `a transfer that came to nothing while the provider was left alone did not succeed`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let desk = try #require(collector.desks[bank])
            // It is left alone when the lists are asked, and no longer when that is recorded.
            town.hook.set { desk.stop(forSeconds: 5) }
            town.beFirst(at: collector) { town.clock.advance(by: 6) }
            let until = town.clock.seconds + 6 + Circuit.pauseSeconds
            await #expect(throws: CollectError.stopped(until: until)) {
                _ = try await collector.collect(subject, from: bank, for: .userRefresh)
            }
            town.hook.set(nil)
        }
    }

    @Test
    func `an answer that goes on and on is given up, and the others are taken`() async throws {
        var plan = Self.plan
        (plan.rowsPerPage, plan.callBytesMax) = (1, 1_500)
        (plan.months, plan.historyMonths) = (3, 3)
        try await Town.open(plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            town.script.set(nil)
            let outcome = try await collector.collect(subject, from: bank, for: .userConsent)
            #expect(outcome.failedCalls > 0 && outcome.calls > 0)
            let failures = try town.failures(of: subject).filter { $0.api == .bank004 }
            #expect(!failures.isEmpty)
            #expect(failures.allSatisfy { $0.status == 200 && $0.code == 0 })
            let account = try ReachTests.account(of: subject, at: bank, collector)
            let pages = town.script.asked.count {
                $0.call.api == .bank004 && $0.call["account_num"] == account.key
            }
            #expect(pages < 10, "\(pages)")
        }
    }
}
