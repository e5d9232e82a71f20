/// What moves on which day: a model's months, with what providers announce in its place.
struct FlowPlan {
    let model: FlowModel
    /// By day, then the greatest that goes out.
    let items: [CashFlowForecast.Item]
    private let byDay: [CivilDate: Int64]

    init(
        _ model: FlowModel,
        _ obligations: ObligationsState,
        _ currency: Currency,
        after day: CivilDate,
        through end: CivilDate
    ) {
        self.model = model
        var items = FlowPlan.recurring(model, after: day, through: end)
        let dues = obligations.dues(in: currency, from: day.adding(days: 1), through: end)
            .filter { $0.isFromAccount && $0.kind != .standingOrder }
        let outlook =
            currency == .krw
            ? CardBillOutlook(of: obligations, after: day).bills.filter {
                $0.source != .announced && $0.paysOn <= end
            } : []
        for index in day.month.index...end.month.index {
            let month = Month(index: index)
            let due = dues.filter { $0.day.month == month }
            let bills = outlook.filter { $0.paysOn.month == month }
            items += FlowPlan.cardBills(model, due, bills, in: month, after: day, through: end)
            items += FlowPlan.terms(
                model,
                due,
                in: month,
                after: day,
                through: end,
                beside: items
            )
        }
        self.items = items.sorted { ($0.day, $0.amount, $0.name) < ($1.day, $1.amount, $1.name) }
        var byDay: [CivilDate: Int64] = [:]
        for item in items { byDay[item.day] = (byDay[item.day] ?? 0).adding(clamped: item.amount) }
        self.byDay = byDay
    }

    /// What moves on a day: the items, and the day's share of its month's rest.
    func flow(on day: CivilDate) -> Int64 {
        let rest = Int128(model.rest)
        let count = Int128(day.month.dayCount)
        let number = Int128(day.components.day)
        // Differences of running shares, so that a month's days add up to its rest.
        let share =
            (rest * number).flooredQuotient(by: count)
            - (rest * (number - 1)).flooredQuotient(by: count)
        return Int64(clamping: share).adding(clamped: byDay[day] ?? 0)
    }

    private static func recurring(
        _ model: FlowModel,
        after day: CivilDate,
        through end: CivilDate
    ) -> [CashFlowForecast.Item] {
        model.recurring.flatMap { one in
            (one.run.next.month.index...max(one.run.next.month.index, end.month.index)).flatMap {
                one.run.days(in: Month(index: $0))
            }.compactMap { expected in
                // What is late comes tomorrow: it is not overdue yet.
                let expected = max(expected, day.adding(days: 1))
                guard expected <= end else { return nil }
                return CashFlowForecast.Item(
                    day: expected,
                    amount: one.amount,
                    name: one.merchant.name,
                    category: one.merchant.category,
                    asset: nil,
                    source: .recurring
                )
            }
        }
    }

    /// What card companies announced for a month; else what the outlook on bills says; else what is
    /// usual, unless it was paid already.
    private static func cardBills(
        _ model: FlowModel,
        _ due: [Due],
        _ bills: [CardBillOutlook.Bill],
        in month: Month,
        after day: CivilDate,
        through end: CivilDate
    ) -> [CashFlowForecast.Item] {
        let announced = due.filter { $0.kind == .cardPayment }
        let items =
            announced.map { FlowPlan.item($0) }
            + bills.map {
                CashFlowForecast.Item(
                    day: $0.paysOn,
                    amount: Int64(clamping: -Int128($0.expected)),
                    name: "",
                    category: nil,
                    asset: $0.asset,
                    source: .usual
                )
            }
        guard items.isEmpty, model.groups[.cardBill] ?? 0 != 0 else { return items }
        return usual(model, .cardBill, in: month, after: day, through: end)
    }

    /// Repayments, leases and premiums: announced ones that no regular payment stands for, where
    /// they are more than what is usual of their kind.
    private static func terms(
        _ model: FlowModel,
        _ due: [Due],
        in month: Month,
        after day: CivilDate,
        through end: CivilDate,
        beside items: [CashFlowForecast.Item]
    ) -> [CashFlowForecast.Item] {
        let fresh = due.filter { due in
            due.kind != .cardPayment
                && !items.contains {
                    $0.source == .recurring
                        && due.isPaid(by: Int64(clamping: -Int128($0.amount)), on: $0.day)
                }
        }
        var result = fresh.filter { $0.kind == .lease }.map { FlowPlan.item($0) }
        for (group, kind) in [(FlowModel.Group.loans, Due.Kind.loan), (.insurance, .premium)] {
            let announced = fresh.filter { $0.kind == kind }
            let sum = announced.reduce(Int128(0)) { $0 + Int128($1.amount) }
            if sum > 0, sum >= -Int128(model.groups[group] ?? 0) {
                result += announced.map { FlowPlan.item($0) }
            } else {
                result += usual(model, group, in: month, after: day, through: end)
            }
        }
        return result
    }

    private static func item(_ due: Due) -> CashFlowForecast.Item {
        CashFlowForecast.Item(
            day: due.day,
            amount: -due.amount,
            name: "",
            category: nil,
            asset: due.asset,
            source: .announced
        )
    }

    private static func usual(
        _ model: FlowModel,
        _ group: FlowModel.Group,
        in month: Month,
        after day: CivilDate,
        through end: CivilDate
    ) -> [CashFlowForecast.Item] {
        guard let amount = model.groups[group], amount != 0 else { return [] }
        let expected = month.day(model.groupDays[group] ?? 15)
        guard expected > day, expected <= end else { return [] }
        return [
            CashFlowForecast.Item(
                day: expected,
                amount: amount,
                name: "",
                category: nil,
                asset: nil,
                source: .usual
            )
        ]
    }
}
