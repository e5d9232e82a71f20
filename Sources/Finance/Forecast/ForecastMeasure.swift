/// How good forecasts are on months that were held back, against two that need no thought.
///
/// Each of the last `heldBack` months of each person is foretold from what was known at the end of
/// an earlier one, one to three months ahead, with intervals from then too.
public struct ForecastMeasure: Sendable {
    /// What is foretold.
    public enum Target: CaseIterable, Sendable {
        /// Change of the liquid balance through the last month of the horizon.
        case net
        /// What comes in to accounts.
        case incoming
        /// What goes out of accounts.
        case outgoing
        /// Spent by card.
        case card
    }

    /// One line of figures.
    public struct Line: Hashable, Sendable {
        /// Months ahead, 1...3.
        public let monthsAhead: Int
        /// Forecasts compared.
        public let count: Int
        /// Sum of absolute errors over the sum of what went out (net) or of the actual amounts, per
        /// mille: WAPE.
        public let error: Int
        /// The same when each month is foretold to be as the last one.
        public let errorOfLastMonth: Int
        /// The same when it is foretold to be the mean of the last three.
        public let errorOfMeanOfThree: Int
        /// Forecasts with an interval.
        public let intervalCount: Int
        /// How many of their intervals held the outcome, per mille; 800 is meant.
        public let coverage: Int
    }

    private struct Sums {
        var count = 0
        var size: Int128 = 0
        var error: Int128 = 0
        var last: Int128 = 0
        var mean: Int128 = 0
        var intervals = 0
        var held = 0
    }

    private let target: Target
    private let heldBack: Int
    private var sums = [Sums](repeating: Sums(), count: ForecastErrors.horizonMax)
    /// People with enough months to compare.
    public private(set) var people = 0

    /// A measure of one target over the last `heldBack` months of each person.
    public init(_ target: Target, heldBack: Int = 6) {
        self.target = target
        self.heldBack = max(1, min(24, heldBack))
    }

    /// Takes in one person, whose last complete month is `last`.
    public mutating func add(
        _ spending: SpendingState,
        _ netWorth: NetWorthState,
        in currency: Currency,
        through last: Month,
        taxonomy: Taxonomy
    ) {
        func history(_ target: FlowHistory.Target) -> FlowHistory? {
            FlowHistory(
                spending,
                netWorth,
                in: currency,
                through: last,
                target: target,
                ofAccounts: self.target != .card,
                taxonomy: taxonomy
            )
        }
        let flow: FlowHistory.Target =
            switch target {
            case .net: .net
            case .incoming: .incoming
            case .outgoing, .card: .outgoing
            }
        guard let history = history(flow), history.totals.count > ForecastErrors.monthsMin + 1
        else { return }
        let outgoing = target == .net ? self.outgoing(history) : nil
        let errors = ForecastErrors(history, taxonomy: taxonomy)
        var isCompared = false
        for ahead in 1...ForecastErrors.horizonMax {
            for trial in errors.trials[ahead - 1]
            where trial.month.adding(Int32(ahead)).index > last.index - Int32(heldBack) {
                let size = outgoing.map { $0(trial.month, ahead) } ?? Int128(trial.actual.magnitude)
                let width = errors.halfWidth(ahead: ahead, knownAt: trial.month)
                add(trial, size, width, ahead, history)
                isCompared = true
            }
        }
        if isCompared { people += 1 }
    }

    /// What went out in the months after one: errors of a balance are told as shares of it, since
    /// its own change may be next to nothing.
    private func outgoing(_ history: FlowHistory) -> (Month, Int) -> Int128 {
        { month, ahead in
            (1...ahead).reduce(Int128(0)) { sum, step in
                let later = month.adding(Int32(step))
                return history.merchants.reduce(sum) {
                    $0 + ($1.isIncoming ? 0 : Int128($1.sum(in: later)))
                }
            }
        }
    }

    private mutating func add(
        _ trial: ForecastErrors.Trial,
        _ size: Int128,
        _ width: Int64?,
        _ ahead: Int,
        _ history: FlowHistory
    ) {
        let last = Int128(history.total(trial.month))
        let three = (0..<3).reduce(Int128(0)) {
            $0 + Int128(history.total(trial.month.adding(Int32(-$1))))
        }
        let actual = Int128(trial.actual)
        let times = Int128(ahead)
        sums[ahead - 1].count += 1
        sums[ahead - 1].size += size
        sums[ahead - 1].error += Int128(trial.error.magnitude)
        sums[ahead - 1].last += Int128((actual - last * times).magnitude)
        sums[ahead - 1].mean += Int128(
            (actual - (three * times).dividedHalfEven(by: 3)).magnitude
        )
        guard let width else { return }
        sums[ahead - 1].intervals += 1
        if trial.error.magnitude <= width.magnitude { sums[ahead - 1].held += 1 }
    }

    /// The figures by months ahead.
    public var lines: [Line] {
        sums.enumerated().map { place, sums in
            func share(_ part: Int128, of whole: Int128) -> Int {
                whole == 0 ? 0 : Int(clamping: (part * 1_000).dividedHalfEven(by: whole))
            }
            return Line(
                monthsAhead: place + 1,
                count: sums.count,
                error: share(sums.error, of: sums.size),
                errorOfLastMonth: share(sums.last, of: sums.size),
                errorOfMeanOfThree: share(sums.mean, of: sums.size),
                intervalCount: sums.intervals,
                coverage: share(Int128(sums.held), of: Int128(sums.intervals))
            )
        }
    }
}
