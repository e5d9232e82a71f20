/// What is known at the end of a month, and what it says of the months after.
///
/// A month is foretold as the sum of payments that come back, each on its date; of payments that
/// come in every month but not regularly (card bills, loans, premiums), each kind by the median of
/// its last three months; and of the rest, which is as in the last six months.
struct FlowModel {
    /// Payments of one kind that vary.
    enum Group: CaseIterable {
        case cardBill
        case loans
        case insurance
    }

    /// A payment that comes back.
    struct Recurrence {
        let merchant: MerchantHistory
        let run: RegularRun
        /// Signed as the history is.
        let amount: Int64
    }

    let history: FlowHistory
    let month: Month
    let recurring: [Recurrence]
    /// Median of the last three months, signed.
    let groups: [Group: Int64]
    /// Median day of the payments of a group.
    let groupDays: [Group: Int]
    /// Of a month, all that neither comes back regularly nor is of a group.
    let rest: Int64

    /// A model that knows the totals through `month`, and payments through the month of `seen`.
    init(_ history: FlowHistory, through month: Month, seen: CivilDate, taxonomy: Taxonomy) {
        self.history = history
        self.month = month
        let visible = history.merchants.map { $0.through(seen.month) }
        var recurring: [Recurrence] = []
        var grouped: [Group: [MerchantHistory]] = [:]
        for merchant in visible where !merchant.months.isEmpty {
            let group = Group(merchant.category, taxonomy)
            // A card bill is never told from its run, however regular: what card companies
            // announce stands in for the whole kind, and would count beside the run.
            if group != .cardBill, let run = RegularRun.steady(endingIn: merchant.months),
                run.isActive(on: seen)
            {
                let isOut = history.target == .net && !merchant.isIncoming
                recurring.append(
                    Recurrence(
                        merchant: merchant,
                        run: run,
                        amount: isOut ? -run.amount : run.amount
                    )
                )
            } else if let group {
                grouped[group, default: []].append(merchant)
            }
        }
        self.recurring = recurring
        let months = max(0, month.index - history.first.index + 1)
        let range = (0..<months).map { history.first.adding($0) }
        var groups: [Group: Int64] = [:]
        var groupDays: [Group: Int] = [:]
        var taken = [Int128](repeating: 0, count: range.count)
        for (place, month) in range.enumerated() {
            for one in recurring { taken[place] += Int128(history.part(one.merchant, in: month)) }
        }
        for (group, merchants) in grouped {
            var series: [Int64] = []
            for (place, month) in range.enumerated() {
                let sum = merchants.reduce(Int128(0)) {
                    $0 + Int128(history.part($1, in: month))
                }
                taken[place] += sum
                series.append(Int64(clamping: sum))
            }
            groups[group] = Array(series.suffix(3)).median ?? 0
            let days = merchants.flatMap(\.months).suffix(6).map { Int64($0.tally.day) }
            groupDays[group] = days.filter { $0 > 0 }.median.map { Int($0) } ?? 15
        }
        self.groups = groups
        self.groupDays = groupDays
        rest = FlowModel.usual(
            range.enumerated().map { place, month in
                Int64(clamping: Int128(history.total(month)) - taken[place])
            }
        )
    }

    /// Mean of the last six months without the greatest and the least, rounded half to even; the
    /// median of fewer than five.
    ///
    /// One holiday or one bonus does not show, and a change of habit does within half a year.
    /// Means, medians, the month a year before and choosing among them by person erred more or did
    /// not err less everywhere (docs/forecast.md).
    static func usual(_ months: [Int64]) -> Int64 {
        let last = Array(months.suffix(6))
        guard last.count >= 5 else { return last.median ?? 0 }
        let middle = last.sorted().dropFirst().dropLast()
        let sum = middle.reduce(Int128(0)) { $0 + Int128($1) }
        return Int64(clamping: sum.dividedHalfEven(by: Int128(middle.count)))
    }

    /// The total of a later month.
    func total(in later: Month) -> Int64 {
        var sum = Int128(rest)
        for one in recurring {
            sum += Int128(one.amount) * Int128(one.run.days(in: later).count)
        }
        for amount in groups.values { sum += Int128(amount) }
        return Int64(clamping: sum)
    }
}

extension FlowModel.Group {
    init?(_ category: Category, _ taxonomy: Taxonomy) {
        switch taxonomy[category]?.slug {
        case "transfer-out.card-bill": self = .cardBill
        case "loans", "loans.payment", "loans.interest": self = .loans
        case "finance.insurance": self = .insurance
        default: return nil
        }
    }
}
