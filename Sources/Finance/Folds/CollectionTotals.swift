/// The collection over all persons: how providers answer, what is put aside, what is due when.
///
/// `add(s)` then `remove(s)` leaves the bytes as they were, whatever came between. It counts
/// people and calls and says nothing of one person.
public struct CollectionTotals: FoldState, Equatable {
    /// One API of one provider.
    public struct Cell: Hashable, Sendable {
        /// What was asked and came.
        public internal(set) var counts = CallCounts()
        /// Answers that are put aside now.
        public internal(set) var aside: UInt64 = 0
        /// Calls that were given up, by `CollectionError`.
        public internal(set) var errors: [UInt32: UInt64] = [:]
        /// People by the hour since 1970-01-01 UTC in which they were last answered.
        public internal(set) var good: [UInt32: UInt64] = [:]
        /// People by the hour in which it last failed for them.
        public internal(set) var bad: [UInt32: UInt64] = [:]

        init() {}
    }

    /// A provider.
    public struct Provider: Hashable, Sendable {
        /// People who are or were asked about here.
        public internal(set) var people: UInt64 = 0
        /// Those with a regular transfer to come or due.
        public internal(set) var regular: UInt64 = 0
        /// Those whose last transfer was given up.
        public internal(set) var failing: UInt64 = 0
        /// Transfers, made or given up.
        public internal(set) var transfers: UInt64 = 0
        /// People by the day, since 1970-01-01 in Korea, on which their regular transfer is due.
        public internal(set) var due: [UInt32: UInt64] = [:]
        /// Regular transfers by the day on which they were made: each person's last eight.
        public internal(set) var made: [UInt32: UInt64] = [:]
        /// Those of them that were late.
        public internal(set) var late: [UInt32: UInt64] = [:]
        /// Days that these were late, together.
        public internal(set) var lateDays: [UInt32: UInt64] = [:]
        /// Its APIs by number.
        public internal(set) var cells: [UInt32: Cell] = [:]

        init() {}
    }

    /// People with a state.
    public private(set) var people: UInt64 = 0
    /// Providers by org_code.
    public internal(set) var providers: [String: Provider] = [:]

    static let providersMax = 10_000

    /// Nobody.
    public init() {}

    /// Adds a person's part; of one who is in already, remove the former part first.
    public mutating func add(_ state: CollectionBoardState) {
        people &+= 1
        combine(state, 1)
    }

    /// Takes a part off that was added, unchanged, before.
    public mutating func remove(_ state: CollectionBoardState) {
        people &-= 1
        combine(state, .max)
    }

    /// `sign` is 1, or the number that takes 1 off.
    private mutating func combine(_ state: CollectionBoardState, _ sign: UInt64) {
        for (code, part) in state.providers {
            var total = providers[code] ?? Provider()
            total.people &+= sign
            total.transfers &+= part.transfers &* sign
            if part.standing.failures > 0 { total.failing &+= sign }
            if let due = state.register.liveRequest(of: code)?.regularDay(after: part.standing) {
                total.regular &+= sign
                total.due.combine(due.number, sign)
            }
            for made in part.made {
                total.made.combine(made.on.number, sign)
                guard made.lateDays > 0 else { continue }
                total.late.combine(made.on.number, sign)
                total.lateDays.combine(made.on.number, UInt64(made.lateDays) &* sign)
            }
            for (api, cell) in part.cells {
                var sum = total.cells[api] ?? Cell()
                sum.combine(cell, sign)
                total.cells[api] = sum == Cell() ? nil : sum
            }
            providers[code] = total == Provider() ? nil : total
        }
        for aside in state.aside.values {
            var total = providers[aside.provider] ?? Provider()
            var cell = total.cells[aside.api] ?? Cell()
            cell.aside &+= sign
            total.cells[aside.api] = cell == Cell() ? nil : cell
            providers[aside.provider] = total == Provider() ? nil : total
        }
    }
}

extension CollectionTotals.Cell {
    fileprivate mutating func combine(_ cell: CollectionBoardState.Cell, _ sign: UInt64) {
        counts.combine(cell.counts, sign)
        for (error, count) in cell.errors { errors.combine(error, count &* sign) }
        if let at = cell.goodAt { good.combine(UInt32(clamping: at / 3_600), sign) }
        if let at = cell.badAt { bad.combine(UInt32(clamping: at / 3_600), sign) }
    }
}

extension [UInt32: UInt64] {
    /// Adds to a count; what comes to 0 is not kept.
    fileprivate mutating func combine(_ key: UInt32, _ count: UInt64) {
        let sum = (self[key] ?? 0) &+ count
        self[key] = sum == 0 ? nil : sum
    }
}

extension CivilDate {
    fileprivate var number: UInt32 { UInt32(clamping: daysSinceEpoch) }
}

extension CollectionTotals {
    /// Appends the canonical encoding: each list by rising key, nothing that is zero.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(people)
        let codes = providers.map { (key: Array($0.key.utf8), value: $0.value) }
        writer.number(codes.count)
        for (code, provider) in codes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.text(code)
            for count in [
                provider.people, provider.regular, provider.failing, provider.transfers,
            ] {
                writer.number(count)
            }
            for counts in [provider.due, provider.made, provider.late, provider.lateDays] {
                writer.counts(counts)
            }
            writer.number(provider.cells.count)
            for (api, cell) in provider.cells.sorted(by: { $0.key < $1.key }) {
                writer.number(UInt64(api))
                writer.cell(cell)
            }
        }
        bytes = writer.finish()
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        people = try reader.number()
        var lastCode: [UInt8]?
        for _ in 0..<(try reader.count(through: CollectionTotals.providersMax)) {
            let code = try reader.bytes(through: CollectionBoardState.codeBytesMax)
            guard lastCode.map({ $0.lexicographicallyPrecedes(code) }) ?? true,
                let name = String(validating: code, as: UTF8.self), providers[name] == nil
            else { throw .malformedState }
            lastCode = code
            let provider = try reader.total()
            guard provider != Provider() else { throw .malformedState }
            providers[name] = provider
        }
        try reader.finish()
    }
}

extension StateWriter {
    fileprivate mutating func cell(_ cell: CollectionTotals.Cell) {
        calls(cell.counts)
        number(cell.aside)
        counts(cell.errors)
        counts(cell.good)
        counts(cell.bad)
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    fileprivate mutating func total() throws(FoldError) -> CollectionTotals.Provider {
        var provider = CollectionTotals.Provider()
        (provider.people, provider.regular) = (try number(), try number())
        (provider.failing, provider.transfers) = (try number(), try number())
        (provider.due, provider.made) = (try counts(), try counts())
        (provider.late, provider.lateDays) = (try counts(), try counts())
        var keys = RisingKeys<UInt32>()
        for _ in 0..<(try count(through: 10_000)) {
            let api = UInt32(try number(through: UInt64(UInt32.max)))
            try keys.take(api)
            var cell = CollectionTotals.Cell()
            (cell.counts, cell.aside) = (try calls(), try number())
            (cell.errors, cell.good, cell.bad) = (try counts(), try counts(), try counts())
            guard cell != CollectionTotals.Cell() else { throw .malformedState }
            provider.cells[api] = cell
        }
        return provider
    }
}
