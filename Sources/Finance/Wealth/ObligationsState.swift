/// What a subject will have to pay, as far as providers say; `FixedCostReport`, `CardBillOutlook`
/// and `CashFlowForecast` read it.
///
/// Of what is reported as a state, the report of the latest business time holds; of payments made,
/// the sum of each month or day. So the state does not depend on the order of collection. An
/// instalment goes when the last bill line that says it is taken back. Of each
/// kind and currency an asset keeps the latest `RecordKind.countMax`; what had to go for others
/// stays gone, also when these are taken back, since a part of its payments would be a wrong sum.
public struct ObligationsState: FoldState {
    /// What a record says.
    enum RecordKind: UInt8, CaseIterable, Sendable {
        /// A bill: `on` pays, `extra` the month YYYYMM.
        case bill = 1
        /// A payment that a card company announced: `on` falls due.
        case announced = 2
        /// A standing order: `every` the standard's cycle, `day` its day.
        case standingOrder = 3
        /// Premiums: `every` months, `on` the last, `day` of the month; `extra` 1 from an account.
        case premiumTerms = 4
        /// A loan: `amount` of each payment or 0, `day` of the month, `on` matures.
        case loanTerms = 5
        /// A loan's state: `amount` owed, `on` the next payment.
        case loanState = 6
        /// A lease: `on` the next payment, `day` of the month, `extra` ends.
        case leaseTerms = 7
        /// A purchase in instalments on a bill: `amount` of this one, `every` in all, `day` which,
        /// `on` the bill's month YYYYMM, `extra` what remains or -1.
        case instalment = 8
        /// Repaid in a month: `on` the latest day, `extra` how many.
        case repaid = 9
        /// Premiums paid in a month.
        case premiumPaid = 10
        /// Paid for a lease in a month.
        case leasePaid = 11
        /// Approved on a credit card on a day, in one sum.
        case approved = 12
        /// The same in `every` instalments.
        case approvedInstalments = 13

        /// More than pages show and forecasts need; the latest stay.
        var countMax: Int {
            switch self {
            case .bill, .announced, .repaid, .premiumPaid, .leasePaid: 36
            case .standingOrder, .loanTerms, .loanState: 200
            case .premiumTerms, .leaseTerms: 10
            case .instalment, .approvedInstalments: 300
            case .approved: 120
            }
        }

        /// Payments add up; reports replace each other.
        var isSum: Bool { self >= .repaid }

        static func >= (left: RecordKind, right: RecordKind) -> Bool {
            left.rawValue >= right.rawValue
        }
    }

    /// Which record of an asset.
    struct Key: Hashable, Comparable, Sendable {
        let kind: RecordKind
        let currency: UInt16
        /// The later of two of a kind has the greater rank: YYYYMMDD, YYYYMM, days since 1970, or
        /// 0 where there is no order.
        let rank: UInt32
        /// Hash of what else tells one from another; 0 where nothing does.
        let product: UInt64

        static func < (left: Key, right: Key) -> Bool {
            (left.kind.rawValue, left.currency, left.rank, left.product)
                < (right.kind.rawValue, right.currency, right.rank, right.product)
        }
    }

    /// What it says; what a kind does not use is 0.
    struct Record: Hashable, Sendable {
        var at: Int64 = 0
        var amount: Int64 = 0
        var on: UInt32 = 0
        var every: UInt32 = 0
        var day: UInt32 = 0
        var extra: Int64 = 0
        /// Bill lines that say so and stand, of an instalment: a line that comes otherwise is
        /// recorded before the one that it replaces is taken back, and may say the same here.
        var lines: UInt32 = 0

        /// Whether both say the same, however often it was said.
        func isSame(as other: Record) -> Bool {
            var copy = self
            copy.lines = other.lines
            return copy == other
        }
    }

    /// One asset.
    struct Asset: Hashable, Sendable {
        var kind: UInt8 = 0
        var provider: [UInt8] = []
        var closedAt: Int64?
        var records: [Entry] = []
        /// Of each kind and currency the latest record that had to go; rising.
        var floors: [Key] = []
    }

    /// A record with its key.
    struct Entry: Hashable, Sendable {
        let key: Key
        var record: Record
    }

    var assets: [AssetID: Asset] = [:]

    static let assetsMax = IntegratedState.assetsMax
    static let textBytesMax = 64
    /// Currencies of one asset: more than anybody travels through.
    static let currenciesMax = 64
    /// All kinds at their most in all currencies.
    static let recordsMax = RecordKind.allCases.reduce(0) { $0 + $1.countMax } * currenciesMax

    /// Nothing known.
    public init() {}

    /// Takes in one record: a report by time, a payment by adding it.
    ///
    /// Of reports only those that bill lines make are ever taken back.
    mutating func take(
        _ record: Record,
        _ key: Key,
        of id: AssetID,
        isTakenBack: Bool = false
    ) throws(FoldError) {
        try admit(id, key)
        guard assets[id]?.isGone(key) != true else { return }
        if key.kind.isSum {
            var change = record
            if isTakenBack {
                change.amount = try SpendingProfile.negated(record.amount)
                change.extra = try SpendingProfile.negated(record.extra)
            }
            guard change.amount != 0 || change.extra != 0 else { return }
            try assets[id, default: Asset()].add(change, key)
        } else if isTakenBack {
            assets[id]?.takeBack(record, key)
        } else {
            assets[id, default: Asset()].replace(record, key)
        }
    }

    /// Names an asset.
    mutating func open(_ id: AssetID, kind: UInt8, provider: [UInt8]) throws(FoldError) {
        try admit(id)
        assets[id, default: Asset()].kind = kind
        assets[id, default: Asset()].provider = provider
    }

    /// Ends an asset.
    mutating func close(_ id: AssetID, at seconds: Int64) throws(FoldError) {
        try admit(id)
        let known = assets[id]?.closedAt
        assets[id, default: Asset()].closedAt = max(known ?? seconds, seconds)
    }

    private func admit(_ id: AssetID, _ key: Key? = nil) throws(FoldError) {
        guard let known = assets[id] else {
            guard assets.count < ObligationsState.assetsMax else { throw .full }
            return
        }
        guard let key, !known.records.contains(where: { $0.key.currency == key.currency }) else {
            return
        }
        let currencies = Set((known.records.map(\.key) + known.floors).map(\.currency))
        guard currencies.contains(key.currency) || currencies.count < ObligationsState.currenciesMax
        else { throw .full }
    }
}

extension ObligationsState.Asset {
    /// The first place whose key is not before `key`.
    func index(of key: ObligationsState.Key) -> Int {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether it is closed and nothing was reported since.
    var isClosed: Bool {
        guard let closedAt else { return false }
        return !records.contains { !$0.key.kind.isSum && $0.record.at > closedAt }
    }

    /// The records of a kind in a currency, by rising rank.
    func all(
        _ kind: ObligationsState.RecordKind,
        in currency: UInt16
    ) -> [ObligationsState.Entry] {
        records.filter { $0.key.kind == kind && $0.key.currency == currency }
    }

    fileprivate mutating func replace(
        _ record: ObligationsState.Record,
        _ key: ObligationsState.Key
    ) {
        let index = index(of: key)
        guard index < records.count, records[index].key == key else {
            return insert(record, key, at: index)
        }
        let known = records[index].record
        guard known.at <= record.at else { return }
        records[index].record = record
        guard known.isSame(as: record) else { return }
        let (lines, overflow) = known.lines.addingReportingOverflow(record.lines)
        records[index].record.lines = overflow ? .max : lines
    }

    /// Removes what nothing says any more; a record that says something else stays.
    fileprivate mutating func takeBack(
        _ record: ObligationsState.Record,
        _ key: ObligationsState.Key
    ) {
        let index = index(of: key)
        guard index < records.count, records[index].key == key,
            records[index].record.isSame(as: record)
        else { return }
        if records[index].record.lines > record.lines {
            records[index].record.lines -= record.lines
        } else {
            records.remove(at: index)
        }
    }

    fileprivate mutating func add(
        _ record: ObligationsState.Record,
        _ key: ObligationsState.Key
    ) throws(FoldError) {
        let index = index(of: key)
        guard index < records.count, records[index].key == key else {
            return insert(record, key, at: index)
        }
        var known = records[index].record
        known.amount = try known.amount.adding(record.amount)
        known.extra = try known.extra.adding(record.extra)
        known.on = max(known.on, record.on)
        if known.amount == 0, known.extra == 0 {
            records.remove(at: index)
        } else {
            records[index].record = known
        }
    }

    /// Whether it had to go, or would have.
    func isGone(_ key: ObligationsState.Key) -> Bool {
        floors.contains { $0.isOfSeries(key) && !($0 < key) }
    }

    /// The latest of a kind stay: the earliest goes, which may be the new one.
    private mutating func insert(
        _ record: ObligationsState.Record,
        _ key: ObligationsState.Key,
        at index: Int
    ) {
        records.insert(ObligationsState.Entry(key: key, record: record), at: index)
        let series = records.indices.filter { records[$0].key.isOfSeries(key) }
        guard series.count > key.kind.countMax else { return }
        let gone = records.remove(at: series[0]).key
        floors.removeAll { $0.isOfSeries(gone) }
        floors.insert(gone, at: floors.firstIndex { gone < $0 } ?? floors.count)
    }
}

extension ObligationsState.Key {
    /// Whether both are of one kind and currency.
    func isOfSeries(_ other: ObligationsState.Key) -> Bool {
        kind == other.kind && currency == other.currency
    }
}
