import Commands
import EventLog
import Finance
import Frame
import Simulation
import Testing
import Vault

@Suite struct RecorderTests {
    @Test func `recording twice adds nothing`() async throws {
        let office = try Office()
        let rows = [
            try Office.rows("P1", "A", [1, 2, 3]), try Office.rows("P1", "B", [1, 2]),
            try Office.rows("P2", "A", [7]),
        ]
        let first = try await office.recorder.record(rows, at: Office.now)
        #expect(first.map(\.appendedCount) == [3, 2, 1])
        for recorder in [office.recorder, try office.secondRecorder()] {
            let again = try await recorder.record(rows, at: Office.now + 1)
            #expect(again.map(\.appendedCount) == [0, 0, 0])
            #expect(again.map(\.duplicateCount) == [3, 2, 1])
            #expect(again.map(\.subject) == first.map(\.subject))
        }
        #expect(try office.amounts("P1", "A") == [1, 2, 3])
        #expect(try office.amounts("P1", "B") == [1, 2])
        #expect(try office.amounts("P2", "A") == [7])
    }

    @Test func `two equal purchases stay two, however often and in whatever parts they come`()
        async throws
    {
        let office = try Office()
        for amounts in [[5], [5, 5], [5], [4, 5, 5, 6], [5, 5, 5]] as [[Int64]] {
            _ = try await office.recorder.record(
                [Office.rows("P", "A", amounts)],
                at: Office.now
            )
        }
        #expect(try office.amounts("P", "A").sorted() == [4, 5, 5, 5, 6])
    }

    @Test func `rows that come in parts are numbered over the whole source`() async throws {
        let office = try Office()
        var counter = RowCounter()
        for part in [[9, 9], [9, 8], [9]] as [[Int64]] {
            let events = part.map { Office.approval($0) }
            let rows = AssetRows(
                person: [1],
                name: Office.name("A"),
                events: events.flatMap { $0 },
                ordinals: events.map { counter.ordinal(of: Array($0.dropFirst())) }
            )
            let done = try await office.recorder.record([rows], at: Office.now)
            #expect(done[0].duplicateCount == 0)
        }
        #expect(try office.vault.subject(forCI: [1]).map { try office.amounts(of: $0).count } == 5)
    }

    @Test func `frames hold as many events as they may and only what is new`() async throws {
        let office = try Office(eventsPerFrame: 25)
        let amounts = (0..<60).map { Int64($0) }
        _ = try await office.recorder.record(
            [Office.rows("P", "A", Array(amounts.prefix(30)))],
            at: Office.now
        )
        let subject = try #require(office.vault.subject(forCI: Array("P".utf8)))
        // The wraps, then 25 and 5 events.
        #expect(try office.log.size(of: subject) == 3)
        _ = try await office.recorder.record([Office.rows("P", "A", amounts)], at: Office.now)
        #expect(try office.log.size(of: subject) == 5)
        #expect(try office.amounts("P", "A") == amounts)
    }

    @Test func `malformed and overlong rows are named and nothing of the call is appended`()
        async throws
    {
        let office = try Office()
        let good = try Office.rows("P", "A", [1])
        let cut = AssetRows(
            person: [1],
            name: Office.name("A"),
            events: [9, 1, 2],
            ordinals: [1]
        )
        await #expect(throws: RecordError.malformedRows(group: 1)) {
            try await office.recorder.record([good, cut], at: Office.now)
        }
        var odd = good
        odd.ordinals = [1, 2]
        await #expect(throws: RecordError.malformedRows(group: 0)) {
            try await office.recorder.record([odd], at: Office.now)
        }
        let long = [UInt8](repeating: 7, count: 40_000)
        let overlong = AssetRows(
            person: [1],
            name: Office.name("A"),
            events: Office.approval(1) + [0xc0, 0xb8, 0x02] + long,
            ordinals: [1, 1]
        )
        await #expect(throws: RecordError.rowTooLong(group: 1, row: 1)) {
            try await office.recorder.record([good, overlong], at: Office.now)
        }
        #expect(office.log.nextPosition(partition: 0) == 0)
        #expect(try office.log.figures().map(\.frames) == [0])
    }

    @Test(arguments: [1, 3])
    func `persons of all environments are recorded in one call`(environments: Int) async throws {
        let office = try Office(label: "env\(environments)", environments: environments)
        let rows = try (0..<300).map { try Office.rows("P\($0)", "A", [1, 2, Int64($0)]) }
        let done = try await office.recorder.record(rows, at: Office.now)
        #expect(done.allSatisfy { $0.appendedCount == 3 || $0.subject.isPlatform })
        for number in [0, 17, 299] {
            #expect(try office.amounts("P\(number)", "A") == [1, 2, Int64(number)])
        }
    }

    @Test func `a person with more assets than one frame of wraps holds is recorded whole`()
        async throws
    {
        let office = try Office()
        let rows = try (0..<600).map { try Office.rows("P", "card \($0)", [Int64($0)]) }
        let done = try await office.recorder.record(rows, at: Office.now)
        #expect(done.allSatisfy { $0.appendedCount == 1 })
        let subject = try #require(office.vault.subject(forCI: Array("P".utf8)))
        #expect(try office.vault.assets(of: subject).count == 600)
        let again = try await office.secondRecorder().record(rows, at: Office.now)
        #expect(again.allSatisfy { $0.appendedCount == 0 })
    }

    @Test(arguments: Seed.smoke)
    func `what is kept in memory is bounded and its loss changes nothing`(seed: Seed) async throws {
        let office = try Office(label: "bound\(seed.number)", rowsKeptMax: 200)
        var chance = seed
        var expected: [String: [Int64: Int]] = [:]
        for _ in 0..<60 {
            let person = "P\(Int.random(in: 0..<12, using: &chance))"
            let amounts = (0..<20).map { _ in Int64.random(in: 0..<30, using: &chance) }
            _ = try await office.recorder.record(
                [Office.rows(person, "A", amounts)],
                at: Office.now
            )
            let counts = Dictionary(amounts.map { ($0, 1) }, uniquingKeysWith: +)
            expected[person, default: [:]].merge(counts) { max($0, $1) }
        }
        for (person, counts) in expected {
            let found = Dictionary(
                try office.amounts(person, "A").map { ($0, 1) },
                uniquingKeysWith: +
            )
            #expect(found == counts, "\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `recorders at once append each row once`(seed: Seed) async throws {
        let office = try Office(label: "race\(seed.number)")
        let recorders = [office.recorder, try office.secondRecorder()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            var chance = seed
            for number in 0..<40 {
                let person = "P\(Int.random(in: 0..<3, using: &chance))"
                let rows = try Office.rows(person, "A", [1, 2, 2, Int64(number % 7)])
                let recorder = recorders[number % 2]
                group.addTask { _ = try await recorder.record([rows], at: Office.now) }
            }
            try await group.waitForAll()
        }
        for person in ["P0", "P1", "P2"] {
            let amounts = try office.amounts(person, "A")
            let most = Dictionary(amounts.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(most.allSatisfy { $0.value == ($0.key == 2 ? most[2] : 1) || $0.value <= 2 })
            #expect(most[2] ?? 0 <= 3 && most[1] ?? 0 <= 2, "\(seed)")
            #expect(most[0] ?? 0 <= 1 && most[3] ?? 0 <= 1, "\(seed)")
        }
    }

    @Test func `what a rival recorded is decided against`() async throws {
        let office = try Office()
        _ = try await office.recorder.record([Office.rows("P", "A", [1])], at: Office.now)
        let subject = try #require(office.vault.subject(forCI: Array("P".utf8)))
        let rival = try office.secondRecorder()
        for amount in 2..<6 as Range<Int64> {
            _ = try await rival.record([Office.rows("P", "A", [amount])], at: Office.now)
            _ = try await office.recorder.record(
                [Office.rows("P", "A", [amount, amount + 100])],
                at: Office.now
            )
        }
        #expect(try office.amounts("P", "A") == [1, 2, 102, 3, 103, 4, 104, 5, 105])
        #expect(try office.log.size(of: subject) == 10)
    }

    @Test func `an erased person's rows are recorded for somebody new`() async throws {
        let office = try Office()
        let rows = [try Office.rows("P", "A", [1, 2])]
        let first = try await office.recorder.record(rows, at: Office.now)
        try await office.vault.shred(
            subject: first[0].subject,
            reason: .deletionAsked,
            at: Office.now
        )
        let again = try await office.recorder.record(rows, at: Office.now)
        #expect(again[0].subject != first[0].subject)
        #expect(again[0].appendedCount == 2)
    }

    @Test func `an erased asset's rows are recorded anew and the others are not`() async throws {
        let office = try Office()
        let rows = [try Office.rows("P", "A", [1, 2]), try Office.rows("P", "B", [3])]
        let subject = try await office.recorder.record(rows, at: Office.now)[0].subject
        let card = try office.vault.newest(Office.name("A"), of: subject, for: .service)
        try await office.vault.shred(
            compartment: card.id,
            of: subject,
            reason: .operatorTest,
            at: Office.now
        )
        let again = try await office.recorder.record(rows, at: Office.now)
        #expect(again.map(\.appendedCount) == [2, 0])
    }

    @Test func `a platform ledger takes an event once for each command`() async throws {
        let office = try Office()
        var event = Event()
        event.occurredAt = 1_735_689_600
        event.importCompleted.source = "birmingham"
        event.importCompleted.rows = 12
        let ledger = PlatformLedger.operations(office.vault)
        #expect(try await ledger.append(event, at: Office.now) == .appended)
        #expect(try await ledger.append(event, at: Office.now) == .duplicate)
        event.importCompleted.rows = 13
        #expect(try await ledger.append(event, at: Office.now) == .appended)
        #expect(try office.log.size(of: .operations) == 3)
    }
}
