import Finance

extension ForecastView {
    var json: JSON {
        let amounts = Amounts(currency: fixed.currency, titles: titles)
        return [
            "day": day.json,
            "currency": .string(fixed.currency.description),
            "currencies": .array(currencies.map { .string($0.description) }),
            "balance": .maybe(forecast?.balance, amounts.json),
            "everyday": .maybe(forecast?.everyday) { amounts.estimate($0).json },
            "lowest": .maybe(forecast?.lowest) { path($0, amounts) },
            "path": .array((forecast?.path ?? []).map { path($0, amounts) }),
            "items": .array((forecast?.items ?? []).map { item($0, amounts) }),
            "accuracy": .array(
                (forecast?.accuracy ?? []).map {
                    [
                        "months_ahead": .integer(Int64($0.monthsAhead)),
                        "count": .integer(Int64($0.count)),
                        "median_error": amounts.estimate($0.medianError).json,
                    ]
                }
            ),
            "fixed_costs": fixedCosts(amounts),
            "card_bills": .array(bills.bills.map(bill)),
            "instalments": .array(
                bills.instalments.map {
                    [
                        "month": .string($0.month.description),
                        "amount": Money(thousandths: $0.amount, currency: .krw).json,
                    ]
                }
            ),
            "dues": .array(
                dues.map {
                    [
                        "kind": .string($0.kind.word),
                        "day": $0.day.json,
                        "amount": amounts.json($0.amount),
                        "asset": amounts.title($0.asset),
                        "announced": .bool($0.isAnnounced),
                        "from_account": .bool($0.isFromAccount),
                    ]
                }
            ),
        ]
    }

    private func path(_ day: CashFlowForecast.Day, _ amounts: Amounts) -> JSON {
        [
            "day": day.day.json,
            "expected": amounts.estimate(day.expected).json,
            "low": amounts.estimate(day.low).json,
            "high": amounts.estimate(day.high).json,
        ]
    }

    private func item(_ item: CashFlowForecast.Item, _ amounts: Amounts) -> JSON {
        [
            "day": item.day.json,
            "amount": amounts.estimate(item.amount).json,
            "name": item.name.isEmpty ? nil : .string(item.name),
            "category": slug(item.category),
            "asset": .maybe(item.asset, amounts.title),
            "source": .string(item.source.word),
        ]
    }

    private func slug(_ category: Finance.Category?) -> JSON {
        .maybe(category.flatMap { taxonomy[$0]?.slug }, JSON.string)
    }

    private func fixedCosts(_ amounts: Amounts) -> JSON {
        [
            "monthly_total": amounts.json(fixed.monthlyTotal),
            "items": .array(
                fixed.costs.map { cost in
                    [
                        "kind": .string(cost.kind.word),
                        "name": cost.name.isEmpty ? nil : .string(cost.name),
                        "asset": .maybe(cost.asset, amounts.title),
                        "category": slug(cost.category),
                        "amount": amounts.json(cost.amount),
                        "monthly": amounts.json(cost.monthly),
                        "interval": .string(cost.interval.word),
                        "next_on": cost.next.json,
                        "change": .maybe(cost.change) {
                            ["before": amounts.json($0.before), "since": $0.since.json]
                        },
                        "count": .integer(Int64(cost.evidenceCount)),
                    ]
                }
            ),
        ]
    }

    private func bill(_ bill: CardBillOutlook.Bill) -> JSON {
        let won = Amounts(currency: .krw, titles: titles)
        return [
            "asset": won.title(bill.asset),
            "pays_on": bill.paysOn.json,
            "known": won.json(bill.known),
            "expected": won.estimate(bill.expected).json,
            "purchases": won.json(bill.purchases),
            "instalments": won.json(bill.instalments),
            "source": .string(bill.source.word),
        ]
    }
}

extension InsightView {
    var json: JSON {
        [
            "day": day.json,
            "currency": .string(currency.description),
            "currencies": .array(currencies.map { .string($0.description) }),
            "items": .array(insights.map(insight)),
        ]
    }

    private func insight(_ insight: Insight) -> JSON {
        let amounts = Amounts(currency: insight.currency, titles: titles)
        return [
            "key": .string(insight.key),
            "kind": .string(insight.word),
            "severity": .string(insight.severity.word),
            "since": insight.since.json,
            "text": [
                "ko": .string(sentence(insight, .korean)),
                "en": .string(sentence(insight, .english)),
            ],
            "amount": amounts.estimate(insight.amount).json,
            "usual": .maybe(insight.usual) { amounts.estimate($0).json },
            "merchant": insight.merchant.isEmpty ? nil : .string(insight.merchant),
            "category": .maybe(
                insight.category.flatMap { taxonomy[$0]?.slug },
                JSON.string
            ),
            "asset": .maybe(insight.asset, amounts.title),
            "evidence_count": .integer(Int64(insight.evidenceCount)),
            "events": .array(
                insight.places.map {
                    .string(EventID(revision: $0.revision, index: $0.index).description)
                }
            ),
        ]
    }

    /// The finding in words, its places filled in.
    func sentence(_ insight: Insight, _ language: Language) -> String {
        let amounts = Amounts(currency: insight.currency, titles: titles)
        let category = insight.category.flatMap { taxonomy[$0] }
        let name = category.map { language == .korean ? $0.korean : $0.english } ?? ""
        let text = language == .korean ? insight.wording.korean : insight.wording.english
        let values = [
            "merchant": insight.merchant.isEmpty ? name : insight.merchant,
            "category": name,
            "amount": amounts.estimate(insight.amount).text,
            "usual": insight.usual.map { amounts.estimate($0).text } ?? "",
            "day": insight.since.description,
        ]
        return filled(text, values)
    }
}
