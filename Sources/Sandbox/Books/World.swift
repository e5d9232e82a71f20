public import Finance
internal import Synchronization

/// People who do not exist and what their providers know of them, all of it from one seed.
///
/// Lives are told when somebody asks; the last `cachedPersons` are remembered. What happened
/// until a day is the same however far a life is told.
public final class SandboxWorld: Sendable {
    private let configuration: WorldConfiguration
    let terrain: Terrain
    private let shelves: Mutex<Shelves>
    private let edits = Mutex<[Int: [HistoryEdit]]>([:])
    /// Where each person who was told is a customer; a hundred bytes each, of everybody.
    private let customers = Mutex<[Int: Customer]>([:])

    private struct Customer {
        /// The last day that was told.
        let lastDay: Int32
        /// First days by place in `terrain.providers`.
        let since: [Int: Int32]
    }

    /// A world; nothing is told yet.
    public init(_ configuration: WorldConfiguration) {
        self.configuration = configuration
        terrain = Terrain(configuration)
        shelves = Mutex(Shelves(countMax: max(1, configuration.cachedPersons)))
    }

    /// All chance comes from it.
    var seed: UInt64 { configuration.seed }

    /// All providers, customers or not.
    public var providers: [SandboxProvider] { terrain.providers }

    /// How many people there are, 0 to this less 1.
    public var personCount: Int { configuration.personCount }

    /// The day on which the books begin.
    public var firstDay: CivilDate { configuration.firstDay }

    /// Org codes of the providers at which a person ever has something by `now`, seconds since
    /// 1970-01-01 UTC, or within the months told at the beginning.
    ///
    /// It does not depend on how far the life was told already.
    public func providers(of person: Int, through now: Int64? = nil) -> [String] {
        let today = now.map { KoreanClock.day(of: KoreanClock.seconds(atUTC: $0)) } ?? .min
        let last = configuration.firstDay.adding(months: Int32(configuration.months))
        let day = max(today, last.daysSinceEpoch)
        var customer = customers.withLock { $0[person] }
        if customer.map({ $0.lastDay < day }) ?? true {
            _ = told(person, through: day)
            customer = customers.withLock { $0[person] }
        }
        let since = customer?.since ?? [:]
        return terrain.providers.indices.filter { since[$0].map { $0 <= day } ?? false }
            .map { terrain.providers[$0].code }
    }

    /// Who the person is: a name, and an age when the books begin.
    public func name(of person: Int) -> (name: String, age: Int) {
        var chance = Chance(seed: configuration.seed, person: person)
        let persona = Persona(using: &chance)
        return (persona.name, persona.age)
    }

    /// Changes history as providers do by mistake: from `edit.from` on every answer has it so.
    public func apply(_ edit: HistoryEdit) {
        edits.withLock { $0[edit.person, default: []].append(edit) }
    }

    /// A person's books as of a second of Korea's clock, with all edits that are in force.
    func books(_ person: Int, at second: Int64) -> PersonBooks {
        let books = told(person, through: KoreanClock.day(of: second))
        let edits = edits.withLock { $0[person] }
        guard let edits else { return books }
        return books.edited(by: edits.filter { $0.from + KoreanClock.ahead <= second }, terrain)
    }

    private func told(_ person: Int, through day: Int32) -> PersonBooks {
        precondition(person >= 0 && person < configuration.personCount, "nobody of that number")
        if let books = shelves.withLock({ $0.take(person, through: day) }) { return books }
        let last = configuration.firstDay.adding(months: Int32(configuration.months))
        // Two months more than was asked for: the next question is about tomorrow.
        let through = day < last.daysSinceEpoch ? last.daysSinceEpoch : day + 62
        var life = Life(configuration, terrain, person: person)
        life.live(through: through)
        let books = life.books
        shelves.withLock { $0.put(books, of: person) }
        let since = books.faces.map { ($0.provider, $0.openedOn.daysSinceEpoch) }
        let customer = Customer(
            lastDay: books.lastDay,
            since: Dictionary(since, uniquingKeysWith: min)
        )
        customers.withLock { $0[person] = customer }
        return books
    }
}

/// The books that are remembered; the one that was longest not asked for goes first.
private struct Shelves {
    private var books: [Int: (books: PersonBooks, used: UInt64)] = [:]
    private var clock: UInt64 = 0
    private let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    mutating func take(_ person: Int, through day: Int32) -> PersonBooks? {
        guard let found = books[person], found.books.lastDay >= day else { return nil }
        clock += 1
        books[person]?.used = clock
        return found.books
    }

    mutating func put(_ told: PersonBooks, of person: Int) {
        clock += 1
        if books.count >= countMax, books[person] == nil,
            let oldest = books.min(by: { $0.value.used < $1.value.used })
        {
            books[oldest.key] = nil
        }
        books[person] = (told, clock)
    }
}
