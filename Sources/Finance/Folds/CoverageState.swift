/// What is known to be complete of one subject; `CoverageReport` reads it.
public struct CoverageState: FoldState {
    /// One asset.
    struct Asset: Hashable, Sendable {
        /// By the API's number.
        var answers: [UInt16: Answers] = [:]
        /// By ISO 4217 numeric code.
        var chains: [UInt16: BalanceChain] = [:]
    }

    /// What the provider answered to one API.
    struct Answers: Hashable, Sendable {
        /// Seconds since 1970 UTC of the last complete answer; nil while all calls failed.
        var lastAt: Int64?
        /// Whether the provider ever said that it does not offer the API.
        var isNotOffered = false
        /// Days that complete answers cover, since 1970; rising, neither touching nor overlapping.
        var days: [ClosedRange<Int32>] = []

        /// Whether no day can be whole without it.
        var isMissed: Bool { lastAt == nil && !isNotOffered }
    }

    var assets: [AssetID: Asset] = [:]

    static let assetsMax = 2_000
    static let apisMax = 64
    static let currenciesMax = 64
    /// Runs of days of one API, of which who is asked in order has one; beyond it the oldest goes.
    static let runsMax = 64

    /// Nothing known.
    public init() {}

    mutating func answered(
        _ api: UInt16,
        _ days: ClosedRange<Int32>?,
        at seconds: Int64,
        of asset: AssetID
    ) throws(FoldError) {
        var answers = try answers(of: api, of: asset)
        answers.lastAt = max(answers.lastAt ?? seconds, seconds)
        if let days { answers.cover(days) }
        assets[asset, default: Asset()].answers[api] = answers
    }

    mutating func failed(_ api: UInt16, isOffered: Bool, of asset: AssetID) throws(FoldError) {
        var answers = try answers(of: api, of: asset)
        if !isOffered { answers.isNotOffered = true }
        assets[asset, default: Asset()].answers[api] = answers
    }

    private func answers(of api: UInt16, of asset: AssetID) throws(FoldError) -> Answers {
        try admit(asset)
        let known = assets[asset]?.answers
        if let answers = known?[api] { return answers }
        guard known?.count ?? 0 < CoverageState.apisMax else { throw .full }
        return Answers()
    }

    mutating func step(
        _ step: BalanceStep?,
        on day: Int32,
        _ currency: UInt16,
        of asset: AssetID,
        sign: Int32
    ) throws(FoldError) {
        try admit(asset)
        let known = assets[asset]?.chains
        guard known?[currency] != nil || known?.count ?? 0 < CoverageState.currenciesMax else {
            throw .full
        }
        // In place: a copy taken out would copy its days with every movement.
        assets[asset, default: Asset()].chains[currency, default: BalanceChain()]
            .add(step, on: day, sign: sign)
        guard assets[asset]?.chains[currency]?.isEmpty == true else { return }
        assets[asset]?.chains[currency] = nil
        if assets[asset] == Asset() { assets[asset] = nil }
    }

    private func admit(_ asset: AssetID) throws(FoldError) {
        guard assets[asset] != nil || assets.count < CoverageState.assetsMax else { throw .full }
    }
}

extension CoverageState.Answers {
    /// Adds days, together with the runs that they touch.
    mutating func cover(_ new: ClosedRange<Int32>) {
        var joined = new
        var rest: [ClosedRange<Int32>] = []
        for run in days {
            if run.upperBound < joined.lowerBound - 1 || run.lowerBound > joined.upperBound + 1 {
                rest.append(run)
            } else {
                joined =
                    min(run.lowerBound, joined.lowerBound)...max(run.upperBound, joined.upperBound)
            }
        }
        let place = rest.firstIndex { $0.lowerBound > joined.upperBound } ?? rest.count
        rest.insert(joined, at: place)
        if rest.count > CoverageState.runsMax { rest.removeFirst() }
        days = rest
    }
}

// Canonical encoding: assets by id; of each its APIs by number (last answer, whether it is not
// offered, first and last of each run of days), then its chains by currency.
extension CoverageState {
    /// Appends the canonical encoding.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(assets.count)
        for (id, asset) in assets.sorted(by: { $0.key < $1.key }) {
            writer.id(id)
            writer.number(asset.answers.count)
            for (api, answers) in asset.answers.sorted(by: { $0.key < $1.key }) {
                writer.number(UInt64(api))
                writer.optional(answers.lastAt)
                writer.number(answers.isNotOffered ? 1 : 0)
                writer.number(answers.days.count)
                for run in answers.days {
                    writer.signed(Int64(run.lowerBound))
                    writer.signed(Int64(run.upperBound))
                }
            }
            writer.number(asset.chains.count)
            for (currency, chain) in asset.chains.sorted(by: { $0.key < $1.key }) {
                writer.number(UInt64(currency))
                chain.encode(into: &writer)
            }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        assets = try reader.assets(through: CoverageState.assetsMax, Asset.init)
        guard assets.values.allSatisfy({ $0 != Asset() }) else { throw .malformedState }
        try reader.finish()
    }
}

extension CoverageState.Asset {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        var apiKeys = RisingKeys<UInt16>()
        for _ in 0..<(try reader.count(through: CoverageState.apisMax)) {
            let api = UInt16(try reader.number(through: UInt64(UInt16.max)))
            try apiKeys.take(api)
            answers[api] = try CoverageState.Answers(&reader)
        }
        var currencyKeys = RisingKeys<UInt16>()
        for _ in 0..<(try reader.count(through: CoverageState.currenciesMax)) {
            let currency = try reader.currency()
            try currencyKeys.take(currency)
            chains[currency] = try BalanceChain(&reader)
        }
    }
}

extension CoverageState.Answers {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        lastAt = try reader.optional()
        isNotOffered = try reader.number(through: 1) == 1
        for _ in 0..<(try reader.count(through: CoverageState.runsMax)) {
            let first = try reader.day()
            let last = try reader.day()
            guard first <= last, days.last.map({ $0.upperBound + 1 < first }) ?? true else {
                throw .malformedState
            }
            days.append(first...last)
        }
        guard lastAt != nil || days.isEmpty else { throw .malformedState }
    }
}

extension StateReader {
    /// A day of the years 1...9999, since 1970.
    @_lifetime(self: copy self)
    mutating func day() throws(FoldError) -> Int32 {
        let value = try signed()
        guard value >= Int64(CivilDate.least), value <= Int64(CivilDate.greatest) else {
            throw .malformedState
        }
        return Int32(value)
    }
}
