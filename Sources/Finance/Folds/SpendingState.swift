/// What is known of one subject's spending, income and transfers; `SpendingReport` reads it.
///
/// Each month has one sum per category and currency that is exact for ever. Within it, the months
/// from `detailMonths` before the latest on are told apart by merchant, for the subject's at most
/// 255 greatest merchants of that time. A category's total is always its merchants plus its
/// remainder, because adding moves along and never copies: what leaves the detail joins the
/// remainder.
///
/// In the order of events, sums and counts by month, category and currency do not depend; nor does
/// the detail, as long as there never are more than 255 merchants.
public struct SpendingState: FoldState {
    var cells = SpendingCells()
    var merchants = MerchantTable()
    var corrections = SpendingCorrections()
    /// Latest day of which anything is known, days since 1970; -1 is none.
    var lastDay: Int32 = -1
    /// Month of `lastDay`.
    var latest: UInt32 = 0

    /// Two years and one month: a yearly payment is then always seen twice.
    public static let detailMonths = 25

    /// Nothing known.
    public init() {}

    /// First month that merchants are told apart in once something of `month` is known.
    @inline(__always)
    func detailFrom(_ month: UInt32 = 0) -> UInt32 {
        let latest = max(latest, month)
        return latest > 24 ? latest - 24 : 0
    }

    /// Moves the present to `day` if that is later.
    @inline(__always)
    mutating func advance(to day: Int32, month: UInt32) {
        guard day > lastDay else { return }
        lastDay = day
        latest = month
    }

    /// Takes the detail from the months that leave it once something of `month` is known.
    mutating func roll(to month: UInt32) throws(FoldError) {
        guard month > latest else { return }
        let from = detailFrom(month)
        var index = 0
        while index < cells.count, cells.key(index).month < from {
            if cells.key(index).merchant != nil {
                try rebuild(detailFrom: from) { _ in true }
                return
            }
            index += 1
        }
    }

    /// Adds to a category's own cell.
    mutating func add(
        _ tally: Tally,
        month: UInt32,
        category: UInt8,
        currency: UInt16
    ) throws(FoldError) {
        let plain = Tally(sum: tally.sum, count: tally.count)
        let key = CellKey(month: month, category: category, currency: currency)
        _ = try cells.add(plain, to: key, hint: Int.max)
    }

    /// Adds to a merchant's cell.
    @inline(__always)
    mutating func add(_ tally: Tally, month: UInt32, merchant: Int) throws(FoldError) {
        let hint = Int(merchants.entries[merchant].hint)
        let key = CellKey(month: month, merchant: merchant)
        let index = try cells.add(tally, to: key, hint: hint)
        if index != hint { merchants.setHint(merchant, index) }
    }

    /// Makes room for a merchant: the quarter that counts least joins the remainders.
    ///
    /// First go those of whom nothing is left, because a state that was stored has none of them.
    /// A quarter at once, so that a subject with far more merchants than fit pays for it rarely.
    mutating func makeRoom() throws(FoldError) {
        guard merchants.isFull else { return }
        try rebuild(detailFrom: detailFrom()) { _ in true }
        guard merchants.isFull else { return }
        let weights = merchantWeights()
        let order = weights.indices.sorted {
            weights[$0] == weights[$1]
                ? merchants.precedes($0, $1) : weights[$0] < weights[$1]
        }
        let leaving = Set(order.prefix(MerchantTable.countMax / 4))
        try rebuild(detailFrom: detailFrom()) { !leaving.contains($0) }
    }

    /// Each merchant's share of its currency's amounts plus its share of all payments, in 2^-32.
    private func merchantWeights() -> [UInt64] {
        var amounts = [UInt64](repeating: 0, count: merchants.entries.count)
        var counts = amounts
        var byCurrency: [UInt16: UInt64] = [:]
        for index in 0..<cells.count {
            guard let merchant = cells.key(index).merchant else { continue }
            let tally = cells[index]
            // Bounded, so that no sum of 6,375 of them overflows.
            let amount = min(tally.sum.magnitude, 1 << 50)
            amounts[merchant] += amount
            counts[merchant] += min(tally.count.magnitude, 1 << 30)
            byCurrency[merchants.entries[merchant].currency, default: 0] += amount
        }
        let payments = max(1, counts.reduce(0, +))
        return merchants.entries.indices.map { merchant in
            let total = max(1, byCurrency[merchants.entries[merchant].currency] ?? 1)
            let amount = UInt128(amounts[merchant]) << 32 / UInt128(total)
            let count = UInt128(counts[merchant]) << 32 / UInt128(payments)
            return UInt64(truncatingIfNeeded: amount + count)
        }
    }

    /// Whether anything is left of the merchant: if not, a stored state does not have it.
    func isLive(_ merchant: Int) -> Bool {
        (detailFrom()...latest).contains { month in
            let key = CellKey(month: month, merchant: merchant)
            let index = cells.index(of: key)
            return index < cells.count && cells.key(index) == key && !cells[index].isEmpty
        }
    }

    /// Builds cells and merchants anew; cells of merchants that are not kept, or before
    /// `detailFrom`, join their category's.
    private mutating func rebuild(
        detailFrom: UInt32,
        keeps: (Int) -> Bool
    ) throws(FoldError) {
        var isSeen = [Bool](repeating: false, count: merchants.entries.count)
        for index in 0..<cells.count {
            let key = cells.key(index)
            guard let merchant = key.merchant, key.month >= detailFrom, !cells[index].isEmpty else {
                continue
            }
            isSeen[merchant] = true
        }
        let (table, numbers) = merchants.filtered { isSeen[$0] && keeps($0) }
        var kept = SpendingCells()
        kept.reserve(cells.count)
        for index in 0..<cells.count {
            let key = cells.key(index)
            let tally = cells[index]
            guard !tally.isEmpty else { continue }
            if let merchant = key.merchant {
                if key.month >= detailFrom, let number = numbers[merchant] {
                    let place = CellKey(month: key.month, merchant: number)
                    _ = try kept.add(tally, to: place, hint: Int.max)
                } else {
                    let entry = merchants.entries[merchant]
                    let place = CellKey(
                        month: key.month,
                        category: entry.held,
                        currency: entry.currency
                    )
                    let plain = Tally(sum: try entry.shown(tally).sum, count: tally.count)
                    _ = try kept.add(plain, to: place, hint: Int.max)
                }
            } else {
                _ = try kept.add(tally, to: key, hint: Int.max)
            }
        }
        cells = kept
        merchants = table
    }
}
