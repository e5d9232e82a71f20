public import Finance

/// Why one asset's part of net worth changed: its movements by category, and what they leave open.
public struct TraceView: Sendable {
    /// What the movements of one category come to.
    public struct Sum: Sendable {
        /// Stable id of the category; `nil` for movements without one.
        public var category: String?
        /// Name of the category to show.
        public var name: LocalizedName?
        /// What came in less what went out.
        public var amount: Money
        /// How many.
        public var count: UInt64

        /// A category's sum.
        public init(category: String?, name: LocalizedName?, amount: Money, count: UInt64) {
            (self.category, self.name, self.amount) = (category, name, amount)
            self.count = count
        }
    }

    /// The asset.
    public var title: AssetTitle
    /// First month; it is compared with the end of the one before.
    public var from: Month
    /// Last month.
    public var through: Month
    /// What it was worth before; negative is owed.
    public var before: Money
    /// What it is worth at the end.
    public var after: Money
    /// By category, the greatest first.
    public var sums: [Sum]
    /// What no movement says: a price, interest that is only in the balance, rows that are missing.
    public var rest: Money
    /// The greatest movements, in the order of their size.
    public var events: [TransactionLine]
    /// Movements that are not among `events`.
    public var omitted: UInt64

    /// A change with what explains it, from the movements of its months in the order of the log.
    ///
    /// - Throws: `MoneyError` when a sum leaves 64 bits.
    public init(
        title: AssetTitle,
        from: Month,
        through: Month,
        before: Money,
        after: Money,
        movements: [TransactionLine]
    ) throws(MoneyError) {
        (self.title, self.from, self.through) = (title, from, through)
        (self.before, self.after) = (before, after)
        var byCategory: [String: Sum] = [:]
        var rest = try after.subtracting(before)
        for line in movements where line.amount.currency == before.currency {
            rest = try rest.subtracting(line.amount)
            let key = line.category ?? ""
            var sum =
                byCategory[key]
                ?? Sum(
                    category: line.category,
                    name: line.categoryName,
                    amount: .zero(before.currency),
                    count: 0
                )
            sum.amount = try sum.amount.adding(line.amount)
            sum.count += 1
            byCategory[key] = sum
        }
        self.rest = rest
        sums = byCategory.values.sorted {
            ($1.amount.thousandths.magnitude, $0.category ?? "")
                < ($0.amount.thousandths.magnitude, $1.category ?? "")
        }
        let sorted = movements.filter { $0.amount.currency == before.currency }.sorted {
            (
                $1.amount.thousandths.magnitude, $1.day, $1.event.revision, $1.event.index
            )
                < (
                    $0.amount.thousandths.magnitude, $0.day, $0.event.revision, $0.event.index
                )
        }
        events = Array(sorted.prefix(TraceView.eventsMax))
        omitted = UInt64(sorted.count - events.count)
    }

    /// Movements that are listed: those that explain most.
    public static let eventsMax = 50
}
