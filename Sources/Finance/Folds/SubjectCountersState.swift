/// Counts of one subject; order of events does not matter.
public struct SubjectCountersState: FoldState {
    /// One asset's provider, empty until its compartment is named, and its number of events.
    struct Asset: Hashable, Sendable {
        var provider: [UInt8] = []
        var events: UInt64 = 0
    }

    var byType: [UInt32: UInt64] = [:]
    var byAsset: [AssetID: Asset] = [:]
    var byCurrency: [UInt16: MoneyFlow] = [:]

    static let assetsMax = 2_000
    static let typesMax = 4_096
    static let textBytesMax = 64

    /// Nothing counted.
    public init() {}

    mutating func count(
        _ type: EventType,
        _ asset: AssetID,
        _ moved: (currency: UInt32, flow: MoneyFlow)?
    ) throws(FoldError) {
        guard byAsset[asset] != nil || byAsset.count < SubjectCountersState.assetsMax,
            byType[type.rawValue] != nil || byType.count < SubjectCountersState.typesMax
        else { throw .full }
        if let moved {
            guard moved.currency >= 1, moved.currency <= 999 else { throw .unrepresentable }
            let key = UInt16(moved.currency)
            let sum = (byCurrency[key] ?? MoneyFlow()).combined(moved.flow, sign: 1)
            byCurrency[key] = sum.isEmpty ? nil : sum
        }
        byType[type.rawValue, default: 0] &+= 1
        byAsset[asset, default: Asset()].events &+= 1
    }

    /// Takes off what `count` counted.
    /// - Throws: `.unrepresentable` when it was not counted.
    mutating func uncount(
        _ type: EventType,
        _ asset: AssetID,
        _ moved: (currency: UInt32, flow: MoneyFlow)?
    ) throws(FoldError) {
        guard let ofType = byType[type.rawValue], ofType > 0, var known = byAsset[asset],
            known.events > 0
        else { throw .unrepresentable }
        if let moved {
            guard moved.currency >= 1, moved.currency <= 999 else { throw .unrepresentable }
            let key = UInt16(moved.currency)
            let sum = (byCurrency[key] ?? MoneyFlow()).combined(moved.flow, sign: -1)
            byCurrency[key] = sum.isEmpty ? nil : sum
        }
        byType[type.rawValue] = ofType == 1 ? nil : ofType - 1
        known.events -= 1
        byAsset[asset] = known == Asset() ? nil : known
    }

    /// Counts the opening of an asset's compartment and keeps its provider's name.
    mutating func open(_ asset: AssetID, _ provider: [UInt8]) throws(FoldError) {
        let type = EventType.compartmentOpened.rawValue
        guard byAsset[asset] != nil || byAsset.count < SubjectCountersState.assetsMax,
            byType[type] != nil || byType.count < SubjectCountersState.typesMax
        else { throw .full }
        byType[type, default: 0] &+= 1
        byAsset[asset, default: Asset()].provider = provider
    }

    /// What this subject adds to the platform's totals.
    public var contribution: Contribution {
        var byProvider: [String: UInt64] = [:]
        for asset in byAsset.values where asset.events > 0 {
            byProvider[String(decoding: asset.provider, as: UTF8.self), default: 0] &+= asset.events
        }
        return Contribution(
            byType: byType,
            byProvider: byProvider,
            byCurrency: byCurrency
        )
    }

    /// One subject's part in the platform's totals.
    public struct Contribution: Hashable, Sendable {
        /// Events by type number.
        public let byType: [UInt32: UInt64]
        /// Events by org_code or source; the empty name is assets not yet named.
        public let byProvider: [String: UInt64]
        /// Amounts by ISO 4217 numeric code.
        public let byCurrency: [UInt16: MoneyFlow]
    }
}

extension SubjectCountersState {
    /// Appends the canonical encoding: types, assets and currencies, each by rising key.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(byType.count)
        for (type, count) in byType.sorted(by: { $0.key < $1.key }) {
            writer.number(UInt64(type))
            writer.number(count)
        }
        writer.number(byAsset.count)
        for (id, asset) in byAsset.sorted(by: { $0.key < $1.key }) {
            writer.id(id)
            writer.text(asset.provider)
            writer.number(asset.events)
        }
        writer.number(byCurrency.count)
        for (currency, flow) in byCurrency.sorted(by: { $0.key < $1.key }) {
            writer.number(UInt64(currency))
            writer.flow(flow)
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        var typeKeys = RisingKeys<UInt32>()
        for _ in 0..<(try reader.count(through: SubjectCountersState.typesMax)) {
            let type = UInt32(try reader.number(through: UInt64(UInt32.max)))
            try typeKeys.take(type)
            byType[type] = try reader.number()
        }
        var assetKeys = RisingKeys<AssetID>()
        for _ in 0..<(try reader.count(through: SubjectCountersState.assetsMax)) {
            let id = try reader.id()
            try assetKeys.take(id)
            byAsset[id] = Asset(
                provider: try reader.bytes(through: SubjectCountersState.textBytesMax),
                events: try reader.number()
            )
        }
        var currencyKeys = RisingKeys<UInt16>()
        for _ in 0..<(try reader.count(through: 999)) {
            let currency = try reader.currency()
            try currencyKeys.take(currency)
            let flow = try reader.flow()
            guard !flow.isEmpty else { throw .malformedState }
            byCurrency[currency] = flow
        }
        try reader.finish()
    }
}

extension StateWriter {
    mutating func flow(_ flow: MoneyFlow) {
        wide(flow.cardNet)
        wide(flow.bankIn)
        wide(flow.bankOut)
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    mutating func flow() throws(FoldError) -> MoneyFlow {
        MoneyFlow(cardNet: try wide(), bankIn: try wide(), bankOut: try wide())
    }
}
