import Finance
import Testing

@Suite struct SpendingReportTests {
    private let rules = FoldFixtures.rules

    @Test(arguments: FoldFixtures.seeds)
    func `a report reconciles with itself and with the totals`(seed: UInt64) throws {
        for merchantCount in [40, 900] {
            let cases = FoldCase.history(seed: seed, count: 1_500, merchantCount: merchantCount)
            let state = try SpendingProfile(rules: rules).folded(cases)
            let totals = try state.monthlyTotals()
            let last = try #require(totals.last).month
            for currency in state.currencies {
                let report = try SpendingReport(
                    of: state,
                    in: currency,
                    over: SpendingReport.Period(last: last, months: 24, merchantsMax: 15),
                    taxonomy: rules.taxonomy
                )
                #expect(report.months.count == 24)
                #expect(report.merchants.count <= 15)
                let spent = report.months.map(\.spent).reduce(0, +)
                #expect(report.spending.map(\.sum).reduce(0, +) == spent, "SEED=\(seed)")
                let named = report.merchants.map(\.sum).reduce(0, +)
                let rest = report.spending.map(\.remainder).reduce(0, +)
                #expect(named + rest == spent, "SEED=\(seed)")
                let expected = totals.filter {
                    $0.currency == currency && $0.month > last.adding(-24)
                        && rules.taxonomy[$0.category]?.kind == .expense
                }
                #expect(expected.map(\.sum).reduce(0, +) == spent, "SEED=\(seed)")
                for category in report.spending {
                    #expect(category.series.reduce(0, +) == category.sum)
                }
            }
        }
    }

    @Test func `shares are of what was spent, greatest first`() throws {
        let cases = [
            FoldCase(amount: 6_000_000), FoldCase(amount: 3_000_000, merchant: "쿠팡"),
            FoldCase(amount: 1_000_000, merchant: "행복약국"),
        ]
        let report = try SpendingReport(
            of: SpendingProfile(rules: rules).folded(cases),
            in: .krw,
            over: SpendingReport.Period(last: try #require(Month(year: 2023, month: 11))),
            taxonomy: rules.taxonomy
        )
        #expect(report.spending.map(\.share) == [600, 300, 100])
        #expect(
            report.spending.map { rules.taxonomy[$0.category]?.slug }
                == ["food.coffee", "shopping.online", "health.pharmacy"]
        )
        #expect(report.merchants.map(\.name) == ["스타벅스 강남점", "쿠팡", "행복약국"])
        #expect(report.merchants.map(\.evidence) == [.merchantText, .merchantText, .merchantWord])
        #expect(report.lastDay == CivilDate(year: 2023, month: 11, day: 15))
    }
}
