/// Why net worth changed between the ends of two months: parts that add up to the difference.
public struct NetWorthChange: Hashable, Sendable {
    /// Why a part changed.
    public enum Reason: UInt8, CaseIterable, Sendable {
        /// Its value did.
        case moved = 1
        /// Nothing was known of it before: the person did not get richer, the view got wider.
        case appeared = 2
        /// It was closed.
        case ended = 3
    }

    /// What one asset did as one kind.
    public struct Part: Hashable, Sendable {
        /// Which asset.
        public let asset: AssetID
        /// As what it counts; an account that went below zero has a part as either kind.
        public let kind: WealthKind
        /// Thousandths at the end of the first month; negative is owed.
        public let before: Int64
        /// At the end of the second.
        public let after: Int64
        /// What it adds to the difference.
        public let difference: Int64
        /// Why.
        public let reason: Reason
    }

    /// What one kind did.
    public struct KindPart: Hashable, Sendable {
        /// Which kind.
        public let kind: WealthKind
        /// What it adds to the difference, in thousandths.
        public let difference: Int64
    }

    /// What amounts are of.
    public let currency: Currency
    /// The first month.
    public let from: Month
    /// The second.
    public let to: Month
    /// Net worth at the end of the first.
    public let before: Int64
    /// At the end of the second.
    public let after: Int64
    /// What changed, greatest first; adds up to `after` less `before`.
    public let parts: [Part]
    /// The same by kind.
    public let kinds: [KindPart]

    /// Compares the ends of `from` and `to`.
    ///
    /// - Throws: `.overflow` when a sum leaves 64 bits.
    public init(
        of state: NetWorthState,
        in currency: Currency,
        from: Month,
        to: Month
    ) throws(FoldError) {
        let view = NetWorthView(state, currency)
        self.currency = currency
        self.from = from
        self.to = to
        var sums: [Place: (before: Int128, after: Int128)] = [:]
        var known: Set<AssetID> = []
        var left: Set<AssetID> = []
        for value in view.values(atEndOf: from) {
            sums[Place(value), default: (0, 0)].before += value.sum
            known.insert(value.asset)
        }
        for value in view.values(atEndOf: to) {
            sums[Place(value), default: (0, 0)].after += value.sum
            left.insert(value.asset)
        }
        before = try sums.values.reduce(Int128(0)) { $0 + $1.before }.narrowed()
        after = try sums.values.reduce(Int128(0)) { $0 + $1.after }.narrowed()
        var parts: [Part] = []
        var byKind: [WealthKind: Int128] = [:]
        for (place, sum) in sums where sum.before != sum.after {
            byKind[place.kind, default: 0] += sum.after - sum.before
            let isKnown = known.contains(place.asset)
            parts.append(
                Part(
                    asset: place.asset,
                    kind: place.kind,
                    before: try sum.before.narrowed(),
                    after: try sum.after.narrowed(),
                    difference: try (sum.after - sum.before).narrowed(),
                    reason: !isKnown ? .appeared : left.contains(place.asset) ? .moved : .ended
                )
            )
        }
        self.parts = parts.sorted {
            ($1.difference.magnitude, $0.kind, $0.asset)
                < ($0.difference.magnitude, $1.kind, $1.asset)
        }
        var kinds: [KindPart] = []
        for (kind, sum) in byKind.sorted(by: { $0.key < $1.key }) {
            kinds.append(KindPart(kind: kind, difference: try sum.narrowed()))
        }
        self.kinds = kinds
    }

    private struct Place: Hashable {
        let asset: AssetID
        let kind: WealthKind

        init(_ value: NetWorthView.Value) {
            asset = value.asset
            kind = value.kind
        }
    }
}

extension NetWorthChange {
    /// What one asset was worth at the ends of two months, in thousandths; negative is owed.
    ///
    /// - Throws: `.overflow` when a sum leaves 64 bits.
    public static func worth(
        of asset: AssetID,
        _ state: NetWorthState,
        in currency: Currency,
        from: Month,
        to: Month
    ) throws(FoldError) -> (before: Int64, after: Int64) {
        let view = NetWorthView(state, currency)
        func sum(_ month: Month) throws(FoldError) -> Int64 {
            let values = view.values(atEndOf: month).filter { $0.asset == asset }
            return try values.reduce(Int128(0)) { $0 + $1.sum }.narrowed()
        }
        return (try sum(from), try sum(to))
    }
}
