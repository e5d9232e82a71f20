/// One merchant's payments of a month.
struct MerchantMonth {
    let month: Month
    let tally: Tally

    var date: CivilDate { month.day(Int(tally.day)) }

    /// Mean payment of the month, thousandths; the payment itself when there is one.
    var mean: Int64 {
        Int64(clamping: Int128(tally.sum).dividedHalfEven(by: Int128(max(1, tally.count))))
    }
}

/// One merchant's payments that fit one interval, without a gap up to the last: what recurring
/// payments, fixed costs, forecasts and insights are told from.
struct RegularRun {
    let interval: Interval
    /// The months that have them, newest last; one payment in each unless weekly.
    let payments: [MerchantMonth]
    /// Days that the payment furthest from its date was off.
    let deviationDays: Int32

    /// Number of payments.
    var evidenceCount: Int { payments.reduce(0) { $0 + Int($1.tally.count) } }
    /// Last payment, thousandths; the mean of its month when weekly.
    var amount: Int64 { payments[payments.count - 1].mean }
    /// Day of the last payment.
    var last: CivilDate { payments[payments.count - 1].date }
    /// Day on which the next one is expected.
    var next: CivilDate {
        interval == .weekly ? last.adding(days: 7) : last.adding(months: interval.months)
    }

    /// Mean of the payments, thousandths, rounded half to even.
    var averageAmount: Int64 {
        let total = payments.reduce(Int128(0)) { $0 + Int128($1.tally.sum) }
        return Int64(clamping: total.dividedHalfEven(by: Int128(evidenceCount)))
    }

    /// 0...1000: grows with evidence, falls with differences of amount and of day.
    var confidence: Int {
        let means = payments.map(\.mean)
        let spread = Int128(means.max() ?? 0) - Int128(means.min() ?? 0)
        let spreadShare = Int(clamping: spread * 1_000 / Int128(max(1, averageAmount)))
        let earned = 1_000 * evidenceCount / (evidenceCount + 2)
        return max(0, min(1_000, earned - spreadShare / 2 - 20 * Int(deviationDays)))
    }

    /// The last amount that was another one, and the first payment since.
    var change: (before: Int64, first: MerchantMonth)? {
        guard let place = payments.lastIndex(where: { $0.mean != amount }) else { return nil }
        return (payments[place].mean, payments[place + 1])
    }

    /// Whether the next payment is not overdue on `day`.
    func isActive(on day: CivilDate) -> Bool { !interval.isOverdue(next, on: day) }

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

extension RegularRun {
    /// What two amounts in a row, earlier and later, have to be for one run.
    typealias Similarity = (_ earlier: Int64, _ later: Int64) -> Bool

    /// Payments that stay as they are, the later within a tenth of the earlier: the most certain
    /// run that ends with the last month, of equal ones that of the shorter interval.
    static func steady(endingIn months: [MerchantMonth]) -> RegularRun? {
        let isSimilar: Similarity = { earlier, later in
            (Int128(earlier) - Int128(later)).magnitude * 10 <= UInt128(earlier.magnitude)
        }
        return Interval.allCases.compactMap { interval in
            interval == .weekly
                ? weekly(endingIn: months, isSimilar)
                : longest(interval, endingIn: months, isSimilar)
        }.max {
            ($0.confidence, $1.interval.rawValue) < ($1.confidence, $0.interval.rawValue)
        }
    }

    /// Payments that come back by the month whatever their amount does, so that a leap shows: the
    /// longest run that ends with the last month, of equal ones that of the shorter interval.
    ///
    /// Of two amounts in a row the greater is at most `ratioMax` per mille of the other; nil for
    /// meters, which tell what was used.
    static func leaping(endingIn months: [MerchantMonth], ratioMax: Int64?) -> RegularRun? {
        let isSimilar: Similarity = { earlier, later in
            guard let ratioMax else { return true }
            let (low, high) = (Int128(min(earlier, later)), Int128(max(earlier, later)))
            return high * 1_000 <= low * Int128(ratioMax)
        }
        return Interval.allCases.filter { $0 != .weekly }.compactMap {
            longest($0, endingIn: months, isSimilar)
        }.max {
            ($0.payments.count, $1.interval.rawValue) < ($1.payments.count, $0.interval.rawValue)
        }
    }

    private static func longest(
        _ interval: Interval,
        endingIn months: [MerchantMonth],
        _ isSimilar: Similarity
    ) -> RegularRun? {
        var deviation: Int32 = 0
        var first = months.count
        while first > 0 {
            let current = months[first - 1]
            guard current.tally.count == 1, current.tally.day > 0, current.tally.sum > 0 else {
                break
            }
            if first < months.count {
                let later = months[first]
                let expected = current.date.adding(months: interval.months)
                let days = abs(later.date.daysSinceEpoch - expected.daysSinceEpoch)
                guard later.month == current.month.adding(interval.months),
                    days <= interval.toleranceDays,
                    isSimilar(current.tally.sum, later.tally.sum)
                else { break }
                deviation = max(deviation, days)
            }
            first -= 1
        }
        let payments = Array(months[first...])
        guard payments.count >= interval.evidenceMin else { return nil }
        return RegularRun(interval: interval, payments: payments, deviationDays: deviation)
    }

    private static func weekly(
        endingIn months: [MerchantMonth],
        _ isSimilar: Similarity
    ) -> RegularRun? {
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
        let run = RegularRun(
            interval: .weekly,
            payments: Array(months[first...]),
            deviationDays: 0
        )
        guard run.payments.count >= 2, run.evidenceCount >= Interval.weekly.evidenceMin else {
            return nil
        }
        return run
    }
}
