import EventLog
import Synchronization
import Testing
import Vault

@testable import Commands

@Suite struct ConflictTests {
    @Test(arguments: [0, 1, 7])
    func `a conflict is decided again and each row appended once`(times: Int) async throws {
        let office = try Office(label: "conflict\(times)")
        let subject = try office.vault.enrol([Array("P".utf8)])[0]
        let rival = Rival(office.log, subject, times: times)
        office.recorder.beforeAppend.withLock { $0 = { await rival.strike() } }
        let done = try await office.recorder.record(
            [Office.rows("P", "A", [1, 2, 2])],
            at: Office.now
        )
        #expect(done[0].appendedCount == 3)
        #expect(rival.calls.withLock { $0 } == times + 1)
        office.recorder.beforeAppend.withLock { $0 = nil }
        let again = try await office.recorder.record(
            [Office.rows("P", "A", [1, 2, 2])],
            at: Office.now
        )
        #expect(again[0].appendedCount == 0)
        #expect(try office.log.size(of: subject) == UInt64(times + 2))
    }

    @Test(arguments: [0, 2])
    func `an answer is decided again with its evidence`(times: Int) async throws {
        let office = try Office(label: "answer\(times)")
        let subject = try office.vault.enrol([Array("P".utf8)])[0]
        let rows = (1...3).map { Answers.approval(Int64($0), on: 20_001) }
        let whole = Answers.approvals("A", 20_000...20_002, rows)
        _ = try await office.recorder.observe([whole], of: subject, at: Office.now)
        let rival = Rival(office.log, subject, times: times)
        office.recorder.beforeAppend.withLock { $0 = { await rival.strike() } }
        let done = try await office.recorder.observe(
            [Answers.approvals("A", 20_000...20_002, [rows[0]])],
            of: subject,
            at: Office.now,
            evidence: Answers.evidence
        )
        #expect(done.map { [$0.added, $0.retracted] } == [[0, 2]])
        #expect(rival.calls.withLock { $0 } == times + 1)
        // Keys and rows; the rival; keys of the evidence, retractions, evidence.
        #expect(try office.log.size(of: subject) == UInt64(2 + times + 3))
    }

    @Test func `a rival who is first each time is given up on, and nothing is half done`()
        async throws
    {
        let office = try Office()
        let subject = try office.vault.enrol([Array("P".utf8)])[0]
        let rival = Rival(office.log, subject, times: 1_000)
        office.recorder.beforeAppend.withLock { $0 = { await rival.strike() } }
        await #expect(throws: RecordError.contended) {
            try await office.recorder.record([Office.rows("P", "A", [1])], at: Office.now)
        }
        #expect(rival.calls.withLock { $0 } == RecordLimit.attemptsMax)
        office.recorder.beforeAppend.withLock { $0 = nil }
        #expect(try office.vault.assets(of: subject).isEmpty)
        let done = try await office.recorder.record(
            [Office.rows("P", "A", [1])],
            at: Office.now
        )
        #expect(done[0].appendedCount == 1)
    }
}
