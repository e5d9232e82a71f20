/// Adds up a state's cells for a report.
struct SpendingReportBuilder {
    private let state: SpendingState
    private let currency: Currency
    private let taxonomy: Taxonomy
    private var first = Month(index: 0)
    private(set) var months: [SpendingReport.MonthTotal] = []
    private var byCategory: [UInt8: (sum: Int128, count: Int64, series: [Int128])] = [:]
    private var byMerchant: [Int: (sum: Int128, count: Int64)] = [:]

    init(_ state: SpendingState, _ currency: Currency, _ taxonomy: Taxonomy) {
        self.state = state
        self.currency = currency
        self.taxonomy = taxonomy
    }

    mutating func collect(from first: Month, through last: Month) throws(FoldError) {
        self.first = first
        let length = Int(last.index - first.index) + 1
        for index in 0..<state.cells.count {
            let key = state.cells.key(index)
            let place = Int(key.month) - Int(first.index)
            guard place >= 0, place < length else { continue }
            let merchant = key.merchant.map { state.merchants.entries[$0] }
            guard merchant?.currency ?? key.currency == currency.numericCode else { continue }
            let tally = try merchant?.shown(state.cells[index]) ?? state.cells[index]
            let category = merchant?.held ?? key.category
            var total =
                byCategory[category] ?? (0, 0, [Int128](repeating: 0, count: length))
            total.sum += Int128(tally.sum)
            total.count = try total.count.adding(tally.count)
            total.series[place] += Int128(tally.sum)
            byCategory[category] = total
            if let number = key.merchant, taxonomy.kind(category) == .expense {
                var total = byMerchant[number] ?? (0, 0)
                total.sum += Int128(tally.sum)
                total.count = try total.count.adding(tally.count)
                byMerchant[number] = total
            }
        }
        try addMonths(length)
    }

    private mutating func addMonths(_ length: Int) throws(FoldError) {
        var counts = [Int64](repeating: 0, count: length)
        for index in 0..<state.cells.count {
            let key = state.cells.key(index)
            let place = Int(key.month) - Int(first.index)
            let merchant = key.merchant.map { state.merchants.entries[$0] }
            guard place >= 0, place < length,
                merchant?.currency ?? key.currency == currency.numericCode,
                taxonomy.kind(merchant?.held ?? key.category) == .expense
            else { continue }
            counts[place] = try counts[place].adding(state.cells[index].count)
        }
        for place in 0..<length {
            var spent: Int128 = 0
            var income: Int128 = 0
            for (category, total) in byCategory {
                switch taxonomy.kind(category) {
                case .expense: spent += total.series[place]
                case .income: income += total.series[place]
                case .transfer, .neutral: break
                }
            }
            months.append(
                SpendingReport.MonthTotal(
                    month: first.adding(Int32(place)),
                    spent: try spent.narrowed(),
                    income: try income.narrowed(),
                    purchaseCount: counts[place]
                )
            )
        }
    }

    /// The merchants with the greatest sums, equal ones by name.
    func merchants(atMost limit: Int) -> [SpendingReport.MerchantTotal] {
        let totals = byMerchant.filter { $0.value.sum > 0 }.compactMap { number, total in
            Int64(exactly: total.sum).map { merchant(number, $0, total.count) }
        }
        return Array(
            totals.sorted {
                ($1.sum, $0.name, $0.category, $0.mcc) < ($0.sum, $1.name, $1.category, $1.mcc)
            }.prefix(limit)
        )
    }

    private func merchant(
        _ number: Int,
        _ sum: Int64,
        _ count: Int64
    ) -> SpendingReport.MerchantTotal {
        let entry = state.merchants.entries[number]
        return SpendingReport.MerchantTotal(
            name: String(decoding: state.merchants.name(number), as: UTF8.self),
            category: Category(rawValue: entry.held),
            mcc: entry.mcc,
            evidence: entry.correction == 0
                ? Evidence(rawValue: entry.traits & 15) ?? .fallback : .person,
            sum: sum,
            count: count
        )
    }

    func categories(
        _ kind: CategoryKind,
        less merchants: [SpendingReport.MerchantTotal]
    ) throws(FoldError) -> [SpendingReport.CategoryTotal] {
        var named: [Category: Int128] = [:]
        for merchant in merchants { named[merchant.category, default: 0] += Int128(merchant.sum) }
        let chosen = byCategory.filter { taxonomy.kind($0.key) == kind }
        let whole = chosen.values.reduce(Int128(0)) { $0 + max(0, $1.sum) }
        var totals: [SpendingReport.CategoryTotal] = []
        for (code, total) in chosen where total.sum != 0 || total.count != 0 {
            let category = Category(rawValue: code)
            var series: [Int64] = []
            for amount in total.series { series.append(try amount.narrowed()) }
            let share = whole == 0 ? 0 : (max(0, total.sum) * 1_000).dividedHalfEven(by: whole)
            totals.append(
                SpendingReport.CategoryTotal(
                    category: category,
                    sum: try total.sum.narrowed(),
                    count: total.count,
                    share: Int(share),
                    series: series,
                    remainder: try (total.sum - (named[category] ?? 0)).narrowed()
                )
            )
        }
        return totals.sorted { ($1.sum, $0.category) < ($0.sum, $1.category) }
    }

    /// Regular payments in the state's whole detail.
    func recurring() -> [RecurringPayment] {
        let found = state.histories(in: currency).compactMap { history in
            RegularRun.steady(endingIn: history.months).map { RecurringPayment(history, $0) }
        }
        return found.sorted {
            ($1.confidence, $1.amount, $0.name, $0.category, $0.last)
                < ($0.confidence, $0.amount, $1.name, $1.category, $1.last)
        }
    }
}

extension Taxonomy {
    /// What adding to the category of that code means; an unknown code counts for nothing.
    func kind(_ code: UInt8) -> CategoryKind { self[Category(rawValue: code)]?.kind ?? .neutral }
}

extension Int64 {
    /// This plus `other`.
    ///
    /// - Throws: `.overflow`.
    func adding(_ other: Int64) throws(FoldError) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard !overflow else { throw .overflow }
        return sum
    }
}
