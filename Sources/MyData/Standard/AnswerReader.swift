internal import Finance

/// Reads answers of the standard's APIs: checks them and says them as events.
///
/// ```swift
/// var reader = AnswerReader()
/// let answer = try reader.read(body.span, of: call, from: source, askedAt: seconds)
/// ```
/// Its buffers are used again from answer to answer, so keep one for each thread of work. An
/// answer is taken in whole or not at all: the first fault is thrown and nothing else is said.
public struct AnswerReader: ~Copyable {
    private var index = JSONIndex()
    private var objects = Objects()

    private struct Objects {
        var body = WireObject()
        var row = WireObject()
    }

    /// Longest body: 500 rows, each with a list of interest periods, are a tenth of it.
    public static let bodyBytesMax = 8 << 20

    /// A reader with empty buffers.
    public init() {}

    /// Reads one page of an answer.
    ///
    /// - Parameters:
    ///   - bytes: the body as it came.
    ///   - call: what was asked; events carry its API.
    ///   - source: who answered.
    ///   - askedAt: when, in seconds since 1970-01-01T00:00:00Z; state is said to be so then.
    /// - Returns: what it says. Of an answer that is no success only `code` is set.
    /// - Throws: why the answer has to be put aside.
    public mutating func read(
        _ bytes: Span<UInt8>,
        of call: StandardCall,
        from source: AnswerSource,
        askedAt: Int64
    ) throws(AnswerFault) -> Answer {
        var answer = Answer()
        try read(bytes, of: call, from: source, askedAt: askedAt, into: &answer)
        return answer
    }

    /// Reads one page into an answer whose memory is used again; what it said before is gone.
    ///
    /// - Throws: why the answer has to be put aside; `answer` then says nothing.
    public mutating func read(
        _ bytes: Span<UInt8>,
        of call: StandardCall,
        from source: AnswerSource,
        askedAt: Int64,
        into answer: inout Answer
    ) throws(AnswerFault) {
        guard let entry = StandardAPI[call.api] else {
            preconditionFailure("a call names an API of the table")
        }
        answer.reset()
        guard bytes.count <= AnswerReader.bodyBytesMax, index.read(bytes) else {
            throw AnswerFault(.malformed)
        }
        var page = PageDraft(call: call, source: source, askedAt: askedAt, answer: Answer())
        swap(&page.answer, &answer)
        // Apart from self, whose index lends the tokens meanwhile.
        var objects = Objects()
        swap(&objects, &self.objects)
        defer {
            swap(&page.answer, &answer)
            swap(&objects, &self.objects)
        }
        do throws(AnswerFault) {
            try AnswerReader.read(bytes, index.positions, entry.map, &objects, &page)
        } catch {
            page.answer.reset()
            throw error
        }
    }

    private static func read(
        _ bytes: Span<UInt8>,
        _ positions: Span<UInt32>,
        _ map: AnswerMap,
        _ objects: inout Objects,
        _ page: inout PageDraft
    ) throws(AnswerFault) {
        let hasEscapes = JSONIndex.hasBackslash(bytes)
        var cursor = JSONCursor(bytes, positions, hasEscapes: hasEscapes)
        try objects.body.read(&cursor, map.body, row: 0)
        guard cursor.isAtEnd else { throw AnswerFault(.malformed) }
        try readBody(bytes, positions, map, objects.body, &page, hasEscapes)
        guard page.answer.code == 0, let rows = map.rows else { return }
        let list = objects.body.values[map.listPlace]
        let name = map.body.fields[map.listPlace].name
        guard list.kind == .array else { throw AnswerFault(.fieldType, name) }
        page.answer.listDigest = JSONIndex.digest(bytes.extracting(list.range))
        cursor.token = Int(list.token) + 1
        var marks = Marks()
        if !cursor.passes(0x5D) {
            repeat {
                let number = page.answer.rowCount
                guard cursor.first == 0x7B else {
                    throw AnswerFault(.fieldType, name, row: number)
                }
                try objects.row.read(&cursor, rows, row: number)
                try objects.row.requireAll(rows, row: number)
                marks.add(objects.row, rows)
                let view = WireRow(
                    bytes,
                    positions,
                    objects.row,
                    rows,
                    number: number,
                    hasEscapes: hasEscapes
                )
                try map.emitRow(view, &page)
                page.answer.rowCount = number + 1
            } while cursor.passes(0x2C)
            guard cursor.passes(0x5D) else {
                throw AnswerFault(.malformed, row: page.answer.rowCount)
            }
        }
        marks.say(rows, &page.answer)
        try checkCount(bytes, positions, map, objects.body, &page)
        map.finish(&page)
    }

    /// rsp_code, cursors and the API's own fields beside its list.
    private static func readBody(
        _ bytes: Span<UInt8>,
        _ positions: Span<UInt32>,
        _ map: AnswerMap,
        _ body: borrowing WireObject,
        _ page: inout PageDraft,
        _ hasEscapes: Bool
    ) throws(AnswerFault) {
        let view = WireRow(
            bytes,
            positions,
            body,
            map.body,
            number: 0,
            hasEscapes: hasEscapes
        )
        guard view.has(0) else { throw view.fault(.fieldMissing, 0) }
        guard let code = try view.code(0, digits: 5) else { throw view.fault(.fieldType, 0) }
        page.answer.code = UInt32(code)
        guard code <= 1 else { return }
        if view.has(2) { page.answer.searchTimestamp = try view.string(2, 14) }
        guard code == 0 else { return }
        if view.has(3) { page.answer.nextPage = try view.string(3, 1_000) }
        try body.requireAll(map.body, row: 0)
        var marks = Marks()
        marks.add(body, map.body)
        marks.say(map.body, &page.answer)
        // Beside a list they belong to no row; a row that took them would change with every page.
        if view.hasUnknown, map.rows != nil {
            view.appendUnknown(to: &page.answer.unmapped)
            page.answer.deviations.append(AnswerDeviation(kind: .unknown, field: ""))
        }
        try map.emitBody(view, &page)
    }

    /// A list that is shorter or longer than its count was cut or put together wrongly.
    private static func checkCount(
        _ bytes: Span<UInt8>,
        _ positions: Span<UInt32>,
        _ map: AnswerMap,
        _ body: borrowing WireObject,
        _ page: inout PageDraft
    ) throws(AnswerFault) {
        let place = map.listPlace - 1
        let view = WireRow(bytes, positions, body, map.body, number: 0, hasEscapes: false)
        guard view.has(place) else { return }
        guard case .integer(let digits) = map.body.fields[place].type else { return }
        guard Int(try view.count(place, digits: digits)) != page.answer.rowCount else { return }
        guard page.source.tolerates.contains(.counts) else {
            throw view.fault(.inconsistent, place)
        }
        let field = map.body.fields[place].name
        page.answer.deviations.append(AnswerDeviation(kind: .count, field: field))
    }
}

/// Fields whose lack or emptiness is noted, over all rows of a list.
private struct Marks {
    private var missing: UInt64 = 0
    private var emptied: UInt64 = 0

    @inline(__always)
    mutating func add(_ object: borrowing WireObject, _ names: borrowing WireNames) {
        missing |= names.should & ~(object.present | object.emptied)
        emptied |= object.emptied
    }

    func say(_ names: WireNames, _ answer: inout Answer) {
        guard missing | emptied != 0 else { return }
        for place in 0..<names.count {
            let bit: UInt64 = 1 << UInt64(place)
            let field = names.fields[place].name
            if missing & bit != 0 {
                answer.deviations.append(AnswerDeviation(kind: .missing, field: field))
            }
            if emptied & bit != 0 {
                answer.deviations.append(AnswerDeviation(kind: .empty, field: field))
            }
        }
    }
}
