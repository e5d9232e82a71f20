import EventLog
import Finance
import Frame
import Simulation
import Testing

@testable import Commands
@testable import Vault

@Suite struct ConsentDeskTests {
    @Test func `what is decided is in the log, and another desk reads the same`() async throws {
        let office = try ConsentOffice()
        try await office.join()
        let id = try await office.ask(ConsentOffice.bank, "bank.list bank.deposit")
        try await office.withdraw(ConsentOffice.bank, isDeleting: true)
        let known = try office.register
        #expect(known.requests[id]?.state.endedAt == office.now / 1_000_000)
        #expect(known.owedDeletions.count == 1)
        try office.restart()
        var (here, there): ([UInt8], [UInt8]) = ([], [])
        known.encode(into: &here)
        try office.register.encode(into: &there)
        #expect(here == there)
    }

    @Test func `of commands at the same moment each sees what the one before it did`()
        async throws
    {
        let office = try ConsentOffice()
        try await office.join()
        let (desk, subject, now) = (office.desk, office.subject, office.now)
        let terms = RequestTerms(
            scope: DataScope("bank.list bank.deposit"),
            endsOn: office.today,
            purpose: "통합조회"
        )
        let outcomes = await withTaskGroup(of: Result<Int, any Error>.self) { tasks in
            for number in 0..<20 {
                let command = RequestTransfer(
                    id: ConsentID(high: 2, low: UInt64(number)),
                    provider: ConsentOffice.bank,
                    terms: terms,
                    signed: SignedRequest(digest: Array(repeating: 7, count: 32))
                )
                tasks.addTask {
                    do {
                        let events = try await desk.carryOut(of: subject, at: now) {
                            register,
                            now,
                            today throws(ConsentRefusal) in
                            try register.decide(command, at: now, on: today)
                        }
                        return .success(events.count)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var all: [Result<Int, any Error>] = []
            for await outcome in tasks { all.append(outcome) }
            return all
        }
        let refused = outcomes.filter {
            if case .failure(let error) = $0 {
                return error as? ConsentError == .refused(.nothingToChange)
            }
            return false
        }
        #expect(outcomes.count == 20 && refused.count == 19)
        #expect(try office.register.liveRequests.count == 1)
    }

    @Test func `a refused command leaves nothing in the log`() async throws {
        let office = try ConsentOffice()
        let size = try office.log.size(of: office.subject)
        await #expect(throws: ConsentError.refused(.notAMember)) {
            try await office.ask(ConsentOffice.bank, "bank.list")
        }
        #expect(try office.log.size(of: office.subject) == size)
    }

    @Test func `evidence and consents are apart, and tokens apart from both`() throws {
        func role(_ fill: (inout Event) -> Void) -> CompartmentRole {
            var event = Event()
            fill(&event)
            return CompartmentRole(of: event)
        }
        #expect(role { $0.transferRequested.provider = "A" } == .consent)
        #expect(role { $0.deletionRequested.provider = "A" } == .evidence)
        #expect(role { $0.transferCompleted.provider = "A" } == .evidence)
        #expect(role { $0.tokenEnded.provider = "A" } == .evidence)
        #expect(role { $0.tokenIssued.provider = "A" } == .credential)
    }
}
