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
    /// All merchants of a currency, by name and category, as a person's corrections have them.
    func histories(in currency: Currency) -> [MerchantHistory] {
        var months: [Int: [MerchantMonth]] = [:]
        for index in 0..<cells.count where !cells[index].isEmpty {
            let key = cells.key(index)
            guard let number = key.merchant,
                merchants.entries[number].currency == currency.numericCode
            else { continue }
            var tally = cells[index]
            if merchants.entries[number].isTurned {
                // Held within 64 bits, as all that is only told from: sums refuse it.
                tally.sum = Int64(clamping: -Int128(tally.sum))
            }
            months[number, default: []].append(
                MerchantMonth(month: Month(index: Int32(key.month)), tally: tally)
            )
        }
        return months.map { number, months in
            let entry = merchants.entries[number]
            return MerchantHistory(
                name: String(decoding: merchants.name(number), as: UTF8.self),
                category: Category(rawValue: entry.held),
                isIncoming: entry.isInflow != entry.isTurned,
                isOfAccount: entry.source != MerchantSource.card.rawValue,
                months: months
            )
        }.sorted {
            ($0.name, $0.category, $0.isOfAccount ? 1 : 0, $0.months.count)
                < ($1.name, $1.category, $1.isOfAccount ? 1 : 0, $1.months.count)
        }
    }
}
