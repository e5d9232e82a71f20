import Collector
import Finance
import Frame
import MyData
import Projections
import Vault
import Web

/// The collection, and what is put aside.
extension LedgerService {
    /// Persons whose board one page of the quarantine looks at, at most: a page stays quick however
    /// many persons there are.
    private static let peoplePerPage = 2_000

    func collection() async throws -> CollectionReport {
        let totals = try services.collection.totals()
        let known = services.providers?.all.map(\.code) ?? []
        let codes = Set(totals.providers.keys).union(known).sorted()
        return CollectionReport(
            today: day,
            people: totals.people,
            providers: codes.map { code in
                var line = ProviderCollection(code: code)
                if let provider = services.providers?[code] {
                    line.name = provider.name
                    line.slots = provider.slots.map(\.text)
                }
                if let total = totals.providers[code] { line.take(total) }
                return line
            }
        )
    }

    func quarantine(
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<QuarantineLine> {
        let all = services.vault.subjects
        // A cursor may say any number.
        var place = min(all.count, Int(clamping: cursor?.counts.first ?? 0))
        // Of the person at the cursor, as many were shown already.
        var shown = Int(clamping: (cursor?.counts.dropFirst().first) ?? 0)
        var items: [QuarantineLine] = []
        let isAnything = try services.collection.totals().providers.values.contains { provider in
            provider.cells.values.contains { $0.aside > 0 }
        }
        guard isAnything else { return Listing(items: [], next: nil) }
        let end = min(all.count, place + LedgerService.peoplePerPage)
        while place < end {
            let aside = try services.collection.read(all[place])?.state.aside ?? [:]
            let lines = aside.sorted { ($0.value.askedAt, $0.key) < ($1.value.askedAt, $1.key) }
            for (number, one) in lines.dropFirst(shown) {
                guard items.count < limit else {
                    return Listing(
                        items: items,
                        next: Web.Cursor([UInt64(place), UInt64(shown)])
                    )
                }
                items.append(QuarantineLine(number, one, of: all[place]))
                shown += 1
            }
            (place, shown) = (place + 1, 0)
        }
        return Listing(items: items, next: place < all.count ? Web.Cursor([UInt64(place)]) : nil)
    }

    func quarantined(_ id: String) async throws -> (QuarantineLine, Web.QuarantineResult) {
        let id = try quarantineID(id)
        return try await refusing { () throws(QuarantineError) in
            let entry = try services.quarantine.entry(id)
            let line = QuarantineLine(entry)
            if let outcome = entry.outcome { return (line, .released(outcome.word)) }
            do throws(QuarantineError) {
                let result = try await services.quarantine.preview(id, at: now)
                return (line, QuarantineResult(result))
            } catch .refused {
                return (line, .refused)
            }
        }
    }

    func redrive(_ id: String, by actor: String) async throws -> Web.QuarantineResult {
        let id = try quarantineID(id)
        return try await refusing { () throws(QuarantineError) in
            QuarantineResult(try await services.quarantine.redrive(id, by: actor, at: now))
        }
    }

    func discard(
        _ id: String,
        note: String,
        by actor: String
    ) async throws -> Web.QuarantineResult {
        let id = try quarantineID(id)
        return try await refusing { () throws(QuarantineError) in
            QuarantineResult(
                try await services.quarantine.discard(id, note: note, by: actor, at: now)
            )
        }
    }

    private func quarantineID(_ text: String) throws(QuarantineRefusal) -> QuarantineID {
        guard let id = QuarantineID(text: text), live(id.subject.description) != nil else {
            throw .unknown
        }
        return id
    }

    private func refusing<Value>(
        _ body: () async throws(QuarantineError) -> Value
    ) async throws -> Value {
        do throws(QuarantineError) {
            return try await body()
        } catch {
            switch error {
            case .unknown: throw QuarantineRefusal.unknown
            case .refused: throw QuarantineRefusal.refused
            case .noteNeeded: throw QuarantineRefusal.noteInvalid
            case .incomplete, .book, .record: throw error
            }
        }
    }
}

extension ProviderCollection {
    fileprivate mutating func take(_ total: CollectionTotals.Provider) {
        (people, regular) = (total.people, total.regular)
        (failing, transfers) = (total.failing, total.transfers)
        due = total.due.sorted { $0.key < $1.key }.map { day, people in
            (day: CivilDate(day), people: people)
        }
        made = total.made.sorted { $0.key < $1.key }.map { day, count in
            RegularDay(
                day: CivilDate(day),
                made: count,
                late: total.late[day] ?? 0,
                lateDays: total.lateDays[day] ?? 0
            )
        }
        apis = total.cells.sorted { $0.key < $1.key }.map { number, cell in
            APICollection(number, cell)
        }
    }
}

extension APICollection {
    fileprivate init(_ number: UInt32, _ cell: CollectionTotals.Cell) {
        self.init(id: ProviderAPI(rawValue: Int(number)).flatMap { StandardAPI[$0]?.id } ?? "?")
        let counts = cell.counts
        (calls, pages, rows) = (counts.calls, counts.pages, counts.rows)
        (bytes, milliseconds) = (counts.bytes, counts.milliseconds)
        (quarantined, aside) = (counts.quarantined, cell.aside)
        errors = cell.errors.sorted { $0.key < $1.key }.map { (code: $0.key, count: $0.value) }
        lastGoodAt = cell.good.keys.max().map { Int64($0) * 3_600_000 }
        lastBadAt = cell.bad.keys.max().map { Int64($0) * 3_600_000 }
    }
}

extension CivilDate {
    fileprivate init(_ number: UInt32) { self.init(daysSinceEpoch: Int32(clamping: number)) }
}

extension QuarantineLine {
    init(_ number: UInt64, _ aside: CollectionBoardState.Aside, of subject: SubjectID) {
        self.init(
            id: QuarantineID(subject: subject, number: number).description,
            subject: subject.description,
            provider: aside.provider,
            api: ProviderAPI(rawValue: Int(aside.api)).flatMap { StandardAPI[$0]?.id } ?? "?",
            fault: QuarantineFault(
                reason: aside.reason.word,
                field: aside.field,
                row: aside.row
            ),
            askedAt: aside.askedAt * 1_000,
            bytes: UInt64(aside.size)
        )
    }

    init(_ entry: QuarantineEntry) {
        self.init(
            id: entry.id.description,
            subject: entry.id.subject.description,
            provider: entry.provider,
            api: StandardAPI[entry.api]?.id ?? "?",
            fault: QuarantineFault(entry.fault),
            askedAt: entry.askedAt * 1_000,
            bytes: UInt64(entry.byteCount)
        )
    }
}

extension QuarantineFault {
    init(_ fault: AnswerFault) {
        self.init(reason: fault.reason.word, field: fault.field, row: fault.row)
    }
}

extension Web.QuarantineResult {
    init(_ result: RedriveResult) {
        self =
            switch result {
            case .taken(let added, let retracted):
                .taken(added: UInt64(added), retracted: UInt64(retracted))
            case .superseded: .superseded
            case .broken(let fault): .broken(QuarantineFault(fault))
            case .released(let outcome): .released(outcome.word)
            }
    }
}

extension QuarantineReason {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .malformed: "malformed"
        case .fieldMissing: "field-missing"
        case .fieldType: "field-type"
        case .fieldLength: "field-length"
        case .codeUnknown: "code-unknown"
        case .inconsistent: "inconsistent"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

extension QuarantineOutcome {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .superseded: "superseded"
        case .discarded: "discarded"
        case .taken, .unspecified, .UNRECOGNIZED: "taken"
        }
    }
}

extension TimeSlot {
    /// `hhmm:hhmm`, as the registry writes it.
    var text: String {
        func digits(_ minute: Int) -> String {
            let number = String(minute / 60 * 100 + minute % 60)
            return String(repeating: "0", count: 4 - number.count) + number
        }
        return digits(from) + ":" + digits(to)
    }
}
