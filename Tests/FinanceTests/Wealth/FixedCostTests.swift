import Finance
import Testing

@Suite struct FixedCostTests {
    private let rules = FoldFixtures.rules

    private func monthly(
        _ name: String,
        _ amounts: [Int64],
        day: Int = 5,
        endingIn month: Int = 11,
        kind: FoldCase.Kind = .approval
    ) throws -> [FoldCase] {
        try amounts.enumerated().map { index, amount in
            FoldCase(
                kind: kind,
                at: try WealthFixtures.noon(2025, month - amounts.count + 1 + index, day),
                amount: amount,
                merchant: name
            )
        }
    }

    private func report(
        _ cases: [FoldCase],
        _ obligations: [(UInt64, Event)] = [],
        corrected: [(merchant: String, category: String)] = []
    ) throws -> FixedCostReport {
        let profile = SpendingProfile(rules: rules)
        let spending = try WealthFixtures.fold(
            profile,
            corrected.map { correction in
                let event = WealthFixtures.event(at: 1_790_000_000) {
                    $0.categoryCorrected.merchantName = correction.merchant
                    $0.categoryCorrected.category = correction.category
                }
                return (1, event)
            },
            from: profile.folded(cases.sorted { $0.at < $1.at })
        )
        return try FixedCostReport(
            of: spending,
            WealthFixtures.fold(Obligations(), obligations),
            in: .krw,
            on: WealthFixtures.day(2025, 11, 20),
            taxonomy: rules.taxonomy
        )
    }

    @Test func `a subscription whose price rose is one cost with its change`() throws {
        let cases = try monthly("넷플릭스", [13_500_000, 13_500_000, 17_000_000, 17_000_000])
        let report = try report(cases)
        let cost = try #require(report.costs.first)
        #expect(report.costs.count == 1)
        #expect(cost.kind == .subscription && cost.amount == 17_000_000)
        #expect(cost.interval == .monthly && cost.evidenceCount == 4)
        #expect(cost.change?.before == 13_500_000)
        #expect(cost.change?.since.description == "2025-10-05")
        #expect(cost.next.description == "2025-12-05")
        #expect(report.monthlyTotal == 17_000_000)
    }

    @Test func `a yearly cost is a twelfth of it a month`() throws {
        let cases = try [2023, 2024, 2025].map { year in
            FoldCase(at: try WealthFixtures.noon(year, 3, 9), amount: 120_000, merchant: "넷플릭스")
        }
        let costs = try report(cases).costs
        #expect(costs.map(\.monthly) == [10_000] && costs.map(\.interval) == [.yearly])
    }

    @Test func `meters may leap, groceries and what has ended are no fixed cost`() throws {
        let meter = try monthly("한국전력공사", [30_000, 90_000, 20_000], kind: .bank)
        let groceries = try monthly("이마트24 역삼", [5_000, 5_000, 5_000])
        let ended = try monthly("티빙", [9_000, 9_000, 9_000], endingIn: 8)
        let costs = try report(meter + groceries + ended).costs
        #expect(costs.map(\.kind) == [.utilities])
    }

    @Test func `what a person corrected is a fixed cost, or none, as they say`() throws {
        let shop = try monthly("이마트24 역삼", [5_000, 5_000, 5_000])
        let stream = try monthly("넷플릭스", [17_000, 17_000, 17_000])
        let costs = try report(
            shop + stream,
            corrected: [("이마트24 역삼", "leisure.subscription"), ("넷플릭스", "food.bar")]
        ).costs
        #expect(costs.map(\.name) == ["이마트24 역삼"])
        #expect(costs.map(\.kind) == [.subscription])
        // A payment that is said to be income is paid by nobody.
        #expect(try report(stream, corrected: [("넷플릭스", "income.other")]).costs == [])
    }

    @Test func `two loans of one asset are two costs`() throws {
        let at = try WealthFixtures.noon(2025, 11, 1)
        let loans: [(String, Int64, UInt32)] = [("1", 300_000, 10), ("2", 500_000, 20)]
        let events = loans.flatMap { number, amount, day in
            [
                WealthFixtures.event(at: at) {
                    $0.loanBalanceReported.balance = 90_000_000
                    $0.loanBalanceReported.loanNumber = number
                },
                WealthFixtures.event(at: at) {
                    $0.loanTermsReported.paymentDay = day
                    $0.loanTermsReported.paymentAmount = amount
                    $0.loanTermsReported.loanNumber = number
                },
            ].map { (UInt64(4), $0) }
        }
        let report = try report([], events)
        #expect(report.costs.map(\.kind) == [.loan, .loan])
        #expect(report.costs.map(\.amount) == [500_000, 300_000])
        #expect(report.costs.map(\.interval) == [.monthly, .monthly])
        #expect(report.monthlyTotal == 800_000)
    }

    @Test func `what a provider says is due and what was paid for it are one`() throws {
        let paid = try monthly(
            "삼성생명보험료",
            [80_000, 80_000, 80_000],
            day: 25,
            endingIn: 10,
            kind: .bank
        )
        let at = try WealthFixtures.noon(2025, 11, 1)
        let other = ObligationFixtures.premium(50_000, day: 10, cycle: .quarterly, at: at)
        let report = try report(
            paid,
            [
                (1, ObligationFixtures.premium(80_000, day: 26, at: at)), (2, other),
                (2, ObligationFixtures.paid(50_000, at: try WealthFixtures.noon(2025, 9, 10))),
            ]
        )
        #expect(report.costs.map(\.kind) == [.insurance, .insurance])
        #expect(report.costs.map(\.monthly) == [80_000, 16_667])
        #expect(report.costs.map(\.interval) == [.monthly, .quarterly])
        #expect(report.costs.map(\.evidenceCount) == [3, 0])
        #expect(report.costs.map(\.next.description) == ["2025-11-26", "2025-12-10"])
    }
}
