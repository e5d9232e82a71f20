/// The charts of one spending report.
struct SpendingCharts {
    private let report: SpendingReport
    private let words: Words
    /// Categories with a colour of their own; what is beyond them is one grey sum.
    private let shown: [CategorySpending]
    private let today: CivilDate

    /// Colours that can be told apart, the last one being that of the rest.
    private static let coloursMax = 6
    private static let barsMax = 8

    init(_ report: SpendingReport, today: CivilDate, _ words: Words) {
        self.report = report
        self.today = today
        self.words = words
        shown = Array(report.categories.prefix(SpendingCharts.coloursMax))
    }

    /// Months that are over, or the running one when there is no other: it says nothing about lows, trends
    /// and means.
    private var wholeMonths: [MonthSpending] {
        let whole = report.months.filter { $0.month.monthEnd < today }
        return whole.isEmpty ? report.months : whole
    }

    /// Spending of a whole month in the mean.
    var mean: Amount {
        let whole = wholeMonths
        let sum = whole.reduce(0) { $0 &+ $1.spent.thousandths }
        return report.amount(whole.isEmpty ? 0 : sum / Int64(whole.count)).rounded
    }

    private func name(_ month: MonthSpending) -> String {
        let text = month.month.monthText
        let isRunning = month.month <= today && today < month.month.monthEnd
        return isRunning ? words("running_month", ["month": text]) : text
    }

    var all: [ChartFigure] {
        var figures: [ChartFigure] = []
        if report.months.count > 1 { figures.append(months) }
        figures.append(categories)
        figures.append(merchants)
        figures.append(cashflow)
        if wholeMonths.count > 2 { figures.append(trend) }
        return figures
    }

    /// Months as bars, stacked by category.
    private var months: ChartFigure {
        let hasRest = report.categories.count > shown.count
        var columns = shown.enumerated().map { place, category in
            ChartFigure.Column(name: category.name.text(words.language), series: String(place))
        }
        if hasRest { columns.append(.init(name: words("other_categories"), series: "rest")) }
        columns.append(.init(name: words("column_total"), series: nil))
        let rows = report.months.map { month in
            var cells = shown.map {
                ChartFigure.Cell(month.byCategory[$0.id] ?? report.amount(0))
            }
            if hasRest {
                let named = shown.reduce(0) { $0 &+ (month.byCategory[$1.id]?.thousandths ?? 0) }
                cells.append(ChartFigure.Cell(report.amount(month.spent.thousandths &- named)))
            }
            cells.append(ChartFigure.Cell(month.spent))
            return (name: name(month), cells: cells)
        }
        return figure(
            "chart-months",
            .stacked,
            "chart_months",
            seriesSummary,
            "column_month",
            columns,
            rows,
            isWide: true
        )
    }

    private var categories: ChartFigure {
        ranked(
            "chart-categories",
            "chart_categories",
            "column_category",
            report.categories.map { ($0.name.text(words.language), $0.spent, $0.count) },
            series: "each"
        )
    }

    private var merchants: ChartFigure {
        ranked(
            "chart-merchants",
            "chart_merchants",
            "column_merchant",
            report.merchants.map { ($0.name, $0.spent, $0.count) },
            series: "0"
        )
    }

    private func ranked(
        _ id: String,
        _ title: String,
        _ rowTitle: String,
        _ entries: [(name: String, spent: Amount, count: UInt64)],
        series: String
    ) -> ChartFigure {
        let rows = entries.prefix(SpendingCharts.barsMax).map { entry in
            let share = share(of: entry.spent)
            return (
                name: entry.name,
                cells: [
                    ChartFigure.Cell(entry.spent),
                    ChartFigure.Cell(value: String(share), text: Display.percent(perMille: share)),
                    ChartFigure.Cell(value: String(entry.count), text: grouped(entry.count)),
                ]
            )
        }
        var summary = ""
        if let first = entries.first {
            let share = Display.percent(perMille: share(of: first.spent))
            summary = words(
                "summary_ranked",
                ["name": first.name, "amount": first.spent.text, "share": share.dropping("%")]
            )
        }
        return figure(
            id,
            .bars,
            title,
            summary,
            rowTitle,
            [
                .init(name: words("column_amount"), series: series),
                .init(name: words("column_share"), series: nil),
                .init(name: words("column_count"), series: nil),
            ],
            rows
        )
    }

    private var cashflow: ChartFigure {
        let left = report.amount(report.income.thousandths &- report.spent.thousandths)
        return figure(
            "chart-cashflow",
            .grouped,
            "chart_cashflow",
            words(
                "summary_cashflow",
                [
                    "income": report.income.text, "spent": report.spent.text, "left": left.text,
                ]
            ),
            "column_month",
            [
                .init(name: words("earned"), series: "income"),
                .init(name: words("spent"), series: "spent"),
                .init(name: words("left"), series: nil),
            ],
            report.months.map { month in
                let left = report.amount(month.income.thousandths &- month.spent.thousandths)
                return (
                    name: name(month),
                    cells: [.init(month.income), .init(month.spent), .init(left)]
                )
            }
        )
    }

    /// Spending of each whole month as a line, with the mean of it and the two months before as a dashed one.
    private var trend: ChartFigure {
        let whole = wholeMonths
        let spent = whole.map(\.spent.thousandths)
        let rows = whole.enumerated().map { place, month in
            let window = spent[max(0, place - 2)...place]
            let mean = report.amount(window.reduce(0, &+) / Int64(window.count)).rounded
            return (
                name: name(month),
                cells: [ChartFigure.Cell(month.spent), ChartFigure.Cell(mean)]
            )
        }
        return figure(
            "chart-trend",
            .line,
            "chart_trend",
            seriesSummary,
            "column_month",
            [
                .init(name: words("spent"), series: "spent"),
                .init(name: words("mean_three"), series: "mean"),
            ],
            rows
        )
    }

    private var seriesSummary: String {
        let whole = wholeMonths
        guard let low = whole.min(by: { $0.spent.thousandths < $1.spent.thousandths }),
            let high = whole.max(by: { $0.spent.thousandths < $1.spent.thousandths }),
            let last = whole.last
        else { return "" }
        let numbers = whole.map { Double($0.spent.thousandths) }
        return words(
            "summary_series",
            [
                "low": low.spent.text, "low_at": low.month.monthText, "high": high.spent.text,
                "high_at": high.month.monthText, "last": last.spent.text,
                "trend": words(ChartFigure.trend(numbers).rawValue),
            ]
        )
    }

    private func share(of amount: Amount) -> Int64 {
        let whole = report.spent.thousandths
        guard whole > 0, amount.thousandths > 0 else { return 0 }
        return Int64(min(Double(amount.thousandths) / Double(whole) * 1000, 1_000_000).rounded())
    }

    private func figure(
        _ id: String,
        _ kind: ChartFigure.Kind,
        _ title: String,
        _ summary: String,
        _ rowTitle: String,
        _ columns: [ChartFigure.Column],
        _ rows: [(name: String, cells: [ChartFigure.Cell])],
        isWide: Bool = false
    ) -> ChartFigure {
        var figure = ChartFigure(
            id: id,
            kind: kind,
            title: words(title),
            summary: summary,
            rowTitle: words(rowTitle),
            columns: columns,
            rows: rows
        )
        figure.isWide = isWide
        figure.currency = report.currency
        return figure
    }
}
