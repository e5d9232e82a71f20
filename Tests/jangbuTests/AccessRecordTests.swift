import Commands
import EventLog
import Finance
import Projections
import Synchronization
import Testing
import Vault
import Web

@testable import jangbu

/// Looks and sign-ins as the log keeps them.
@Suite struct AccessRecordTests {
    /// A clock of the test's.
    private final class Hands: Sendable {
        let seconds = Mutex(LedgerWorld.noon)
    }

    private func look(_ items: String, as role: String = "operator") -> DataAccess {
        DataAccess(actor: "local", role: role, purpose: "operation", items: items)
    }

    @Test func `a look is durable once a day, newest first, and tells who, what and what for`()
        async throws
    {
        let world = try LedgerWorld()
        let hands = Hands()
        let ledger = LedgerService(world.services) {
            hands.seconds.withLock { $0 } * 1_000_000
        }
        let id = try await world.record([LedgerWorld.approved(1_000)])
        let subject = try #require(ledger.live(id))
        let before = try world.services.log.durableSize(of: subject)
        for _ in 0..<3 { try await ledger.record(look("GET /a"), of: id) }
        try await ledger.record(look("GET /b"), of: id)
        try await ledger.record(look("GET /a", as: "auditor"), of: id)
        hands.seconds.withLock { $0 += 86_400 }
        try await ledger.record(look("GET /a"), of: id)
        // Three on the first day and one on the second, and the keys of their compartment.
        #expect(try world.services.log.durableSize(of: subject) - before <= 5)
        let first = try #require(try await ledger.accesses(of: id, after: nil, limit: 2))
        #expect(first.items.map(\.items) == ["GET /a", "GET /a"])
        #expect(first.items.map(\.role) == ["operator", "auditor"])
        #expect(first.items[0].at == (LedgerWorld.noon + 86_400) * 1_000)
        var all = first.items
        var next = first.next
        while let cursor = next {
            let page = try #require(try await ledger.accesses(of: id, after: cursor, limit: 2))
            all += page.items
            next = page.next
        }
        #expect(all.map(\.items) == ["GET /a", "GET /a", "GET /b", "GET /a"])
        try world.close()
    }

    @Test func `a look is one a day also across a restart`() async throws {
        let world = try LedgerWorld()
        let hands = Hands()
        let clock: @Sendable () -> Int64 = { hands.seconds.withLock { $0 } * 1_000_000 }
        let first = LedgerService(world.services, clock: clock)
        let id = try await world.record((1...40).map { LedgerWorld.approved($0) })
        let subject = try #require(first.live(id))
        for number in 0..<50 { try await first.record(look("GET /\(number)"), of: id) }
        let size = try world.services.log.durableSize(of: subject)
        // Nothing in memory, as after a restart.
        let second = LedgerService(world.services, clock: clock)
        for number in 0..<50 { try await second.record(look("GET /\(number)"), of: id) }
        #expect(try world.services.log.durableSize(of: subject) == size)
        try await second.record(look("GET /50"), of: id)
        #expect(try world.services.log.durableSize(of: subject) == size + 1)
        hands.seconds.withLock { $0 += 86_400 }
        let third = LedgerService(world.services, clock: clock)
        try await third.record(look("GET /0"), of: id)
        #expect(try world.services.log.durableSize(of: subject) == size + 2)
        try world.close()
    }

    @Test func `of nobody, nothing is recorded and nothing told`() async throws {
        let world = try LedgerWorld()
        let nobody = String(repeating: "0", count: 32)
        try await world.ledger.record(look("GET /a"), of: nobody)
        #expect(try await world.ledger.accesses(of: nobody, after: nil, limit: 5) == nil)
        #expect(try await world.ledger.age(of: nobody) == nil)
        #expect(try await world.ledger.signIn(personKey: "ci", through: "Z9CA010000") == nil)
        try world.close()
    }

    @Test(arguments: [(19, AgeBand.adult), (15, .teenager)])
    func `a member signs in by their CI, which is recorded; who is none does not`(
        years: Int,
        age: AgeBand
    ) async throws {
        let world = try LedgerWorld()
        let ledger = LedgerService(world.services) { LedgerWorld.noon * 1_000_000 }
        let id = try await world.record([LedgerWorld.approved(1_000)], of: "a person's CI")
        let subject = try #require(ledger.live(id))
        #expect(try await ledger.signIn(personKey: "a person's CI", through: "Z9CA010000") == nil)
        let today = try #require(CivilDate(secondsSinceEpoch: LedgerWorld.noon))
        try await world.services.desk.carryOut(of: subject, at: LedgerWorld.noon * 1_000_000) {
            register,
            at,
            day throws(ConsentRefusal) in
            try register.decide(
                Join(years: years, until: today.adding(months: 24)),
                at: at,
                on: day
            )
        }
        #expect(try await ledger.signIn(personKey: "a person's CI", through: "Z9CA010000") == id)
        #expect(try await ledger.signIn(personKey: "another CI", through: "Z9CA010000") == nil)
        let register = try world.services.desk.register(of: subject)
        #expect(register.lastSignInAt == LedgerWorld.noon)
        try await world.services.waitUntilCaughtUp()
        #expect(try await ledger.age(of: id) == age)
        try world.close()
    }
}
