internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Synchronization

/// A generation that is folded live: its shelf in every runner, and its checkpoints.
final class Lane<F: Fold>: Sendable {
    let generation: Generation<F>
    let shelves: [Shelf<F>]
    /// Buffers of whoever has the turn.
    private let checkpoint: Mutex<Checkpoint<F>>
    /// Held from taking a snapshot to its commit: one checkpoint of a generation at a time.
    private let turn = Mutex(false)
    private let runners: [Runner]
    private let shelfOfPartition: [Int]
    /// By shelf: blocks that were durable when this was opened.
    private let readyAt: [UInt64]
    private let lastFailure = Mutex<ProjectionError?>(nil)

    init(
        _ generation: Generation<F>,
        runners: [Runner],
        limit: StateLimit
    ) throws(ProjectionError) {
        self.generation = generation
        self.runners = runners
        checkpoint = Mutex(try Checkpoint(generation))
        var shelves: [Shelf<F>] = []
        var shelfOfPartition = [Int](repeating: 0, count: generation.log.layout.partitions)
        for (number, runner) in runners.enumerated() {
            shelves.append(try Shelf(generation, shard: runner.shard, limit: limit))
            for partition in runner.shard.partitions { shelfOfPartition[partition] = number }
        }
        self.shelves = shelves
        self.shelfOfPartition = shelfOfPartition
        readyAt = runners.map {
            generation.log.durableSequence(environment: $0.shard.environment)
        }
    }

    /// What the last checkpoint failed of; nil when it did not.
    var failure: ProjectionError? { lastFailure.withLock { $0 } }

    /// Everything that was durable when this was opened is folded.
    var isReady: Bool {
        shelves.indices.allSatisfy { shelves[$0].nextSequence >= readyAt[$0] }
    }

    /// A state was found damaged, now or before.
    var isDamaged: Bool {
        generation.records.contains { $0.damaged > 0 }
            || shelves.contains { $0.core.withLock { !$0.damaged.isEmpty } }
    }

    /// By partition what is folded, events over all, and states in memory.
    func progress() -> (positions: [UInt64], events: UInt64, inMemory: Int) {
        var positions = [UInt64](repeating: 0, count: shelfOfPartition.count)
        var events: UInt64 = 0
        var inMemory = 0
        for shelf in shelves {
            shelf.core.withLock { core in
                for partition in shelf.shard.partitions {
                    positions[partition] = core.positions[partition]
                    events += core.events[partition]
                }
                inMemory += core.table.count
            }
        }
        return (positions, events, inMemory)
    }

    /// Blocks of the environment below this are folded.
    func nextSequence(environment: Int) -> UInt64 {
        shelves.filter { $0.shard.environment == environment }.map(\.nextSequence).min() ?? 0
    }

    func join() {
        for (runner, shelf) in zip(runners, shelves) { runner.join(shelf) }
    }

    func leave() {
        for (runner, shelf) in zip(runners, shelves) { runner.leave(shelf) }
    }

    func shelf(of subject: SubjectID) -> Shelf<F> {
        shelves[shelfOfPartition[generation.log.partition(of: subject)]]
    }

    func runner(of subject: SubjectID) -> Runner {
        runners[shelfOfPartition[generation.log.partition(of: subject)]]
    }

    /// Commits what every shelf has folded by now.
    func checkpointAll() throws(ProjectionError) {
        for (shelf, runner) in zip(shelves, runners) {
            do throws(ProjectionError) {
                try commit(shelf, nil)
            } catch {
                lastFailure.withLock { $0 = error }
                throw error
            }
            runner.wake()
        }
        lastFailure.withLock { $0 = nil }
    }

    /// Calls `body` while no other checkpoint of this generation is made.
    func withTurn<R: Sendable>(
        _ body: () throws(ProjectionError) -> R
    ) throws(ProjectionError) -> R {
        try turn.withLock { (_: inout Bool) throws(ProjectionError) in try body() }
    }

    /// Commits a snapshot, or what the shelf has folded by now.
    @discardableResult
    func commit(
        _ shelf: Shelf<F>,
        _ snapshot: Snapshot<F.State>?
    ) throws(ProjectionError) -> [Int: PartitionRecord] {
        try withTurn { () throws(ProjectionError) in try commitInTurn(shelf, snapshot) }
    }

    /// The same for whoever has the turn.
    func commitInTurn(
        _ shelf: Shelf<F>,
        _ snapshot: Snapshot<F.State>?
    ) throws(ProjectionError) -> [Int: PartitionRecord] {
        try checkpoint.withLock { checkpoint throws(ProjectionError) in
            var records =
                if let snapshot { try checkpoint.run(shelf, snapshot) } else {
                    try checkpoint.run(shelf)
                }
            guard generation.areSumsDue else { return records }
            try generation.addUp()
            let fresh = generation.records
            for partition in records.keys { records[partition] = fresh[partition] }
            return records
        }
    }

    /// What is stored is what its sums say; nothing is committed meanwhile.
    func isConsistent() throws(ProjectionError) -> Bool {
        try withTurn { () throws(ProjectionError) in
            try generation.recomputeStateHash { _, _ in }.isEqual
        }
    }

    /// The subject's newest state; nil when the log has nothing of it, or it was erased.
    func read(_ subject: SubjectID) throws(ProjectionError) -> Reading<F.State>? {
        guard isReady else { throw .catchingUp }
        if let slot = shelf(of: subject).peek(subject) { return try reading(slot) }
        var seal = try generation.makeSeal()
        let loaded = generation.load(
            subject,
            partition: generation.log.partition(of: subject),
            with: &seal
        )
        let reading = try reading(loaded.slot)
        guard loaded.slot.isLive else { return reading }
        if let damage = try generation.damage(of: loaded) {
            throw .damaged(subject: subject, damage)
        }
        return reading
    }

    private func isErased(_ subject: SubjectID) throws(ProjectionError) -> Bool {
        do throws(KeyFailure) {
            guard case .subjectErased = try generation.keys.viewKey(of: subject) else {
                return false
            }
            return true
        } catch {
            throw .keys(error)
        }
    }

    /// The subject's revision to fold next.
    func nextRevision(of subject: SubjectID) throws(ProjectionError) -> UInt64 {
        if let next = shelf(of: subject).nextRevision(of: subject) { return next }
        var seal = try generation.makeSeal()
        let partition = generation.log.partition(of: subject)
        return generation.load(subject, partition: partition, with: &seal).slot.revisionToWaitFor
    }

    private func reading(
        _ slot: StateSlot<F.State>
    ) throws(ProjectionError) -> Reading<F.State>? {
        if let damage = slot.damage { throw .damaged(subject: slot.subject, damage) }
        guard slot.isLive, slot.next > 0 else { return nil }
        guard !slot.isStale else {
            // The frame that brings it up to date is not folded yet, or there is none to come.
            guard try isErased(slot.subject) else { throw .catchingUp }
            return nil
        }
        return Reading(
            state: slot.state,
            revision: slot.next,
            isIncomplete: slot.flags.contains(.incomplete)
        )
    }
}

/// One subject's state and how far it is.
public struct Reading<State: Sendable>: Sendable {
    /// What the read model knows.
    public let state: State
    /// Frames of the subject's log that are in it: its revision to fold next.
    public let revision: UInt64
    /// An event of the subject was parked, so something is missing in the state.
    public let isIncomplete: Bool
}

extension Generation {
    /// Whether the store has less of a subject than was folded, as the log tells.
    func damage(of loaded: Loaded) throws(ProjectionError) -> ProjectionError.Damage? {
        let subject = loaded.slot.subject
        let next = loaded.slot.next
        do {
            guard try log.durableSize(of: subject) > next else { return nil }
            guard let partition = loaded.partition else { return .missing }
            let folded = partition.position
            let wasFolded = Mutex(false)
            _ = try log.read(subject, from: next, limit: 1) { frame in
                wasFolded.withLock { $0 = frame.position < folded }
            }
            guard wasFolded.withLock({ $0 }) else { return nil }
            if case .subjectErased = try keys.viewKey(of: subject) { return nil }
            return loaded.slot.isCounted ? .older : .missing
        } catch let error as LogError {
            throw .log(error)
        } catch let error as KeyFailure {
            throw .keys(error)
        } catch {
            throw .library(operation: "reading a subject's log")
        }
    }
}
