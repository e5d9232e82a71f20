internal import Finance

/// One answer in the making: as of when, from which row, how many.
///
/// Pages after the first speak as of the first, so that rows which arrive meanwhile move none:
/// `next_page` carries that second and the place.
struct Reply: Sendable {
    let query: BookQuery
    let quirks: ProviderQuirks
    /// Second of Korea's clock as of which is answered.
    let second: Int64
    private let offset: Int
    private let limit: Int

    /// A cursor is good for a day.
    private static let cursorAgeMax: Int64 = 86_400
    private static let scramble: UInt64 = 0x5bf0_3635_d1e5_a0c9

    /// Nil when the query's cursor is none of ours.
    init?(_ query: BookQuery, _ quirks: ProviderQuirks) {
        (self.query, self.quirks) = (query, quirks)
        limit = max(1, min(query.limit, 500, quirks.rowsMax))
        let now = KoreanClock.seconds(atUTC: query.now)
        guard let page = query.page else {
            (second, offset) = (now, 0)
            return
        }
        guard page.utf8.count == 20, let word = UInt64(page.prefix(16), radix: 16),
            let check = UInt64(page.suffix(4), radix: 16)
        else { return nil }
        let plain = word ^ Reply.scramble
        guard Chance.mixed(plain) & 0xFFFF == check else { return nil }
        (second, offset) = (Int64(plain >> 20), Int(plain & 0xF_FFFF))
        guard second <= now, now - second <= Reply.cursorAgeMax else { return nil }
    }

    private func cursor(_ offset: Int) -> String {
        let plain = UInt64(second) << 20 | UInt64(offset)
        let word = String(plain ^ Reply.scramble, radix: 16)
        let check = String(Chance.mixed(plain) & 0xFFFF, radix: 16)
        return String(repeating: "0", count: 16 - word.utf8.count) + word
            + String(repeating: "0", count: 4 - check.utf8.count) + check
    }

    /// A history: rows newest first, without a mark of its state.
    func history(
        _ count: String,
        _ list: String,
        rows: Int,
        row: (inout JSONBody, Int) -> Void
    ) -> BookAnswer {
        let shown = offset..<max(offset, min(rows, offset + limit))
        var body = begun(capacity: 256 + shown.count * 300)
        if shown.upperBound < rows { body.text("next_page", cursor(shown.upperBound)) }
        body.integer(count, Int64(shown.count))
        body.list(list)
        for index in shown {
            body.open(UInt8(ascii: "{"))
            row(&body, index)
            body.close(UInt8(ascii: "}"))
        }
        body.raw("]}")
        return .body(body.bytes)
    }

    /// A state that is told at once.
    func state(_ fill: (inout JSONBody) -> Void) -> BookAnswer {
        var content = JSONBody(quirks)
        fill(&content)
        if isKnown(mark(content.bytes)) { return unchanged() }
        var body = begun(capacity: content.bytes.count + 128)
        add(mark(content.bytes), to: &body)
        body.separate()
        body.bytes.append(contentsOf: content.bytes)
        body.raw("}")
        return .body(body.bytes)
    }

    /// A state that is a list, with what stands before it.
    func list(
        _ count: String,
        _ list: String,
        rows: Int,
        head: (inout JSONBody) -> Void = { _ in },
        row: (inout JSONBody, Int) -> Void
    ) -> BookAnswer {
        var top = JSONBody(quirks)
        head(&top)
        var whole = JSONBody(quirks, capacity: 64 + rows * 300)
        var ends: [Int] = []
        for index in 0..<rows {
            whole.open(UInt8(ascii: "{"))
            row(&whole, index)
            whole.close(UInt8(ascii: "}"))
            ends.append(whole.bytes.count)
        }
        // Of the whole list and not of the page: a smaller page is no change.
        let mark = mark(top.bytes + whole.bytes)
        if offset == 0, isKnown(mark) { return unchanged() }
        let shown = offset..<max(offset, min(rows, offset + limit))
        var body = begun(capacity: whole.bytes.count + 256)
        if offset == 0 { add(mark, to: &body) }
        if shown.upperBound < rows { body.text("next_page", cursor(shown.upperBound)) }
        if !top.bytes.isEmpty {
            body.separate()
            body.bytes.append(contentsOf: top.bytes)
        }
        body.integer(count, Int64(shown.count))
        body.list(list)
        for index in shown {
            let start = index == 0 ? 0 : ends[index - 1]
            let row = whole.bytes[start..<ends[index]]
            if index == shown.lowerBound {
                body.bytes.append(contentsOf: row.drop { $0 == UInt8(ascii: ",") })
            } else {
                body.bytes.append(contentsOf: row)
            }
        }
        body.raw("]}")
        return .body(body.bytes)
    }

    private func begun(capacity: Int) -> JSONBody {
        var body = JSONBody(quirks, capacity: capacity)
        body.raw(#"{"rsp_code":"00000","rsp_msg":"정상처리""#)
        return body
    }

    private func unchanged() -> BookAnswer {
        .body(Array(#"{"rsp_code":"00001","rsp_msg":"성공 (UP_TO_DATE)"}"#.utf8))
    }

    private func isKnown(_ mark: String) -> Bool {
        !quirks.unmarked && query.page == nil && query.searchTimestamp == mark
    }

    private func add(_ mark: String, to body: inout JSONBody) {
        if !quirks.unmarked { body.text("search_timestamp", mark) }
    }

    /// N(14): a digest of the content, so that it differs when and only when the content does.
    private func mark(_ content: [UInt8]) -> String {
        let hash = FNV1a.hash(content)
        return String(10_000_000_000_000 + Chance.mixed(hash) % 90_000_000_000_000)
    }
}
