/// Spending and income of a period in one currency, ready to be shown: all amounts in thousandths.
public struct SpendingReport: Hashable, Sendable {
    /// One month's totals.
    public struct MonthTotal: Hashable, Sendable {
        /// Which month.
        public let month: Month
        /// Spent, less what came back.
        public let spent: Int64
        /// Earned.
        public let income: Int64
        /// Purchases less cancellations.
        public let purchaseCount: Int64
    }

    /// One category's part in the period.
    public struct CategoryTotal: Hashable, Sendable {
        /// Which category.
        public let category: Category
        /// Sum over the period, in the category's direction.
        public let sum: Int64
        /// Payments less cancellations.
        public let count: Int64
        /// Part of all categories of its kind whose sums are positive, per mille, rounded half to
        /// even; 0 when its own sum is not positive.
        public let share: Int
        /// By month, oldest first, as long as the period.
        public let series: [Int64]
        /// What is left when the report's merchants of this category are taken off: always exact.
        public let remainder: Int64
    }

    /// One merchant's part in the period.
    public struct MerchantTotal: Hashable, Sendable {
        /// As the source writes it.
        public let name: String
        /// Its category.
        public let category: Category
        /// Merchant category code it was seen with, to explain its category by; 0 if none.
        public let mcc: UInt16
        /// What kind of evidence decided the category.
        public let evidence: Evidence
        /// Sum over the months of the period that merchants are told apart in.
        public let sum: Int64
        /// Payments less cancellations.
        public let count: Int64
    }

    /// What amounts are of.
    public let currency: Currency
    /// Oldest first, without gaps.
    public let months: [MonthTotal]
    /// Spending, greatest first.
    public let spending: [CategoryTotal]
    /// Income, greatest first.
    public let income: [CategoryTotal]
    /// Transfers, greatest first: neither spent nor earned.
    public let transfers: [CategoryTotal]
    /// Merchants of spending, greatest first; at most `merchantsMax`.
    public let merchants: [MerchantTotal]
    /// Regular payments, spending and incoming, most confident first; of the whole detail, not the
    /// period.
    public let recurring: [RecurringPayment]
    /// Of spending, over the period's complete months, or all of it when none is.
    public let spendingTrend: Trend
    /// Of income, the same.
    public let incomeTrend: Trend
    /// Latest day that anything is known of; nil when nothing is.
    public let lastDay: CivilDate?

    /// What is reported.
    public struct Period: Hashable, Sendable {
        /// Last month, usually the present one.
        public var last: Month
        /// Number of months, 1...240; pages show 12 or 24.
        public var months: Int
        /// Last month that is over: what still runs says nothing about average and trend.
        public var lastComplete: Month
        /// How many merchants are named.
        public var merchantsMax: Int

        /// A period that ends with `last`; without `lastComplete` that month still runs.
        public init(
            last: Month,
            months: Int = 12,
            lastComplete: Month? = nil,
            merchantsMax: Int = 20
        ) {
            self.last = last
            self.months = max(1, min(240, months))
            self.lastComplete = lastComplete ?? last.adding(-1)
            self.merchantsMax = max(0, min(MerchantTable.countMax, merchantsMax))
        }
    }

    /// Reports on `state` in one currency.
    ///
    /// - Throws: `.overflow` when a total leaves 64 bits.
    public init(
        of state: SpendingState,
        in currency: Currency,
        over period: Period,
        taxonomy: Taxonomy
    ) throws(FoldError) {
        var builder = SpendingReportBuilder(state, currency, taxonomy)
        self.currency = currency
        let first = period.last.adding(Int32(1 - period.months))
        try builder.collect(from: first, through: period.last)
        months = builder.months
        merchants = builder.merchants(atMost: period.merchantsMax)
        spending = try builder.categories(.expense, less: merchants)
        income = try builder.categories(.income, less: [])
        transfers = try builder.categories(.transfer, less: [])
        recurring = builder.recurring()
        lastDay = state.lastDay < 0 ? nil : CivilDate(daysSinceEpoch: state.lastDay)
        let complete = months.filter { $0.month <= period.lastComplete }
        let whole = complete.isEmpty ? months : complete
        spendingTrend = try Trend(of: whole.map(\.spent))
        incomeTrend = try Trend(of: whole.map(\.income))
    }
}

extension SpendingState {
    /// The currencies that anything is known in, by numeric code.
    public var currencies: [Currency] {
        var codes: Set<UInt16> = []
        for index in 0..<cells.count where !cells[index].isEmpty {
            let key = cells.key(index)
            codes.insert(key.merchant.map { merchants.entries[$0].currency } ?? key.currency)
        }
        return codes.sorted().compactMap { Currency(numericCode: UInt32($0)) }
    }

    /// Every month, category and currency with its exact sum and count, in that order.
    ///
    /// This is what the fold promises: each equals the sum over the events taken in.
    /// - Throws: `.overflow` when merchants and remainder together leave 64 bits.
    public func monthlyTotals() throws(FoldError) -> [MonthlyTotal] {
        var totals: [CellKey: Tally] = [:]
        for index in 0..<cells.count {
            var key = cells.key(index)
            var tally = cells[index]
            if let merchant = key.merchant {
                let entry = merchants.entries[merchant]
                key = CellKey(month: key.month, category: entry.held, currency: entry.currency)
                tally = try entry.shown(tally)
            }
            totals[key] = try (totals[key] ?? Tally()).adding(tally)
        }
        return totals.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.compactMap {
            guard let currency = Currency(numericCode: UInt32($0.key.currency)) else { return nil }
            return MonthlyTotal(
                month: Month(index: Int32($0.key.month)),
                category: Category(rawValue: $0.key.category),
                currency: currency,
                sum: $0.value.sum,
                count: $0.value.count
            )
        }
    }

    /// One month's total of one category in one currency.
    public struct MonthlyTotal: Hashable, Sendable {
        /// Which month.
        public let month: Month
        /// Which category.
        public let category: Category
        /// What the sum is of.
        public let currency: Currency
        /// Thousandths, in the category's direction.
        public let sum: Int64
        /// Payments less cancellations.
        public let count: Int64
    }
}
