extension CollectionBoardState {
    /// Appends the canonical encoding: the register, then providers and what is put aside, each by
    /// rising key.
    public func encode(into bytes: inout [UInt8]) {
        var inner: [UInt8] = []
        register.encode(into: &inner)
        var writer = StateWriter(taking: &bytes)
        writer.text(inner)
        let codes = providers.map { (key: Array($0.key.utf8), value: $0.value) }
        writer.number(codes.count)
        for (code, provider) in codes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.text(code)
            writer.provider(provider)
        }
        writer.number(aside.count)
        for (id, aside) in aside.sorted(by: { $0.key < $1.key }) {
            writer.fixed(id)
            writer.text(aside.provider.utf8)
            writer.number(UInt64(aside.api))
            writer.number(max(0, aside.reason.rawValue))
            writer.text(aside.field.utf8)
            writer.number(UInt64(aside.row))
            writer.number(UInt64(aside.size))
            writer.signed(aside.askedAt)
        }
        bytes = writer.finish()
    }

    /// Bytes of a register at most: every list of it full.
    private static let registerBytesMax = 8 << 20

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        register = try TransferRegister(
            decoding: reader.text(through: CollectionBoardState.registerBytesMax)
        )
        var lastCode: [UInt8]?
        for _ in 0..<(try reader.count(through: CollectionBoardState.providersMax)) {
            let code = try reader.bytes(through: CollectionBoardState.codeBytesMax)
            guard lastCode.map({ $0.lexicographicallyPrecedes(code) }) ?? true,
                let name = String(validating: code, as: UTF8.self), providers[name] == nil
            else { throw .malformedState }
            lastCode = code
            providers[name] = try reader.provider()
        }
        var idKeys = RisingKeys<UInt64>()
        for _ in 0..<(try reader.count(through: CollectionBoardState.asideMax)) {
            let id = try reader.fixed()
            try idKeys.take(id)
            aside[id] = try reader.aside()
        }
        try reader.finish()
    }
}

extension StateWriter {
    fileprivate mutating func provider(_ provider: CollectionBoardState.Provider) {
        standing(provider.standing)
        number(provider.transfers)
        optional(provider.transferredAt)
        number(provider.made.count)
        for made in provider.made {
            signed(Int64(made.on.daysSinceEpoch))
            number(UInt64(made.lateDays))
        }
        number(provider.cells.count)
        for (api, cell) in provider.cells.sorted(by: { $0.key < $1.key }) {
            number(UInt64(api))
            calls(cell.counts)
            counts(cell.errors)
            optional(cell.goodAt)
            optional(cell.badAt)
        }
    }

    /// Counts by rising key; none of them is 0.
    mutating func counts(_ counts: [UInt32: UInt64]) {
        number(counts.count)
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
            number(UInt64(key))
            number(count)
        }
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    fileprivate mutating func provider() throws(FoldError) -> CollectionBoardState.Provider {
        var provider = CollectionBoardState.Provider()
        provider.standing = try standing()
        provider.transfers = try number()
        provider.transferredAt = try optional()
        for _ in 0..<(try count(through: CollectionBoardState.madeMax)) {
            guard let day = Int32(exactly: try signed()), abs(Int64(day)) < 4_000_000 else {
                throw .malformedState
            }
            provider.made.append(
                CollectionBoardState.Made(
                    on: CivilDate(daysSinceEpoch: day),
                    lateDays: UInt32(try number(through: UInt64(UInt32.max)))
                )
            )
        }
        var keys = RisingKeys<UInt32>()
        for _ in 0..<(try count(through: CollectionBoardState.cellsMax)) {
            let api = UInt32(try number(through: UInt64(UInt32.max)))
            try keys.take(api)
            var cell = CollectionBoardState.Cell()
            cell.counts = try calls()
            cell.errors = try counts()
            cell.goodAt = try optional()
            cell.badAt = try optional()
            provider.cells[api] = cell
        }
        return provider
    }

    /// What `StateWriter.counts` wrote.
    @_lifetime(self: copy self)
    mutating func counts() throws(FoldError) -> [UInt32: UInt64] {
        var counts: [UInt32: UInt64] = [:]
        var keys = RisingKeys<UInt32>()
        for _ in 0..<(try count(through: 100_000)) {
            let key = UInt32(try number(through: UInt64(UInt32.max)))
            let count = try number()
            guard count > 0 else { throw .malformedState }
            try keys.take(key)
            counts[key] = count
        }
        return counts
    }

    @_lifetime(self: copy self)
    fileprivate mutating func aside() throws(FoldError) -> CollectionBoardState.Aside {
        let provider = try bytes(through: CollectionBoardState.codeBytesMax)
        let api = UInt32(try number(through: UInt64(UInt32.max)))
        let reason = QuarantineReason(rawValue: Int(try number(through: 6))) ?? .unspecified
        let field = try bytes(through: CollectionBoardState.codeBytesMax)
        guard let code = String(validating: provider, as: UTF8.self),
            let name = String(validating: field, as: UTF8.self)
        else { throw .malformedState }
        return CollectionBoardState.Aside(
            provider: code,
            api: api,
            reason: reason,
            field: name,
            row: UInt32(try number(through: UInt64(UInt32.max))),
            size: UInt32(try number(through: UInt64(UInt32.max))),
            askedAt: try signed()
        )
    }
}
