// What a made-up person says of their transactions: corrections move lines by event or merchant,
// taking back moves them where they were. The same limits as the real one: refusals, requests
// known by name.
@testable import Finance
import Web

/// A correction in memory, with what it moved.
struct TestCorrection: Sendable {
    var line: CorrectionLine
    var request: PersonRequest?
    /// By event, where each was.
    var moved: [EventID: String]
}

extension TestLedger {
    func person<Value>(
        _ id: String,
        _ body: (inout State, Int) throws -> Value
    ) throws -> Value? {
        var result: Result<Value?, any Error> = .success(nil)
        change { state in
            guard !state.fails else {
                result = .failure(LedgerFault())
                return
            }
            guard let place = state.people.firstIndex(where: { $0.id == id }) else { return }
            result = Result { try body(&state, place) }
        }
        return try result.get()
    }

    func categories() async -> [CategoryChoice] {
        TestPerson.names.keys.sorted().map {
            CategoryChoice(
                id: $0,
                name: TestPerson.names[$0] ?? LocalizedName(ko: "", en: ""),
                group: LocalizedName(ko: "쓴 돈", en: "Spending")
            )
        }
    }

    private static func named(_ id: String) -> NamedCategory {
        NamedCategory(id: id, name: TestPerson.names[id] ?? LocalizedName(ko: id, en: id))
    }

    private static func moved(
        _ person: TestPerson,
        _ order: CorrectionOrder
    ) throws(PersonRefusal) -> [TransactionLine] {
        guard let line = person.lines.first(where: { $0.event == order.event }),
            line.category != nil
        else { throw .transactionUnknown }
        guard let category = order.category, TestPerson.names[category] != nil else {
            throw .categoryUnknown
        }
        return person.lines.filter {
            $0.category != nil && $0.category != category
                && (order.isForMerchant ? $0.merchant == line.merchant : $0.event == line.event)
        }
    }

    func previewCorrection(
        _ id: String,
        _ order: CorrectionOrder
    ) async throws -> CorrectionPreview? {
        try person(id) { state, place in
            let lines = try TestLedger.moved(state.people[place], order)
            return CorrectionPreview(
                count: UInt64(lines.count),
                moves: lines.reversed().prefix(CorrectionPreview.movesMax).map {
                    CorrectionPreview.Move(
                        event: $0.event,
                        day: $0.day,
                        merchant: $0.merchant,
                        amount: $0.amount,
                        before: TestLedger.named($0.category ?? ""),
                        after: TestLedger.named(order.category ?? "")
                    )
                },
                cursor: Cursor([TestLedger.size(state, place)])
            )
        }
    }

    private static func size(_ state: State, _ place: Int) -> UInt64 {
        let person = state.people[place]
        return UInt64(person.lines.count + (state.corrections[person.id]?.count ?? 0))
    }

    func correct(
        _ id: String,
        _ order: CorrectionOrder,
        request: PersonRequest
    ) async throws -> Answered<CorrectionLine>? {
        try person(id) { state, place in
            let known = state.corrections[id]?.first { $0.request?.name == request.name }
            if let known {
                guard known.request == request else { throw PersonRefusal.requestReused }
                return Answered(known.line, isReplayed: true)
            }
            let lines = try TestLedger.moved(state.people[place], order)
            let own = state.people[place].lines.first { $0.event == order.event }
            let line = CorrectionLine(
                event: EventID(revision: TestLedger.size(state, place), index: 0),
                scope: order.isForMerchant
                    ? .merchant(own?.merchant ?? "") : .transaction(order.event),
                category: order.category.map(TestLedger.named),
                before: own?.category.map(TestLedger.named),
                moved: UInt64(lines.count),
                saidAt: TestLedger.start,
                withdrawn: nil,
                state: .inForce
            )
            var moved: [EventID: String] = [:]
            for one in lines { moved[one.event] = one.category }
            for number in state.people[place].lines.indices {
                guard moved[state.people[place].lines[number].event] != nil else { continue }
                TestLedger.put(&state.people[place].lines[number], into: order.category ?? "")
            }
            state.corrections[id, default: []].append(
                TestCorrection(line: line, request: request, moved: moved)
            )
            return Answered(line, isReplayed: false)
        }
    }

    private static func put(_ line: inout TransactionLine, into category: String) {
        line.category = category
        line.categoryName = TestPerson.names[category]
    }

    func withdrawCorrection(
        _ id: String,
        correction: EventID
    ) async throws -> Answered<CorrectionLine>? {
        try person(id) { state, place in
            let all = state.corrections[id] ?? []
            guard let number = all.firstIndex(where: { $0.line.event == correction }) else {
                throw PersonRefusal.correctionUnknown
            }
            if all[number].line.state == .withdrawn,
                let by = all.first(where: { $0.line.withdrawn == correction })
            {
                return Answered(by.line, isReplayed: true)
            }
            guard all[number].line.state == .inForce else {
                throw PersonRefusal.correctionNotInForce
            }
            var line = all[number].line
            line.event = EventID(revision: TestLedger.size(state, place), index: 0)
            (line.category, line.before) = (line.before, line.category)
            (line.withdrawn, line.state) = (correction, .withdrawal)
            for index in state.people[place].lines.indices {
                let event = state.people[place].lines[index].event
                guard let before = all[number].moved[event] else { continue }
                TestLedger.put(&state.people[place].lines[index], into: before)
            }
            state.corrections[id]?[number].line.state = .withdrawn
            state.corrections[id]?.append(TestCorrection(line: line, moved: [:]))
            return Answered(line, isReplayed: false)
        }
    }

    func corrections(
        _ id: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<CorrectionLine>? {
        try person(id) { state, _ in
            let all = (state.corrections[id] ?? []).map(\.line).reversed()
            let begin = Int(clamping: cursor?.counts.first ?? 0)
            let rest = all.dropFirst(begin)
            return Listing(
                items: Array(rest.prefix(limit)),
                next: rest.count > limit ? Cursor([UInt64(begin + limit)]) : nil
            )
        }
    }

    func export(_ id: String, _ format: ExportFormat) async throws -> PersonExport? {
        let lines = try person(id) { state, place in state.people[place].lines.count }
        guard let lines else { return nil }
        return PersonExport(format: format) { position in
            defer { position.frames += 1 }
            switch (format, position.frames) {
            case (.csv, 0): return Array("revision,value\r\n".utf8)
            case (.csv, 1...UInt64(lines)): return Array("7,\"a,b\"\r\n".utf8)
            case (.json, 0):
                let head = #"{"export":"jangbu","version":1,"subject":"\#(id)","frames":0,"#
                return Array(head.utf8)
            case (.json, 1): return Array(#""events":[]}"#.utf8)
            default: return nil
            }
        }
    }

    func changes(
        _ id: String,
        after cursor: Cursor?,
        through last: Cursor?,
        limit: Int
    ) async throws -> ChangeListing? {
        try person(id) { state, place in
            let lines = state.people[place].lines
            let begin = cursor?.counts.first ?? 0
            let end = min(UInt64(lines.count), last?.counts.first ?? .max)
            let taken = lines.filter { begin <= $0.event.revision && $0.event.revision < end }
            var items: [(revision: UInt64, change: TransactionChange)] = taken.prefix(limit).map {
                ($0.event.revision, .removed(EventPlace($0.event), .vanished))
            }
            if begin == 0, let first = taken.first {
                items.insert((first.event.revision, .assetErased(AssetID(high: 0, low: 7))), at: 0)
                items = Array(items.prefix(limit))
            }
            // Of the first transactions, one came and one changed.
            for (place, line) in taken.prefix(limit).enumerated() where line.event.revision < 2 {
                guard let at = items.lastIndex(where: { $0.revision == line.event.revision }) else {
                    continue
                }
                let state = TestLedger.state(of: line, isCancelled: place > 0)
                items[at].change =
                    line.event.revision == 0
                    ? .added(state, []) : .modified(state, [.status, .amount])
            }
            let next = items.last.map { $0.revision + 1 } ?? begin
            return ChangeListing(
                items: items,
                next: Cursor([next]),
                hasMore: next < end,
                rules: 7,
                slugs: [:]
            )
        }
    }
}

extension TestLedger {
    private static func state(of line: TransactionLine, isCancelled: Bool) -> TransactionState {
        TransactionState(
            id: EventPlace(line.event),
            asset: AssetID(high: 7, low: 5),
            kind: .payment,
            status: isCancelled ? .cancelled : .posted,
            day: line.day,
            counterparty: line.merchant ?? "",
            amount: line.amount,
            category: nil,
            correction: nil,
            supersedes: isCancelled ? EventPlace(revision: 0, index: 0) : nil
        )
    }
}
