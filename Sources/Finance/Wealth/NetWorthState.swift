/// The latest value of each month of everything that a subject has and owes.
///
/// Within a month the later business time holds; of two values of the same time, the one that the
/// log has later. So the state does not depend on the order in which assets, or the months of one,
/// are collected. What lies between the months is not here: `NetWorthReport` carries values on.
///
/// A movement that is taken back leaves the balance before it, under its own time: that of the
/// movement before is not known, and the next balance that is reported holds anyway. Should that
/// movement be taken back too, such a value gives way again.
public struct NetWorthState: FoldState {
    /// One value with the time it was true at.
    struct Point: Hashable, Sendable {
        let at: Moment
        /// Whether it stands in for a movement of that time that was taken back: it was true
        /// before.
        var isStandIn = false
        let thousandths: Int64
    }

    /// The values of one figure, by rising month, one in each.
    struct Series: Hashable, Sendable {
        let key: IntegratedState.FigureKey
        var points: [Point]
    }

    /// One asset.
    struct Asset: Hashable, Sendable {
        /// Number of the `AssetKind`; 0 until its compartment is known.
        var kind: UInt8 = 0
        /// Whether it was listed as a time or instalment deposit.
        var isSaving = false
        /// When it was last found closed.
        var closed: Moment?
        /// By rising key.
        var series: [Series] = []
    }

    var assets: [AssetID: Asset] = [:]
    private(set) var pointCount = 0

    /// Months that a figure is kept for; of more, the earliest go.
    public static let monthsMax = 120
    /// More assets than any person has.
    static let assetsMax = IntegratedState.assetsMax
    /// Currencies and products of one asset.
    static let seriesMax = IntegratedState.figuresMax
    /// Values of one subject, 2.4 MB of them: 80 figures over ten years, or 800 over one.
    static let pointsMax = 100_000

    /// Nothing known.
    public init() {}

    /// Takes in what one event says of an asset.
    mutating func apply(
        _ update: AssetUpdate,
        at moment: Moment,
        to id: AssetID
    ) throws(FoldError) {
        let figures = update.figures.filter { $0.key.figure != .available }
        let kind = update.kind.flatMap { $0 == 0 ? nil : $0 }
        guard !figures.isEmpty || kind != nil || update.isClosure else { return }
        try admit(id, figures.keys)
        for key in figures.keys where key.currency < 1 || key.currency > 999 {
            throw .unrepresentable
        }
        var added = 0
        // In place: a copy taken out would copy its figures with every event.
        assets[id, default: Asset()].change { asset in
            if let kind { asset.kind = kind }
            if update.isClosure, asset.closed.map({ $0.seconds < moment.seconds }) ?? true {
                asset.closed = moment
            }
            for (key, amount) in figures {
                added += asset.set(Point(at: moment, thousandths: amount.thousandths), key)
            }
        }
        pointCount += added
    }

    /// Takes in whether a listed account is a time or instalment deposit.
    mutating func list(_ id: AssetID, isSaving: Bool) throws(FoldError) {
        guard isSaving != (assets[id]?.isSaving ?? false) else { return }
        try admit(id, EmptyCollection())
        assets[id, default: Asset()].isSaving = isSaving
    }

    /// Takes in one value: `apply` without its lists, since movements are many.
    mutating func set(
        _ point: Point,
        _ key: IntegratedState.FigureKey,
        of id: AssetID
    ) throws(FoldError) {
        try admit(id, CollectionOfOne(key))
        let added = assets[id, default: Asset()].set(point, key)
        pointCount += added
    }

    /// Puts the balance before a movement where the one after it holds for its month.
    mutating func takeBack(
        _ step: BalanceStep,
        at moment: Moment,
        _ key: IntegratedState.FigureKey,
        of id: AssetID
    ) {
        assets[id]?.takeBack(step, at: moment, key)
    }

    private func admit(
        _ id: AssetID,
        _ keys: some Collection<IntegratedState.FigureKey>
    ) throws(FoldError) {
        guard pointCount + keys.count <= NetWorthState.pointsMax else { throw .full }
        guard let known = assets[id] else {
            guard assets.count < NetWorthState.assetsMax else { throw .full }
            return
        }
        guard known.series.count + keys.count > NetWorthState.seriesMax else { return }
        let new = keys.count { key in !known.series.contains { $0.key == key } }
        guard known.series.count + new <= NetWorthState.seriesMax else { throw .full }
    }
}

extension NetWorthState.Asset {
    fileprivate mutating func change(_ body: (inout NetWorthState.Asset) -> Void) { body(&self) }

    /// The first place whose key is not before `key`.
    private func index(of key: IntegratedState.FigureKey) -> Int {
        var low = 0
        var high = series.count
        while low < high {
            let middle = (low + high) / 2
            if series[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Takes in one value; the number of values that there are more of now.
    fileprivate mutating func set(
        _ point: NetWorthState.Point,
        _ key: IntegratedState.FigureKey
    ) -> Int {
        let index = index(of: key)
        guard index < series.count, series[index].key == key else {
            series.insert(NetWorthState.Series(key: key, points: [point]), at: index)
            return 1
        }
        return series[index].set(point)
    }

    fileprivate mutating func takeBack(
        _ step: BalanceStep,
        at moment: Moment,
        _ key: IntegratedState.FigureKey
    ) {
        let index = index(of: key)
        guard index < series.count, series[index].key == key else { return }
        series[index].takeBack(step, at: moment)
    }
}

extension NetWorthState.Series {
    /// The first place whose month is not before `month`.
    fileprivate func index(of month: UInt32) -> Int {
        // Nearly always the last month's.
        var index = points.count
        while index > 0, points[index - 1].at.month >= month { index -= 1 }
        return index
    }

    fileprivate mutating func set(_ point: NetWorthState.Point) -> Int {
        let index = index(of: point.at.month)
        if index < points.count, points[index].at.month == point.at.month {
            if points[index].at.seconds <= point.at.seconds { points[index] = point }
            return 0
        }
        guard points.count == NetWorthState.monthsMax else {
            points.insert(point, at: index)
            return 1
        }
        guard index > 0 else { return 0 }
        points.insert(point, at: index)
        points.removeFirst()
        return 0
    }

    /// In the movement's own month, and in those after it whose values only stand in for movements
    /// that followed it.
    fileprivate mutating func takeBack(_ step: BalanceStep, at moment: Moment) {
        for index in index(of: moment.month)..<points.count {
            let point = points[index]
            let isIts = point.at == moment
            let isLeft = point.isStandIn && point.at.seconds >= moment.seconds
            guard point.thousandths == step.after, isIts || isLeft else { return }
            points[index] = NetWorthState.Point(
                at: point.at,
                isStandIn: true,
                thousandths: step.before
            )
        }
    }
}

extension NetWorthState {
    /// Appends the canonical encoding: assets by id, figures by key, values by month.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(assets.count)
        for (id, asset) in assets.sorted(by: { $0.key < $1.key }) {
            writer.id(id)
            writer.number(UInt64(asset.kind))
            writer.number(asset.isSaving ? 1 : 0)
            writer.number(asset.closed == nil ? 0 : 1)
            if let closed = asset.closed { writer.moment(closed) }
            writer.number(asset.series.count)
            for series in asset.series {
                series.key.encode(into: &writer)
                writer.number(series.points.count)
                for point in series.points {
                    writer.moment(point.at)
                    writer.number(point.isStandIn ? 1 : 0)
                    writer.signed(point.thousandths)
                }
            }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        assets = try reader.assets(through: NetWorthState.assetsMax, Asset.init)
        for asset in assets.values {
            pointCount += asset.series.reduce(0) { $0 + $1.points.count }
        }
        guard pointCount <= NetWorthState.pointsMax else { throw .malformedState }
        try reader.finish()
    }
}

extension NetWorthState.Asset {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        kind = UInt8(try reader.number(through: 255))
        isSaving = try reader.number(through: 1) == 1
        if try reader.number(through: 1) == 1 { closed = try reader.moment() }
        var keys = RisingKeys<IntegratedState.FigureKey>()
        for _ in 0..<(try reader.count(through: NetWorthState.seriesMax)) {
            let key = try IntegratedState.FigureKey(&reader)
            guard key.figure != .available else { throw .malformedState }
            try keys.take(key)
            series.append(try NetWorthState.Series(key, &reader))
        }
    }
}

extension NetWorthState.Series {
    fileprivate init(
        _ key: IntegratedState.FigureKey,
        _ reader: inout StateReader
    ) throws(FoldError) {
        self.key = key
        points = []
        let count = try reader.count(through: NetWorthState.monthsMax)
        guard count > 0 else { throw .malformedState }
        for _ in 0..<count {
            let at = try reader.moment()
            guard points.last.map({ $0.at.month < at.month }) ?? true else {
                throw .malformedState
            }
            let isStandIn = try reader.number(through: 1) == 1
            points.append(
                NetWorthState.Point(
                    at: at,
                    isStandIn: isStandIn,
                    thousandths: try reader.signed()
                )
            )
        }
    }
}

extension StateWriter {
    mutating func moment(_ moment: Moment) {
        number(UInt64(moment.month))
        signed(moment.seconds)
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    mutating func moment() throws(FoldError) -> Moment {
        let month = UInt32(try number(through: UInt64(CellKey.monthMax)))
        return Moment(seconds: try signed(), month: month)
    }
}
