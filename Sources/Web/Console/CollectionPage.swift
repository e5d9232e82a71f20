import Finance
import HTTPTypes
import Hummingbird

/// The operator's collection console: providers, schedules, quotas, errors, quarantine, lag.
extension Site {
    /// Days that the chart of regular transfers shows.
    private static let chartDays: Int32 = 28
    /// Answers put aside that the page shows; the others are behind its cursor.
    private static let asideShown = 25

    @Sendable func collectionPage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let (after, _) = try paging(request)
        let report = try await ledger.collection()
        let aside = try await ledger.quarantine(after: after, limit: Site.asideShown)
        let words = Words(wording, language(of: request))
        let today = report.today
        var values: [String: Any] = [
            "live_words": words.list(["live_static", "live_live", "live_lost"]),
            "facts": facts(report, words),
            "has_providers": !report.providers.isEmpty,
            "providers": report.providers.map { row($0, report, words) },
            "details": report.providers.filter { !$0.apis.isEmpty }.map { detail($0, words) },
            "has_aside": !aside.items.isEmpty,
            "aside": aside.items.map { row($0, words) },
            "aside_is_later": after != nil,
        ]
        if report.providers.contains(where: { !$0.made.isEmpty }) {
            values["made_chart"] = madeChart(report, words).values
        }
        if report.providers.contains(where: { $0.due.contains { $0.day >= today } }) {
            values["due_chart"] = dueChart(report, words).values
        }
        values["next"] = aside.next.map(\.description)
        return page(
            .collection,
            request,
            title: words("collection_title"),
            section: .collection,
            values
        )
    }

    private func facts(_ report: CollectionReport, _ words: Words) -> [[String: Any]] {
        let today = report.today
        func fact(_ key: String, _ text: String) -> [String: Any] {
            ["name": words(key), "text": text]
        }
        let lag = report.providers.map { $0.lagDays(on: today) }.max() ?? 0
        return [
            fact("collection_people", grouped(report.people)),
            fact(
                "collection_due_today",
                grouped(report.providers.reduce(0) { $0 + $1.due(on: today) })
            ),
            fact(
                "collection_overdue",
                grouped(report.providers.reduce(0) { $0 + $1.overdue(on: today) })
            ),
            fact("collection_lag", words("days_count", ["count": grouped(lag)])),
            fact(
                "collection_errors",
                grouped(report.providers.reduce(0) { $0 + $1.errorCount })
            ),
            fact(
                "collection_aside",
                grouped(report.providers.reduce(0) { $0 + $1.aside })
            ),
        ]
    }

    private func row(
        _ provider: ProviderCollection,
        _ report: CollectionReport,
        _ words: Words
    ) -> [String: Any] {
        let today = report.today
        let condition = provider.condition(on: today)
        let used = provider.used(on: today)
        return [
            "code": provider.code, "name": provider.name ?? provider.code,
            "slots": provider.slots.isEmpty
                ? words("slots_always") : provider.slots.joined(separator: ", "),
            "state": condition.rawValue,
            "state_text": words("collection_" + condition.rawValue),
            "used": String(used), "of": String(max(1, provider.regular)),
            "quota": words(
                "quota_used",
                ["used": grouped(used), "of": grouped(provider.regular)]
            ),
            "due_today": grouped(provider.due(on: today)),
            "overdue": grouped(provider.overdue(on: today)),
            "lag": words("days_count", ["count": grouped(provider.lagDays(on: today))]),
            "failing": grouped(provider.failing), "errors": grouped(provider.errorCount),
            "aside": grouped(provider.aside),
            "last": provider.lastGoodAt.map(Display.moment) ?? "–",
        ]
    }

    private func detail(_ provider: ProviderCollection, _ words: Words) -> [String: Any] {
        [
            "code": provider.code, "name": provider.name ?? provider.code,
            "summary": words(
                "collection_detail",
                [
                    "transfers": grouped(provider.transfers),
                    "errors": grouped(provider.errorCount),
                    "aside": grouped(provider.aside),
                ]
            ),
            "apis": provider.apis.map { api -> [String: Any] in
                [
                    "api": api.id, "calls": grouped(api.calls), "rows": grouped(api.rows),
                    "bytes": Display.bytes(api.bytes),
                    "time": Display.duration(
                        Int64(clamping: api.milliseconds / max(1, api.calls)),
                        words
                    ),
                    "errors": api.errors.map { error in
                        [
                            "code": words.error(error.code), "count": grouped(error.count),
                            "meaning": words.errorMeaning(error.code),
                        ]
                    },
                    "has_errors": !api.errors.isEmpty,
                    "aside": grouped(api.aside),
                    "last": api.lastGoodAt.map(Display.moment) ?? "–",
                    "last_error": api.lastBadAt.map(Display.moment) ?? "–",
                ]
            },
        ]
    }

    func row(_ line: QuarantineLine, _ words: Words) -> [String: Any] {
        [
            "id": line.id, "subject": line.subject, "short": String(line.subject.prefix(8)),
            "provider": line.provider, "api": line.api,
            "reason": words.fault(line.fault), "asked": Display.moment(line.askedAt),
            "bytes": Display.bytes(line.bytes),
        ]
    }

    /// How late regular transfers were, by the day on which they were made.
    private func madeChart(_ report: CollectionReport, _ words: Words) -> ChartFigure {
        let days = report.made(days: Site.chartDays)
        let made = days.reduce(0) { $0 + $1.made }
        let late = days.reduce(0) { $0 + $1.late }
        return ChartFigure(
            id: "made",
            kind: .stacked,
            title: words("made_title"),
            summary: words(
                "made_summary",
                [
                    "count": String(Site.chartDays), "made": grouped(made),
                    "late": grouped(late),
                ]
            ),
            rowTitle: words("column_day"),
            columns: [
                .init(name: words("made_on_time"), series: "1"),
                .init(name: words("made_late"), series: "2"),
                .init(name: words("made_late_days"), series: nil),
            ],
            rows: days.map { day in
                (
                    name: day.day.description,
                    cells: [
                        cell(day.made - min(day.made, day.late)), cell(day.late),
                        mean(day.lateDays, of: day.late),
                    ]
                )
            },
            isWide: true
        )
    }

    /// People by the day on which they are due, from today on, and how many were due before.
    private func dueChart(_ report: CollectionReport, _ words: Words) -> ChartFigure {
        var byDay: [Int32: UInt64] = [:]
        for due in report.providers.flatMap(\.due) {
            byDay[due.day.daysSinceEpoch - report.today.daysSinceEpoch, default: 0] += due.people
        }
        let ahead = Int32(14)
        let counts = (0..<ahead).map { byDay[$0] ?? 0 }
        return ChartFigure(
            id: "due",
            kind: .bars,
            title: words("due_title"),
            summary: words(
                "due_summary",
                ["count": String(ahead), "people": grouped(counts.reduce(0, +))]
            ),
            rowTitle: words("column_day"),
            columns: [.init(name: words("due_people"), series: "0")],
            rows: counts.enumerated().map { place, count in
                (name: report.today.adding(days: Int32(place)).description, cells: [cell(count)])
            },
            isWide: true
        )
    }

    private func cell(_ count: UInt64) -> ChartFigure.Cell {
        ChartFigure.Cell(value: String(count), text: grouped(count))
    }

    private func mean(_ sum: UInt64, of count: UInt64) -> ChartFigure.Cell {
        let tenths = count == 0 ? 0 : sum * 10 / count
        let text = "\(tenths / 10).\(tenths % 10)"
        return ChartFigure.Cell(value: text, text: text)
    }
}

extension Words {
    /// A `CollectionError` as it is written: the standard's code, or what there was in its place.
    func error(_ code: UInt32) -> String {
        switch code {
        case 0: self("error_unanswered")
        case 99_999: self("error_other")
        case 100..<600: "HTTP \(code / 100)xx"
        default: String(code)
        }
    }

    /// What a code means, where it is one of the standard's.
    func errorMeaning(_ code: UInt32) -> String { known("rsp_", String(code)) }

    /// Reason, field and row.
    func fault(_ fault: QuarantineFault) -> String {
        let why = known("quarantine_reason_", fault.reason)
        guard !fault.field.isEmpty else { return why }
        return self(
            "quarantine_place",
            ["reason": why, "field": fault.field, "row": String(fault.row)]
        )
    }
}
