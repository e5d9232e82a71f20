import Commands
import EventLog
import Finance
import Frame
import Simulation
import SwiftProtobuf
import Testing
import Vault

@Suite struct ObservationTests {
    private let days: ClosedRange<Int32> = 20_000...20_030

    /// An office with one person who is enrolled.
    private func open(_ label: String) throws -> (Office, SubjectID) {
        let office = try Office(label: label)
        return (office, try office.vault.enrol([Array("P".utf8)])[0])
    }

    private func changes(
        _ office: Office,
        _ subject: SubjectID,
        _ observations: Observation...
    ) async throws -> [[Int]] {
        try await office.recorder.observe(observations, of: subject, at: Office.now)
            .map { [$0.added, $0.retracted] }
    }

    @Test func `overlapping and repeated windows add each row once`() async throws {
        let (office, subject) = try open(#function)
        let rows = (20_000..<20_030).map { Answers.approval(Int64($0), on: $0) }
        func window(_ days: ClosedRange<Int32>) -> Observation {
            let events = rows.enumerated().filter { days.contains(20_000 + Int32($0.offset)) }
            return Answers.approvals("A", days, events.map(\.element))
        }
        #expect(try await changes(office, subject, window(20_010...20_015)) == [[6, 0]])
        #expect(try await changes(office, subject, window(20_000...20_012)) == [[10, 0]])
        #expect(
            try await changes(office, subject, window(20_012...20_029), window(20_000...20_029))
                == [[14, 0], [0, 0]]
        )
        #expect(try await changes(office, subject, window(20_000...20_029)) == [[0, 0]])
        let second = try office.secondRecorder()
        let again = try await second.observe([window(20_003...20_020)], of: subject, at: Office.now)
        #expect(again.map(\.added) == [0])
        #expect(try office.standing(of: subject).count == 30)
    }

    @Test func `equal rows without numbers are as many as the answer has`() async throws {
        let (office, subject) = try open(#function)
        let row = Answers.approval(5, on: 20_001)
        for (count, expected) in [
            (1, [1, 0]), (3, [2, 0]), (3, [0, 0]), (2, [0, 1]), (3, [1, 0]),
        ] {
            let answer = Answers.approvals("A", days, Array(repeating: row, count: count))
            #expect(try await changes(office, subject, answer) == [expected])
            #expect(try office.standing(of: subject).count == count)
        }
    }

    @Test func `a row with a number that is on two pages is one`() async throws {
        let (office, subject) = try open(#function)
        let row = Answers.approval(5, on: 20_001, number: "12345678")
        let answer = Answers.approvals("A", days, [row, row])
        #expect(try await changes(office, subject, answer) == [[1, 0]])
        #expect(try await changes(office, subject, answer) == [[0, 0]])
    }

    @Test func `what a complete answer no longer has is taken back`() async throws {
        let (office, subject) = try open(#function)
        let rows = (1...3).map { Answers.approval(Int64($0), on: 20_001, number: "\($0)") }
        _ = try await changes(office, subject, Answers.approvals("A", days, rows))
        let changed = Answers.approval(20, on: 20_001, number: "2")
        let later = Answers.approvals("A", days, [rows[0], changed])
        #expect(try await changes(office, subject, later) == [[1, 2]])
        let retracted = try office.events(of: subject).map { try $0.message() }
            .filter { !$0.transactionRetracted.event.isEmpty }
        #expect(retracted.map(\.transactionRetracted.reason) == [.changed, .vanished])
        #expect(retracted.allSatisfy { $0.api == .card008 })
        let events = [rows[0], changed].map { Array("C0001A".utf8) + $0.dropFirst() }
        #expect(Set(try office.standing(of: subject)) == Set(events))
        // And back again, for a recorder that has to read it all.
        let second = try office.secondRecorder()
        let answer = Answers.approvals("A", days, rows)
        let back = try await second.observe([answer], of: subject, at: Office.now)
        #expect(back.map { [$0.added, $0.retracted] } == [[2, 1]])
        #expect(try office.standing(of: subject).count == 3)
    }

    @Test func `what vanishes together goes newest first, whatever came first`() async throws {
        let (office, subject) = try open(#function)
        let rows = [
            Answers.approval(1, on: 20_001), Answers.approval(3, on: 20_003),
            Answers.approval(2, on: 20_002), Answers.approval(4, on: 20_003),
        ]
        _ = try await changes(office, subject, Answers.approvals("A", days, rows))
        #expect(try await changes(office, subject, Answers.approvals("A", days, [])) == [[0, 4]])
        let gone = try office.events(of: subject).map { try $0.message().transactionRetracted }
            .filter { !$0.event.isEmpty }
        let amounts = try gone.map { try Event(serializedBytes: $0.event).cardApproved.amount }
        #expect(amounts == [4, 3, 2, 1])
    }

    @Test func `a day is over an hour after it ended, as providers' clocks may be late`()
        async throws
    {
        let (office, subject) = try open(#function)
        let midnight = Answers.noon(Answers.today) - 12 * 3_600
        let yesterday = (Answers.today - 1)...Answers.today
        func changes(_ rows: [[UInt8]], _ minutes: Int64) async throws -> [Int] {
            let answer = Answers.approvals("A", yesterday, rows)
            let at = (midnight + minutes * 60) * 1_000_000
            let all = try await office.recorder.observe([answer], of: subject, at: at)
            return all.flatMap { [$0.added, $0.retracted] }
        }
        let row = Answers.approval(1, on: Answers.today - 1)
        #expect(try await changes([row], 10) == [1, 0])
        #expect(try await changes([], 20) == [0, 0])
        #expect(try await changes([], 70) == [0, 1])
    }

    @Test func `nothing is taken back by a part, on other days or on a day that is not over`()
        async throws
    {
        let (office, subject) = try open(#function)
        let rows = [
            Answers.approval(1, on: 20_001), Answers.approval(2, on: 20_010),
            Answers.approval(3, on: Answers.today),
        ]
        let all = 20_001...Answers.today
        _ = try await changes(office, subject, Answers.approvals("A", all, rows))
        #expect(try await changes(office, subject, Answers.approvals("A", nil, [])) == [[0, 0]])
        let other = Answers.approvals("A", 20_002...20_009, [])
        #expect(try await changes(office, subject, other) == [[0, 0]])
        #expect(try await changes(office, subject, Answers.approvals("A", all, [])) == [[0, 2]])
        #expect(try office.standing(of: subject).count == 1)
    }

    @Test func `a state is recorded when it says something else`() async throws {
        let (office, subject) = try open(#function)
        func answer(_ value: Int64, at seconds: Int64) throws -> Observation {
            Answers.holdings([
                try Answers.holding("KR1", value, at: seconds),
                try Answers.holding("KR2", 7, at: seconds),
            ])
        }
        #expect(try await changes(office, subject, answer(1, at: 100)) == [[2, 0]])
        #expect(try await changes(office, subject, answer(1, at: 200)) == [[0, 0]])
        #expect(try await changes(office, subject, answer(2, at: 300)) == [[1, 0]])
        #expect(try await changes(office, subject, answer(1, at: 400)) == [[1, 0]])
        let second = try office.secondRecorder()
        let again = try await second.observe([answer(1, at: 500)], of: subject, at: Office.now)
        #expect(again.map(\.added) == [0])
    }

    @Test func `a holding that is gone is recorded once, and again when it comes back`()
        async throws
    {
        let (office, subject) = try open(#function)
        let both = try ["KR1", "KR2"].map { try Answers.holding($0, 5, at: 100) }
        #expect(try await changes(office, subject, Answers.holdings(both)) == [[2, 0]])
        let one = Answers.holdings([both[0]])
        #expect(try await changes(office, subject, Answers.holdings([], scope: .part)) == [[0, 0]])
        #expect(try await changes(office, subject, one) == [[1, 0]])
        #expect(try await changes(office, subject, one) == [[0, 0]])
        let second = try office.secondRecorder()
        #expect(try await second.observe([one], of: subject, at: Office.now).map(\.added) == [0])
        let last = try #require(try office.events(of: subject).last?.message())
        #expect(last.holdingReported.productCode == "KR2" && last.holdingReported.value == 0)
        #expect(!last.holdingReported.hasQuantity)
        #expect(last.occurredAt == Office.now / 1_000_000)
        #expect(try await changes(office, subject, Answers.holdings(both)) == [[1, 0]])
    }

    @Test func `evidence is in the batch of what it is about`() async throws {
        let (office, subject) = try open(#function)
        let answer = Answers.approvals("A", days, [Answers.approval(1, on: 20_001)])
        let before = try office.log.figures()[0].blocks
        for (added, number) in [(1, 1), (0, 2)] as [(UInt32, Int)] {
            _ = try await office.recorder.observe(
                [answer],
                of: subject,
                at: Office.now,
                evidence: Answers.evidence
            )
            let evidence = try office.events(of: subject).map { try $0.message() }.filter {
                if case .transferCompleted? = $0.fact { true } else { false }
            }
            #expect(evidence.count == number)
            #expect(evidence.last?.transferCompleted.added == added)
        }
        #expect(try office.log.figures()[0].blocks == before + 2)
    }

    @Test func `evidence alone is recorded, and no answer takes it back`() async throws {
        let (office, subject) = try open(#function)
        let noted = try Answers.event(at: Answers.noon(20_001), .card008) {
            $0.payloadQuarantined.reason = .malformed
        }
        let evidence = Evidence(in: [Office.name("A")]) { _ in [noted] }
        let none = try await office.recorder.observe(
            [],
            of: subject,
            at: Office.now,
            evidence: evidence
        )
        #expect(none == [])
        for recorder in [office.recorder, try office.secondRecorder()] {
            let done = try await recorder.observe(
                [Answers.approvals("A", days, [])],
                of: subject,
                at: Office.now
            )
            #expect(done.map(\.retracted) == [0])
        }
        #expect(try office.events(of: subject).count == 1)
    }

    @Test func `answers in part of one API share a batch`() async throws {
        let (office, subject) = try open(#function)
        let before = try office.log.figures()[0].blocks
        let parts = (1...5).map { Answers.approvals("A", nil, [Answers.approval($0, on: 20_001)]) }
        let done = try await office.recorder.observe(
            parts,
            of: subject,
            at: Office.now,
            evidence: Answers.evidence
        )
        #expect(done.map(\.added) == [1, 1, 1, 1, 1])
        #expect(try office.log.figures()[0].blocks == before + 1)
    }

    @Test func `one person's failure is theirs alone`() async throws {
        let office = try Office()
        let subjects = try office.vault.enrol([[1], [2], [3]])
        try await office.vault.shred(
            subject: subjects[1],
            reason: .deletionAsked,
            at: Office.now
        )
        let answer = Answers.approvals("A", days, [Answers.approval(1, on: 20_001)])
        var wrong = answer
        wrong.apiCode = 7
        let persons =
            subjects.map { PersonObservations(of: $0, [answer], evidence: Answers.evidence) }
            + [PersonObservations(of: subjects[2], [answer, wrong])]
        let done = await office.recorder.observe(persons, at: Office.now)
        #expect(try done[0].get().map(\.added) == [1])
        #expect(throws: RecordError.self) { try done[1].get() }
        #expect(try done[2].get().map(\.added) == [1])
        #expect(throws: RecordError.malformedRows(group: 1)) { try done[3].get() }
    }
}
