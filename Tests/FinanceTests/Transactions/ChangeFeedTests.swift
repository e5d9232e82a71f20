import Finance
import SwiftProtobuf
import Testing

@Suite struct ChangeFeedTests {
    /// What a reader of the feed holds, who trusts nothing but the changes.
    private struct Reader {
        var held: [EventPlace: TransactionState] = [:]
        var faults: [String] = []

        mutating func take(_ change: TransactionChange) {
            switch change {
            case .added(let state, let fields):
                if held.updateValue(state, forKey: state.id) != nil { faults.append("twice") }
                if !fields.isEmpty, state.supersedes == nil { faults.append("fields of nothing") }
            case .modified(let state, let fields):
                let before = held.updateValue(state, forKey: state.id)
                if before.map({ state.fields(otherThan: $0) }) != fields {
                    faults.append("fields are not what differs")
                }
            case .removed(let id, _):
                if held.removeValue(forKey: id) == nil { faults.append("removed before it came") }
            case .assetErased(let asset):
                held = held.filter { $0.value.asset != asset }
            }
        }
    }

    private func page(
        _ history: PersonHistory,
        after cursor: ChangeCursor,
        limit: Int,
        through: Int? = nil
    ) -> ChangePage {
        var page = ChangePage(after: cursor, limit: limit)
        for (revision, changes) in history.changes.prefix(through ?? .max).enumerated() {
            guard page.take(changes, revision: UInt64(revision)) else { break }
        }
        return page
    }

    /// Reads to the end; `onward` makes the cursor that is sent next.
    private func read(
        _ history: PersonHistory,
        limit: Int,
        onward: (ChangeCursor) -> ChangeCursor = { $0 }
    ) -> Reader {
        var reader = Reader()
        var cursor = ChangeCursor(revision: 0)
        while cursor.revision < UInt64(history.frames.count) {
            let page = page(history, after: cursor, limit: limit)
            for (_, change) in page.changes { reader.take(change) }
            cursor = onward(page.next)
        }
        return reader
    }

    private func standing(_ book: TransactionBook) -> [EventPlace: TransactionState] {
        var all: [EventPlace: TransactionState] = [:]
        for number in book.entries.indices {
            if let state = book.state(of: number) { all[state.id] = state }
        }
        return all
    }

    @Test(arguments: FoldFixtures.seeds)
    func `pages of any size add up to what the log says`(seed: UInt64) throws {
        let history = try PersonHistory(seed: seed, frameCount: 300)
        let expected = standing(history.book)
        #expect(expected.count > 100, "SEED=\(seed)")
        for limit in [1, 2, 3, 7, 50, 10_000] {
            let reader = read(history, limit: limit)
            #expect(reader.faults.isEmpty, "SEED=\(seed) limit \(limit): \(reader.faults)")
            #expect(reader.held == expected, "SEED=\(seed) limit \(limit)")
        }
        #expect(history.book.skippedCount == 0, "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a cursor that forgets where in a frame it is, is seen`(seed: UInt64) throws {
        let history = try PersonHistory(seed: seed, frameCount: 300)
        let reader = read(history, limit: 2) { cursor in
            ChangeCursor(revision: cursor.offset > 0 ? cursor.revision + 1 : cursor.revision)
        }
        #expect(reader.held != standing(history.book), "the law is blind")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `the same page is the same for ever, whatever comes afterwards`(seed: UInt64) throws {
        let whole = try PersonHistory(seed: seed, frameCount: 300)
        let half = try PersonHistory(seed: seed, frameCount: 150)
        for revision in stride(from: UInt64(0), to: 150, by: 11) {
            let cursor = ChangeCursor(revision: revision, offset: Int(revision) % 2)
            let early = page(half, after: cursor, limit: 9, through: 150)
            let late = page(whole, after: cursor, limit: 9, through: 150)
            #expect(early.changes.map(\.change) == late.changes.map(\.change), "SEED=\(seed)")
            #expect(early.next == late.next, "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `what the feed says adds up to the spending profile`(seed: UInt64) throws {
        let history = try PersonHistory(seed: seed, frameCount: 300)
        let profile = SpendingProfile(rules: FoldFixtures.rules)
        var state = SpendingState()
        for frame in history.frames {
            for bytes in frame.events {
                try profile.fold(EventView(bytes.span, of: frame.asset), into: &state)
            }
        }
        let taxonomy = FoldFixtures.rules.taxonomy
        var expected: [String: Int64] = [:]
        for total in try state.monthlyTotals() where total.sum != 0 {
            let entry = try #require(taxonomy[total.category])
            let isIn = entry.kind == .income || taxonomy[entry.primary]?.slug == "transfer-in"
            expected["\(total.month) \(entry.slug)", default: 0] += isIn ? total.sum : -total.sum
        }
        var found: [String: Int64] = [:]
        for state in standing(history.book).values {
            guard let category = state.category, let entry = taxonomy[category] else { continue }
            found["\(state.day.month) \(entry.slug)", default: 0] += state.amount.thousandths
        }
        #expect(found.filter { $0.value != 0 } == expected, "SEED=\(seed)")
        #expect(state.hasCorrections, "SEED=\(seed)")
    }

    @Test func `an approval keeps its id through correction and cancellation`() throws {
        var history = PersonHistory()
        let bought = history.purchase(10_000, at: "이디야", day: 1, number: "30000001")
        let id = try history.append([bought], of: PersonHistory.card)[0]
        let corrected = Event.with {
            $0.occurredAt = bought.occurredAt + 60
            $0.cardApprovalCorrected.amount = 8_000_000
            $0.cardApprovalCorrected.amountBefore = 10_000_000
            $0.cardApprovalCorrected.approvalNumber = "30000001"
            $0.cardApprovalCorrected.approvedAt = bought.occurredAt
        }
        try history.append([corrected], of: PersonHistory.card)
        let cancelled = Event.with {
            $0.occurredAt = bought.occurredAt + 120
            $0.cardApprovalCancelled.amount = 8_000_000
            $0.cardApprovalCancelled.approvalNumber = "30000001"
            $0.cardApprovalCancelled.approvedAt = bought.occurredAt
        }
        try history.append([cancelled], of: PersonHistory.card)
        let states = history.changes.flatMap { $0 }.map { change -> String in
            switch change {
            case .added(let state, _): "added \(state.id == id) \(state.amount.thousandths)"
            case .modified(let state, let fields):
                "\(state.status) \(state.id == id) \(state.amount.thousandths) \(fields)"
            default: "other"
            }
        }
        #expect(
            states == [
                "added true -10000000",
                "corrected true -8000000 \([TransactionState.Field.status, .amount])",
                "cancelled true 0 \([TransactionState.Field.status, .amount])",
            ]
        )
    }

    @Test func `a row with other content supersedes the one that it takes the place of`() throws {
        var history = PersonHistory()
        let first = history.moved(5_000, .withdrawn, "월세", day: 1, number: "7")
        let old = try history.append([first], of: PersonHistory.deposit)[0]
        let second = history.moved(6_000, .withdrawn, "월세", day: 1, number: "7")
        let number = try #require(history.book.number(of: old))
        let taken = history.retraction(of: history.book.entries[number].parts[0], .changed)
        let places = try history.append([second, taken], of: PersonHistory.deposit)
        let last = try #require(history.changes.last)
        guard case .added(let state, let fields) = last.last else {
            Issue.record("\(last)")
            return
        }
        #expect(last.first == .removed(old, .changed))
        #expect(state.id == places[0] && state.supersedes == old && fields == [.amount])
    }
}
