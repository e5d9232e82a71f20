/// How far forecasts of this very person were off: each month that is over foretold from the months
/// before it, one to three months ahead.
struct ForecastErrors {
    /// Months ahead.
    static let horizonMax = 3
    /// Fewer months than this foretell nothing.
    static let monthsMin = 3

    /// One forecast of the past.
    struct Trial {
        /// The last month that was known.
        let month: Month
        /// Sum of the months after it, as foretold.
        let foretold: Int64
        let actual: Int64

        var error: Int64 { Int64(clamping: Int128(actual) - Int128(foretold)) }
    }

    /// By months ahead less one, oldest first.
    private(set) var trials: [[Trial]] = [[], [], []]

    init(_ history: FlowHistory, taxonomy: Taxonomy) {
        let count = history.totals.count
        guard count > ForecastErrors.monthsMin else { return }
        for known in ForecastErrors.monthsMin..<count {
            let month = history.first.adding(Int32(known) - 1)
            let model = FlowModel(
                history,
                through: month,
                seen: month.day(31),
                taxonomy: taxonomy
            )
            var foretold: Int64 = 0
            var actual: Int64 = 0
            for ahead in 1...ForecastErrors.horizonMax where known + ahead <= count {
                let later = month.adding(Int32(ahead))
                foretold = foretold.adding(clamped: model.total(in: later))
                actual = actual.adding(clamped: history.total(later))
                trials[ahead - 1].append(
                    Trial(month: month, foretold: foretold, actual: actual)
                )
            }
        }
    }

    /// Half the width of the interval that holds four of five outcomes, `ahead` months from the end
    /// of `month`, by the errors that were known then.
    ///
    /// The k-th smallest of n errors with k = ⌈0.8 (n + 1)⌉, so that the interval holds at least
    /// four of five for errors that come in any order (split conformal prediction). With fewer than
    /// four errors half as much again as the greatest, and at least the width of one month times
    /// the square root of the months; with none nil.
    func halfWidth(ahead: Int, knownAt month: Month) -> Int64? {
        var width: Int64?
        var ofOneMonth: Int128 = 0
        for step in 1...max(1, min(ahead, ForecastErrors.horizonMax)) {
            let errors = trials[step - 1].filter {
                $0.month.adding(Int32(step)) <= month
            }.suffix(12).map { Int128($0.error.magnitude) }.sorted()
            guard let greatest = errors.last else { continue }
            let rank = ((errors.count + 1) * 8 + 9) / 10
            var own = rank <= errors.count ? errors[rank - 1] : greatest * 3 / 2
            if step == 1 { ofOneMonth = own }
            if rank > errors.count {
                let root = (Int128(step) * 1_000_000).squareRoot
                own = max(own, min(ofOneMonth, Int128(Int64.max)) * root / 1_000)
            }
            // Further ahead is never surer.
            width = max(width ?? 0, Int64(clamping: own))
        }
        return width
    }
}
