import Finance
import Testing

@Suite struct RecurringPaymentTests {
    private let profile = SpendingProfile(rules: FoldFixtures.rules)

    /// Noon in Korea of a day.
    private func noon(_ year: Int, _ month: Int, _ day: Int) throws -> Int64 {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        return Int64(date.daysSinceEpoch) * 86_400 + 3 * 3_600
    }

    private func found(_ cases: [FoldCase]) throws -> [RecurringPayment] {
        try SpendingReport(
            of: profile.folded(cases),
            in: .krw,
            over: SpendingReport.Period(last: try #require(Month(year: 2025, month: 12))),
            taxonomy: FoldFixtures.rules.taxonomy
        ).recurring
    }

    private func payments(
        _ dates: [(Int, Int, Int)],
        amount: Int64 = 17_000_000,
        step: Int64 = 0
    ) throws -> [FoldCase] {
        try dates.enumerated().map { index, date in
            FoldCase(
                at: try noon(date.0, date.1, date.2),
                amount: amount + step * Int64(index),
                merchant: "넷플릭스"
            )
        }
    }

    @Test func `intervals are told apart, with the day expected next`() throws {
        let table: [(dates: [(Int, Int, Int)], interval: Interval, next: (Int, Int, Int))] = [
            ([(2025, 9, 30), (2025, 10, 31), (2025, 11, 30)], .monthly, (2025, 12, 30)),
            ([(2025, 3, 5), (2025, 6, 7), (2025, 9, 2)], .quarterly, (2025, 12, 2)),
            ([(2024, 12, 1), (2025, 6, 1), (2025, 12, 4)], .halfYearly, (2026, 6, 4)),
            ([(2024, 2, 29), (2025, 2, 28)], .yearly, (2026, 2, 28)),
        ]
        for row in table {
            let payments = try found(payments(row.dates))
            #expect(payments.map(\.interval) == [row.interval])
            #expect(payments.map(\.evidenceCount) == [row.dates.count])
            let next = CivilDate(year: row.next.0, month: row.next.1, day: row.next.2)
            #expect(payments.map(\.next) == [next])
        }
    }

    @Test func `every Monday is weekly`() throws {
        let first = try #require(CivilDate(year: 2025, month: 9, day: 1))
        let cases = (0..<13).map { week in
            FoldCase(
                at: (Int64(first.daysSinceEpoch) + Int64(week) * 7) * 86_400 + 3_600,
                merchant: "행복약국"
            )
        }
        let payments = try found(cases)
        #expect(payments.map(\.interval) == [.weekly])
        #expect(payments.map(\.evidenceCount) == [13])
        #expect(payments.map(\.next) == [first.adding(days: 91)])
    }

    @Test func `what does not come back regularly is not found`() throws {
        let monthly = [(2025, 8, 5), (2025, 9, 5), (2025, 10, 5), (2025, 11, 5)]
        #expect(try found(payments(monthly)).count == 1)
        // Twice only; amounts that grow by a quarter; days that wander; a month left out.
        #expect(try found(payments([(2025, 10, 5), (2025, 11, 5)])) == [])
        #expect(try found(payments(monthly, amount: 4_000_000, step: 1_000_000)) == [])
        #expect(try found(payments([(2025, 9, 1), (2025, 10, 15), (2025, 11, 2)])) == [])
        #expect(try found(payments([(2025, 7, 5), (2025, 8, 5), (2025, 10, 5)])) == [])
    }

    @Test func `a cancelled payment is no evidence`() throws {
        var cases = try payments([(2025, 9, 5), (2025, 10, 5), (2025, 11, 5)])
        var cancellation = cases[1]
        cancellation.kind = .cancellation
        cancellation.approvedAt = cases[1].at
        cases.append(cancellation)
        #expect(try found(cases) == [])
    }

    @Test func `salary is recurring income`() throws {
        let cases = try [9, 10, 11].map { month in
            FoldCase(
                kind: .bank,
                at: try noon(2025, month, 25),
                amount: 3_000_000_000,
                merchant: "\(month)월급여",
                bankKind: .deposited
            )
        }
        let payments = try found(cases)
        #expect(payments.map(\.isIncoming) == [true])
        #expect(payments.map(\.name) == ["월급여"])
        #expect(payments.map(\.interval) == [.monthly])
    }

    @Test func `confidence grows with evidence and falls with differences`() throws {
        let steady = try found(payments([(2025, 9, 5), (2025, 10, 5), (2025, 11, 5)]))
        let longer = try found(
            payments([(2025, 7, 5), (2025, 8, 5), (2025, 9, 5), (2025, 10, 5), (2025, 11, 5)])
        )
        let wandering = try found(
            payments([(2025, 9, 5), (2025, 10, 8), (2025, 11, 5)], step: 1_000_000)
        )
        #expect(steady.map(\.confidence) == [600])
        #expect(longer.map(\.confidence) == [714])
        #expect(try #require(wandering.first).confidence < 600)
    }
}

@Suite struct TrendTests {
    @Test func `mean and slope are exact`() throws {
        let table: [(series: [Int64], average: Int64, slope: Int64)] = [
            ([], 0, 0), ([7], 7, 0), ([1, 2, 3, 4], 2, 1), ([4, 3, 2, 1], 2, -1),
            ([0, 1], 0, 1), ([1, 2], 2, 1), ([0, 0, 3], 1, 2), ([5, 5, 5], 5, 0),
            ([.max, .max], .max, 0), ([-3, -3, -3, -3], -3, 0),
        ]
        for row in table {
            let trend = try Trend(of: row.series)
            #expect(trend.average == row.average, "\(row.series)")
            #expect(trend.slope == row.slope, "\(row.series)")
        }
        #expect(throws: FoldError.overflow) { try Trend(of: [.min, .max]) }
    }
}
