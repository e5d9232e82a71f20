// The collection of the ledger in memory: three providers, one of them late and failing, and four
// answers put aside: one to be read, one superseded, one still broken, one of who withdrew.
import Finance
import Web

struct TestCollection {
    var providers: [ProviderCollection] = []
    var aside: [(line: QuarantineLine, result: QuarantineResult)] = []
    /// How the ones that are gone went, by id.
    var released: [String: String] = [:]
    /// Those whose person allows nothing any more.
    var refused: Set<String> = []
    /// Reasons of discards, in their order; never shown.
    var notes: [String] = []

    static let codes = ["A1BK010000", "A1CD010000", "A1IS010000"]

    mutating func fill(_ people: [String]) {
        providers = TestCollection.codes.enumerated().map { place, code in
            TestCollection.provider(code, place)
        }
        let faults = [
            QuarantineFault(reason: "inconsistent", field: "trans_cnt", row: 0),
            QuarantineFault(reason: "malformed", field: "", row: 0),
            QuarantineFault(reason: "field-type", field: "approved_amt", row: 17),
            QuarantineFault(reason: "code-unknown", field: "trans_type", row: 3),
        ]
        let results: [QuarantineResult] = [
            .taken(added: 37, retracted: 1), .superseded, .broken(faults[2]),
            .taken(added: 2, retracted: 0),
        ]
        for (number, fault) in faults.enumerated() {
            let line = QuarantineLine(
                id: people[number] + "-" + String(repeating: "\(number + 1)", count: 16),
                subject: people[number],
                provider: TestCollection.codes[number % 3],
                api: number % 2 == 0 ? "은행-004" : "카드-008",
                fault: fault,
                askedAt: TestLedger.start - Int64(number) * 3_600_000,
                bytes: UInt64(1_200 << (2 * number))
            )
            aside.append((line, results[number]))
        }
        refused = [aside[3].line.id]
    }

    private static func provider(_ code: String, _ place: Int) -> ProviderCollection {
        let today = TestPerson.today
        var line = ProviderCollection(code: code)
        line.name = ["모래은행", "모래카드", nil][place]
        line.slots = place == 0 ? ["0100:0600"] : []
        (line.people, line.regular, line.transfers) = (23, 20, 412)
        line.failing = place == 1 ? 3 : 0
        line.due = [(today.adding(days: place == 1 ? -3 : 0), 4), (today.adding(days: 4), 16)]
        for back in 0..<21 {
            let late = place == 1 ? UInt64(back % 3) : 0
            let day = today.adding(days: Int32(back - 20))
            let made = UInt64(3 + back % 5)
            line.made.append(RegularDay(day: day, made: made, late: late, lateDays: late * 2))
        }
        line.apis = ["은행-001", "은행-004"].enumerated().map { number, id in
            var api = APICollection(id: id)
            (api.calls, api.pages, api.rows) = (800, 1_200, UInt64(number) * 48_000)
            (api.bytes, api.milliseconds) = (9_400_000, 31_000)
            (api.quarantined, api.aside) = (UInt64(place), place == 1 ? 2 : 0)
            if place == 1 { api.errors = [(0, 2), (500, 1), (50_005, 14), (99_999, 1)] }
            api.lastGoodAt = TestLedger.start - 3_600_000
            api.lastBadAt = place == 1 ? TestLedger.start : nil
            return api
        }
        return line
    }
}

extension TestLedger {
    func collection() async throws -> CollectionReport {
        try read { state in
            CollectionReport(
                today: TestPerson.today,
                people: UInt64(state.people.count),
                providers: state.collection.providers
            )
        }
    }

    func quarantine(after cursor: Cursor?, limit: Int) async throws -> Listing<QuarantineLine> {
        try read { state in
            let open = state.collection.aside.map(\.line).filter {
                state.collection.released[$0.id] == nil
            }
            return Self.cut(open, cursor, limit)
        }
    }

    func quarantined(_ id: String) async throws -> (QuarantineLine, QuarantineResult) {
        let found = try read { state -> (QuarantineLine, QuarantineResult)? in
            state.collection.aside.first { $0.line.id == id }.map { entry in
                let released = state.collection.released[id].map { QuarantineResult.released($0) }
                let isRefused = state.collection.refused.contains(id)
                return (entry.line, released ?? (isRefused ? .refused : entry.result))
            }
        }
        guard let found else { throw QuarantineRefusal.unknown }
        return found
    }

    func redrive(_ id: String, by actor: String) async throws -> QuarantineResult {
        let (_, result) = try await quarantined(id)
        let isRefused = try read { $0.collection.refused.contains(id) }
        guard !isRefused else { throw QuarantineRefusal.refused }
        switch result {
        case .taken: change { $0.collection.released[id] = "taken" }
        case .superseded: change { $0.collection.released[id] = "superseded" }
        case .broken, .refused, .released: break
        }
        return result
    }

    func discard(_ id: String, note: String, by actor: String) async throws -> QuarantineResult {
        if case (_, .released(let word)) = try await quarantined(id) { return .released(word) }
        change { state in
            state.collection.released[id] = "discarded"
            state.collection.notes.append(note)
        }
        return .released("discarded")
    }
}
