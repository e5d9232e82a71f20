internal import Finance

/// A bill of the household that comes again and again.
struct FixedCost: Sendable {
    var memo: TextID
    /// Thousandths of a won.
    var amount: Int64
    /// How much it differs from month to month, percent.
    var swing: Int
    var day: Int
    /// Once in so many months.
    var months: Int
    var channel: Channel = .automatic
    var account: Int
}

/// What comes in and what a household pays every month.
extension Life {
    mutating func planIncome(_ month: Month) {
        let (year, number) = month.components
        let payday = month.day(persona.payday).orBusinessDayBefore
        switch persona.livelihood {
        case .employee:
            plan(.salary(permille: 1_000, memo: text("급여 \(number)월")), on: payday, at: 32_400)
            if number == 2 || number == 9 {
                let memo = text(number == 2 ? "설상여금" : "추석상여금")
                plan(
                    .salary(permille: 400, memo: memo),
                    on: month.day(10).orBusinessDayBefore,
                    at: 33_000
                )
            }
            if number == 12 {
                let memo = text("성과급\(year % 100)")
                plan(
                    .salary(permille: chance.within(300...1_800), memo: memo),
                    on: month.day(28).orBusinessDayBefore,
                    at: 33_600
                )
            }
        case .freelancer:
            for _ in 0..<chance.within(1...4) {
                let day = month.day(chance.within(1...28)).orNextBusinessDay
                let memo = text(chance.pick(Names.clients))
                plan(
                    .salary(permille: chance.within(150...650), memo: memo),
                    on: day,
                    at: chance.within(36_000...64_000)
                )
            }
        case .owner:
            for week in 0..<4 {
                let day = month.day(3 + week * 7).orNextBusinessDay
                let memo = text("카드매출입금")
                plan(.salary(permille: chance.within(180...330), memo: memo), on: day, at: 30_000)
            }
        case .student:
            plan(.salary(permille: 600, memo: text("용돈")), on: payday, at: 61_000)
            plan(
                .salary(permille: 500, memo: text("알바급여")),
                on: month.day(10).orBusinessDayBefore,
                at: 40_000
            )
        case .minor:
            for week in 0..<4 {
                plan(
                    .salary(permille: 250, memo: text("용돈")),
                    on: month.day(2 + week * 7),
                    at: 64_000
                )
            }
        case .retired:
            plan(.salary(permille: 1_000, memo: text("국민연금")), on: payday, at: 31_000)
        }
    }

    mutating func earn(_ permille: Int, _ memo: TextID, at second: Int64) {
        let isSteady = persona.livelihood == .employee || persona.livelihood == .retired
        let luck = isSteady ? 100 : chance.within(80...120)
        let won = Int64(persona.income) * Int64(permille) / 1_000 * Int64(luck) / 100
        receive(main, won / 10 * 10_000, isSteady ? .salary : .transfer, memo, at: second)
    }

    mutating func planHousehold(_ month: Month) {
        for (index, cost) in household.enumerated()
        where Int(month.index) % cost.months == index % cost.months {
            let day = month.day(cost.day).orNextBusinessDay
            plan(.fixedCost(index), on: day, at: chance.within(20_000...40_000))
        }
    }

    mutating func pay(_ index: Int, at second: Int64) {
        let cost = household[index]
        let swing = cost.swing == 0 ? 0 : chance.within(-cost.swing...cost.swing)
        let amount = cost.amount * Int64(100 + swing) / 100 / 10_000 * 10_000
        spend(cost.account, max(amount, 10_000), cost.channel, cost.memo, at: second)
    }
}
