/// One merchant's or counterparty's months in the detail of a spending state.
struct MerchantHistory {
    let name: String
    let category: Category
    let isIncoming: Bool
    /// Whether a deposit account says so, not a card or wallet.
    let isOfAccount: Bool
    /// Oldest first, without empty months.
    let months: [MerchantMonth]

    /// The same as of the end of a month.
    func through(_ month: Month) -> MerchantHistory {
        guard let last = months.last, last.month > month else { return self }
        return MerchantHistory(
            name: name,
            category: category,
            isIncoming: isIncoming,
            isOfAccount: isOfAccount,
            months: Array(months.prefix { $0.month <= month })
        )
    }

    /// What it paid or was paid in a month, in its category's direction.
    func sum(in month: Month) -> Int64 {
        // Months are few and sorted; the one asked for is mostly near the end.
        for one in months.reversed() {
            if one.month == month { return one.tally.sum }
            if one.month < month { return 0 }
        }
        return 0
    }
}

extension SpendingState {
    /// All merchants of a currency, by name and category.
    func histories(in currency: Currency) -> [MerchantHistory] {
        var months: [Int: [MerchantMonth]] = [:]
        for index in 0..<cells.count where !cells[index].isEmpty {
            let key = cells.key(index)
            guard let number = key.merchant,
                merchants.entries[number].currency == currency.numericCode
            else { continue }
            months[number, default: []].append(
                MerchantMonth(month: Month(index: Int32(key.month)), tally: cells[index])
            )
        }
        return months.map { number, months in
            let entry = merchants.entries[number]
            return MerchantHistory(
                name: String(decoding: merchants.name(number), as: UTF8.self),
                category: Category(rawValue: entry.category),
                isIncoming: entry.isInflow,
                isOfAccount: entry.source != MerchantSource.card.rawValue,
                months: months
            )
        }.sorted {
            ($0.name, $0.category, $0.isOfAccount ? 1 : 0, $0.months.count)
                < ($1.name, $1.category, $1.isOfAccount ? 1 : 0, $1.months.count)
        }
    }
}

/// A payment that comes back at a regular interval, whatever its amount does: a
/// `RecurringPayment` ends when an amount leaps, this goes on and shows the leap.
struct RegularCharge {
    let interval: Interval
    /// One payment in each, newest last.
    let payments: [MerchantMonth]

    /// Amount of the last payment, thousandths.
    var amount: Int64 { payments.last?.tally.sum ?? 0 }
    /// Day of the last payment.
    var last: CivilDate { payments[payments.count - 1].date }
    /// Day on which the next one is expected.
    var next: CivilDate { last.adding(months: interval.months) }

    /// Whether the next payment is not overdue on `day`.
    func isActive(on day: CivilDate) -> Bool {
        day <= next.adding(days: interval.toleranceDays)
    }

    /// The last amount that was another one, and the first payment since.
    var change: (before: Int64, first: MerchantMonth)? {
        guard let last = payments.last,
            let place = payments.lastIndex(where: { $0.tally.sum != last.tally.sum })
        else { return nil }
        return (payments[place].tally.sum, payments[place + 1])
    }

    /// The longest run that ends with the merchant's last month; the shorter interval of equal
    /// ones.
    ///
    /// Of two amounts in a row the greater is at most `ratioMax` per mille of the other; nil for
    /// meters, which tell what was used.
    static func best(in months: [MerchantMonth], ratioMax: Int64?) -> RegularCharge? {
        let runs = Interval.allCases.compactMap { interval in
            interval == .weekly ? nil : run(interval, months, ratioMax)
        }
        return runs.max {
            ($0.payments.count, $1.interval.rawValue) < ($1.payments.count, $0.interval.rawValue)
        }
    }

    private static func run(
        _ interval: Interval,
        _ months: [MerchantMonth],
        _ ratioMax: Int64?
    ) -> RegularCharge? {
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
                    ratioMax.map({ isWithin($0, current.tally.sum, later.tally.sum) }) ?? true
                else { break }
            }
            first -= 1
        }
        let payments = Array(months[first...])
        guard payments.count >= interval.evidenceMin else { return nil }
        return RegularCharge(interval: interval, payments: payments)
    }

    private static func isWithin(_ ratio: Int64, _ one: Int64, _ other: Int64) -> Bool {
        let (low, high) = (Int128(min(one, other)), Int128(max(one, other)))
        return high * 1_000 <= low * Int128(ratio)
    }
}
