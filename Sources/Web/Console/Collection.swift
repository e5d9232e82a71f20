public import Finance

/// How the collection from providers stands: counts of people and calls, nothing of one person.
public struct CollectionReport: Sendable {
    /// The day in Korea on which it stands so.
    public var today: CivilDate
    /// People about whom anybody was asked.
    public var people: UInt64
    /// One a provider, by org_code.
    public var providers: [ProviderCollection]

    /// A report.
    public init(today: CivilDate, people: UInt64, providers: [ProviderCollection]) {
        (self.today, self.people, self.providers) = (today, people, providers)
    }
}

/// The collection from one provider.
public struct ProviderCollection: Sendable {
    /// The provider's org_code.
    public var code: String
    /// What people call it; nil when no configuration names it.
    public var name: String?
    /// When it takes regular transfers, `hhmm:hhmm`; none is always.
    public var slots: [String] = []
    /// People who are or were asked about here.
    public var people: UInt64 = 0
    /// Those with a regular transfer to come or due.
    public var regular: UInt64 = 0
    /// Those whose last transfer was given up.
    public var failing: UInt64 = 0
    /// Transfers, made or given up.
    public var transfers: UInt64 = 0
    /// People by the day on which their regular transfer is due, the earliest first.
    public var due: [(day: CivilDate, people: UInt64)] = []
    /// Regular transfers by the day on which they were made, the earliest first.
    public var made: [RegularDay] = []
    /// Its APIs, by number.
    public var apis: [APICollection] = []

    /// A provider of which nothing is known yet.
    public init(code: String) { self.code = code }
}

/// Regular transfers that were made on one day.
public struct RegularDay: Sendable, Equatable {
    /// The day in Korea.
    public var day: CivilDate
    /// How many.
    public var made: UInt64
    /// Those that were made after the day on which they were due.
    public var late: UInt64
    /// Days that these were late, together.
    public var lateDays: UInt64

    /// A day's transfers.
    public init(day: CivilDate, made: UInt64, late: UInt64, lateDays: UInt64) {
        (self.day, self.made, self.late, self.lateDays) = (day, made, late, lateDays)
    }
}

/// One API of a provider.
public struct APICollection: Sendable {
    /// The standard's id, such as 은행-004.
    public var id: String
    /// Calls that were answered.
    public var calls: UInt64 = 0
    /// Pages of their answers.
    public var pages: UInt64 = 0
    /// Rows in them.
    public var rows: UInt64 = 0
    /// Bytes of them.
    public var bytes: UInt64 = 0
    /// Time that they took together.
    public var milliseconds: UInt64 = 0
    /// Answers that were ever put aside.
    public var quarantined: UInt64 = 0
    /// Those that are put aside now.
    public var aside: UInt64 = 0
    /// Calls that were given up, by rsp_code or HTTP class (`CollectionError`), the lowest first.
    public var errors: [(code: UInt32, count: UInt64)] = []
    /// When it was last answered, to the hour, in milliseconds since 1970 UTC.
    public var lastGoodAt: Int64?
    /// When it last failed, to the hour.
    public var lastBadAt: Int64?

    /// An API that nobody called yet.
    public init(id: String) { self.id = id }
}

extension ProviderCollection {
    /// People whose transfer was due before a day.
    func overdue(on today: CivilDate) -> UInt64 {
        due.reduce(0) { $0 + ($1.day < today ? $1.people : 0) }
    }

    /// People whose transfer is due on a day.
    func due(on today: CivilDate) -> UInt64 {
        due.reduce(0) { $0 + ($1.day == today ? $1.people : 0) }
    }

    /// People whose share of the cycle is used: nothing is due of them.
    func used(on today: CivilDate) -> UInt64 {
        regular - min(regular, overdue(on: today) + due(on: today))
    }

    /// Days since the earliest transfer that is not made was due; 0 when none is late.
    func lagDays(on today: CivilDate) -> Int64 {
        guard let first = due.first?.day, first < today else { return 0 }
        return Int64(today.daysSinceEpoch) - Int64(first.daysSinceEpoch)
    }

    /// Answers that are put aside now.
    var aside: UInt64 { apis.reduce(0) { $0 + $1.aside } }

    /// Calls that were given up.
    var errorCount: UInt64 {
        apis.reduce(0) { $0 + $1.errors.reduce(0) { $0 + $1.count } }
    }

    /// When anything was last answered, to the hour.
    var lastGoodAt: Int64? { apis.compactMap(\.lastGoodAt).max() }

    /// What a glance should tell.
    func condition(on today: CivilDate) -> Condition {
        if aside > 0 || failing > 0 { return .parked }
        return overdue(on: today) > 0 ? .behind : .current
    }

    enum Condition: String, CaseIterable { case current, behind, parked }
}

extension CollectionReport {
    /// All providers' regular transfers by day, the last `count` days up to today.
    func made(days count: Int32) -> [RegularDay] {
        var byDay: [CivilDate: RegularDay] = [:]
        for line in providers.flatMap(\.made) {
            var sum =
                byDay[line.day] ?? RegularDay(day: line.day, made: 0, late: 0, lateDays: 0)
            sum.made += line.made
            sum.late += line.late
            sum.lateDays += line.lateDays
            byDay[line.day] = sum
        }
        return (0..<count).reversed().map { back in
            let day = today.adding(days: -back)
            return byDay[day] ?? RegularDay(day: day, made: 0, late: 0, lateDays: 0)
        }
    }
}
