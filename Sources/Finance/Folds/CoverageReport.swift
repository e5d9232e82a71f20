/// What is proven complete, what has a gap, and since when: ready to be shown.
public struct CoverageReport: Hashable, Sendable {
    /// One account, card or wallet.
    public struct Asset: Hashable, Sendable {
        /// Compartment id of the asset.
        public let id: AssetID
        /// By the API's number.
        public let answers: [Answers]
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
        /// day itself does not hold.
        public let since: CivilDate?
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
                answers: asset.answers.sorted { $0.key < $1.key }.map(Answers.init),
                continuity: asset.chains.sorted { $0.key < $1.key }.compactMap { code, chain in
                    Currency(numericCode: UInt32(code)).map { Continuity(chain, in: $0) }
                }
            )
        }
    }
}

extension CoverageReport.Answers {
    fileprivate init(_ api: UInt16, _ answers: CoverageState.Answers) {
        apiCode = UInt32(api)
        lastAt = answers.lastAt
        days = answers.days.map { run in
            CivilDate(daysSinceEpoch: run.lowerBound)...CivilDate(daysSinceEpoch: run.upperBound)
        }
    }
}

extension CoverageReport.Continuity {
    fileprivate init(_ chain: BalanceChain, in currency: Currency) {
        var walk = BalanceWalk()
        if let older = chain.older { walk.take(older) }
        for day in chain.days { walk.take(day) }
        walk.close()
        (self.currency, proven, gaps) = (currency, walk.proven, walk.gaps)
        let isBroken =
            if let gap = gaps.last, let last = proven.last { gap.last >= last.upperBound } else {
                false
            }
        since = isBroken ? nil : proven.last?.lowerBound
    }
}

/// Goes through an account's days in order.
private struct BalanceWalk {
    private(set) var proven: [ClosedRange<CivilDate>] = []
    private(set) var gaps: [CoverageReport.Gap] = []
    /// The run under way, and the balance that it stands at; nil until a day told it.
    private var run: (first: Int32, last: Int32)?
    private var closing: Int64?

    mutating func take(_ day: BalanceChain.Day) {
        switch day.reading {
        case .whole(let opening, let closing):
            if let known = self.closing, known != opening {
                let (missing, overflow) = opening.subtractingReportingOverflow(known)
                gap(from: run?.last ?? day.day, to: day.day, overflow ? nil : missing)
            }
            extend(to: day.day)
            self.closing = closing
        case .round: extend(to: day.day)
        case .broken: gap(from: day.day, to: day.day, nil)
        case .silent: close()
        }
    }

    /// Ends the run under way: what follows is not known to follow from it.
    mutating func close() {
        if let run {
            proven.append(
                CivilDate(daysSinceEpoch: run.first)...CivilDate(daysSinceEpoch: run.last)
            )
        }
        (run, closing) = (nil, nil)
    }

    private mutating func extend(to day: Int32) { run = (run?.first ?? day, day) }

    private mutating func gap(from first: Int32, to last: Int32, _ missing: Int64?) {
        gaps.append(
            CoverageReport.Gap(
                first: CivilDate(daysSinceEpoch: first),
                last: CivilDate(daysSinceEpoch: last),
                missing: missing
            )
        )
        close()
    }
}
