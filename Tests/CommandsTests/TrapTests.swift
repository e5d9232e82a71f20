import Commands
import EventLog
import Finance
import Frame
import Synchronization
import Testing
import Vault

@testable import class Commands.Recorder

/// What providers are known to do, each with what the log must hold afterwards.
@Suite struct TrapTests {
    private static let days: ClosedRange<Int32> = 20_000...20_030

    private struct Trap: Sendable {
        let name: String
        /// Answers, one after another, each to these days or in part.
        let answers: [(days: ClosedRange<Int32>?, events: [[UInt8]])]
        /// Added and taken back by each.
        let changes: [[Int]]
        /// Rows that stand at the end.
        let standing: [[UInt8]]
    }

    private static func approval(_ amount: Int64 = 1_000, on day: Int32 = 20_001) -> [UInt8] {
        Answers.approval(amount, on: day, number: "77")
    }

    private static func outcome(
        _ type: EventType,
        _ amount: Int64,
        on day: Int32
    ) -> [UInt8] {
        Answers.outcome(
            type,
            amount,
            on: day,
            ofApprovalOn: 20_001,
            number: "77",
            before: type == .cardApprovalCorrected ? 1_000 : 0
        )
    }

    private static let cancelled = outcome(.cardApprovalCancelled, 1_000, on: 20_010)
    private static let corrected = outcome(.cardApprovalCorrected, 900, on: 20_005)
    private static let correctedAgain = outcome(.cardApprovalCorrected, 800, on: 20_007)
    private static let coffee = Answers.approval(4_500, on: 20_002)

    private static let traps: [Trap] = [
        Trap(
            name: "an approval is cancelled later",
            answers: [(days, [approval()]), (20_008...20_012, [approval(), cancelled])],
            changes: [[1, 0], [1, 0]],
            standing: [approval(), cancelled]
        ),
        Trap(
            name: "an approval is seen cancelled at first",
            answers: [
                (20_008...20_012, [approval(), cancelled]), (days, [approval(), cancelled]),
            ],
            changes: [[2, 0], [0, 0]],
            standing: [approval(), cancelled]
        ),
        Trap(
            name: "a cancelled approval is listed on the day of its cancellation only",
            answers: [(days, [approval(), cancelled]), (20_000...20_005, [])],
            changes: [[2, 0], [0, 0]],
            standing: [approval(), cancelled]
        ),
        Trap(
            name: "an approval and its cancellation are rows of their own",
            answers: [(days, [approval(), approval(), cancelled])],
            changes: [[2, 0]],
            standing: [approval(), cancelled]
        ),
        Trap(
            name: "a corrected approval is corrected again, beyond the window",
            answers: [
                (days, [approval(), corrected]), (20_006...20_010, [approval(), correctedAgain]),
            ],
            changes: [[2, 0], [1, 1]],
            standing: [approval(), correctedAgain]
        ),
        Trap(
            name: "a corrected approval is cancelled",
            answers: [(days, [approval(), corrected]), (nil, [approval(), cancelled])],
            changes: [[2, 0], [1, 1]],
            standing: [approval(), cancelled]
        ),
        Trap(
            name: "an older correction comes from a window of its day",
            answers: [
                (20_006...20_010, [approval(), correctedAgain]),
                (20_004...20_005, [approval(), corrected]),
            ],
            changes: [[2, 0], [0, 0]],
            standing: [approval(), correctedAgain]
        ),
        Trap(
            name: "a cancellation is taken back",
            answers: [(days, [approval(), cancelled]), (days, [approval()])],
            changes: [[2, 0], [0, 1]],
            standing: [approval()]
        ),
        Trap(
            name: "the amount changes under the same number",
            answers: [(days, [approval()]), (days, [approval(1_100)])],
            changes: [[1, 0], [1, 1]],
            standing: [approval(1_100)]
        ),
        Trap(
            name: "a row moves to another day",
            answers: [(days, [approval()]), (days, [approval(1_000, on: 20_003)])],
            changes: [[1, 0], [1, 1]],
            standing: [approval(1_000, on: 20_003)]
        ),
        Trap(
            name: "two equal coffees, of which one is void",
            answers: [(days, [coffee, coffee]), (nil, [coffee]), (days, [coffee])],
            changes: [[2, 0], [0, 0], [0, 1]],
            standing: [coffee]
        ),
        Trap(
            name: "a page cut short knows less than the log",
            answers: [(days, [coffee, approval()]), (nil, [coffee]), (nil, [])],
            changes: [[2, 0], [0, 0], [0, 0]],
            standing: [coffee, approval()]
        ),
        Trap(
            name: "all is gone and comes back",
            answers: [(days, [coffee, approval()]), (days, []), (days, [coffee, approval()])],
            changes: [[2, 0], [0, 2], [2, 0]],
            standing: [coffee, approval()]
        ),
    ]

    @Test func `traps`() async throws {
        let office = try Office()
        for trap in TrapTests.traps {
            // By one recorder, and by one each time that has to read the log.
            for isForgetful in [false, true] {
                let name = "\(trap.name) \(isForgetful)"
                let subject = try office.vault.enrol([Array(name.utf8)])[0]
                var changes: [[Int]] = []
                for (days, events) in trap.answers {
                    let recorder = isForgetful ? try office.secondRecorder() : office.recorder
                    let answer = Answers.approvals("A", days, events)
                    changes += try await recorder.observe([answer], of: subject, at: Office.now)
                        .map { [$0.added, $0.retracted] }
                }
                #expect(changes == trap.changes, "\(name)")
                let expected = trap.standing.map { Array("C0001A".utf8) + $0.dropFirst() }
                    .sorted { $0.lexicographicallyPrecedes($1) }
                #expect(try office.standing(of: subject) == expected, "\(name)")
            }
        }
    }

    @Test func `parts that the source does not tell apart are told apart by their order`()
        async throws
    {
        let office = try Office()
        let subject = try office.vault.enrol([[1]])[0]
        func loans(_ amounts: Int64..., at seconds: Int64) throws -> Observation {
            let events = try amounts.map { amount in
                try Answers.event(at: seconds, .card012) {
                    $0.loanBalanceReported.balance = amount
                }
            }
            return Observation(
                name: Office.name("A"),
                apiCode: UInt32(ProviderAPI.card012.rawValue),
                scope: .state,
                events: events.flatMap { $0 }
            )
        }
        let answers = try [
            (loans(5, 5, 7, at: 1), 3), (loans(5, 5, 7, at: 2), 0), (loans(5, 6, 7, at: 3), 1),
        ]
        for (answer, added) in answers {
            for recorder in [office.recorder, try office.secondRecorder()] {
                let done = try await recorder.observe([answer], of: subject, at: Office.now)
                #expect(done[0].added == (recorder === office.recorder ? added : 0))
            }
        }
        let last = try #require(try office.events(of: subject).last?.message())
        #expect(last.loanBalanceReported.balance == 6 && last.occurrence == 1)
    }

    @Test func `what does not fit one batch comes before the evidence and survives a crash`()
        async throws
    {
        let office = try Office(eventsPerFrame: 128)
        let subject = try office.vault.enrol([[1]])[0]
        let shop = String(repeating: "가게", count: 20)
        let rows = (0..<16_000).map { (number: Int) -> [UInt8] in
            let day = 20_000 + Int32(number % 30)
            return Answers.approval(Int64(number), on: day, number: "\(number)", shop: shop)
        }
        let answer = Answers.approvals("A", 20_000...20_030, rows)
        #expect(answer.events.count > RecordLimit.bytesPerBatchMax)
        let rival = Rival(office.log, subject, times: 1_000)
        let calls = Mutex(0)
        office.recorder.beforeAppend.withLock {
            $0 = {
                let isFirst = calls.withLock { calls in
                    calls += 1
                    return calls == 1
                }
                if !isFirst { await rival.strike() }
            }
        }
        await #expect(throws: RecordError.contended) {
            try await office.recorder.observe(
                [answer],
                of: subject,
                at: Office.now,
                evidence: Answers.evidence
            )
        }
        office.recorder.beforeAppend.withLock { $0 = nil }
        let second = try office.secondRecorder()
        let done = try await second.observe(
            [answer],
            of: subject,
            at: Office.now,
            evidence: Answers.evidence
        )
        #expect(done[0].added > 0 && done[0].added < 16_000 && done[0].retracted == 0)
        // All of it, and all of it taken back: more than one batch again.
        for (answer, expected) in [
            (answer, [0, 0]), (Answers.approvals("A", 20_000...20_030, []), [0, 16_000]),
        ] {
            let again = try await second.observe([answer], of: subject, at: Office.now)
            #expect(again.map { [$0.added, $0.retracted] } == [expected])
        }
    }
}
