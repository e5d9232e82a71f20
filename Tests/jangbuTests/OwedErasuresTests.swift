import Collector
import Commands
import EventLog
import Finance
import Frame
import Projections
import Synchronization
import Testing
import Vault

@testable import jangbu

/// Deletions that were interrupted, while a server runs.
@Suite struct OwedErasuresTests {
    /// Who is tried, in order.
    private final class Tries: Sendable {
        private let state = Mutex<[SubjectID]>([])
        var all: [SubjectID] { state.withLock { $0 } }

        /// How often it was tried, this time too.
        func add(_ subject: SubjectID) -> Int {
            state.withLock { all in
                all.append(subject)
                return all.count { $0 == subject }
            }
        }
    }

    @Test func `one person's failure holds up nobody else, and is tried again`() async throws {
        let people = (1...3).map { SubjectID(high: 0, low: UInt64($0)) }
        let (tries, waits) = (Tries(), Tries())
        let erasures = OwedErasures(
            of: { people },
            sleep: { duration in
                #expect(duration == .seconds(OwedErasures.retrySeconds))
                _ = waits.add(people[0])
            },
            erase: { subject in
                let times = tries.add(subject)
                guard subject != people[0] || times > 2 else {
                    throw Failure(.damaged, "A frame is damaged.")
                }
                return 1
            }
        )
        try await erasures.run()
        #expect(tries.all == people + [people[0], people[0]])
        #expect(waits.all.count == 2)
    }

    @Test func `a server that ends leaves the rest to the next`() async throws {
        let people = (1...3).map { SubjectID(high: 0, low: UInt64($0)) }
        let tries = Tries()
        let erasures = OwedErasures(
            of: { people },
            sleep: { _ in Issue.record("nothing failed") },
            erase: { subject in
                _ = tries.add(subject)
                throw CancellationError()
            }
        )
        try await erasures.run()
        #expect(tries.all == [people[0]])
    }

    @Test func `what is wrong with read models does not hold up a deletion`() async throws {
        let world = try LedgerWorld()
        let services = world.services
        let subject = try services.vault.enrol([Array("CI".utf8)])[0]
        let join = Join(
            years: 30,
            until: KoreanClock.day(at: LedgerWorld.noon).adding(months: 24)
        )
        for isLeaving in [false, true] {
            try await services.desk.carryOut(of: subject, at: LedgerWorld.noon * 1_000_000) {
                register,
                now,
                today throws(ConsentRefusal) in
                isLeaving
                    ? try register.decide(LeaveService(), at: now, on: today)
                    : try register.decide(join, at: now, on: today)
            }
        }
        #expect(try !services.desk.register(of: subject).owedDeletions.isEmpty)
        // They fold nothing any more.
        try services.projections.stop()
        try await services.owedErasures(nil).run()
        let register = try services.desk.register(of: subject)
        #expect(register.owedDeletions.isEmpty)
        #expect(register.deletions.map { $0.completion != nil } == [true])
        services.log.close()
    }
}
