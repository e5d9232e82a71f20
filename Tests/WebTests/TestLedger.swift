// A ledger in memory for the web server: seeded, with the same limits as the real one. Lists are
// cut at the limit asked for and continue by cursor, streams give one overview at once, erased
// people are gone. Faults it can have: every read fails with a text that must not leave the server.
import Finance
import Synchronization
import Web

struct LedgerFault: Error, CustomStringConvertible {
    var description: String { "mdb_get failed in /var/lib/jangbu, secret-detail" }
}

final class TestLedger: Ledger {
    struct State {
        var overview: Overview
        var people: [TestPerson] = []
        var frames: [FrameHead] = []
        var readers: [Int: AsyncStream<Overview>.Continuation] = [:]
        var readersMade = 0
        var fails = false
        /// Whether a second passes with each question for readiness: a script's clock.
        var ticksWhenAsked = false
        var backup: BackupState?
        var collection = TestCollection()
        /// What each person said, in its order.
        var corrections: [String: [TestCorrection]] = [:]
        var readiness = Readiness(checks: [.init(name: "log", passes: true)])
        var random: SeededRandom
    }

    /// 2026-03-18 11:20:00 in Korea.
    static let start: Int64 = 1_773_800_400_000

    private let state: Mutex<State>
    /// For `AccessBook`: ages that are not adult, looks by subject, authorities of sign-ins.
    let ages = Mutex<[String: AgeBand]>([:])
    let looks = Mutex<[String: [DataAccess]]>([:])
    let signIns = Mutex<[String]>([])
    /// For `AgreementOffice`: what was withdrawn, by subject.
    let revocations = Mutex<[String: [Event]]>([:])

    init(seed: UInt64 = 42, isEmpty: Bool = false) {
        var random = SeededRandom(seed)
        var overview = Overview(
            takenAt: TestLedger.start,
            uptimeMilliseconds: 93_784_000,
            disk: DiskState(
                total: 512 << 30,
                free: 318 << 30,
                log: isEmpty ? 0 : 1_932_735_283,
                indexes: isEmpty ? 0 : 214_958_080
            )
        )
        var people: [TestPerson] = []
        if !isEmpty {
            people = (0..<23).map { TestPerson(number: $0, random: &random) }
            overview.subjects = UInt64(people.count)
            TestLedger.fill(&overview, &random)
        }
        var first = State(overview: overview, people: people, random: random)
        if !isEmpty { first.collection.fill(people.map(\.id)) }
        state = Mutex(first)
    }

    private static func fill(_ overview: inout Overview, _ random: inout SeededRandom) {
        overview.partitions = (0..<4).map { number in
            PartitionState(
                partition: number,
                frames: 180_000 + random.below(9000),
                bytes: 460_000_000 + random.below(40_000_000),
                lastRecordedAt: start
            )
        }
        overview.frames = overview.partitions.reduce(0) { $0 + $1.frames }
        overview.events = overview.frames * 13
        overview.flushes = 48_211
        overview.erasures = 2
        overview.eventsPerSecondHistory = (0..<90).map { second in
            2200 + Double(second) * 6 + Double(random.below(600))
        }
        overview.eventsPerSecond = overview.eventsPerSecondHistory.last ?? 0
        overview.eventsPerSecondMinute = 2871.4
        for (name, parked) in [
            ("integrated-view", 0), ("platform-counters", 0), ("spending-profile", 3),
        ] {
            overview.projections.append(
                ProjectionState(
                    name: name,
                    version: name == "spending-profile" ? 2 : 1,
                    folded: overview.frames,
                    lagFrames: 0,
                    lagEvents: 0,
                    lagMilliseconds: 0,
                    parked: UInt64(parked),
                    lastError: parked > 0 ? "unknown-event" : nil
                )
            )
        }
    }

    /// Changes the state; for what a test is about.
    func change(_ edit: (inout State) -> Void) { state.withLock { edit(&$0) } }

    /// One second passes: some frames come, everyone who reads the stream hears of it.
    func tick() {
        let (overview, readers) = state.withLock { state in
            TestLedger.advance(&state)
            return (state.overview, Array(state.readers.values))
        }
        for reader in readers { reader.yield(overview) }
    }

    private static func advance(_ state: inout State) {
        state.overview.takenAt += 1000
        state.overview.uptimeMilliseconds += 1000
        var events: UInt64 = 0
        for place in state.overview.partitions.indices {
            let count = 40 + state.random.below(20)
            for _ in 0..<count {
                let inside = Int(1 + state.random.below(25))
                events += UInt64(inside)
                state.frames.append(
                    FrameHead(
                        partition: place,
                        position: state.overview.partitions[place].frames,
                        revision: state.random.below(9000),
                        kind: state.random.below(12) == 0 ? "consent" : "provider-data",
                        events: inside,
                        bytes: 236 + inside * 30,
                        recordedAt: state.overview.takenAt - Int64(state.random.below(900))
                    )
                )
                state.overview.partitions[place].frames += 1
            }
            state.overview.partitions[place].bytes += count * 640
            state.overview.partitions[place].lastRecordedAt = state.overview.takenAt
            state.overview.frames += count
        }
        for place in state.overview.projections.indices {
            let lag = place == 1 ? state.random.below(40) : state.random.below(3)
            state.overview.projections[place].lagFrames = lag
            state.overview.projections[place].lagEvents = lag * 13
            state.overview.projections[place].lagMilliseconds = Int64(lag * 7)
            state.overview.projections[place].folded = state.overview.frames - lag
        }
        state.overview.events += events
        state.overview.flushes += 12
        state.overview.eventsPerSecond = Double(events)
        state.overview.eventsPerSecondHistory.append(Double(events))
        if state.overview.eventsPerSecondHistory.count > 120 {
            state.overview.eventsPerSecondHistory.removeFirst()
        }
        state.overview.recent = Array(state.frames.suffix(8).reversed())
    }

    func read<Value>(_ body: (inout State) -> Value) throws(LedgerFault) -> Value {
        let value: Value? = state.withLock { state in
            guard !state.fails else { return nil }
            return body(&state)
        }
        guard let value else { throw LedgerFault() }
        return value
    }

    func overview() async throws -> Overview { try read { $0.overview } }

    func readiness() async -> Readiness {
        if state.withLock(\.ticksWhenAsked) { tick() }
        return state.withLock(\.readiness)
    }

    func today() async -> CivilDate { TestPerson.today }

    /// Where backups may go; a running one never ends.
    static let backups = "/backups"

    func startBackup(to directory: String) async throws -> BackupState {
        guard directory.hasPrefix(TestLedger.backups + "/") else { throw BackupRefusal.outside }
        return try state.withLock { state in
            if let running = state.backup, running.phase == .running {
                guard running.directory == directory else { throw BackupRefusal.running }
                return running
            }
            let begun = BackupState(directory: directory, phase: .running, blocks: 0, total: 9)
            state.backup = begun
            return begun
        }
    }

    func backup() async -> BackupState? { state.withLock(\.backup) }

    /// Everybody, in the order of the list.
    var ids: [String] { state.withLock { $0.people.map(\.id) } }

    /// Streams open now; the fixture's teardown wants none.
    var readers: Int { state.withLock { $0.readers.count } }

    func subscribe() async -> AsyncStream<Overview> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Overview.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let (overview, number) = state.withLock { state in
            state.readersMade += 1
            state.readers[state.readersMade] = continuation
            return (state.overview, state.readersMade)
        }
        continuation.onTermination = { [weak self] _ in
            self?.change { $0.readers[number] = nil }
        }
        continuation.yield(overview)
        return stream
    }

    func frames(after cursor: Cursor?, limit: Int) async throws -> Listing<FrameHead> {
        try read { state in
            var counts = cursor?.counts ?? []
            counts += Array(
                repeating: 0,
                count: max(0, state.overview.partitions.count - counts.count)
            )
            var items: [FrameHead] = []
            for frame in state.frames where frame.position >= counts[frame.partition] {
                guard items.count < limit else { break }
                items.append(frame)
                counts[frame.partition] = frame.position + 1
            }
            return Listing(items: items, next: items.isEmpty ? nil : Cursor(counts))
        }
    }

    func subjects(after cursor: Cursor?, limit: Int) async throws -> Listing<SubjectSummary> {
        try read { state in
            Self.cut(state.people.map(\.summary), cursor, limit)
        }
    }

    func explanation(_ id: String, event: EventID) async throws -> CategoryReason? {
        try person(id)?.explain(event)
    }

    func person(_ id: String) throws(LedgerFault) -> TestPerson? {
        try read { $0.people.first { $0.id == id } }
    }

    static func cut<Element: Sendable>(
        _ all: [Element],
        _ cursor: Cursor?,
        _ limit: Int
    ) -> Listing<Element> {
        let from = min(all.count, Int(clamping: cursor?.counts.first ?? 0))
        let through = min(all.count, from + limit)
        return Listing(
            items: Array(all[from..<through]),
            next: through < all.count ? Cursor([UInt64(through)]) : nil
        )
    }
}

/// SplitMix64: the same numbers everywhere for one seed.
struct SeededRandom: RandomNumberGenerator {
    private var word: UInt64
    init(_ seed: UInt64) { word = seed }

    mutating func next() -> UInt64 {
        word &+= 0x9E37_79B9_7F4A_7C15
        var mixed = word
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
