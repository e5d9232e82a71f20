extension ObligationsState {
    /// Appends the canonical encoding: assets by id, records and floors by key.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(assets.count)
        for (id, asset) in assets.sorted(by: { $0.key < $1.key }) {
            writer.id(id)
            writer.number(UInt64(asset.kind))
            writer.text(asset.provider)
            writer.optional(asset.closedAt)
            writer.number(asset.records.count)
            for entry in asset.records {
                entry.key.encode(into: &writer)
                writer.signed(entry.record.at)
                writer.signed(entry.record.amount)
                writer.number(UInt64(entry.record.on))
                writer.number(UInt64(entry.record.every))
                writer.number(UInt64(entry.record.day))
                writer.signed(entry.record.extra)
                writer.number(UInt64(entry.record.lines))
            }
            writer.number(asset.floors.count)
            for floor in asset.floors { floor.encode(into: &writer) }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        assets = try reader.assets(through: ObligationsState.assetsMax, Asset.init)
        try reader.finish()
    }
}

extension ObligationsState.Asset {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        kind = UInt8(try reader.number(through: 255))
        provider = try reader.bytes(through: ObligationsState.textBytesMax)
        closedAt = try reader.optional()
        var seriesCount = 0
        for _ in 0..<(try reader.count(through: ObligationsState.recordsMax)) {
            let entry = try ObligationsState.Entry(&reader)
            if let last = records.last?.key {
                guard last < entry.key else { throw .malformedState }
                if !last.isOfSeries(entry.key) { seriesCount = 0 }
            }
            seriesCount += 1
            guard seriesCount <= entry.key.kind.countMax else { throw .malformedState }
            records.append(entry)
        }
        for _ in 0..<(try reader.count(through: ObligationsState.recordsMax)) {
            let floor = try ObligationsState.Key(&reader)
            guard floors.last.map({ $0 < floor && !$0.isOfSeries(floor) }) ?? true else {
                throw .malformedState
            }
            floors.append(floor)
        }
        let currencies = Set((records.map(\.key) + floors).map(\.currency))
        guard currencies.count <= ObligationsState.currenciesMax,
            !records.contains(where: { isGone($0.key) })
        else { throw .malformedState }
    }
}

extension ObligationsState.Key {
    fileprivate func encode(into writer: inout StateWriter) {
        writer.number(UInt64(kind.rawValue))
        writer.number(UInt64(currency))
        writer.number(UInt64(rank))
        writer.fixed(product)
    }

    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        let code = UInt8(try reader.number(through: 255))
        guard let kind = ObligationsState.RecordKind(rawValue: code) else { throw .malformedState }
        self.kind = kind
        currency = try reader.currency()
        rank = UInt32(try reader.number(through: UInt64(UInt32.max)))
        product = try reader.fixed()
    }
}

extension ObligationsState.Entry {
    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        let word = UInt64(UInt32.max)
        key = try ObligationsState.Key(&reader)
        record = ObligationsState.Record(
            at: try reader.signed(),
            amount: try reader.signed(),
            on: UInt32(try reader.number(through: word)),
            every: UInt32(try reader.number(through: word)),
            day: UInt32(try reader.number(through: word)),
            extra: try reader.signed(),
            lines: UInt32(try reader.number(through: word))
        )
    }
}
