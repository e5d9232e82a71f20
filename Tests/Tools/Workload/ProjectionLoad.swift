import EventLog
import Finance
import Frame
import Projections
import Simulation
import Synchronization
import Threads
import Vault

/// A life of read models beside their vault and log: persons come, cards are used, a card or a
/// person is erased as the executable does it, a read model is rebuilt while appends go on; now and
/// then everything is closed and opened again.
///
/// Arguments: `seed`, `steps`, `rules` (a folder), `blind=1` (the planted bug: the read models pass
/// over some frames).
final class ProjectionLoad {
    private let directory: String
    private let steps: Int
    private let isBlind: Bool
    private let rules: CategoryRules
    private var chance: Seed
    private var persons: [SubjectID?] = []
    private var open: (pair: VaultPair, models: ReadModels)?

    init(_ directory: String, _ arguments: Arguments) throws {
        self.directory = directory
        steps = arguments.number("steps", 60)
        isBlind = arguments.isSet("blind")
        rules = try ReadModels.rules(arguments.text("rules"))
        chance = Seed(UInt64(arguments.number("seed", 1)))
        try VaultPair.make(directory)
        Marks.say("created")
        try start()
    }

    private var pair: VaultPair { get throws { try parts.pair } }
    private var models: ReadModels { get throws { try parts.models } }

    private var parts: (pair: VaultPair, models: ReadModels) {
        get throws {
            guard let open else { throw Failure("nothing is open") }
            return open
        }
    }

    private func start() throws {
        let pair = try VaultPair(directory)
        let path = directory + "/projections"
        open = (pair, try ReadModels(pair, at: path, rules, isBlind: isBlind))
    }

    private func stop() throws {
        try models.projections.stop()
        try pair.close()
        open = nil
    }

    func run() async throws {
        for _ in 0..<steps { try await step() }
        try stop()
    }

    private func step() async throws {
        let live = persons.indices.filter { persons[$0] != nil }
        let dice = chance.next() % 20
        guard let number = live.randomElement(using: &chance), dice > 1,
            let subject = persons[number]
        else {
            let subject = try pair.vault.enrol([VaultPair.ci(persons.count)])[0]
            persons.append(subject)
            Marks.say("enrolled \(persons.count - 1) \(subject)")
            return
        }
        switch dice {
        case 2, 3: try await forget(number, subject)
        case 4, 5: try await drop(card: Int(chance.next() % 2), of: number, subject)
        case 6, 7: try await rebuild(number, subject)
        case 8:
            try stop()
            try start()
        default: try await write(number, subject)
        }
    }

    private func write(_ number: Int, _ subject: SubjectID) async throws {
        let card = Int(chance.next() % 2)
        let count = 1 + Int(chance.next() % 5)
        try await pair.write(
            ReadModels.approvals(count, &chance),
            eventCount: count,
            card,
            subject,
            &chance
        )
        Marks.say("wrote \(number) \(card) \(count)")
    }

    private func forget(_ number: Int, _ subject: SubjectID) async throws {
        try models.waitUntilCaughtUp()
        Marks.say("forget-begin \(number)")
        try models.projections.prepareErasure(in: subject)
        try await pair.vault.shred(subject: subject, reason: .operatorTest, at: VaultPair.now)
        try models.projections.forget(subject)
        Marks.say("forget-end \(number)")
        persons[number] = nil
    }

    private func drop(card: Int, of number: Int, _ subject: SubjectID) async throws {
        let key: CompartmentKey
        do {
            key = try pair.vault.newest(VaultPair.card(card), of: subject, for: .collection)
        } catch {
            // Nothing was written to it since it was last destroyed.
            return
        }
        try models.waitUntilCaughtUp()
        Marks.say("drop-begin \(number) \(card)")
        try models.projections.prepareErasure(in: subject)
        try await pair.vault.shred(
            compartment: key.id,
            of: subject,
            reason: .operatorTest,
            at: VaultPair.now
        )
        try models.waitUntilCaughtUp()
        Marks.say("drop-end \(number) \(card)")
    }

    /// Rebuilds one of the two on another thread; appends go on.
    private func rebuild(_ number: Int, _ subject: SubjectID) async throws {
        let rebuild = RebuildUnderWay(try models, ofCounters: chance.next() % 2 == 0)
        let thread = OwnedThread { rebuild.run() }
        for _ in 0..<3 { try await write(number, subject) }
        thread.join()
        if let failure = rebuild.failure { throw Failure("a rebuild: \(failure)") }
        Marks.say("rebuilt")
    }
}

/// A rebuild on a thread of its own.
private final class RebuildUnderWay: Sendable {
    private let body: @Sendable () throws -> Void
    private let found = Mutex<String?>(nil)

    init(_ models: ReadModels, ofCounters: Bool) {
        let (counters, spending) = (models.counters, models.spending)
        body = {
            if ofCounters { try counters.rebuild() } else { try spending.rebuild() }
        }
    }

    var failure: String? { found.withLock { $0 } }

    func run() {
        do {
            try body()
        } catch {
            found.withLock { $0 = "\(error)" }
        }
    }
}
