import Finance
import Frame
import MyData
import Sandbox
import Testing

@testable import Collector

/// What a regular transfer left open is made up for in its own cycle.
struct StillDueTests {
    private static var plan: Town.Plan {
        var plan = ReachTests.plan
        (plan.months, plan.historyMonths) = (3, 1)
        return plan
    }

    /// Somebody whose data is due every four weeks.
    private static func enrol(_ town: Town, _ collector: Collector) async throws -> SubjectID {
        let (subject, failures) = try await town.enrol(0, with: collector) {
            ($0.basicCycleDays, $0.additionalCycleDays) = (28, 28)
        }
        #expect(failures.isEmpty)
        return subject
    }

    private static func book(
        _ subject: SubjectID,
        _ bank: String,
        _ collector: Collector
    ) throws -> (request: TransferRequest, standing: ProviderStanding) {
        let book = try collector.books.book(of: subject)
        return (
            try #require(book.register.liveRequest(of: bank)),
            try #require(book.state.providers[bank]?.standing)
        )
    }

    /// Moves the clock to the day on which the next transfer is due.
    private static func pass(
        _ town: Town,
        to day: CivilDate?
    ) throws {
        let days = try #require(day).daysSinceEpoch - town.today.daysSinceEpoch
        town.clock.advance(by: Int64(days) * 86_400)
    }

    @Test(arguments: [false, true])
    func `a call that failed is asked again before the next cycle, which stays as it was`(
        isFirst: Bool
    ) async throws {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let subject = try await Self.enrol(town, collector)
            if !isFirst {
                let whole = try await collector.collect(subject, from: bank, for: .scheduled)
                #expect(whole.isComplete)
                let (request, standing) = try Self.book(subject, bank, collector)
                try Self.pass(town, to: request.regularDay(after: standing))
            }
            let begun = town.today
            town.script.set { $0.call.api == .bank004 ? .refused(50_001) : nil }
            let cut = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(cut.calls > 0 && cut.failedCalls > 0)
            let open = try Self.book(subject, bank, collector)
            #expect(open.request.regularDay(after: open.standing) == begun)
            let again = DueTime.next(
                under: open.request,
                after: open.standing,
                in: [],
                spread: 0,
                now: town.clock.seconds
            )
            #expect(again == town.clock.seconds + DueTime.retrySeconds)
            // The provider is back in the same week, and asked for nothing that it answered.
            let wait: Int64 = isFirst ? DueTime.retrySeconds : 2 * 86_400
            town.clock.advance(by: wait)
            town.script.set(nil)
            let made = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(made.isComplete && made.calls > 0)
            #expect(Set(town.script.asked.map(\.call.api)) == [.bank004])
            let done = try Self.book(subject, bank, collector)
            #expect(done.standing.scheduledOn == begun)
            let next = Quota.nextDay(after: begun, cycleDays: 28)
            #expect(done.request.regularDay(after: done.standing) == next)
            // Together again.
            try Self.pass(town, to: next)
            town.script.set(nil)
            let whole = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(whole.isComplete)
            #expect(town.script.count(.bank004) > 0 && town.script.count(.bank001) > 0)
            let account = try ReachTests.account(of: subject, at: bank, collector)
            let asset = try collector.books.book(of: subject).state.assets[account.id]
            #expect(asset?.calls[104]?.covered.count == 1)
        }
    }

    @Test
    func `calls that were not asked because the provider was left alone are still due`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let subject = try await Self.enrol(town, collector)
            _ = try await collector.collect(subject, from: bank, for: .scheduled)
            let (request, standing) = try Self.book(subject, bank, collector)
            try Self.pass(town, to: request.regularDay(after: standing))
            let begun = town.today
            let desk = try #require(collector.desks[bank])
            town.script.set { query in
                if query.call["account_num"] != nil { desk.stop(forSeconds: 60) }
                return nil
            }
            let cut = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(cut.calls > 0 && cut.failedCalls > 0)
            #expect(try town.failures(of: subject).isEmpty)
            let open = try Self.book(subject, bank, collector)
            #expect(open.request.regularDay(after: open.standing) == begun)
            town.script.set(nil)
            town.clock.advance(by: 61)
            let whole = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(whole.isComplete)
            let done = try Self.book(subject, bank, collector)
            #expect(
                done.request.regularDay(after: done.standing)
                    == Quota.nextDay(after: begun, cycleDays: 28)
            )
        }
    }

    @Test
    func `what is refused for what it is waits for the next cycle`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let subject = try await Self.enrol(town, collector)
            town.script.set { $0.call.api == .bank002 ? .refused(40_001) : nil }
            let cut = try await collector.collect(subject, from: bank, for: .scheduled)
            #expect(cut.failedCalls > 0)
            let (request, standing) = try Self.book(subject, bank, collector)
            let next = Quota.nextDay(after: town.today, cycleDays: 28)
            #expect(request.regularDay(after: standing) == next)
        }
    }
}
