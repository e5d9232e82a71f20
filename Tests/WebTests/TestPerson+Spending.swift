// Spending of a made-up person: sums of the lines.
import Web

extension TestPerson {
    func spending(from: CivilDate, through: CivilDate, currency: String?) -> SpendingReport {
        let chosen = currency ?? "KRW"
        let inside = lines.filter {
            from <= $0.day && $0.day <= through && $0.amount.currency == chosen
        }
        var report = SpendingReport(from: from, through: through, currency: chosen)
        report.currencies = Set(lines.map(\.amount.currency)).sorted().reversed()
        if report.currencies.isEmpty { report.currencies = ["KRW"] }
        report.months = (0..<from.months(through: through)).map {
            month(from.monthStart(adding: $0), inside, chosen)
        }
        report.categories = grouped(inside, chosen, by: \.category).compactMap { id, sum, count in
            TestPerson.names[id].map {
                CategorySpending(id: id, name: $0, spent: sum, count: count)
            }
        }
        report.merchants = grouped(inside, chosen, by: \.merchant).prefix(20).map {
            MerchantSpending(name: $0, spent: $1, count: $2)
        }
        report.recurring = TestPerson.habits.filter { $0.day != nil && !lines.isEmpty }.map {
            habit in
            let seen = inside.filter { $0.merchant == habit.merchant }
            return RecurringPayment(
                merchant: habit.merchant,
                amount: Amount(thousandths: habit.won * 1000, currency: "KRW"),
                intervalDays: 30,
                count: UInt64(seen.count),
                lastOn: seen.last?.day ?? through,
                nextOn: habit.merchant == "넷플릭스"
                    ? nil : CivilDate(year: 2026, month: 4, day: habit.day ?? 1)
            )
        }
        let before = lines.filter {
            from.monthStart(adding: -from.months(through: through)) <= $0.day && $0.day < from
                && $0.amount.currency == chosen && $0.category != nil
        }
        let sum = before.reduce(0) { $0 - $1.amount.thousandths }
        report.spentBefore = sum > 0 ? Amount(thousandths: sum, currency: chosen) : nil
        return report
    }

    private func month(
        _ start: CivilDate,
        _ lines: [TransactionLine],
        _ currency: String
    ) -> MonthSpending {
        let inside = lines.filter { $0.day.monthStart == start }
        func sum(_ some: [TransactionLine], _ sign: Int64) -> Amount {
            Amount(
                thousandths: sign * some.reduce(0) { $0 + $1.amount.thousandths },
                currency: currency
            )
        }
        var byCategory: [String: Amount] = [:]
        for (id, lines) in Dictionary(grouping: inside, by: \.category) {
            if let id { byCategory[id] = sum(lines, -1) }
        }
        return MonthSpending(
            month: start,
            spent: sum(inside.filter { $0.category != nil }, -1),
            income: sum(inside.filter { $0.category == nil }, 1),
            byCategory: byCategory
        )
    }

    private func grouped(
        _ lines: [TransactionLine],
        _ currency: String,
        by key: KeyPath<TransactionLine, String?>
    ) -> [(String, Amount, UInt64)] {
        let spent = lines.filter { $0.category != nil }
        return Dictionary(grouping: spent) { $0[keyPath: key] ?? "" }.map { name, lines in
            (
                name,
                Amount(
                    thousandths: -lines.reduce(0) { $0 + $1.amount.thousandths },
                    currency: currency
                ),
                UInt64(lines.count)
            )
        }.sorted { ($1.1.thousandths, $0.0) < ($0.1.thousandths, $1.0) }
    }
}
