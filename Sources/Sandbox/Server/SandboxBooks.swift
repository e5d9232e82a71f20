internal import Finance

/// The people and their accounts, as the server sees them.
public protocol SandboxBooks: Sendable {
    /// All providers.
    var providers: [SandboxProvider] { get }
    /// How many people there are.
    var peopleCount: Int { get }
    /// The CI of a person: base64, 88 letters.
    func ci(of person: Int) -> String
    /// The person with this CI, or nil.
    func person(withCI ci: String) -> Int?
    /// The person's age in whole years at `now`, seconds since 1970-01-01 UTC.
    func age(of person: Int, at now: Int64) -> Int
    /// Codes of the providers that know this person by `now`, seconds since 1970-01-01 UTC.
    func providerCodes(of person: Int, through now: Int64) -> [String]
    /// What a provider answers.
    func answer(_ query: BookQuery) -> BookAnswer
    /// What the ledger says of a person's assets, with all that happened through `now`.
    func statements(of person: Int, through now: Int64) -> [AssetStatement]
    /// Takes back or changes one past row of the person's at the provider; false when there is
    /// none that can be changed.
    func changeHistory(of person: Int, at provider: String, now: Int64) -> Bool
}

extension SandboxWorld: SandboxBooks {
    /// How many people there are.
    public var peopleCount: Int { personCount }

    /// The person's age; everybody's birthday is the day on which the books begin.
    public func age(of person: Int, at now: Int64) -> Int {
        let years = KoreanTime(now).day.components.year - firstDay.components.year
        let isBefore = firstDay.adding(months: Int32(12 * years)) > KoreanTime(now).day
        return name(of: person).age + max(0, isBefore ? years - 1 : years)
    }

    /// Codes of the providers that know this person.
    public func providerCodes(of person: Int, through now: Int64) -> [String] {
        providers(of: person, through: now)
    }

    /// A past amount becomes a won more, or with every third change the row vanishes.
    public func changeHistory(of person: Int, at provider: String, now: Int64) -> Bool {
        let rows = editableRows(of: person, through: now).filter { $0.provider == provider }
        guard !rows.isEmpty else { return false }
        let row = rows[Int(UInt64(bitPattern: now) % UInt64(rows.count))]
        apply(
            HistoryEdit(
                person: person,
                provider: provider,
                key: row.key,
                row: row.row,
                change: now % 3 == 0 ? .vanished : .amount(row.amount + 1_000),
                from: now
            )
        )
        return true
    }
}
