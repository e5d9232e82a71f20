/// What there was and what was owed at the end of each month in one currency, in thousandths.
///
/// A month in which nothing was reported of an asset has its value of the month before: carried,
/// and marked so. An asset counts from the first month that anything is known of it, and until the
/// month before it was closed.
public struct NetWorthReport: Hashable, Sendable {
    /// One kind's part.
    public struct Part: Hashable, Sendable {
        /// Which kind.
        public let kind: WealthKind
        /// Its sum; negative is owed.
        public let amount: Int64
    }

    /// The end of one month; for the present month, what is known last.
    public struct MonthEnd: Hashable, Sendable {
        /// Which month.
        public let month: Month
        /// What there was.
        public let assets: Int64
        /// What was owed, positive.
        public let liabilities: Int64
        /// The difference.
        public let net: Int64
        /// By kind, without kinds that nothing is known of; adds up to `net`.
        public let parts: [Part]
        /// Points, in thousandths of one; in no sum, and only in the report on won.
        public let points: Int64
        /// Number of assets in it.
        public let assetCount: Int
        /// How many of them have a value that was carried on from an earlier month.
        public let carriedCount: Int
    }

    /// The newest value of one asset's part.
    public struct AssetValue: Hashable, Sendable {
        /// Which asset.
        public let asset: AssetID
        /// As what it counts.
        public let kind: WealthKind
        /// Negative is owed.
        public let amount: Int64
        /// When it was true: the oldest of the figures in it, seconds since 1970 UTC.
        public let asOf: Int64
    }

    /// What amounts are of.
    public let currency: Currency
    /// Oldest first, without gaps, from the first of which anything is known.
    public let months: [MonthEnd]
    /// Newest values of assets that are not closed, greatest first.
    public let newest: [AssetValue]

    /// Reports on `months` months that end with `last`, 1...240.
    ///
    /// - Throws: `.overflow` when a sum leaves 64 bits.
    public init(
        of state: NetWorthState,
        in currency: Currency,
        through last: Month,
        months count: Int = 12
    ) throws(FoldError) {
        let view = NetWorthView(state, currency)
        self.currency = currency
        var months: [MonthEnd] = []
        let first = last.adding(Int32(1 - max(1, min(240, count))))
        for index in first.index...last.index {
            let month = Month(index: index)
            let values = view.values(atEndOf: month)
            guard !months.isEmpty || !values.isEmpty else { continue }
            months.append(try MonthEnd(month, values, points: view.points(atEndOf: month)))
        }
        self.months = months
        newest = try view.values(atEndOf: last).map { value throws(FoldError) in
            AssetValue(
                asset: value.asset,
                kind: value.kind,
                amount: try value.sum.narrowed(),
                asOf: value.asOf
            )
        }.sorted { ($1.amount, $0.kind, $0.asset) < ($0.amount, $1.kind, $1.asset) }
    }
}

extension NetWorthReport.MonthEnd {
    fileprivate init(
        _ month: Month,
        _ values: [NetWorthView.Value],
        points: Int128
    ) throws(FoldError) {
        self.month = month
        var byKind: [WealthKind: Int128] = [:]
        var have: Int128 = 0
        var owed: Int128 = 0
        for value in values {
            byKind[value.kind, default: 0] += value.sum
            if value.kind.isOwed { owed -= value.sum } else { have += value.sum }
        }
        var parts: [NetWorthReport.Part] = []
        for (kind, sum) in byKind.sorted(by: { $0.key < $1.key }) {
            parts.append(NetWorthReport.Part(kind: kind, amount: try sum.narrowed()))
        }
        self.parts = parts
        assets = try have.narrowed()
        liabilities = try owed.narrowed()
        net = try (have - owed).narrowed()
        self.points = try points.narrowed()
        assetCount = Set(values.map(\.asset)).count
        carriedCount = Set(values.lazy.filter(\.isCarried).map(\.asset)).count
    }
}

/// A state as seen in one currency.
struct NetWorthView {
    /// What one asset counts as one kind.
    struct Value {
        let asset: AssetID
        let kind: WealthKind
        var sum: Int128
        var asOf: Int64
        /// Whether any figure in it is of an earlier month.
        var isCarried: Bool
    }

    private let state: NetWorthState
    private let code: UInt16

    init(_ state: NetWorthState, _ currency: Currency) {
        self.state = state
        code = currency.numericCode
    }

    /// By asset and kind, in that order.
    func values(atEndOf month: Month) -> [Value] {
        var values: [Value] = []
        for (id, asset) in state.assets where !asset.isClosed(in: month) {
            let known = asset.series.compactMap { series in
                series.key.currency == code
                    ? series.point(through: month).map { (key: series.key, value: $0) } : nil
            }
            let scope = FigureScope(known.lazy.map(\.key), of: asset.kind)
            let settled = FigureScope.settled(known, at: \.at.seconds)
            var byKind: [WealthKind: Value] = [:]
            for (key, point) in settled where scope.counts(key) {
                let amount = Int128(point.thousandths)
                guard
                    let kind = WealthKind(key.figure, of: asset.kind, isNegative: amount < 0)
                else { continue }
                var value =
                    byKind[kind]
                    ?? Value(asset: id, kind: kind, sum: 0, asOf: .max, isCarried: false)
                value.sum += key.figure == .owed ? -amount : amount
                value.asOf = min(value.asOf, point.at.seconds)
                if Int32(point.at.month) < month.index { value.isCarried = true }
                byKind[kind] = value
            }
            values += byKind.values
        }
        return values.sorted { ($0.asset, $0.kind) < ($1.asset, $1.kind) }
    }

    /// Thousandths of a point; they have no currency and stand with the won.
    func points(atEndOf month: Month) -> Int128 {
        guard code == Currency.krw.numericCode else { return 0 }
        var sum: Int128 = 0
        for asset in state.assets.values where !asset.isClosed(in: month) {
            for series in asset.series where series.key.figure == .points {
                sum += Int128(series.point(through: month)?.thousandths ?? 0)
            }
        }
        return sum
    }
}

extension NetWorthState.Series {
    /// The value at the end of a month, of it or an earlier one.
    func point(through month: Month) -> NetWorthState.Point? {
        points.last { Int32($0.at.month) <= month.index }
    }
}

extension NetWorthState.Asset {
    /// Closed by the end of a month, and nothing was reported since the closure.
    func isClosed(in month: Month) -> Bool {
        guard let closed, Int32(closed.month) <= month.index else { return false }
        return !series.contains { $0.points.last.map { $0.at.seconds > closed.seconds } ?? false }
    }
}
