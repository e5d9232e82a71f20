extension CollectionState {
    /// Appends the canonical encoding: providers and assets, each by rising key.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        let codes = providers.map { (key: Array($0.key.utf8), value: $0.value) }
        writer.number(codes.count)
        for (code, provider) in codes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.text(code)
            writer.provider(provider)
        }
        writer.number(assets.count)
        for (id, asset) in assets.sorted(by: { $0.key < $1.key }) {
            writer.fixed(id.high)
            writer.fixed(id.low)
            writer.text(asset.provider.utf8)
            writer.text(asset.key.utf8)
            writer.number(UInt64(asset.issuedOn))
            writer.number(UInt64(asset.kind))
            writer.optional(asset.closedAt)
            writer.calls(asset.calls)
            writer.number(asset.unanswered.count)
            for api in asset.unanswered.sorted() { writer.number(UInt64(api)) }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        var lastCode: [UInt8]?
        for _ in 0..<(try reader.count(through: CollectionState.providersMax)) {
            let code = try reader.bytes(through: 64)
            guard lastCode.map({ $0.lexicographicallyPrecedes(code) }) ?? true,
                let name = String(validating: code, as: UTF8.self)
            else { throw .malformedState }
            lastCode = code
            providers[name] = try reader.provider()
        }
        var lastAsset: AssetID?
        for _ in 0..<(try reader.count(through: CollectionState.assetsMax)) {
            let id = AssetID(high: try reader.fixed(), low: try reader.fixed())
            guard lastAsset.map({ $0 < id }) ?? true else { throw .malformedState }
            lastAsset = id
            var asset = Asset()
            asset.provider = try reader.string()
            asset.key = try reader.string()
            asset.issuedOn = UInt32(try reader.number(through: UInt64(UInt32.max)))
            asset.kind = UInt32(try reader.number(through: UInt64(UInt32.max)))
            asset.closedAt = try reader.optional()
            asset.calls = try reader.calls()
            for _ in 0..<(try reader.count(through: CollectionState.callsMax)) {
                asset.unanswered.insert(
                    UInt32(try reader.number(through: UInt64(UInt32.max)))
                )
            }
            assets[id] = asset
        }
        try reader.finish()
        // Codes that differ in their bytes may be the same text.
        guard providers.count <= CollectionState.providersMax else { throw .malformedState }
        var again: [UInt8] = []
        encode(into: &again)
        guard again.count == bytes.count, again.indices.allSatisfy({ again[$0] == bytes[$0] })
        else { throw .malformedState }
    }
}

extension StateWriter {
    fileprivate mutating func provider(_ provider: CollectionState.Provider) {
        number(provider.token == nil ? 0 : 1)
        if let token = provider.token {
            text(token.request)
            text(token.access.utf8)
            signed(token.expiresAt)
            text(token.refresh.utf8)
            signed(token.refreshExpiresAt)
            text(token.scope.utf8)
            number(max(0, token.end.rawValue))
        }
        standing(provider.standing)
        calls(provider.lists)
    }

    fileprivate mutating func calls(_ calls: [UInt32: CollectionState.Call]) {
        number(calls.count)
        for (api, call) in calls.sorted(by: { $0.key < $1.key }) {
            number(UInt64(api))
            text(call.searchTimestamp.utf8)
            signed(call.answeredAt)
            optional(call.scheduledOn.map { Int64($0.daysSinceEpoch) })
            number(call.covered.count)
            for range in call.covered {
                signed(Int64(range.lowerBound.daysSinceEpoch))
                number(Int(range.upperBound.daysSinceEpoch - range.lowerBound.daysSinceEpoch))
            }
        }
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    fileprivate mutating func string() throws(FoldError) -> String {
        let bytes = try bytes(through: CollectionState.textBytesMax)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedState }
        return text
    }

    @_lifetime(self: copy self)
    fileprivate mutating func provider() throws(FoldError) -> CollectionState.Provider {
        var provider = CollectionState.Provider()
        if try number(through: 1) == 1 {
            provider.token = CollectionState.Token(
                request: try bytes(through: 64),
                access: try string(),
                expiresAt: try signed(),
                refresh: try string(),
                refreshExpiresAt: try signed(),
                scope: try string(),
                end: TokenEnd(rawValue: Int(try number(through: 1_000))) ?? .unspecified
            )
        }
        provider.standing = try standing()
        provider.lists = try calls()
        return provider
    }

    @_lifetime(self: copy self)
    fileprivate mutating func calls() throws(FoldError) -> [UInt32: CollectionState.Call] {
        var calls: [UInt32: CollectionState.Call] = [:]
        var last: UInt32?
        for _ in 0..<(try count(through: CollectionState.callsMax)) {
            let api = UInt32(try number(through: UInt64(UInt32.max)))
            guard last.map({ $0 < api }) ?? true else { throw .malformedState }
            last = api
            var call = CollectionState.Call()
            call.searchTimestamp = try string()
            call.answeredAt = try signed()
            call.scheduledOn = try optional().map { CivilDate(daysSinceEpoch: Int32(clamping: $0)) }
            for _ in 0..<(try count(through: CollectionState.rangesMax)) {
                let first = Int32(clamping: try signed())
                let length = Int32(try number(through: 4_000_000))
                guard abs(Int64(first)) < 4_000_000 else { throw .malformedState }
                let begin = CivilDate(daysSinceEpoch: first)
                if let end = call.covered.last, begin <= end.upperBound.adding(days: 1) {
                    throw .malformedState
                }
                call.covered.append(begin...begin.adding(days: length))
            }
            calls[api] = call
        }
        return calls
    }
}
