/// Totals over subjects, from which a subject's part can be taken off exactly when it is erased.
///
/// `add(c)` then `remove(c)` leaves the bytes as they were, whatever came between, for any
/// contributions.
public struct PlatformCounters: FoldState {
    /// Subjects with a contribution.
    public private(set) var subjects: UInt64 = 0
    /// Events by type number.
    public private(set) var byType: [UInt32: UInt64] = [:]
    /// Events by org_code or source.
    public private(set) var byProvider: [String: UInt64] = [:]
    /// Amounts by ISO 4217 numeric code.
    public private(set) var byCurrency: [UInt16: MoneyFlow] = [:]

    /// No subject.
    public init() {}

    /// Adds a subject's part; of a subject that is in already, remove its former part first.
    public mutating func add(_ contribution: SubjectCountersState.Contribution) {
        subjects &+= 1
        combine(contribution, adding: true)
    }

    /// Takes a part off that was added, unchanged, before.
    public mutating func remove(_ contribution: SubjectCountersState.Contribution) {
        subjects &-= 1
        combine(contribution, adding: false)
    }

    private mutating func combine(
        _ contribution: SubjectCountersState.Contribution,
        adding: Bool
    ) {
        for (type, count) in contribution.byType {
            let sum = (byType[type] ?? 0) &+ (adding ? count : 0 &- count)
            byType[type] = sum == 0 ? nil : sum
        }
        for (provider, count) in contribution.byProvider {
            let sum = (byProvider[provider] ?? 0) &+ (adding ? count : 0 &- count)
            byProvider[provider] = sum == 0 ? nil : sum
        }
        for (currency, flow) in contribution.byCurrency {
            let known = byCurrency[currency] ?? MoneyFlow()
            let sum = known.combined(flow, sign: adding ? 1 : -1)
            byCurrency[currency] = sum.isEmpty ? nil : sum
        }
    }

    static let entriesMax = 100_000

    /// Appends the canonical encoding: each list by rising key, nothing that is zero.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.number(subjects)
        writer.number(byType.count)
        for (type, count) in byType.sorted(by: { $0.key < $1.key }) {
            writer.number(UInt64(type))
            writer.number(count)
        }
        let providers = byProvider.map { (Array($0.key.utf8), $0.value) }
        writer.number(providers.count)
        for (provider, count) in providers.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
            writer.text(provider)
            writer.number(count)
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
        subjects = try reader.number()
        var typeKeys = RisingKeys<UInt32>()
        for _ in 0..<(try reader.count(through: PlatformCounters.entriesMax)) {
            let type = UInt32(try reader.number(through: UInt64(UInt32.max)))
            let count = try reader.number()
            guard count > 0 else { throw .malformedState }
            try typeKeys.take(type)
            byType[type] = count
        }
        var lastProvider: [UInt8]?
        for _ in 0..<(try reader.count(through: PlatformCounters.entriesMax)) {
            let provider = try reader.bytes(through: 3 * SubjectCountersState.textBytesMax)
            let count = try reader.number()
            guard count > 0, lastProvider.map({ $0.lexicographicallyPrecedes(provider) }) ?? true,
                let name = String(validating: provider, as: UTF8.self), byProvider[name] == nil
            else { throw .malformedState }
            lastProvider = provider
            byProvider[name] = count
        }
        var currencyKeys = RisingKeys<UInt16>()
        for _ in 0..<(try reader.count(through: 999)) {
            let currency = try reader.currency()
            let flow = try reader.flow()
            guard !flow.isEmpty else { throw .malformedState }
            try currencyKeys.take(currency)
            byCurrency[currency] = flow
        }
        try reader.finish()
    }
}
