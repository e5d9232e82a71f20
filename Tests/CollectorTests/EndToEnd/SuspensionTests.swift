import Finance
import Frame
import MyData
import Sandbox
import Synchronization
import Testing

@testable import Collector

/// Recording that a token was issued again, in the log of who had it first.
struct SuspensionTests {
    private static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 1, 1)
        return plan
    }

    /// Somebody else gets a token of a person's, or of nobody who can be written to.
    private static func issueTwice(
        of subject: SubjectID,
        at provider: String,
        _ request: ConsentID,
        _ collector: Collector
    ) {
        let first = IssuedTokens.Holder(subject: subject, request: request)
        let second = IssuedTokens.Holder(
            subject: SubjectID(high: 1, low: 1),
            request: ConsentID(high: 1, low: 1)
        )
        for (holder, claim) in [(first, IssuedTokens.Claim.own), (second, .issuedTwice)] {
            #expect(
                collector.issued.claim(
                    "twice",
                    of: provider,
                    for: holder,
                    until: .max,
                    at: 0
                ) == claim
            )
        }
    }

    @Test
    func `who comes while it is being recorded goes on only when it is`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            let live = try collector.books.book(of: subject).register.liveRequest(of: provider)
            let request = try #require(live?.id)
            Self.issueTwice(of: subject, at: provider, request, collector)
            let order = Order()
            town.beFirst(at: collector) {
                order.second {
                    await collector.suspendFirstHolders()
                    order.note("second")
                }
                for _ in 0..<1_000 { await Task.yield() }
                order.note("about to be recorded")
            }
            await collector.suspendFirstHolders()
            await order.end()
            #expect(order.notes == ["about to be recorded", "second"])
            #expect(try town.suspended(subject, collector) == [provider])
            #expect(collector.issued.suspensions(at: .max).isEmpty)
        }
    }

    /// What happens in which order, with a task beside.
    private final class Order: Sendable {
        private let state = Mutex<(notes: [String], tasks: [Task<Void, Never>])>(([], []))

        func note(_ text: String) { state.withLock { $0.notes.append(text) } }

        func second(_ body: @escaping @Sendable () async -> Void) {
            let task = Task { await body() }
            state.withLock { $0.tasks.append(task) }
        }

        func end() async {
            for task in state.withLock({ $0.tasks }) { await task.value }
        }

        var notes: [String] { state.withLock { $0.notes } }
    }

    @Test
    func `one who cannot be written to keeps nobody else from being collected for`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let stranger = SubjectID(high: 9, low: 9)
            let provider = try #require(town.world.providers(of: 0).first)
            let nobodys = ConsentID(high: 9, low: 9)
            Self.issueTwice(of: stranger, at: provider, nobodys, collector)
            let (subject, failures) = try await town.enrol(0, with: collector)
            #expect(failures.isEmpty)
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            // It is owed still, and waits a while.
            #expect(collector.issued.suspensions(at: town.clock.seconds).isEmpty)
            #expect(collector.issued.suspensions(at: .max).map(\.holder.subject) == [stranger])
        }
    }
}
