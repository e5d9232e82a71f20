/// What is proven complete, what has a gap, and since when: ready to be shown.
public struct CoverageReport: Hashable, Sendable {
    /// One account, card or wallet.
    public struct Asset: Hashable, Sendable {
        /// Compartment id of the asset.
        public let id: AssetID
        /// By the API's number; those that were answered.
        public let answers: [Answers]
        /// Numbers of the APIs over a period that were asked and never answered, but for those that
        /// the provider does not offer.
        public let unanswered: [UInt32]
        /// By currency; deposit accounts only.
        public let continuity: [Continuity]
    }

    /// What the provider answered to one API.
    public struct Answers: Hashable, Sendable {
        /// Number of the `ProviderAPI`.
        public let apiCode: UInt32
        /// The last complete answer, seconds since 1970 UTC.
        public let lastAt: Int64
        /// Days that complete answers cover, in Korea; none of an API that tells a state.
        public let days: [ClosedRange<CivilDate>]
    }

    /// What an account's balances prove in one currency.
    public struct Continuity: Hashable, Sendable {
        /// Which currency.
        public let currency: Currency
        /// Runs of days, first to last movement, in which each balance follows from the one before.
        public let proven: [ClosedRange<CivilDate>]
        /// Where balances do not follow, in order.
        public let gaps: [Gap]
        /// First day since which all balances follow, up to the last movement; nil when the last
        /// day itself does not hold, or does not say its balances.
        public let since: CivilDate?
        /// Whether the balances of all days follow from each other: no gap, and no day that does
        /// not say them.
        public let isWhole: Bool
    }

    /// Days between which, or on which, a movement is missing or wrong.
    public struct Gap: Hashable, Sendable {
        /// Last day that still holds, or the broken day.
        public let first: CivilDate
        /// First day that holds again, or the broken day.
        public let last: CivilDate
        /// What the missing movements come to, in thousandths; nil when that cannot be told.
        public let missing: Int64?
    }

    /// By id.
    public internal(set) var assets: [Asset]

    /// Reports on `state`.
    public init(of state: CoverageState) {
        assets = state.assets.sorted { $0.key < $1.key }.map { id, asset in
            Asset(
                id: id,
                answers: asset.answers.sorted { $0.key < $1.key }.compactMap(Answers.init),
                unanswered: asset.answers.filter(\.value.isMissed).keys.sorted().map(UInt32.init),
                continuity: asset.chains.sorted { $0.key < $1.key }.compactMap { code, chain in
                    Currency(numericCode: UInt32(code)).map { Continuity(chain, in: $0) }
                }
            )
        }
    }
}

extension CoverageReport.Answers {
    /// Nil of what was never answered.
    fileprivate init?(_ api: UInt16, _ answers: CoverageState.Answers) {
        guard let lastAt = answers.lastAt else { return nil }
        apiCode = UInt32(api)
        self.lastAt = lastAt
        days = answers.days.map { run in
            CivilDate(daysSinceEpoch: run.lowerBound)...CivilDate(daysSinceEpoch: run.upperBound)
        }
    }
}

extension CoverageReport.Continuity {
    fileprivate init(_ chain: BalanceChain, in currency: Currency) {
        let walk = BalanceWalk([chain.older].compactMap { $0 } + chain.days)
        (self.currency, proven, gaps) = (currency, walk.proven, walk.gaps)
        since = walk.since
        isWhole = walk.gaps.isEmpty && !walk.hasSilence
    }
}
