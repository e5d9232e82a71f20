import Finance
import Frame
import Simulation
import Testing
import Vault

@testable import Collector
@testable import Sandbox

/// Withdrawal: nothing is asked or recorded any more, and the provider is told (§1.3).
struct RevocationTests {
    private static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 1)
        return plan
    }

    @Test
    func `after a withdrawal nothing is asked, and the provider is told once`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let tokens = try await town.liveTokens()
            let provider = try #require(town.world.providers(of: 0).first)
            #expect(try await collector.revokeOwed(of: subject) == Revocations())
            try await town.withdraw(provider, of: subject)
            await #expect(throws: CollectError.refused(.requestWithdrawn)) {
                _ = try await collector.collect(subject, from: provider, for: .userRefresh)
            }
            // Whoever has a collector next works it off.
            let next = try town.collector()
            #expect(try next.books.book(of: subject).owedRevocations == [provider])
            var revocations = Revocations()
            revocations.confirmed = [provider]
            #expect(try await next.revokeOwed(of: subject) == revocations)
            #expect(try await town.liveTokens() == tokens - 1)
            let token = try next.books.book(of: subject).state.providers[provider]?.token
            #expect(token?.end == .withdrawn)
            #expect(token?.access == "")
            #expect(try await next.revokeOwed(of: subject) == Revocations())
        }
    }

    @Test
    func `a pair is revoked though its access token is dead`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let tokens = try await town.liveTokens()
            let provider = try #require(town.world.providers(of: 0).first)
            try await town.misbehave(["expire@\(provider)"])
            // Each call finds its token dead; the last renewal is never recorded.
            let before = try collector.books.book(of: subject).state.providers[provider]?.token
            town.beFirst(at: collector) { try await town.withdraw(provider, of: subject) }
            await #expect(throws: CollectError.refused(.requestWithdrawn)) {
                _ = try await collector.collect(subject, from: provider, for: .userRefresh)
            }
            #expect(
                try collector.books.book(of: subject).state.providers[provider]?.token == before
            )
            #expect(try await collector.revokeOwed(of: subject).failed.isEmpty)
            #expect(try await town.liveTokens() == tokens - 1)
        }
    }

    @Test
    func `a provider that does not answer is owed the word until it does`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            try await town.withdraw(provider, of: subject)
            try await town.misbehave(["refuse=50001@\(provider)/token"])
            #expect(try await collector.revokeOwed(of: subject).failed == [provider])
            #expect(try collector.books.book(of: subject).owedRevocations == [provider])
            try await town.misbehave([])
            let (ends, end) = AsyncStream<Void>.makeStream()
            let schedule = CollectionSchedule(try town.collector()) { [subject] }
            town.leap.set {
                if schedule.figures.revoked > 0 { end.finish() }
                return false
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await schedule.run() }
                for await _ in ends {}
                town.leap.set(nil)
                group.cancelAll()
                try await group.waitForAll()
            }
            let book = try collector.books.book(of: subject)
            #expect(book.owedRevocations.isEmpty)
            #expect(book.state.providers[provider]?.token?.end == .withdrawn)
        }
    }

    @Test
    func `the last time, who was not told is recorded too`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            try await town.withdraw(provider, of: subject)
            try await town.misbehave(["refuse=50001@\(provider)/token"])
            let told = try await collector.revokeOwed(of: subject, isLast: true)
            #expect(told.failed == [provider])
            #expect(try collector.books.book(of: subject).owedRevocations.isEmpty)
            let ends = try town.evidence(of: subject).compactMap { event in
                if case .tokenEnded(let end) = event.fact { end } else { nil }
            }
            #expect(ends.map(\.provider) == [provider])
            #expect(ends.map(\.reason) == [.withdrawn])
            #expect(ends.map(\.confirmed) == [false])
        }
    }

    @Test
    func `who withdraws while the answers are being recorded has none recorded`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            town.beFirst(at: collector) { try await town.withdraw(provider, of: subject) }
            await #expect(throws: CollectError.refused(.requestWithdrawn)) {
                _ = try await collector.collect(subject, from: provider, for: .userConsent)
            }
            #expect(try town.vault.assets(of: subject).isEmpty)
            #expect(try collector.books.book(of: subject).state.assets.isEmpty)
        }
    }

    @Test
    func `after an erasure no answer opens a compartment again`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            town.beFirst(at: collector) { try await town.leave(subject) }
            for (_, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(throws: CollectError.refused(.leftService)) { _ = try result.get() }
            }
            #expect(try town.vault.assets(of: subject).isEmpty)
            #expect(throws: VaultError.unknownCompartment) {
                _ = try town.vault.newest(.role(.credential), of: subject, for: .collection)
            }
        }
    }
}

/// Enrolment: a token ends the one before it (§2.4), so none is asked for in vain.
struct EnrolmentTests {
    private static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 1)
        return plan
    }

    @Test
    func `a request that the register refuses costs nobody their token`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let (_, failures) = try await town.enrol(0, with: collector)
            #expect(failures.count == town.world.providers(of: 0).count)
            #expect(failures.values.allSatisfy { $0 == .refused(.nothingToChange) })
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
        }
    }

    @Test
    func `a change of terms brings another token, and the one before is not remembered`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let (_, failures) = try await town.enrol(0, with: collector) { $0.purpose = "다시" }
            #expect(failures.isEmpty)
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            #expect(try collector.books.book(of: subject).owedRevocations.isEmpty)
            #expect(try await town.liveTokens() == town.world.providers(of: 0).count)
            #expect(collector.issued.count == town.world.providers(of: 0).count)
        }
    }

    @Test
    func `who leaves while tokens are issued is not enrolled, and the tokens are revoked`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            town.beFirst(at: collector) {
                try await town.decide(subject) { register, now, today throws(ConsentRefusal) in
                    try register.decide(LeaveService(), at: now, on: today)
                }
            }
            await #expect(throws: CollectError.refused(.deletionOwed)) {
                try await town.enrol(0, with: collector) { $0.purpose = "다시" }
            }
            let book = try collector.books.book(of: subject)
            #expect(book.register.liveRequests.isEmpty)
            #expect(try await town.liveTokens() == 0)
        }
    }

    @Test
    func `a withdrawal meanwhile is not overrun: the new request stands on what is then`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let provider = try #require(town.world.providers(of: 0).first)
            let first = try collector.books.book(of: subject).register.liveRequest(of: provider)
            town.beFirst(at: collector) { try await town.withdraw(provider, of: subject) }
            let (_, failures) = try await town.enrol(0, with: collector) { $0.purpose = "다시" }
            #expect(failures.isEmpty)
            let register = try collector.books.book(of: subject).register
            let id = try #require(first?.id)
            guard case .withdrawn = register.requests[id]?.state else {
                Issue.record("the withdrawal was overrun")
                return
            }
            #expect(register.liveRequest(of: provider)?.terms.purpose == "다시")
        }
    }

    @Test
    func `a person of 14 to 18 gets a token of their own endpoint`() async throws {
        var plan = Self.plan
        (plan.persons, plan.years) = (40, nil)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let world = town.world
            let minor = try #require(
                (0..<town.plan.persons).first { world.age(of: $0, at: town.clock.seconds) < 19 }
            )
            let code = try #require(
                world.providers(of: minor).first { town.providers[$0]?.industry == .bank }
            )
            func enrol(_ person: Int, years: Int) async throws -> EnrolError? {
                let join = town.join(years: years)
                return try await town.enrol(person, with: collector, joining: join) { provider in
                    guard provider.industry == .bank else { return nil }
                    var terms = town.terms(provider)
                    terms.scope = DataScope.whole(.bank, of: .teenager)
                    return (terms, [])
                }.failures[code]
            }
            // Whoever says another age than the provider knows gets no token.
            let refused = EnrolError.token(.refused(.unauthorizedUser, status: 400))
            #expect(try await enrol(minor, years: 19) == refused)
            let adult = try #require(
                (0..<town.plan.persons).first {
                    world.age(of: $0, at: town.clock.seconds) >= 19
                        && world.providers(of: $0).contains(code)
                }
            )
            #expect(try await enrol(adult, years: 18) == refused)
            #expect(try await enrol(minor, years: 18) == nil)
            let ci = world.ci(of: minor)
            let subject = try #require(town.vault.subject(forCI: Array(ci.utf8)))
            let token = try collector.books.book(of: subject).state.providers[code]?.token
            #expect(token?.end == .unspecified)
        }
    }
}
