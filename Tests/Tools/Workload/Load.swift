import EventLog
import Files
import Frame
import Glibc
import Simulation
import Synchronization
import Threads

/// A life of a log: bursts of appends by several threads with folds, merges and backups under way,
/// then close, sometimes compact, restore or drop the index, and open again.
///
/// Arguments: `seed`, `rounds` (0: until killed), `environments`, `tail`, `threads`, `batches` (a
/// burst's, at most), `promises` (a file, checked first), `early=1` (the planted bug: a frame is
/// promised when it is committed, before it is durable).
struct Load {
    private let directory: String
    private let arguments: Arguments
    private let environments: Int
    private var chance: Seed
    private var restoreNumber = 0

    init(_ directory: String, _ arguments: Arguments) {
        self.directory = directory
        self.arguments = arguments
        environments = arguments.number("environments", 1)
        chance = Seed(UInt64(arguments.number("seed", 1)))
    }

    private var path: String { directory + "/log" }
    private var backup: String { directory + "/backup" }

    mutating func run() throws {
        if arguments.has("promises") {
            let promises = try Promises(file: arguments.text("promises"))
            let checker = try Checker(environments: environments)
            try checker.check(
                directory,
                promises,
                chance: arguments.number("seed", 1),
                isThorough: true
            )
            restoreNumber = (promises.restored.keys.max() ?? -1) + 1
            Marks.say("checked")
        }
        try makeLog(at: path, environments: environments)
        Marks.say("created")
        let rounds = arguments.number("rounds", 4)
        var round = 0
        while rounds == 0 || round < rounds {
            try burst()
            try rest()
            round += 1
        }
    }

    /// Appends by every thread, perhaps with a backup at the same time.
    private mutating func burst() throws {
        var options = LogOptions()
        options.mapSizeBytes = arguments.number("map", 1 << 36)
        options.tailFrameCountMax = arguments.number("tail", 8)
        let log = try EventLog(opening: path, options: options)
        defer { log.close() }
        let threadCount = arguments.number("threads", 3)
        let burst = Burst(
            log,
            threads: threadCount,
            batches: arguments.number("batches", 20),
            isEarly: arguments.isSet("early")
        )
        var threads: [OwnedThread] = []
        for number in 0..<threadCount {
            let seed = Seed(chance.next())
            threads.append(OwnedThread { burst.append(as: number, seed) })
        }
        let watcher = burst.isEarly ? OwnedThread { burst.promiseEarly() } : nil
        if chance.next() % 3 == 0 {
            Marks.say("backup-begin")
            try log.backup(to: backup)
            Marks.say("backup-end")
        }
        for thread in threads { thread.join() }
        burst.isOver.store(true, ordering: .relaxed)
        watcher?.join()
        if let failure = burst.failure.withLock({ $0 }) { throw Failure(failure) }
    }

    /// Between two bursts, with the log closed.
    private mutating func rest() throws {
        switch chance.next() % 6 {
        case 0:
            // One subject only, so that the others stay whole.
            let dropped = World.subject(0)
            Marks.say("compact-begin 0")
            _ = try EventLog.compact(path, isDropped: { $0.subject == dropped })
            Marks.say("compact-end 0")
        case 1 where Files.exists(backup + "/environment-00"):
            try restore()
        case 2:
            try EventLog.reindex(path)
        default: break
        }
    }

    private mutating func restore() throws {
        while Files.exists(copy(restoreNumber)) { restoreNumber += 1 }
        do {
            try EventLog.restore(from: backup, to: copy(restoreNumber))
            Marks.say("restored \(restoreNumber)")
        } catch {
            // A backup that was cut off before its end.
            guard case .notABackup = error else { throw error }
        }
        if restoreNumber > 0 { try Files.removeTree(copy(restoreNumber - 1)) }
        restoreNumber += 1
    }

    private func copy(_ number: Int) -> String { directory + "/restored-\(number)" }
}

/// Threads that append to one open log, each to its own subjects.
final class Burst: Sendable {
    let isEarly: Bool
    let isOver = Atomic<Bool>(false)
    let failure = Mutex<String?>(nil)
    private let log: EventLog
    private let threads: Int
    private let batches: Int

    init(_ log: EventLog, threads: Int, batches: Int, isEarly: Bool) {
        (self.log, self.threads) = (log, threads)
        (self.batches, self.isEarly) = (batches, isEarly)
    }

    func append(as thread: Int, _ seed: Seed) {
        do {
            var chance = seed
            let world = try World()
            for _ in 0..<1 + Int(chance.next() % UInt64(batches)) {
                try appendBatch(as: thread, &chance, world)
            }
        } catch {
            failure.withLock { $0 = "\(error)" }
        }
    }

    private func appendBatch(as thread: Int, _ chance: inout Seed, _ world: World) throws {
        let own = (0..<World.subjectCount).filter { $0 % threads == thread }
        let first = own[Int(chance.next() % UInt64(own.count))]
        let environment = log.environment(of: World.subject(first))
        let others = own.filter { log.environment(of: World.subject($0)) == environment }
        var next: [Int: UInt64] = [:]
        var lines: [String] = []
        var batch = FrameBatch()
        for _ in 0..<1 + chance.next() % 3 {
            let number = others[Int(chance.next() % UInt64(others.count))]
            let revision = try next[number] ?? log.size(of: World.subject(number))
            try world.seal(number, revision, into: &batch)
            next[number] = revision + 1
            lines.append("ack \(number) \(revision)")
        }
        let receipt = try log.appendAndWait(batch)
        guard receipt.places.allSatisfy({ $0.outcome == .appended }) else {
            throw Failure("a new frame was taken for a duplicate")
        }
        if !isEarly { Marks.say(lines.joined(separator: "\n")) }
    }

    /// The planted bug: promises what is committed but not durable yet.
    func promiseEarly() {
        var promised = [UInt64](repeating: 0, count: World.subjectCount)
        while !isOver.load(ordering: .relaxed) {
            for number in promised.indices {
                do {
                    let size = try log.size(of: World.subject(number))
                    while promised[number] < size {
                        Marks.say("ack \(number) \(promised[number])")
                        promised[number] += 1
                    }
                } catch {
                    failure.withLock { $0 = "\(error)" }
                }
            }
            sched_yield()
        }
    }
}
