/// What a subject has and owes, asset by asset, as last reported; `IntegratedReport` reads it.
///
/// Each figure is that of the latest report by business time; of two reports of the same time, the
/// one that the log has later. So the state does not depend on the order in which assets are
/// collected.
public struct IntegratedState: FoldState {
    /// What a figure of an asset says.
    enum Figure: UInt8, CaseIterable, Sendable {
        case booked = 1
        case available = 2
        case owed = 3
        case holding = 4
        case wallet = 5
        case points = 6
        case pension = 7
    }

    /// Which figure of an asset: of one currency, and of one product where there are several.
    struct FigureKey: Hashable, Comparable, Sendable {
        let figure: Figure
        let currency: UInt16
        /// 64-bit hash of what tells one from another: product code, side and credit of a holding,
        /// time and amount of a cash advance, day of a revolving credit, account of a wallet.
        ///
        /// 0 where an asset has only one.
        let product: UInt64

        /// The figure of the one product that has no name.
        var ofUnnamedProduct: FigureKey {
            FigureKey(figure: figure, currency: currency, product: 0)
        }

        static func < (left: FigureKey, right: FigureKey) -> Bool {
            (left.figure.rawValue, left.currency, left.product)
                < (right.figure.rawValue, right.currency, right.product)
        }
    }

    /// An amount with the time it was true at.
    struct Amount: Hashable, Sendable {
        var thousandths: Int64
        var asOf: Int64
    }

    /// One asset.
    struct Asset: Sendable {
        var kind: UInt8 = 0
        var provider: [UInt8] = []
        var name: [UInt8] = []
        var number: [UInt8] = []
        /// When the texts were true, and when the asset was closed; the later of the two holds.
        var listedAt = Int64.min
        var closedAt: Int64?
        var lastGood = Int64.min
        var figures: [FigureKey: Amount] = [:]
    }

    var assets: [AssetID: Asset] = [:]

    /// More assets than any person has; a subject beyond it has its events parked.
    static let assetsMax = 2_000
    /// Currencies and products of one asset.
    static let figuresMax = 2_000
    /// Longer names are cut.
    static let textBytesMax = 300

    /// Nothing known.
    public init() {}
}

extension IntegratedState {
    /// Appends the canonical encoding: assets by id, figures by key, texts as they are.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(assets.count)
        for (id, asset) in assets.sorted(by: { $0.key < $1.key }) {
            writer.id(id)
            writer.number(UInt64(asset.kind))
            writer.text(asset.provider)
            writer.text(asset.name)
            writer.text(asset.number)
            writer.signed(asset.listedAt)
            writer.optional(asset.closedAt)
            writer.signed(asset.lastGood)
            writer.number(asset.figures.count)
            for (key, amount) in asset.figures.sorted(by: { $0.key < $1.key }) {
                key.encode(into: &writer)
                writer.signed(amount.thousandths)
                writer.signed(amount.asOf)
            }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        assets = try reader.assets(through: IntegratedState.assetsMax, Asset.init)
        try reader.finish()
    }
}

extension IntegratedState.Asset {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        kind = UInt8(try reader.number(through: 255))
        provider = try reader.bytes(through: IntegratedState.textBytesMax)
        name = try reader.bytes(through: IntegratedState.textBytesMax)
        number = try reader.bytes(through: IntegratedState.textBytesMax)
        listedAt = try reader.signed()
        closedAt = try reader.optional()
        lastGood = try reader.signed()
        var keys = RisingKeys<IntegratedState.FigureKey>()
        for _ in 0..<(try reader.count(through: IntegratedState.figuresMax)) {
            let key = try IntegratedState.FigureKey(&reader)
            try keys.take(key)
            figures[key] = IntegratedState.Amount(
                thousandths: try reader.signed(),
                asOf: try reader.signed()
            )
        }
    }
}

extension IntegratedState.FigureKey {
    func encode(into writer: inout StateWriter) {
        writer.number(UInt64(figure.rawValue))
        writer.number(UInt64(currency))
        writer.fixed(product)
    }

    init(_ reader: inout StateReader) throws(FoldError) {
        let code = UInt8(try reader.number(through: 255))
        guard let figure = IntegratedState.Figure(rawValue: code) else { throw .malformedState }
        self.figure = figure
        currency = try reader.currency()
        product = try reader.fixed()
    }
}
