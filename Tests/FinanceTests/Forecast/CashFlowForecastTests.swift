import SwiftProtobuf
import Testing

@testable import Finance

/// A household of one account: what it is paid, what it pays, and what is left.
struct AccountFixture {
    private var movements: [(at: Int64, amount: Int64, memo: String)] = []
    var start: Int64 = 5_000_000_000

    mutating func add(_ year: Int, _ month: Int, _ day: Int, _ amount: Int64, _ memo: String) throws
    {
        movements.append((try WealthFixtures.noon(year, month, day), amount, memo))
    }

    /// Salary on the 25th, rent on the 5th, a card bill on the 14th, and cash of chance amounts and
    /// days, in each month of `months` of 2025, and in the last one through `lastDay`.
    static func usual(
        _ months: ClosedRange<Int>,
        lastDay: Int = 31,
        seed: UInt64 = 1
    ) throws -> AccountFixture {
        var account = AccountFixture()
        var random = FoldRandom(seed: seed)
        for month in months {
            let last = month == months.upperBound ? lastDay : 31
            let fixed: [(Int, Int64, String)] = [
                (25, 3_000_000_000, "급여"), (5, -800_000_000, "월세"),
                (14, -(900_000_000 + Int64(random.below(200)) * 1_000_000), "카드대금"),
            ]
            let cash = (0..<5).map { _ in
                (random.below(28) + 1, -Int64(random.below(20) + 10) * 10_000_000, "ATM출금")
            }
            for (day, amount, memo) in fixed + cash where day <= last {
                try account.add(2025, month, day, amount, memo)
            }
        }
        return account
    }

    var events: [(UInt64, Event)] {
        var balance = start
        return movements.sorted { $0.at < $1.at }.map { movement in
            balance += movement.amount
            return (
                1,
                WealthFixtures.movement(
                    abs(movement.amount),
                    after: balance,
                    at: movement.at,
                    kind: movement.amount < 0 ? .withdrawn : .deposited,
                    memo: movement.memo
                )
            )
        }
    }

    func basis(_ obligations: [(UInt64, Event)] = []) throws -> CashFlowForecast.Basis {
        let rules = FoldFixtures.rules
        return CashFlowForecast.Basis(
            spending: try WealthFixtures.fold(SpendingProfile(rules: rules), events),
            netWorth: try WealthFixtures.fold(NetWorth(), events),
            obligations: try WealthFixtures.fold(Obligations(), obligations),
            taxonomy: rules.taxonomy
        )
    }

    func forecast(
        _ obligations: [(UInt64, Event)] = [],
        on day: CivilDate,
        months: Int = 3
    ) throws -> CashFlowForecast? {
        CashFlowForecast(try basis(obligations), in: .krw, on: day, months: months)
    }
}

@Suite struct CashFlowForecastTests {
    @Test func `salary, rent and the card bill come on their days`() throws {
        let day = try WealthFixtures.day(2025, 11, 10)
        let account = try AccountFixture.usual(1...11, lastDay: 10)
        let forecast = try #require(try account.forecast(on: day, months: 1))
        let items = forecast.items.map { "\($0.day) \($0.name) \($0.source)" }
        #expect(
            items == [
                "2025-11-14  usual", "2025-11-25 급여 recurring", "2025-12-05 월세 recurring",
            ]
        )
        #expect(forecast.path.first?.day == day.adding(days: 1))
        #expect(forecast.path.last?.day.description == "2025-12-10")
        // The balance is lowest on the eve of the salary.
        #expect(forecast.lowest.day.description == "2025-11-24")
        #expect(forecast.everyday < 0)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `the path is the balance, the items and the days' share of the rest`(seed: UInt64) throws {
        let day = try WealthFixtures.day(2025, 10, 31)
        let account = try AccountFixture.usual(1...10, seed: seed)
        let forecast = try #require(try account.forecast(on: day, months: 2))
        let items = forecast.items.reduce(0) { $0 + $1.amount }
        let balance = try #require(forecast.balance)
        // November and December in whole.
        let rest = forecast.everyday * 2
        #expect(forecast.path.last?.day.description == "2025-12-31")
        #expect(forecast.path.last?.expected == balance + items + rest, "SEED=\(seed)")
        var width: Int64 = 0
        for day in forecast.path {
            #expect(day.high - day.expected == day.expected - day.low, "SEED=\(seed)")
            #expect(day.high - day.expected >= width, "SEED=\(seed)")
            width = day.high - day.expected
        }
        #expect(forecast.accuracy.map(\.monthsAhead) == [1, 2, 3])
    }

    @Test func `an announced card payment stands for the usual one`() throws {
        let day = try WealthFixtures.day(2025, 11, 10)
        let account = try AccountFixture.usual(1...11, lastDay: 10)
        let due = ObligationFixtures.due(1_234_000_000, on: 20_251_117, at: 1)
        let forecast = try #require(try account.forecast([(9, due)], on: day, months: 1))
        let bills = forecast.items.filter { $0.day.description < "2025-11-20" }
        #expect(bills.map(\.day.description) == ["2025-11-17"])
        #expect(bills.map(\.amount) == [-1_234_000_000])
        #expect(bills.map(\.source) == [.announced])
    }

    @Test func `a card bill of the same sum each month counts once, announced or not`() throws {
        let day = try WealthFixtures.day(2025, 11, 10)
        var account = AccountFixture()
        for month in 1...10 {
            try account.add(2025, month, 25, 3_000_000_000, "급여")
            try account.add(2025, month, 14, -900_000_000, "카드대금")
        }
        let due = ObligationFixtures.due(900_000_000, on: 20_251_114, at: 1)
        for (obligations, source) in [([], .usual), ([(9, due)], .announced)]
            as [([(UInt64, Event)], CashFlowForecast.Source)]
        {
            let forecast = try #require(try account.forecast(obligations, on: day, months: 1))
            let bills = forecast.items.filter { $0.amount < 0 && $0.day.month == day.month }
            #expect(bills.map(\.amount) == [-900_000_000])
            #expect(bills.map(\.day.description) == ["2025-11-14"])
            #expect(bills.map(\.source) == [source])
        }
    }

    @Test func `the liquid balance is net worth's, also of wallets`() throws {
        func wallet(_ balance: Int64, _ account: String, at seconds: Int64) -> Event {
            WealthFixtures.event(at: seconds) {
                $0.prepaidBalanceReported.balance = balance
                $0.prepaidBalanceReported.account = account
            }
        }
        func moved(_ balance: Int64, at seconds: Int64) -> Event {
            WealthFixtures.event(at: seconds) { $0.emoneyTransactionPosted.balanceAfter = balance }
        }
        let (november, december) = (
            try WealthFixtures.noon(2025, 11, 3), try WealthFixtures.noon(2025, 12, 3)
        )
        let table: [(events: [Event], newest: Int64, change: Int64)] = [
            // A movement later than the report of the only account.
            ([wallet(500, "a", at: november), moved(400, at: december)], 400, -100),
            ([moved(400, at: november), wallet(500, "a", at: december)], 500, 100),
            // Of several accounts it is of none.
            (
                [
                    wallet(500, "a", at: november), wallet(100, "b", at: november),
                    moved(400, at: december),
                ], 600, 0
            ),
        ]
        for row in table {
            let state = try WealthFixtures.fold(NetWorth(), row.events.map { (1, $0) })
            let liquid = LiquidBalance(state, .krw)
            let last = try WealthFixtures.month(2025, 12)
            let report = try NetWorthReport(of: state, in: .krw, through: last)
            #expect(liquid.newest == row.newest)
            #expect(liquid.newest == report.months.last?.net)
            #expect(liquid.change(in: last) == row.change)
        }
    }

    @Test func `a premium that comes back anyway counts once`() throws {
        let day = try WealthFixtures.day(2025, 11, 10)
        var account = try AccountFixture.usual(1...11, lastDay: 10)
        for month in 1...10 { try account.add(2025, month, 20, -90_000_000, "삼성생명보험료") }
        let same = ObligationFixtures.premium(90_000_000, day: 21, at: 1)
        let other = ObligationFixtures.premium(40_000_000, day: 18, at: 1)
        let items = try #require(
            try account.forecast([(8, same), (9, other)], on: day, months: 1)
        ).items.filter { $0.day.month == day.month && $0.amount > -100_000_000 && $0.amount < 0 }
        #expect(items.map(\.amount) == [-40_000_000, -90_000_000])
        #expect(items.map(\.source) == [.announced, .recurring])
    }

    @Test func `without three complete months nothing is foretold`() throws {
        let account = try AccountFixture.usual(9...11, lastDay: 10)
        #expect(try account.forecast(on: WealthFixtures.day(2025, 11, 10)) == nil)
    }

    @Test func `a month's usual rest forgets its best and its worst`() {
        let table: [(months: [Int64], usual: Int64)] = [
            ([], 0), ([7], 7), ([7, 100], 54), ([1, 9, 5], 5), ([1, 2, 3, 100, 4], 3),
            ([-900, 1, 2, 3, 4, 100], 2), ([999, 1, 1, 1, 1, 1, 1], 1),
        ]
        for row in table { #expect(FlowModel.usual(row.months) == row.usual, "\(row.months)") }
    }

    @Test func `a square root is the greatest whole number below it`() {
        for number in 0..<2_000 {
            let root = Int128(number).squareRoot
            #expect(root * root <= number && (root + 1) * (root + 1) > number)
        }
        #expect((Int128(1) << 100).squareRoot == 1 << 50)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `what came later changes no earlier forecast`(seed: UInt64) throws {
        func errors(_ months: ClosedRange<Int>) throws -> ForecastErrors {
            let rules = FoldFixtures.rules
            let events = try AccountFixture.usual(months, seed: seed).events
            let history = FlowHistory(
                try WealthFixtures.fold(SpendingProfile(rules: rules), events),
                try WealthFixtures.fold(NetWorth(), events),
                in: .krw,
                through: try WealthFixtures.month(2025, months.upperBound),
                target: .net,
                ofAccounts: true,
                taxonomy: rules.taxonomy
            )
            return ForecastErrors(try #require(history), taxonomy: rules.taxonomy)
        }
        let short = try errors(1...9)
        let long = try errors(1...12)
        for (some, all) in zip(short.trials, long.trials) {
            #expect(some.count < all.count)
            for (one, same) in zip(some, all) {
                #expect(one.foretold == same.foretold, "SEED=\(seed)")
                #expect(one.actual == same.actual, "SEED=\(seed)")
            }
        }
    }

    @Test func `intervals hold four of five, and errors are below the last month's`() throws {
        var measure = ForecastMeasure(.net, heldBack: 6)
        let rules = FoldFixtures.rules
        for seed in 1...60 {
            let events = try AccountFixture.usual(1...12, seed: UInt64(seed)).events
            measure.add(
                try WealthFixtures.fold(SpendingProfile(rules: rules), events),
                try WealthFixtures.fold(NetWorth(), events),
                in: .krw,
                through: try WealthFixtures.month(2025, 12),
                taxonomy: rules.taxonomy
            )
        }
        #expect(measure.people == 60)
        for line in measure.lines {
            #expect(line.error < line.errorOfLastMonth, "\(line)")
            #expect(line.coverage >= 700, "\(line)")
        }
    }
}
