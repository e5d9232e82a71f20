import Finance
import Frame
import Simulation
import Synchronization
import Testing
import Vault

@testable import Collector
@testable import Sandbox

/// The sandbox misbehaves, then stops: what was collected in the end is its ledger, to the won.
struct FaultTests {
    static let faults: [[String]] = [
        ["slow=1%300"], ["refuse=50001%150"], ["refuse=42901%100"], ["refuse=50008@A1BK010000%50"],
        ["types%150"], ["truncate%150"], ["cut%100"], ["duplicate%300"], ["fields"],
        ["change%40"], ["skew=600%200"], ["expire%100"], ["refuse=40403%30", "cut%50"],
        [
            "refuse=50003%60", "types%60", "cut%60", "duplicate%100", "expire%60", "change%20",
            "truncate%60",
        ],
    ]

    @Test(arguments: faults)
    func `after any fault the log and the ledger agree`(faults: [String]) async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 4, 4)
        plan.rowsPerPage = 40
        try await Town.open(plan) { town in
            let first = try town.collector()
            let (subject, failures) = try await town.enrol(0, with: first)
            #expect(failures.isEmpty)
            try await town.misbehave(faults)
            for _ in 0..<2 {
                // Another process each time: circuits and pauses are forgotten.
                let collector = try town.collector()
                _ = try await collector.collect(subject, for: .userConsent)
            }
            try await town.misbehave([])
            let last = try town.collector()
            // What a collection keeps must bring the rest by itself; but where rows of long ago
            // are otherwise, only a search looks at days again that are covered.
            let isChanged = faults.contains { $0.hasPrefix("change") || $0 == "fields" }
            let trigger: TransferTrigger = isChanged ? .userSearch : .userRefresh
            for (provider, result) in try await last.collect(subject, for: trigger) {
                #expect(try result.get().isComplete, "\(provider) after \(faults)")
            }
            #expect(try town.differences(of: 0, subject) == [], "\(faults)")
            for (_, result) in try await last.collect(subject, for: .userSearch) {
                let outcome = try result.get()
                #expect(outcome.added == 0 && outcome.retracted == 0, "\(faults)")
            }
        }
    }

    @Test(arguments: Seed.smoke, [ProviderPlace.HTTPVersion.one, .negotiated])
    func `a collection that ends anywhere is completed by the next`(
        seed: Seed,
        http: ProviderPlace.HTTPVersion
    ) async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 4, 4)
        (plan.seed, plan.rowsPerPage, plan.http) = (seed, 25, http)
        try await Town.open(plan) { town in
            var chance = seed
            let first = try town.collector()
            let (subject, _) = try await town.enrol(0, with: first)
            for _ in 0..<4 {
                let left = Mutex(1 + chance.below(60))
                let collector = try town.collector()
                await withTaskGroup(of: Void.self) { group in
                    let (ends, end) = AsyncStream<Void>.makeStream()
                    town.hook.set {
                        if left.withLock({ left in
                            left -= 1
                            return left == 0
                        }) {
                            end.finish()
                        }
                    }
                    group.addTask {
                        do {
                            _ = try await collector.collect(subject, for: .userConsent)
                        } catch {
                            // It ended in the midst of reading the book: as good as any place.
                        }
                        end.finish()
                    }
                    for await _ in ends {}
                    group.cancelAll()
                }
                town.hook.set(nil)
            }
            let last = try town.collector()
            let trigger: TransferTrigger = seed.number % 2 == 0 ? .userRefresh : .userConsent
            for (_, result) in try await last.collect(subject, for: trigger) {
                #expect(try result.get().isComplete, "\(seed) \(http)")
            }
            #expect(try town.differences(of: 0, subject) == [], "\(seed) \(http)")
            for (_, result) in try await last.collect(subject, for: .userConsent) {
                #expect(try result.get().added == 0, "\(seed) \(http)")
            }
        }
    }

    @Test
    func `a token that another person has stops the request at once`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (6, 2, 2)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            var subjects: [SubjectID] = []
            for person in 0..<5 {
                subjects.append(try await town.enrol(person, with: collector).subject)
            }
            try await town.misbehave(["token"])
            let (subject, failures) = try await town.enrol(5, with: collector)
            #expect(failures.isEmpty)
            let suspended = try town.suspended(subject, collector)
            #expect(!suspended.isEmpty)
            // Whoever had the token first may not go on with it either, whatever restarts.
            for another in [collector, try town.collector()] {
                let firsts = try subjects.flatMap { subject in
                    try town.suspended(subject, another).map { (subject, $0) }
                }
                #expect(firsts.map(\.1).sorted() == suspended)
                for (subject, provider) in firsts + suspended.map({ (subject, $0) }) {
                    await #expect(throws: CollectError.refused(.requestSuspended)) {
                        _ = try await another.collect(subject, from: provider, for: .userConsent)
                    }
                }
            }
        }
    }

    @Test
    func `who is under way with a token that another person gets stops at once`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (6, 2, 2)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let pairs = (1..<6).map { other in
                (
                    other,
                    Set(town.world.providers(of: 0)).intersection(town.world.providers(of: other))
                )
            }
            let (other, common) = try #require(pairs.first { !$0.1.isEmpty })
            let (subject, _) = try await town.enrol(0, with: collector)
            try await town.misbehave(["token"])
            // The other is enrolled when the first answers are about to be recorded.
            town.beFirst(at: collector) { try await town.enrol(other, with: collector) }
            for (provider, result) in try await collector.collect(subject, for: .userConsent)
            where common.contains(provider) {
                #expect(throws: CollectError.refused(.requestSuspended)) { _ = try result.get() }
            }
            #expect(try town.suspended(subject, collector) == common.sorted())
            let held = try town.vault.assets(of: subject).map(\.name.provider)
            #expect(common.isDisjoint(with: held))
        }
    }
}

/// What a person's will and the provider's rules do to collection.
struct LifeCycleTests {
    @Test
    func `a regular transfer is made once a week and not again`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 1)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            for (_, result) in try await collector.collect(subject, for: .scheduled) {
                let outcome = try result.get()
                #expect(outcome.isComplete)
                #expect(outcome.calls > 0)
            }
            for (_, result) in try await collector.collect(subject, for: .scheduled) {
                #expect(try result.get().calls == 0)
            }
            // The next week.
            town.clock.advance(by: 7 * 86_400)
            for (_, result) in try await collector.collect(subject, for: .scheduled) {
                let outcome = try result.get()
                #expect(outcome.isComplete)
                #expect(outcome.calls > 0)
            }
        }
    }

    @Test
    func `a token near its end is renewed first`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 1)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let before = try collector.books.book(of: subject).state.providers
            town.clock.advance(by: 90 * 86_400 - 60)
            for (provider, result) in try await collector.collect(subject, for: .userRefresh) {
                #expect(try result.get().calls > 0, "\(provider)")
                let after = try collector.books.book(of: subject).state.providers[provider]
                #expect(after?.token?.access != before[provider]?.token?.access)
                #expect(after?.token?.refresh == before[provider]?.token?.refresh)
            }
        }
    }

    @Test
    func `HTTP 1.1 brings the same`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 2)
        plan.http = .one
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            for (_, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }
}
