import Finance

/// The charts of one spending report.
struct SpendingCharts {
    private let report: SpendingView
    private let words: Words
    /// Categories with a colour of their own; what is beyond them is one grey sum.
    private let shown: [CategorySpending]
    private let today: CivilDate

    /// Colours that can be told apart, the last one being that of the rest.
    private static let coloursMax = 6
    private static let barsMax = 8

    init(_ report: SpendingView, today: CivilDate, _ words: Words) {
        self.report = report
        self.today = today
        self.words = words
        shown = Array(report.categories.prefix(SpendingCharts.coloursMax))
    }

    /// Months that are over, or the running one when there is no other: it says nothing about lows,
    /// trends and means.
    private var wholeMonths: [MonthSpending] {
        let whole = report.months.filter { $0.month < today.month }
        return whole.isEmpty ? report.months : whole
    }

    private func mean(of months: ArraySlice<MonthSpending>) throws(FoldError) -> Money {
        let trend = try Trend(of: months.map(\.spent.thousandths))
        return Money(thousandths: trend.average, currency: report.currency).rounded
    }

    private func name(_ month: MonthSpending) -> String {
        let text = month.month.description
        return month.month == today.month ? words("running_month", ["month": text]) : text
    }

    func all() throws -> [ChartFigure] {
        var figures: [ChartFigure] = []
        if report.months.count > 1 { figures.append(try months()) }
        figures.append(categories)
        figures.append(merchants)
        figures.append(try cashflow())
        if wholeMonths.count > 2 { figures.append(try trend()) }
        return figures
    }

    /// Months as bars, stacked by category.
    private func months() throws(MoneyError) -> ChartFigure {
        let hasRest = report.categories.count > shown.count
        var columns = shown.enumerated().map { place, category in
            ChartFigure.Column(name: category.name.text(words.language), series: String(place))
        }
        if hasRest { columns.append(.init(name: words("other_categories"), series: "rest")) }
        columns.append(.init(name: words("column_total"), series: nil))
        var rows: [(name: String, cells: [ChartFigure.Cell])] = []
        for month in report.months {
            var cells: [ChartFigure.Cell] = []
            var rest = month.spent
            for category in shown {
                let spent = month.byCategory[category.id] ?? .zero(report.currency)
                rest = try rest.subtracting(spent)
                cells.append(ChartFigure.Cell(spent))
            }
            if hasRest { cells.append(ChartFigure.Cell(rest)) }
            cells.append(ChartFigure.Cell(month.spent))
            rows.append((name: name(month), cells: cells))
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
        _ entries: [(name: String, spent: Money, count: UInt64)],
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

    private func cashflow() throws(MoneyError) -> ChartFigure {
        let left = try report.left()
        var rows: [(name: String, cells: [ChartFigure.Cell])] = []
        for month in report.months {
            let left = try month.income.subtracting(month.spent)
            rows.append(
                (name: name(month), cells: [.init(month.income), .init(month.spent), .init(left)])
            )
        }
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
            rows
        )
    }

    /// Spending of each whole month as a line, with the mean of it and the two months before as a
    /// dashed one.
    private func trend() throws -> ChartFigure {
        let whole = wholeMonths
        let rows = try whole.enumerated().map { place, month in
            let mean = try mean(of: whole[max(0, place - 2)...place])
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
                "low": low.spent.text, "low_at": low.month.description, "high": high.spent.text,
                "high_at": high.month.description, "last": last.spent.text,
                "trend": words(ChartFigure.trend(numbers).rawValue),
            ]
        )
    }

    private func share(of amount: Money) -> Int64 {
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
        figure.currency = report.currency.description
        return figure
    }
}
