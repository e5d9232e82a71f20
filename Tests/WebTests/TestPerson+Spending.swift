// Spending of a made-up person: sums of the lines.
import Finance
import Web

extension TestPerson {
    func spending(from: Month, through: Month, currency: Currency?) -> SpendingView {
        let chosen = currency ?? .krw
        let inside = lines.filter {
            from <= $0.day.month && $0.day.month <= through && $0.amount.currency == chosen
        }
        var report = SpendingView(from: from, through: through, currency: chosen)
        report.currencies = lines.isEmpty ? [.krw] : [.krw, .gbp]
        report.months = (from.index...through.index).map {
            month(Month(index: $0), inside, chosen)
        }
        report.spent = total(inside.filter { $0.category != nil }, -1, chosen)
        report.income = total(inside.filter { $0.category == nil }, 1, chosen)
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
            return RecurringLine(
                merchant: habit.merchant,
                isIncoming: false,
                amount: Money(thousandths: habit.won * 1000, currency: .krw),
                interval: .monthly,
                count: UInt64(seen.count),
                lastOn: seen.last?.day ?? TestPerson.today,
                nextOn: habit.merchant == "넷플릭스"
                    ? nil : CivilDate(year: 2026, month: 4, day: habit.day ?? 1)
            )
        }
        if !lines.isEmpty {
            report.recurring.append(
                RecurringLine(
                    merchant: "(주)장부테크 급여",
                    isIncoming: true,
                    amount: Money(thousandths: 3_850_000_000, currency: .krw),
                    interval: .monthly,
                    count: 24,
                    lastOn: TestPerson.today.month.day(10),
                    nextOn: TestPerson.today.month.adding(1).day(10)
                )
            )
        }
        let complete = report.months.filter { $0.month < TestPerson.today.month }
        let whole = complete.isEmpty ? report.months : complete
        report.spentTrend = trend(whole.map(\.spent.thousandths), chosen)
        report.incomeTrend = trend(whole.map(\.income.thousandths), chosen)
        let length = through.index - from.index + 1
        let before = lines.filter {
            from.adding(-length) <= $0.day.month && $0.day.month < from
                && $0.amount.currency == chosen && $0.category != nil
        }
        report.spentBefore = before.isEmpty ? nil : total(before, -1, chosen)
        return report
    }

    private func trend(_ series: [Int64], _ currency: Currency) -> SpendingTrend {
        do {
            let trend = try Trend(of: series)
            return SpendingTrend(
                months: trend.months,
                average: Money(thousandths: trend.average, currency: currency),
                slope: Money(thousandths: trend.slope, currency: currency)
            )
        } catch {
            preconditionFailure("a made-up person's amounts are small")
        }
    }

    private func total(_ lines: [TransactionLine], _ sign: Int64, _ currency: Currency) -> Money {
        Money(
            thousandths: sign * lines.reduce(0) { $0 + $1.amount.thousandths },
            currency: currency
        )
    }

    private func month(
        _ month: Month,
        _ lines: [TransactionLine],
        _ currency: Currency
    ) -> MonthSpending {
        let inside = lines.filter { $0.day.month == month }
        var byCategory: [String: Money] = [:]
        for (id, lines) in Dictionary(grouping: inside, by: \.category) {
            if let id { byCategory[id] = total(lines, -1, currency) }
        }
        return MonthSpending(
            month: month,
            spent: total(inside.filter { $0.category != nil }, -1, currency),
            income: total(inside.filter { $0.category == nil }, 1, currency),
            byCategory: byCategory
        )
    }

    private func grouped(
        _ lines: [TransactionLine],
        _ currency: Currency,
        by key: KeyPath<TransactionLine, String?>
    ) -> [(String, Money, UInt64)] {
        let spent = lines.filter { $0.category != nil }
        return Dictionary(grouping: spent) { $0[keyPath: key] ?? "" }.map { name, lines in
            (
                name,
                total(lines, -1, currency),
                UInt64(lines.count)
            )
        }.sorted { ($1.1.thousandths, $0.0) < ($0.1.thousandths, $1.0) }
    }
}
