import Finance
import Hummingbird

/// Which days are proven complete, which are covered, where the gaps are.
extension Site {
    @Sendable func coveragePage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let view = try await coverageView(request, context)
        let words = Words(wording, language(of: request))
        let lines = CoverageLines(view, words)
        return try await personPage(
            .coverage,
            .coverage,
            request,
            id,
            words,
            [
                "lead": words("lead_coverage"),
                "has_assets": !view.report.assets.isEmpty,
                "facts": lines.facts,
                "charts": lines.strips.map { [$0.values] } ?? [],
                "assets": lines.assets.map(lines.row),
            ]
        )
    }
}

/// A coverage report in words, and as strips of days.
struct CoverageLines {
    /// How a span of days stands; the number is what the script draws by.
    enum Span: Int { case covered, proven, gap }

    private let view: CoverageView
    private let words: Words
    /// Strips show at most so many days: two years and a month, what one transfer brings.
    private static let daysMax: Int32 = 762

    init(_ view: CoverageView, _ words: Words) { (self.view, self.words) = (view, words) }

    /// Those with rows over time, by their names.
    var assets: [CoverageReport.Asset] {
        view.report.assets.filter { $0.coveredDays != nil || !$0.continuity.isEmpty }
            .sorted {
                (label($0), $0.id) < (label($1), $1.id)
            }
    }

    private func label(_ asset: CoverageReport.Asset) -> String {
        words.fullName(view.titles[asset.id])
    }

    var facts: [[String: Any]] {
        let gaps = assets.flatMap(gaps)
        let proven = assets.filter { $0.isProven }
        return [
            fact(words("coverage_assets"), words.count("things_count", assets.count)),
            fact(
                words("coverage_proven"),
                words.count("things_count", proven.count),
                note: words("coverage_proven_note")
            ),
            fact(
                words("coverage_gaps"),
                words.count("places_count", gaps.count),
                note: gaps.map(\.lowerBound).min().map {
                    words("coverage_gaps_since", ["day": $0.description])
                }
            ),
        ]
    }

    /// Days that were never answered for, and days between which the balance does not follow.
    private func gaps(_ asset: CoverageReport.Asset) -> [ClosedRange<CivilDate>] {
        asset.uncoveredDays + asset.continuity.flatMap { $0.gaps.map { $0.first...$0.last } }
    }

    func row(_ asset: CoverageReport.Asset) -> [String: Any] {
        let isWhole = gaps(asset).isEmpty && asset.unanswered.isEmpty
        let unanswered = asset.unanswered.isEmpty ? [] : [words("coverage_unanswered")]
        let missed = asset.uncoveredDays.map {
            words("coverage_gap_days", ["days": words.days($0)])
        }
        let broken = asset.continuity.flatMap { chain in
            chain.gaps.map { text($0, chain.currency) }
        }
        var values: [String: Any] = [
            "name": label(asset),
            "covered": asset.coveredDays?.last.map { words.days($0) } ?? words("none"),
            "proof": proof(asset),
            "state": isWhole ? asset.isProven ? "current" : "plain" : "parked",
            "state_text": words(
                isWhole
                    ? asset.isProven ? "coverage_whole" : "coverage_received"
                    : "coverage_missing"
            ),
            "gaps": unanswered + missed + broken,
        ]
        values["last"] = asset.lastAnsweredAt.map { Display.minute($0.milliseconds) }
        return values
    }

    /// What the balances prove, in words.
    private func proof(_ asset: CoverageReport.Asset) -> String {
        let sinces = asset.continuity.compactMap(\.since)
        // Of every currency, or it is not all balances.
        if let since = sinces.max(), sinces.count == asset.continuity.count {
            return words("coverage_since", ["day": since.description])
        }
        return words(
            asset.continuity.isEmpty ? "coverage_no_balances" : "coverage_not_proven"
        )
    }

    private func text(_ gap: CoverageReport.Gap, _ currency: Currency) -> String {
        let days = words.days(gap.first...gap.last)
        guard let missing = gap.missing else {
            return words("coverage_gap_unknown", ["days": days])
        }
        let amount = Money(thousandths: missing, currency: currency)
        return words("coverage_gap_amount", ["days": days, "amount": amount.signedText])
    }

    /// A strip for each asset; nil when no days are known.
    var strips: ChartFigure? {
        let oldest = view.day.adding(days: -CoverageLines.daysMax)
        var rows: [(name: String, cells: [ChartFigure.Cell])] = []
        for asset in assets {
            let proven = asset.continuity.flatMap(\.proven)
            let spans =
                (asset.coveredDays ?? []).map { (Span.covered, $0) }
                + proven.map { (Span.proven, $0) } + gaps(asset).map { (Span.gap, $0) }
            for (state, days) in spans where days.upperBound >= oldest {
                let first = max(days.lowerBound, oldest)
                rows.append((name: label(asset), cells: cells(first...days.upperBound, state)))
            }
        }
        guard !rows.isEmpty else { return nil }
        var figure = ChartFigure(
            id: "chart-strips",
            kind: .strip,
            title: words("chart_strips"),
            summary: summary,
            rowTitle: words("column_asset"),
            columns: [
                .init(name: words("column_from"), series: nil),
                .init(name: words("column_through"), series: nil),
                .init(name: words("column_state"), series: "state"),
            ],
            rows: rows
        )
        figure.isWide = true
        return figure
    }

    private func cells(
        _ days: ClosedRange<CivilDate>,
        _ state: Span
    ) -> [ChartFigure.Cell] {
        [days.lowerBound, days.upperBound].map {
            ChartFigure.Cell(value: String($0.daysSinceEpoch), text: $0.description)
        } + [
            ChartFigure.Cell(value: String(state.rawValue), text: words("span_\(state)"))
        ]
    }

    private var summary: String {
        let gaps = assets.flatMap(gaps)
        return words(
            gaps.isEmpty ? "summary_strips" : "summary_strips_gaps",
            [
                "count": grouped(assets.count), "gaps": grouped(gaps.count),
                "proven": grouped(assets.count { $0.isProven }),
                "since": gaps.map(\.lowerBound).min()?.description ?? "",
            ]
        )
    }
}
