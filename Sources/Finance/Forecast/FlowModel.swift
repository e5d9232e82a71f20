/// How the rest, all that neither comes back regularly nor is announced, is foretold.
public enum RestRule: UInt8, CaseIterable, Sendable {
    /// Mean of the last six months.
    case mean6 = 1
    /// Mean of the last twelve.
    case mean12 = 2
    /// Median of the last three.
    case median3 = 3
    /// Median of the last six.
    case median6 = 4
    /// Median of the last twelve.
    case median12 = 5
    /// Mean of the median of the last six and the same month a year before.
    case seasonal = 6

    /// The rest of the month that is `ahead` months, from 1, after the last of `rest`, oldest
    /// first; nil when it takes more of them.
    func foretell(_ rest: ArraySlice<Int64>, ahead: Int) -> Int64? {
        switch self {
        case .mean6: return RestRule.mean(rest.suffix(6))
        case .mean12: return RestRule.mean(rest.suffix(12))
        case .median3: return Array(rest.suffix(3)).median
        case .median6: return Array(rest.suffix(6)).median
        case .median12: return Array(rest.suffix(12)).median
        case .seasonal:
            let place = rest.endIndex - 1 + ahead - 12
            guard place >= rest.startIndex, place < rest.endIndex,
                let usual = Array(rest.suffix(6)).median
            else { return nil }
            return RestRule.mean([usual, rest[place]])
        }
    }

    /// Rounded half to even; nil of nothing.
    private static func mean(_ amounts: ArraySlice<Int64>) -> Int64? {
        guard !amounts.isEmpty else { return nil }
        let sum = amounts.reduce(Int128(0)) { $0 + Int128($1) }
        return Int64(clamping: sum.dividedHalfEven(by: Int128(amounts.count)))
    }

    /// The rule that would have erred least over the last twelve months, one month ahead and three
    /// months together; the first of equal ones.
    static func best(for rest: [Int64]) -> RestRule {
        var best: (rule: RestRule, error: Int128)?
        let places = max(3, rest.count - 12)..<max(3, rest.count)
        for rule in RestRule.allCases where rule != .seasonal || rest.count >= 18 {
            let error = places.reduce(Int128(0)) { sum, place in
                var told: Int128 = 0
                var actual: Int128 = 0
                var error: Int128 = 0
                for ahead in 1...3 where place + ahead <= rest.count {
                    guard let one = rule.foretell(rest[..<place], ahead: ahead) else { return sum }
                    told += Int128(one)
                    actual += Int128(rest[place + ahead - 1])
                    if ahead != 2 { error += Int128((told - actual).magnitude) }
                }
                return sum + error
            }
            if best.map({ error < $0.error }) ?? true { best = (rule, error) }
        }
        return best?.rule ?? .mean6
    }
}

/// What is known at the end of a month, and what it says of the months after.
///
/// A month is foretold as the sum of payments that come back, each on its date; of payments that
/// come in every month but not regularly (card bills, loans, premiums), each kind by the median of
/// its last three months; and of the rest, by the rule that would have erred least so far.
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
        let run: RecurringRun
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
    let rest: [Int64]
    let rule: RestRule

    /// A model that knows the totals through `month`, and payments through the month of `seen`.
    init(_ history: FlowHistory, through month: Month, seen: CivilDate, taxonomy: Taxonomy) {
        self.history = history
        self.month = month
        let visible = history.merchants.map { $0.through(seen.month) }
        var recurring: [Recurrence] = []
        var grouped: [Group: [MerchantHistory]] = [:]
        for merchant in visible where !merchant.months.isEmpty {
            if let run = RecurringRun.best(in: merchant.months), run.isActive(on: seen) {
                let isOut = history.target == .net && !merchant.isIncoming
                recurring.append(
                    Recurrence(
                        merchant: merchant,
                        run: run,
                        amount: isOut ? -run.amount : run.amount
                    )
                )
            } else if let group = Group(merchant.category, taxonomy) {
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
        rest = range.enumerated().map { place, month in
            Int64(clamping: Int128(history.total(month)) - taken[place])
        }
        rule = RestRule.best(for: rest)
    }

    /// The rest of a later month.
    func rest(in later: Month) -> Int64 {
        let ahead = Int(later.index - month.index)
        return rule.foretell(rest[...], ahead: ahead)
            ?? RestRule.median6.foretell(rest[...], ahead: ahead) ?? 0
    }

    /// The total of a later month.
    func total(in later: Month) -> Int64 {
        var sum = Int128(rest(in: later))
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

extension RecurringRun {
    /// Whether the next payment is not overdue on `day`.
    func isActive(on day: CivilDate) -> Bool {
        day <= next.adding(days: interval.toleranceDays)
    }

    /// The days of a month that payments are expected on.
    func days(in month: Month) -> [CivilDate] {
        if interval == .weekly {
            let first = month.day(1)
            let shift = (next.daysSinceEpoch - first.daysSinceEpoch) % 7
            var day = first.adding(days: (shift + 7) % 7)
            var days: [CivilDate] = []
            while day.month == month {
                if day >= next { days.append(day) }
                day = day.adding(days: 7)
            }
            return days
        }
        let months = month.index - next.month.index
        guard months >= 0, months % interval.months == 0 else { return [] }
        return [next.adding(months: months)]
    }
}
