import Finance

/// The part of a person's page about spending: period, sums, charts, recurring payments.
extension Site {
    func spendingValues(
        _ report: SpendingView,
        _ period: Period,
        _ id: String,
        _ today: CivilDate,
        _ past: String,
        _ words: Words
    ) throws -> [String: Any] {
        let charts = SpendingCharts(report, today: today, words)
        let hasSpending = report.months.contains {
            $0.spent.thousandths != 0 || $0.income.thousandths != 0
        }
        let path = PersonTab.holdings.path(id)
        let months = (from: report.from, through: report.through)
        let currency = report.currency
        var values = periodValues(period, months, path, currency, past, words)
        values.merge(
            currencyValues(report.currencies, currency, path, period.query + "&", past)
        ) { $1 }
        let own: [String: Any] = [
            "has_spending": hasSpending,
            "facts": try facts(report, words),
            "charts": try charts.all().map(\.values),
            "has_recurring": !report.recurring.isEmpty,
            "recurring": report.recurring.map { row($0, words) },
        ]
        values.merge(own) { $1 }
        return values
    }

    private func facts(
        _ report: SpendingView,
        _ words: Words
    ) throws(MoneyError) -> [[String: Any]] {
        let spent = report.spent
        let left = try report.left()
        func fact(_ key: String, _ amount: Money, _ note: String? = nil) -> [String: Any] {
            var values: [String: Any] = [
                "name": words(key), "text": amount.text, "spoken": amount.spoken(words.language),
            ]
            values["note"] = note
            return values
        }
        return [
            fact("spent", spent, change(report, words)), fact("earned", report.income),
            fact("left", left),
            fact("monthly_mean", report.spentTrend.average.rounded, slope(report, words)),
        ]
    }

    private func slope(_ report: SpendingView, _ words: Words) -> String? {
        guard report.spentTrend.months > 1 else { return nil }
        let slope = report.spentTrend.slope.rounded
        return words("a_month", ["change": (slope.thousandths > 0 ? "+" : "") + slope.text])
    }

    private func change(_ report: SpendingView, _ words: Words) -> String {
        guard let before = report.spentBefore, before.thousandths > 0 else {
            return words("against_unknown")
        }
        let ratio = Double(report.spent.thousandths) / Double(before.thousandths) - 1
        let perMille = Int(min((ratio * 1000).rounded().magnitude, 1_000_000))
        let sign = perMille == 0 ? "±" : ratio > 0 ? "+" : "−"
        return words(
            "against_before",
            ["change": sign + Display.percent(perMille: perMille)]
        )
    }

    private func row(_ payment: RecurringLine, _ words: Words) -> [String: Any] {
        [
            "merchant": payment.merchant,
            "amount": (payment.isIncoming ? "+" : "") + payment.amount.text,
            "every": words.known("every_", payment.interval.word),
            "count": grouped(payment.count), "last": payment.lastOn.description,
            "next": payment.nextOn?.description ?? words("ended"),
        ]
    }
}
