/// How often a payment comes back.
public enum Interval: UInt8, CaseIterable, Sendable {
    /// Every seven days.
    case weekly = 1
    /// Every month.
    case monthly = 2
    /// Every three months.
    case quarterly = 3
    /// Every six months.
    case halfYearly = 4
    /// Every twelve months.
    case yearly = 5

    /// Months between two payments; 0 for weekly.
    var months: Int32 {
        switch self {
        case .weekly: 0
        case .monthly: 1
        case .quarterly: 3
        case .halfYearly: 6
        case .yearly: 12
        }
    }

    /// A payment may be this many days from its date: weekends, holidays, short months.
    public var toleranceDays: Int32 {
        switch self {
        case .weekly: 1
        case .monthly: 4
        case .quarterly: 7
        case .halfYearly: 10
        case .yearly: 14
        }
    }

    /// Fewer payments than this are no pattern.
    var evidenceMin: Int {
        switch self {
        case .weekly: 6
        case .monthly, .quarterly: 3
        case .halfYearly, .yearly: 2
        }
    }
}

/// A payment that comes back from the same merchant at a regular interval and a similar amount.
///
/// Found from a merchant's months alone: a month with one payment has its day and amount. A weekly
/// one shows by as many payments in a month as the month has such weekdays. A merchant that is paid
/// regularly and at will in the same month is not found.
public struct RecurringPayment: Hashable, Sendable {
    /// Merchant or counterparty, as the source writes it.
    public let name: String
    /// Category of the payments.
    public let category: Category
    /// Whether money comes in.
    public let isIncoming: Bool
    /// How often.
    public let interval: Interval
    /// Last payment, thousandths; the mean of its month when weekly.
    public let amount: Int64
    /// Mean of the payments in evidence, thousandths, rounded half to even.
    public let averageAmount: Int64
    /// Number of payments in evidence.
    public let evidenceCount: Int
    /// 0...1000: grows with evidence, falls with differences of amount and of day.
    public let confidence: Int
    /// Day of the last payment.
    public let last: CivilDate
    /// Day the next one is expected.
    public let next: CivilDate

    /// Whether the next payment is not overdue on `day`.
    public func isActive(on day: CivilDate) -> Bool {
        day <= next.adding(days: interval.toleranceDays)
    }

    /// Two payments are of similar amount when they differ by at most this share of the earlier,
    /// per mille.
    static let amountTolerance: UInt64 = 100
}

/// One merchant's payments of a month.
struct MerchantMonth {
    let month: Month
    let tally: Tally

    var date: CivilDate { month.day(Int(tally.day)) }
}

/// A run of payments that fit one interval, newest last.
struct RecurringRun {
    let interval: Interval
    let evidenceCount: Int
    let confidence: Int
    let amount: Int64
    let averageAmount: Int64
    let last: CivilDate
    let next: CivilDate

    /// The best run that ends with the merchant's last month, or nil when there is none.
    static func best(in months: [MerchantMonth]) -> RecurringRun? {
        Interval.allCases.compactMap { interval in
            interval == .weekly ? weekly(in: months) : monthly(interval, in: months)
        }.max {
            ($0.confidence, $1.interval.rawValue) < ($1.confidence, $0.interval.rawValue)
        }
    }

    private static func monthly(_ interval: Interval, in months: [MerchantMonth]) -> RecurringRun? {
        var deviation: Int32 = 0
        var first = months.count
        while first > 0 {
            let current = months[first - 1]
            guard current.tally.count == 1, current.tally.day > 0, current.tally.sum > 0 else {
                break
            }
            if first < months.count {
                let later = months[first]
                guard later.month == current.month.adding(interval.months),
                    isSimilar(current.tally.sum, later.tally.sum)
                else { break }
                let expected = current.date.adding(months: interval.months)
                let days = abs(later.date.daysSinceEpoch - expected.daysSinceEpoch)
                guard days <= interval.toleranceDays else { break }
                deviation = max(deviation, days)
            }
            first -= 1
        }
        let run = Array(months[first...])
        guard run.count >= interval.evidenceMin, let last = run.last else { return nil }
        return RecurringRun(
            interval,
            run,
            count: run.count,
            deviation: deviation,
            last: last.date,
            next: last.date.adding(months: interval.months)
        )
    }

    private static func weekly(in months: [MerchantMonth]) -> RecurringRun? {
        guard let last = months.last, last.tally.day > 0 else { return nil }
        let weekday = last.date.weekday
        var first = months.count
        while first > 0 {
            let current = months[first - 1]
            guard current.tally.count > 0, current.tally.sum > 0, current.tally.day > 0,
                current.date.weekday == weekday,
                Int64((current.tally.day + 6) / 7) == current.tally.count
            else { break }
            if first < months.count {
                // A full month: its last such weekday is within a week of its end.
                guard months[first].month == current.month.adding(1),
                    Int(current.tally.day) + 7 > current.month.dayCount,
                    isSimilar(current.mean, months[first].mean)
                else { break }
            }
            first -= 1
        }
        let run = Array(months[first...])
        let count = run.reduce(0) { $0 + Int($1.tally.count) }
        guard run.count >= 2, count >= Interval.weekly.evidenceMin else { return nil }
        return RecurringRun(
            .weekly,
            run,
            count: count,
            deviation: 0,
            last: last.date,
            next: last.date.adding(days: 7)
        )
    }

    private static func isSimilar(_ earlier: Int64, _ later: Int64) -> Bool {
        let difference = UInt128((Int128(earlier) - Int128(later)).magnitude)
        return difference * 1_000
            <= UInt128(earlier.magnitude) * UInt128(RecurringPayment.amountTolerance)
    }

    private init(
        _ interval: Interval,
        _ run: [MerchantMonth],
        count: Int,
        deviation: Int32,
        last: CivilDate,
        next: CivilDate
    ) {
        self.interval = interval
        self.last = last
        self.next = next
        evidenceCount = count
        let total = run.reduce(Int128(0)) { $0 + Int128($1.tally.sum) }
        let mean = total.dividedHalfEven(by: Int128(count))
        averageAmount = Int64(clamping: mean)
        let means = run.map(\.mean)
        amount = means.last ?? 0
        let spread = Int128(means.max() ?? 0) - Int128(means.min() ?? 0)
        let spreadShare = Int(clamping: spread * 1_000 / Swift.max(1, mean))
        let earned = 1_000 * count / (count + 2)
        confidence = Swift.max(0, Swift.min(1_000, earned - spreadShare / 2 - 20 * Int(deviation)))
    }
}

extension MerchantMonth {
    /// Mean payment of the month, thousandths; the payment itself when there is one.
    fileprivate var mean: Int64 {
        Int64(clamping: Int128(tally.sum).dividedHalfEven(by: Int128(Swift.max(1, tally.count))))
    }
}
