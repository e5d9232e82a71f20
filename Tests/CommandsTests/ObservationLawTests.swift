import Commands
import EventLog
import Finance
import Frame
import Simulation
import Synchronization
import Testing
import Vault

@testable import class Commands.Recorder

/// A card company's books: what it would answer for any days.
private struct Books {
    struct Row {
        var day: Int32
        var amount: Int64
        var number: String
        var seconds: Int64
        /// Type, amount and day of what became of it.
        var outcome: (type: EventType, amount: Int64, day: Int32)?
    }

    static let days: ClosedRange<Int32> = 20_000...20_039

    var rows: [Row] = []
    /// Lists a cancelled approval on the day of its approval too.
    var listsBothDays = true
    private var serial = 0

    init(_ chance: inout Seed) {
        listsBothDays = chance.below(2) == 0
        for _ in 0..<60 { add(&chance) }
    }

    mutating func add(_ chance: inout Seed) {
        if chance.below(4) == 0, let twin = rows.randomElement(using: &chance), twin.number == "" {
            rows.append(twin)
            return
        }
        serial += 1
        let isNumbered = chance.below(3) > 0
        rows.append(
            Row(
                day: Int32.random(in: Books.days, using: &chance),
                amount: Int64(chance.below(5) + 1) * 1_000,
                number: isNumbered ? "\(10_000_000 + serial)" : "",
                // Some have a day and no time.
                seconds: isNumbered ? Int64(chance.below(3_600)) : 0
            )
        )
        if isNumbered, chance.below(4) == 0 { conclude(rows.count - 1, &chance) }
    }

    /// Cancels or corrects an approval, whatever had become of it before.
    mutating func conclude(_ index: Int, _ chance: inout Seed) {
        let from = max(rows[index].outcome?.day ?? 0, rows[index].day)
        guard from < Books.days.upperBound else { return }
        let day = Int32.random(in: from + 1...Books.days.upperBound, using: &chance)
        rows[index].outcome =
            chance.below(2) == 0
            ? (.cardApprovalCancelled, rows[index].amount, day)
            : (.cardApprovalCorrected, Int64(chance.below(900) + 1), day)
    }

    /// Something that happens at the company later on.
    mutating func change(_ chance: inout Seed) {
        guard let index = rows.indices.randomElement(using: &chance) else { return }
        switch chance.below(5) {
        case 0: rows.remove(at: index)
        case 1 where rows[index].outcome == nil: rows[index].amount += 7
        case 2, 3: if rows[index].number != "" { conclude(index, &chance) }
        default: add(&chance)
        }
    }

    func events(_ days: ClosedRange<Int32>) -> [[UInt8]] {
        rows.flatMap { row -> [[UInt8]] in
            let listed = row.outcome?.day ?? row.day
            guard days.contains(listed) || listsBothDays && days.contains(row.day) else {
                return []
            }
            let approval = Answers.approval(
                row.amount,
                on: row.day,
                number: row.number,
                seconds: row.seconds
            )
            guard let outcome = row.outcome else { return [approval] }
            return [
                approval,
                Answers.outcome(
                    outcome.type,
                    outcome.amount,
                    on: outcome.day,
                    ofApprovalOn: row.day,
                    number: row.number,
                    before: outcome.type == .cardApprovalCorrected ? row.amount : 0,
                    approvalSeconds: row.seconds
                ),
            ]
        }
    }

    func answer(_ days: ClosedRange<Int32>) -> Observation {
        Answers.approvals("A", days, events(days))
    }
}

@Suite struct ObservationLawTests {
    /// Whether two logs end alike: one of a company's books in random windows, by recorders that
    /// come and go and against a rival who writes in between; the other of all of them at once.
    ///
    /// `distort` is a rule that is wrong.
    private func endsAlike(
        _ office: Office,
        _ seed: Seed,
        distort: (Observation) -> Observation = { $0 }
    ) async throws -> Bool {
        var chance = seed
        let people = try office.vault.enrol([
            Array("piecemeal \(seed)".utf8), Array("at once \(seed)".utf8),
        ])
        let rival = Rival(office.log, people[0], times: 0)
        var books = Books(&chance)
        var recorder = office.recorder
        func observe(_ answers: [Observation], of person: SubjectID) async throws {
            _ = try await recorder.observe(
                answers.map(distort),
                of: person,
                at: Office.now,
                evidence: Answers.evidence
            )
        }
        for _ in 0..<30 {
            if chance.below(5) == 0 { recorder = try office.secondRecorder() }
            if chance.below(3) == 0 { books.change(&chance) }
            let strikes = chance.below(4) == 0 ? chance.below(3) : 0
            rival.arm(times: strikes)
            recorder.beforeAppend.withLock { $0 = { await rival.strike() } }
            var answers: [Observation] = []
            for _ in 0...chance.below(2) { answers.append(self.window(of: books, &chance)) }
            try await observe(answers, of: people[0])
            recorder.beforeAppend.withLock { $0 = nil }
        }
        // Everything once more, in any order; twice, as what became of an approval that is gone
        // altogether keeps it for one round.
        for _ in 0..<2 {
            var starts = Array(stride(from: Books.days.lowerBound, to: 20_040, by: 8))
            starts.shuffle(using: &chance)
            for start in starts {
                try await observe([books.answer(start...start + 7)], of: people[0])
            }
        }
        _ = try await office.recorder.observe(
            [books.answer(Books.days)],
            of: people[1],
            at: Office.now
        )
        return try office.standing(of: people[0]) == office.standing(of: people[1])
    }

    private func window(of books: Books, _ chance: inout Seed) -> Observation {
        let first = Int32.random(in: Books.days, using: &chance)
        let last = Int32.random(in: first...Books.days.upperBound, using: &chance)
        var answer = books.answer(first...last)
        if chance.below(5) == 0 {
            // A later page failed.
            let events = books.events(first...last)
            answer.events = events.prefix(chance.below(events.count + 1)).flatMap { $0 }
            answer.scope = .part
        }
        return answer
    }

    @Test func `windows in any order, any number of times, give the same log as one of all`()
        async throws
    {
        let office = try Office()
        // 48: an approval's amount changed before it was cancelled, by a company that lists it on
        // the later day only.
        for seed in (Array(1...30) + [48]).map({ Seed($0) }) {
            #expect(try await endsAlike(office, seed), "\(seed)")
        }
    }

    @Test func `a rule that knows rows by their content alone is caught`() async throws {
        let office = try Office()
        var caught = 0
        for seed in Seed.smoke {
            let isAlike = try await endsAlike(office, seed) { answer in
                var (wrong, known) = (answer, Set<[UInt8]>())
                wrong.events = []
                var rest = answer.events[...]
                while let length = rest.first.map({ Int($0) + 1 }) {
                    let row = Array(rest.prefix(length))
                    rest = rest.dropFirst(length)
                    if known.insert(row).inserted { wrong.events += row }
                }
                return wrong
            }
            if !isAlike { caught += 1 }
        }
        #expect(caught == Seed.smoke.count)
    }

    @Test func `a rule that takes a cut answer for a complete one is caught`() async throws {
        // On the way, not at the end: the last round of windows would heal it.
        let office = try Office()
        let subject = try office.vault.enrol([[7]])[0]
        var chance = Seed(3)
        let books = Books(&chance)
        let whole = books.answer(Books.days)
        _ = try await office.recorder.observe([whole], of: subject, at: Office.now)
        let standing = try office.standing(of: subject)
        var cut = Answers.approvals("A", nil, Array(books.events(Books.days).prefix(9)))
        _ = try await office.recorder.observe([cut], of: subject, at: Office.now)
        #expect(try office.standing(of: subject) == standing)
        cut.scope = whole.scope
        _ = try await office.recorder.observe([cut], of: subject, at: Office.now)
        #expect(try office.standing(of: subject) != standing)
    }
}
