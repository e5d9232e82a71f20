import Finance
import Hummingbird

/// Net worth over time, and why it changed.
extension Site {
    @Sendable func wealthPage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let (view, period) = try await wealthView(request, context)
        let words = Words(wording, language(of: request))
        let months = period.months(today: try await today(request))
        let path = PersonTab.wealth.path(id)
        let currency = view.report.currency
        let past = try await asOfQuery(request)
        var values = periodValues(period, months, path, currency, past, words)
        values.merge(
            currencyValues(view.currencies, currency, path, period.query + "&", past)
        ) { $1 }
        values["has_months"] = !view.report.months.isEmpty
        values["has_parts"] = !view.change.parts.isEmpty
        if let last = view.report.months.last {
            let charts = WealthCharts(view, words)
            values["facts"] = try wealthFacts(view, last, words)
            values["charts"] = try charts.all().map(\.values)
            let query = "?\(period.query)&currency=\(currency)"
            values["parts"] = view.change.parts.map { part -> [String: Any] in
                var row = row(part, view, words)
                // Single movements are the person's own to see, as of now.
                if purpose == .ownView, past.isEmpty {
                    row["href"] = view.titles[part.asset].map { "\(path)/\($0.id)\(query)" }
                }
                return row
            }
            values["change_text"] = charts.changeText
            if last.carriedCount > 0 {
                values["carried"] = words.count("wealth_carried", last.carriedCount)
            }
        }
        values["lead"] = words("lead_wealth")
        let kept = period.fields + [("currency", currency.description)]
        return try await personPage(.wealth, .wealth, request, id, words, values, keeping: kept)
    }

    private func wealthFacts(
        _ view: WealthView,
        _ last: NetWorthReport.MonthEnd,
        _ words: Words
    ) throws(MoneyError) -> [[String: Any]] {
        let amounts = Amounts(currency: view.report.currency, titles: view.titles)
        let before = amounts.money(view.change.before)
        let difference = try amounts.money(view.change.after).subtracting(before)
        var facts = [
            fact(words("net"), amounts.money(last.net), words, note: last.month.description),
            fact(
                words("wealth_changed"),
                difference.signedText,
                spoken: difference.spoken(words.language),
                note: words("wealth_since", ["month": view.change.from.description])
            ),
            fact(words("has"), amounts.money(last.assets), words),
            fact(words("owes"), try amounts.money(last.liabilities).negated(), words),
        ]
        if last.points > 0 {
            facts.append(fact(words("points"), words.count("points_count", last.points / 1_000)))
        }
        return facts
    }

    private func row(
        _ part: NetWorthChange.Part,
        _ view: WealthView,
        _ words: Words
    ) -> [String: Any] {
        let amounts = Amounts(currency: view.report.currency, titles: view.titles)
        return [
            "name": words.fullName(view.titles[part.asset]),
            "kind": words.known("wealth_kind_", part.kind.word),
            "before": amounts.money(part.before).text,
            "after": amounts.money(part.after).text,
            "difference": amounts.money(part.difference).signedText,
            "reason": words.known("wealth_reason_", part.reason.word),
        ]
    }
}

extension Money {
    /// With its sign, also when it is more: `+₩45,000`.
    var signedText: String { (thousandths > 0 ? "+" : "") + text }
}

/// The charts of net worth.
struct WealthCharts {
    private let view: WealthView
    private let words: Words
    private let amounts: Amounts

    init(_ view: WealthView, _ words: Words) {
        (self.view, self.words) = (view, words)
        amounts = Amounts(currency: view.report.currency, titles: view.titles)
    }

    func all() throws -> [ChartFigure] {
        var figures: [ChartFigure] = []
        if view.report.months.count > 1 { figures.append(net) }
        if !view.change.kinds.isEmpty { figures.append(why) }
        figures.append(kinds)
        return figures
    }

    /// The difference in words, with what is only newly seen told apart.
    var changeText: String {
        let difference = view.change.parts.reduce(Int64(0)) { $0 &+ $1.difference }
        let appeared = view.change.parts.filter { $0.reason == .appeared }
            .reduce(Int64(0)) { $0 &+ $1.difference }
        let key = appeared == 0 ? "wealth_change_text" : "wealth_change_appeared"
        return words(
            key,
            [
                "from": view.change.from.description, "to": view.change.to.description,
                "difference": amounts.money(difference).signedText,
                "appeared": amounts.money(appeared).signedText,
            ]
        )
    }

    private func cell(_ thousandths: Int64) -> ChartFigure.Cell {
        ChartFigure.Cell(amounts.money(thousandths))
    }

    private func figure(
        _ id: String,
        _ kind: ChartFigure.Kind,
        _ summary: String,
        _ rowTitle: String,
        _ columns: [ChartFigure.Column],
        _ rows: [(name: String, cells: [ChartFigure.Cell])]
    ) -> ChartFigure {
        var figure = ChartFigure(
            id: id,
            kind: kind,
            title: words(id.replacing("-", with: "_")),
            summary: summary,
            rowTitle: words(rowTitle),
            columns: columns,
            rows: rows
        )
        figure.isWide = true
        figure.currency = amounts.currency.description
        return figure
    }

    private var net: ChartFigure {
        let months = view.report.months
        var summary = ""
        if let low = months.min(by: { $0.net < $1.net }),
            let high = months.max(by: { $0.net < $1.net }), let last = months.last
        {
            let trend = ChartFigure.trend(months.map { Double($0.net) })
            summary = words(
                "summary_series",
                [
                    "low": amounts.money(low.net).text, "low_at": low.month.description,
                    "high": amounts.money(high.net).text, "high_at": high.month.description,
                    "last": amounts.money(last.net).text, "trend": words(trend.rawValue),
                ]
            )
        }
        return figure(
            "chart-net",
            .line,
            summary,
            "column_month",
            [.init(name: words("net"), series: "spent")],
            months.map { ($0.month.description, [cell($0.net)]) }
        )
    }

    /// From the first amount to the last by kind: the parts add up.
    private var why: ChartFigure {
        var rows = [(name: view.change.from.description, cells: [cell(view.change.before)])]
        rows += view.change.kinds.map {
            (name: words.known("wealth_kind_", $0.kind.word), cells: [cell($0.difference)])
        }
        rows.append((name: view.change.to.description, cells: [cell(view.change.after)]))
        return figure(
            "chart-why",
            .waterfall,
            changeText,
            "column_what",
            [.init(name: words("column_amount"), series: "0")],
            rows
        )
    }

    private var kinds: ChartFigure {
        let kinds = WealthKind.allCases.filter { kind in
            view.report.months.contains { month in
                month.parts.contains { $0.kind == kind && $0.amount != 0 }
            }
        }
        var columns = kinds.enumerated().map { place, kind in
            ChartFigure.Column(
                name: words.known("wealth_kind_", kind.word),
                series: place < 6 ? String(place) : "rest"
            )
        }
        columns.append(.init(name: words("net"), series: nil))
        let rows = view.report.months.map { month in
            let cells = kinds.map { kind in
                cell(month.parts.first { $0.kind == kind }?.amount ?? 0)
            }
            return (name: month.month.description, cells: cells + [cell(month.net)])
        }
        var summary = ""
        if let last = view.report.months.last {
            summary = words(
                "summary_kinds",
                [
                    "assets": amounts.money(last.assets).text,
                    "owed": amounts.money(last.liabilities).text,
                    "net": amounts.money(last.net).text,
                ]
            )
        }
        return figure("chart-kinds", .stacked, summary, "column_month", columns, rows)
    }
}
