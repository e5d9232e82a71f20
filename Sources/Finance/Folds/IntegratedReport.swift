/// What a subject has and owes, ready to be shown: all amounts in thousandths.
public struct IntegratedReport: Hashable, Sendable {
    /// A sum of one currency with the time it was true at.
    public struct Figure: Hashable, Sendable {
        /// The sum.
        public let amount: Money
        /// When it was true: the oldest of the figures in it, seconds since 1970 UTC.
        public let asOf: Int64
    }

    /// One account, card, loan, policy, wallet or point scheme.
    public struct Asset: Hashable, Sendable {
        /// Compartment id of the asset.
        public let id: AssetID
        /// Number of the `AssetKind`; 0 until the asset's compartment is known.
        public let kind: Int
        /// org_code of the provider, or the name of an import's source; empty until known.
        public let provider: String
        /// Product name; empty until listed.
        public let name: String
        /// Masked number; empty until known.
        public let number: String
        /// Balance of deposits and investment cash, by currency.
        public let booked: [Figure]
        /// What can be withdrawn of it, where the source says.
        public let available: [Figure]
        /// What is owed, by currency.
        public let owed: [Figure]
        /// Value of holdings, funds and pensions, by currency.
        public let holdings: [Figure]
        /// Balance of prepaid wallets.
        public let wallet: [Figure]
        /// Points, in thousandths of a point; the currency is a placeholder and they are in no
        /// total.
        public let points: [Figure]
        /// What it adds to the totals, by currency; what is owed is negative, nothing counts twice.
        public let worth: [Figure]
        /// When its provider last answered about it, seconds since 1970 UTC; nil if never.
        public let lastGood: Int64?
        /// Whether the provider no longer lists it; it is then in no total.
        public let isClosed: Bool
    }

    /// What there is in one currency.
    public struct Total: Hashable, Sendable {
        /// Which currency.
        public let currency: Currency
        /// Deposits, holdings and wallets.
        public let assets: Int64
        /// What is owed, overdrafts included.
        public let liabilities: Int64
        /// The difference.
        public let net: Int64
    }

    /// When a provider last answered.
    public struct Source: Hashable, Sendable {
        /// org_code, or the name of an import's source.
        public let provider: String
        /// Number of its assets that are not closed.
        public let assetCount: Int
        /// Its best asset's last answer, seconds since 1970 UTC; nil if never.
        public let lastGood: Int64?
    }

    /// By provider, kind and id; closed ones too.
    public let assets: [Asset]
    /// By currency.
    public let totals: [Total]
    /// By provider.
    public let sources: [Source]

    /// Reports on `state`.
    ///
    /// - Throws: `.overflow` when a total leaves 64 bits.
    public init(of state: IntegratedState) throws(FoldError) {
        var assets: [Asset] = []
        var have: [UInt16: (assets: Int128, owed: Int128)] = [:]
        var sources: [String: (count: Int, lastGood: Int64)] = [:]
        for (id, known) in state.assets {
            let asset = known.settled
            let shown = try Asset(id, asset)
            assets.append(shown)
            var source = sources[shown.provider] ?? (0, .min)
            source.lastGood = max(source.lastGood, asset.lastGood)
            if !shown.isClosed { source.count += 1 }
            sources[shown.provider] = source
            if !shown.isClosed { asset.count(into: &have) }
        }
        self.assets = assets.sorted {
            ($0.provider, $0.kind, $0.id) < ($1.provider, $1.kind, $1.id)
        }
        var totals: [Total] = []
        for (code, total) in have.sorted(by: { $0.key < $1.key }) {
            guard let currency = Currency(numericCode: UInt32(code)) else { continue }
            totals.append(
                Total(
                    currency: currency,
                    assets: try total.assets.narrowed(),
                    liabilities: try total.owed.narrowed(),
                    net: try (total.assets - total.owed).narrowed()
                )
            )
        }
        self.totals = totals
        self.sources = sources.sorted { $0.key < $1.key }.map {
            Source(
                provider: $0.key,
                assetCount: $0.value.count,
                lastGood: $0.value.lastGood == .min ? nil : $0.value.lastGood
            )
        }
    }
}

extension IntegratedReport.Asset {
    fileprivate init(_ id: AssetID, _ asset: IntegratedState.Asset) throws(FoldError) {
        self.id = id
        kind = Int(asset.kind)
        provider = String(decoding: asset.provider, as: UTF8.self)
        name = String(decoding: asset.name, as: UTF8.self)
        number = String(decoding: asset.number, as: UTF8.self)
        booked = try asset.figures(.booked)
        available = try asset.figures(.available)
        owed = try asset.figures(.owed)
        holdings = try asset.figures(.holding, .pension)
        wallet = try asset.figures(.wallet)
        points = try asset.figures(.points)
        worth = try asset.worth()
        lastGood = asset.lastGood == .min ? nil : asset.lastGood
        isClosed = asset.isClosed
    }
}

extension IntegratedState.Asset {
    /// The same with its wallets settled.
    fileprivate var settled: IntegratedState.Asset {
        guard figures.contains(where: { $0.key.figure == .wallet }) else { return self }
        let known = figures.map { (key: $0.key, value: $0.value) }
        var settled = self
        settled.figures = Dictionary(
            uniqueKeysWithValues: FigureScope.settled(known, at: \.asOf).map { ($0.key, $0.value) }
        )
        return settled
    }

    /// Closed, and nothing was reported since.
    var isClosed: Bool { closedAt.map { $0 >= lastGood } ?? false }

    /// Sums by currency.
    fileprivate func figures(
        _ kinds: IntegratedState.Figure...
    ) throws(FoldError) -> [IntegratedReport.Figure] {
        var sums: [UInt16: (sum: Int128, asOf: Int64)] = [:]
        let scope = FigureScope(figures.keys, of: kind)
        for (key, amount) in figures where kinds.contains(key.figure) {
            if kinds.contains(.holding), !scope.counts(key) { continue }
            var sum = sums[key.currency] ?? (0, .max)
            sum.sum += Int128(amount.thousandths)
            sum.asOf = min(sum.asOf, amount.asOf)
            sums[key.currency] = sum
        }
        var shown: [IntegratedReport.Figure] = []
        for (code, sum) in sums.sorted(by: { $0.key < $1.key }) {
            guard let currency = Currency(numericCode: UInt32(code)) else { continue }
            shown.append(
                IntegratedReport.Figure(
                    amount: Money(thousandths: try sum.sum.narrowed(), currency: currency),
                    asOf: sum.asOf
                )
            )
        }
        return shown
    }

    /// What counts of it, by currency, each as of its oldest figure.
    fileprivate func worth() throws(FoldError) -> [IntegratedReport.Figure] {
        var have: [UInt16: (assets: Int128, owed: Int128)] = [:]
        count(into: &have)
        let scope = FigureScope(figures.keys, of: kind)
        var shown: [IntegratedReport.Figure] = []
        for (code, total) in have.sorted(by: { $0.key < $1.key }) {
            let times = figures.filter { key, _ in
                key.currency == code && key.figure != .points && scope.counts(key)
            }.values.map(\.asOf)
            guard let currency = Currency(numericCode: UInt32(code)), let asOf = times.min() else {
                continue
            }
            let sum = try (total.assets - total.owed).narrowed()
            let amount = Money(thousandths: sum, currency: currency)
            shown.append(IntegratedReport.Figure(amount: amount, asOf: asOf))
        }
        return shown
    }

    /// Adds to what there is and what is owed: a negative balance is owed.
    fileprivate func count(into have: inout [UInt16: (assets: Int128, owed: Int128)]) {
        let scope = FigureScope(figures.keys, of: kind)
        for (key, amount) in figures where scope.counts(key) {
            var total = have[key.currency] ?? (0, 0)
            let thousandths = Int128(amount.thousandths)
            switch key.figure {
            case .booked where thousandths < 0: total.owed -= thousandths
            case .booked, .holding, .wallet, .pension: total.assets += thousandths
            case .owed: total.owed += thousandths
            case .available, .points: continue
            }
            have[key.currency] = total
        }
    }
}
