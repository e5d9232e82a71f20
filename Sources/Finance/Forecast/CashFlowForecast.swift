/// What a person's liquid balance is expected to do in the next one to three months, day by day.
///
/// The method is told in docs/forecast.md. Everything is exact integer arithmetic on what is known,
/// so the same state gives the same forecast everywhere.
public struct CashFlowForecast: Hashable, Sendable {
    /// Why money is expected to move.
    public enum Source: UInt8, CaseIterable, Sendable {
        /// A provider announced it: a card payment, a premium, a repayment.
        case announced = 1
        /// It comes back regularly.
        case recurring = 2
        /// Its kind comes every month, and this is the usual sum.
        case usual = 3
    }

    /// A movement that is expected on a day.
    public struct Item: Hashable, Sendable {
        /// When.
        public let day: CivilDate
        /// Thousandths; negative goes out.
        public let amount: Int64
        /// Counterparty as the source writes it; empty when the asset says who.
        public let name: String
        /// Category; nil for what is only announced.
        public let category: Category?
        /// The bill, policy or loan, where a provider announced it.
        public let asset: AssetID?
        /// Why it is expected.
        public let source: Source
    }

    /// The balance at the end of a day, in thousandths.
    public struct Day: Hashable, Sendable {
        /// Which day.
        public let day: CivilDate
        /// What is expected.
        public let expected: Int64
        /// Four of five outcomes are not below this and not above `high`.
        public let low: Int64
        /// See `low`.
        public let high: Int64
    }

    /// How far earlier forecasts for this person were off.
    public struct Accuracy: Hashable, Sendable {
        /// Months ahead, 1...3.
        public let monthsAhead: Int
        /// Forecasts of the past that were compared.
        public let count: Int
        /// Median of their absolute errors, thousandths.
        public let medianError: Int64
    }

    /// What amounts are of.
    public let currency: Currency
    /// The day on which it is made; the first of `path` is the next.
    public let asOf: CivilDate
    /// Liquid balance that it starts from, thousandths; nil when no balance is known: the path is
    /// then the change from that day on.
    public let balance: Int64?
    /// By day.
    public let path: [Day]
    /// Single movements, by day.
    public let items: [Item]
    /// What is spread over the days of a month, for all that is in no item: thousandths a month.
    public let everyday: Int64
    /// The day with the lowest expected balance, the first of equal ones.
    public let lowest: Day
    /// Measured on this person's own past; empty without one.
    public let accuracy: [Accuracy]

    /// What a forecast is made from.
    public struct Basis {
        fileprivate let spending: SpendingState
        fileprivate let netWorth: NetWorthState
        fileprivate let obligations: ObligationsState
        fileprivate let taxonomy: Taxonomy

        /// The three read models of one person.
        public init(
            spending: SpendingState,
            netWorth: NetWorthState,
            obligations: ObligationsState,
            taxonomy: Taxonomy
        ) {
            self.spending = spending
            self.netWorth = netWorth
            self.obligations = obligations
            self.taxonomy = taxonomy
        }
    }

    /// Foretells `months`, 1...3, from the day after `day`.
    ///
    /// Nil when fewer than three complete months of payments are known: there is nothing to tell
    /// from.
    public init?(_ basis: Basis, in currency: Currency, on day: CivilDate, months: Int = 3) {
        let complete = day.month.adding(-1)
        guard
            let history = FlowHistory(
                basis.spending,
                basis.netWorth,
                in: currency,
                through: complete,
                target: .net,
                ofAccounts: true,
                taxonomy: basis.taxonomy
            ), history.totals.count >= ForecastErrors.monthsMin
        else { return nil }
        let errors = ForecastErrors(history, taxonomy: basis.taxonomy)
        let model = FlowModel(history, through: complete, seen: day, taxonomy: basis.taxonomy)
        let end = day.adding(months: Int32(max(1, min(ForecastErrors.horizonMax, months))))
        let plan = FlowPlan(model, basis.obligations, currency, after: day, through: end)
        let start = LiquidBalance(basis.netWorth, currency).newest
        let path = CashFlowForecast.path(plan, errors, from: start ?? 0, after: day, through: end)
        guard
            let lowest = path.min(by: { ($0.expected, $0.day) < ($1.expected, $1.day) })
        else { return nil }
        self.currency = currency
        asOf = day
        balance = start
        self.path = path
        items = plan.items
        everyday = model.rest
        self.lowest = lowest
        accuracy = errors.trials.enumerated().compactMap { place, trials in
            let errors = trials.map { Int64(clamping: $0.error.magnitude) }
            return errors.median.map {
                Accuracy(monthsAhead: place + 1, count: trials.count, medianError: $0)
            }
        }
    }

    private static func path(
        _ plan: FlowPlan,
        _ errors: ForecastErrors,
        from start: Int64,
        after day: CivilDate,
        through end: CivilDate
    ) -> [Day] {
        let known = plan.model.month
        // A person without a past is unsure by a whole month's rest.
        let unsure = Int64(clamping: plan.model.rest.magnitude)
        let widths = (1...ForecastErrors.horizonMax).map {
            errors.halfWidth(ahead: $0, knownAt: known) ?? unsure
        }
        var balance = start
        var days: [Day] = []
        for number in (day.daysSinceEpoch + 1)...end.daysSinceEpoch {
            let date = CivilDate(daysSinceEpoch: number)
            balance = balance.adding(clamped: plan.flow(on: date))
            let width = CashFlowForecast.width(widths, after: number - day.daysSinceEpoch)
            days.append(
                Day(
                    day: date,
                    expected: balance,
                    low: balance.adding(clamped: -width),
                    high: balance.adding(clamped: width)
                )
            )
        }
        return days
    }

    /// Grows with the square root of time in the first month, as errors of independent days do,
    /// then evenly from each measured month's end to the next.
    static func width(_ widths: [Int64], after days: Int32) -> Int64 {
        let days = Int128(days)
        guard days > 30 else {
            let share = (days * 1_000_000 / 30).squareRoot
            return Int64(clamping: Int128(widths[0]) * share / 1_000)
        }
        let place = Int(min(2, (days - 1) / 30))
        let before = Int128(widths[place - 1])
        let passed = min(30, days - Int128(place) * 30)
        return Int64(clamping: before + (Int128(widths[place]) - before) * passed / 30)
    }
}

extension Int128 {
    /// The greatest whole number whose square is not above this, which is not negative.
    var squareRoot: Int128 {
        guard self > 1 else { return Swift.max(0, self) }
        // Newton's steps fall until they are at the root.
        var root = self
        var next = (root + 1) / 2
        while next < root {
            root = next
            next = (root + self / root) / 2
        }
        return root
    }
}
