internal import Finance
internal import SwiftProtobuf

/// How the answers of one API become events.
struct AnswerMap: Sendable {
    typealias EmitRow = @Sendable (borrowing WireRow, inout PageDraft) throws(AnswerFault) -> Void

    /// Fields of the body: those of every answer, the API's own, then count and list if any.
    let body: WireNames
    /// Fields of a row; nil when the body is all there is.
    let rows: WireNames?
    /// Reads the API's own fields of the body, before the rows.
    let emitBody: EmitRow
    /// Reads a row.
    let emitRow: EmitRow
    /// Says what follows from the whole page, after the rows.
    let finish: @Sendable (inout PageDraft) -> Void

    /// What every answer has; the API's own fields begin at the next place.
    static let common = [
        WireField("rsp_code", .code(5), .must),
        WireField("rsp_msg", .text(450), .may),
        WireField("search_timestamp", .word(14), .may),
        WireField("next_page", .word(1_000), .may),
    ]

    /// The place of the list, which is the body's last field; its count stands before it.
    var listPlace: Int { body.count - 1 }

    private init(
        _ own: [WireField],
        _ rows: WireNames?,
        emitBody: @escaping EmitRow,
        emitRow: @escaping EmitRow,
        finish: @escaping @Sendable (inout PageDraft) -> Void
    ) {
        body = WireNames(AnswerMap.common + own)
        self.rows = rows
        self.emitBody = emitBody
        self.emitRow = emitRow
        self.finish = finish
    }

    /// A list whose rows are read by hand.
    init(
        list: String,
        count: String,
        _ digits: Int = 3,
        body own: [FieldMap<BodyFacts>] = [],
        rows: [WireField],
        finish: @escaping @Sendable (inout PageDraft) -> Void = { _ in },
        emit: @escaping EmitRow
    ) {
        self.init(
            own.map(\.field) + [
                WireField(count, .integer(digits), .should), WireField(list, .list, .must),
            ],
            WireNames(rows),
            emitBody: AnswerMap.facts(own),
            emitRow: emit,
            finish: finish
        )
    }

    /// A list whose rows fill a fact by a table of fields.
    init<Fact>(
        list: String,
        count: String,
        _ digits: Int = 3,
        body own: [FieldMap<BodyFacts>] = [],
        of start: @escaping @Sendable () -> Fact,
        _ fields: [FieldMap<Fact>],
        finish: @escaping @Sendable (inout PageDraft) -> Void = { _ in },
        emit: @escaping @Sendable (Fact, RowNotes, inout PageDraft) throws(AnswerFault) -> Void
    ) {
        self.init(
            list: list,
            count: count,
            digits,
            body: own,
            rows: fields.map(\.field),
            finish: finish
        ) { (row, page) throws(AnswerFault) in
            var notes = RowNotes()
            notes.row = row.number
            try emit(try fields.read(row, start(), 0, &notes), notes, &page)
        }
    }

    /// An answer without a list of rows: the body fills the fact.
    init<Fact>(
        of start: @escaping @Sendable () -> Fact,
        _ fields: [FieldMap<Fact>],
        emit: @escaping @Sendable (Fact, RowNotes, inout PageDraft) throws(AnswerFault) -> Void
    ) {
        self.init(
            fields.map(\.field),
            nil,
            emitBody: { (row, page) throws(AnswerFault) in
                var notes = RowNotes()
                let first = AnswerMap.common.count
                try emit(try fields.read(row, start(), first, &notes), notes, &page)
            },
            emitRow: { (_, _) throws(AnswerFault) in },
            finish: { _ in }
        )
    }

    private static func facts(_ own: [FieldMap<BodyFacts>]) -> EmitRow {
        { (row, page) throws(AnswerFault) in
            for (index, map) in own.enumerated() where row.has(common.count + index) {
                var notes = RowNotes()
                try map.set(&page.body, row, common.count + index, &notes)
            }
        }
    }
}
