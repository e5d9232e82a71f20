import Finance
import Hummingbird

/// What is expected: the balance to come, fixed costs, card bills, dues.
extension Site {
    /// Movements and dues that the page lists; the interface has all of them.
    private static let rowsMax = 40

    @Sendable func aheadPage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let months = try monthsAhead(request)
        let view = try await forecastView(request, context)
        let words = Words(wording, language(of: request))
        let path = PersonTab.ahead.path(id)
        let currency = view.fixed.currency
        let lines = AheadLines(view, words)
        let past = try await asOfQuery(request)
        var values = currencyValues(view.currencies, currency, path, "months=\(months)&", past)
        values["path"] = path
        values["months"] = (1...3).map { count -> [String: Any] in
            [
                "name": words.count("months_ahead", count),
                "href": "\(path)?months=\(count)&currency=\(currency)\(past)",
                "current": count == months,
            ]
        }
        values["has_forecast"] = view.forecast != nil
        if let forecast = view.forecast {
            values["facts"] = lines.facts(forecast)
            values["charts"] = [lines.band(forecast).values]
            values["accuracy"] = lines.accuracy(forecast)
            values["has_items"] = !forecast.items.isEmpty
            values["items"] = forecast.items.prefix(Site.rowsMax).map { lines.row($0, forecast) }
        }
        values["has_fixed"] = !view.fixed.costs.isEmpty
        values["fixed"] = view.fixed.costs.map(lines.row)
        values["fixed_total"] = words(
            "fixed_total",
            ["amount": lines.amounts.money(view.fixed.monthlyTotal).text]
        )
        values["has_bills"] = !view.bills.bills.isEmpty
        values["bills"] = view.bills.bills.map(lines.row)
        values["instalments"] =
            view.bills.instalments.count > 1 ? [lines.instalments.values] : []
        values["has_dues"] = !view.dues.isEmpty
        values["dues"] = view.dues.prefix(Site.rowsMax).map(lines.row)
        values["lead"] = words("lead_ahead")
        let kept = [("months", String(months)), ("currency", currency.description)]
        return try await personPage(.ahead, .ahead, request, id, words, values, keeping: kept)
    }
}

/// A forecast's parts in words.
struct AheadLines {
    private let view: ForecastView
    private let words: Words
    let amounts: Amounts
    private let won: Amounts

    init(_ view: ForecastView, _ words: Words) {
        (self.view, self.words) = (view, words)
        amounts = Amounts(currency: view.fixed.currency, titles: view.titles)
        won = Amounts(currency: .krw, titles: view.titles)
    }

    func facts(_ forecast: CashFlowForecast) -> [[String: Any]] {
        var facts: [[String: Any]] = []
        if let balance = forecast.balance {
            facts.append(fact(words("balance_now"), amounts.money(balance), words))
        }
        let lowest = forecast.lowest
        facts.append(
            fact(
                words("balance_lowest"),
                amounts.estimate(lowest.expected),
                words,
                note: lowest.day.description + " · "
                    + words.distance(of: lowest.day, from: view.day)
            )
        )
        facts.append(
            fact(words("fixed_monthly"), amounts.money(view.fixed.monthlyTotal), words)
        )
        if let bill = view.bills.bills.first {
            facts.append(
                fact(
                    words("bill_next"),
                    won.estimate(bill.expected),
                    words,
                    note: bill.paysOn.description + " · "
                        + words.distance(of: bill.paysOn, from: view.day)
                )
            )
        }
        return facts
    }

    /// The path with the interval in which four of five outcomes are.
    func band(_ forecast: CashFlowForecast) -> ChartFigure {
        let lowest = forecast.lowest
        var summary = words(
            "summary_band",
            [
                "day": lowest.day.description, "low": amounts.estimate(lowest.expected).text,
                "from": amounts.estimate(lowest.low).text, "to": amounts.estimate(lowest.high).text,
            ]
        )
        if let last = forecast.path.last {
            let amount = amounts.estimate(last.expected).text
            summary +=
                " "
                + words("summary_band_end", ["day": last.day.description, "amount": amount])
        }
        var figure = ChartFigure(
            id: "chart-band",
            kind: .band,
            title: words(forecast.balance == nil ? "chart_band_change" : "chart_band"),
            summary: summary,
            rowTitle: words("column_day"),
            columns: [
                .init(name: words("column_expected"), series: "spent"),
                .init(name: words("column_low"), series: "low"),
                .init(name: words("column_high"), series: "high"),
            ],
            rows: forecast.path.map { day in
                (
                    name: day.day.description,
                    cells: [day.expected, day.low, day.high].map {
                        ChartFigure.Cell(amounts.estimate($0))
                    }
                )
            }
        )
        figure.isWide = true
        figure.currency = amounts.currency.description
        return figure
    }

    func accuracy(_ forecast: CashFlowForecast) -> String {
        guard let first = forecast.accuracy.first else { return words("accuracy_none") }
        return words(
            "accuracy",
            [
                "count": grouped(first.count),
                "error": amounts.estimate(first.medianError).text,
            ]
        )
    }

    func row(_ item: CashFlowForecast.Item, _ forecast: CashFlowForecast) -> [String: Any] {
        let after = forecast.path.first { $0.day == item.day }
        var values: [String: Any] = [
            "day": item.day.description, "name": name(item),
            "amount": amounts.estimate(item.amount).signedText,
            "source": words.known("expected_", item.source.word),
        ]
        values["after"] = after.map { amounts.estimate($0.expected).text }
        return values
    }

    private func name(_ item: CashFlowForecast.Item) -> String {
        if !item.name.isEmpty { return item.name }
        if let asset = item.asset { return words.fullName(view.titles[asset]) }
        return item.category.flatMap(category) ?? words("expected_usual")
    }

    private func category(_ category: Finance.Category) -> String? {
        view.taxonomy[category].map { words.language == .korean ? $0.korean : $0.english }
    }

    func row(_ cost: FixedCostReport.Cost) -> [String: Any] {
        var values: [String: Any] = [
            "kind": words.known("fixed_", cost.kind.word),
            "name": cost.name.isEmpty
                ? words.fullName(cost.asset.flatMap { view.titles[$0] }) : cost.name,
            "amount": amounts.money(cost.amount).text,
            "every": words.known("every_", cost.interval.word),
            "next": cost.next.description,
            "why": cost.evidenceCount > 0
                ? words.count("fixed_seen", cost.evidenceCount) : words("fixed_terms"),
        ]
        values["change"] = cost.change.map {
            words(
                "fixed_change",
                ["before": amounts.money($0.before).text, "since": $0.since.description]
            )
        }
        return values
    }

    func row(_ bill: CardBillOutlook.Bill) -> [String: Any] {
        [
            "name": view.titles[bill.asset]?.provider ?? bill.provider,
            "day": bill.paysOn.description,
            "distance": words.distance(of: bill.paysOn, from: view.day),
            "expected": won.estimate(bill.expected).text, "known": won.money(bill.known).text,
            "source": words.known("bill_", bill.source.word),
        ]
    }

    func row(_ due: Due) -> [String: Any] {
        [
            "day": due.day.description, "kind": words.known("due_", due.kind.word),
            "name": words.fullName(view.titles[due.asset]),
            "amount": amounts.money(due.amount).text,
            "source": words(due.isAnnounced ? "expected_announced" : "due_terms"),
        ]
    }

    var instalments: ChartFigure {
        let months = view.bills.instalments
        let sum = months.reduce(Int64(0)) { $0.addingReportingOverflow($1.amount).partialValue }
        var figure = ChartFigure(
            id: "chart-instalments",
            kind: .grouped,
            title: words("chart_instalments"),
            summary: words(
                "summary_instalments",
                [
                    "amount": won.money(sum).text,
                    "month": months.last?.month.description ?? "",
                ]
            ),
            rowTitle: words("column_month"),
            columns: [.init(name: words("column_amount"), series: "0")],
            rows: months.map {
                ($0.month.description, [ChartFigure.Cell(won.money($0.amount))])
            }
        )
        figure.isWide = true
        figure.currency = "KRW"
        return figure
    }
}
