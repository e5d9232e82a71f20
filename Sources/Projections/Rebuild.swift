internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Synchronization
internal import Threads

/// Folds a projection anew into a generation beside the one that is read, in parallel, and cuts
/// over.
struct Rebuild<F: Fold> {
    private let projection: Projection<F>
    private let context: ProjectionContext
    private let onProgress: @Sendable (UInt64, UInt64) -> Void

    init(
        of projection: Projection<F>,
        onProgress: @escaping @Sendable (UInt64, UInt64) -> Void
    ) {
        self.projection = projection
        context = projection.context
        self.onProgress = onProgress
    }

    func run() throws(ProjectionError) -> RebuildReport {
        let old = projection.lane
        let number = old.generation.number + 1
        let path = projection.catalog.path(of: F.name, version: F.version, number: number)
        try projection.catalog.remove(path)
        try StateStore.create(at: path, of: context.log)
        let generation = try context.open(projection.fold, number: number, at: path)
        do throws(ProjectionError) {
            try foldAll(into: generation)
            return try cutOver(from: old, to: generation)
        } catch {
            // A checkpoint may still hold the store: it closes with its last holder.
            try projection.catalog.remove(path)
            throw error
        }
    }

    /// Folds everything that is durable now, one thread a shard.
    private func foldAll(into generation: Generation<F>) throws(ProjectionError) {
        let shards = ProjectionContext.shards(
            of: context.log.layout,
            perEnvironment: context.options.rebuildThreadsPerEnvironment
        )
        let byteCountMax = context.options.rebuildByteCountMax / shards.count
        let tally = RebuildTally(
            total: (0..<context.log.layout.partitions).reduce(0) {
                $0 + context.log.nextPosition(partition: $1)
            },
            workers: shards.count
        )
        var threads: [OwnedThread] = []
        for shard in shards {
            let worker = RebuildWorker(
                generation: generation,
                shard: shard,
                byteCountMax: byteCountMax,
                tally: tally
            )
            threads.append(OwnedThread { worker.run() })
        }
        var isDone = false
        while !isDone {
            let (done, total) = tally.wait(atMost: 200_000_000)
            onProgress(done, total)
            isDone = tally.isDone
        }
        for thread in threads { thread.join() }
        if let failure = tally.failure { throw failure }
        // Workers stored totals in any order; this is what all of them came to.
        var sealed = SealedStates()
        sealed.totals = generation.totals?.stored() ?? []
        try generation.commit(sealed, partitions: [:])
        if generation.areSumsDue { try generation.addUp() }
    }

    /// Follows live beside the old generation and, when both agree, lets reads go to the new one.
    ///
    /// Compared at one place of each shard. Reads never wait.
    private func cutOver(
        from old: Lane<F>,
        to generation: Generation<F>
    ) throws(ProjectionError) -> RebuildReport {
        let lane = try Lane(
            generation,
            runners: context.runners,
            limit: context.liveLimit
        )
        projection.joining.withLock { $0 = lane }
        defer { projection.joining.withLock { $0 = nil } }
        lane.join()
        do throws(ProjectionError) {
            var healsDamage = old.isDamaged
            for shard in context.runners.indices {
                let differing = try firstDifference(old, lane, shard: shard)
                guard let differing, !healsDamage else { continue }
                // Old states that are not even what their own sums say are no witness.
                guard try !old.isConsistent() else {
                    throw .hashMismatch(partition: differing)
                }
                healsDamage = true
            }
            try generation.store.sync()
            try projection.catalog.set(
                Catalog.Entry(
                    version: F.version,
                    configuration: projection.fold.configuration,
                    number: generation.number
                ),
                of: F.name
            )
            projection.current.withLock { $0 = lane }
            old.leave()
            // Whoever still reads the old store keeps its file until done; its name can go.
            try projection.catalog.remove(old.generation.store.path)
            let records = generation.records
            return RebuildReport(
                generation: generation.number,
                events: records.reduce(0) { $0 + $1.events },
                stateHash: records.stateHash,
                healedDamage: healsDamage
            )
        } catch {
            lane.leave()
            // A batch that is running may still hold the shelf; the next one does not.
            for runner in context.runners { _ = runner.pause {} }
            throw error
        }
    }

    /// The first partition of the shard whose states differ, at one place of both.
    private func firstDifference(
        _ old: Lane<F>,
        _ new: Lane<F>,
        shard: Int
    ) throws(ProjectionError) -> Int? {
        let runner = context.runners[shard]
        let shelves = (old: old.shelves[shard], new: new.shelves[shard])
        while true {
            guard runner.waitUntilLevel(shelves.old, shelves.new) else { throw .stopped }
            // First most of what has changed, so that both are still for a moment only.
            try old.commit(shelves.old, nil)
            try new.commit(shelves.new, nil)
            // No other checkpoint between taking the snapshots and committing them: it would take
            // the same states' terms out of the sums a second time.
            let records = try old.withTurn { () throws(ProjectionError) in
                try new.withTurn { () throws(ProjectionError) in
                    try commitBoth(runner, old, new, shelves)
                }
            }
            if let (before, after) = records { return difference(runner.shard, before, after) }
        }
    }

    private typealias Records = [Int: PartitionRecord]

    /// Commits what both have at one place between two batches; nil when they were not level.
    private func commitBoth(
        _ runner: Runner,
        _ old: Lane<F>,
        _ new: Lane<F>,
        _ shelves: (old: Shelf<F>, new: Shelf<F>)
    ) throws(ProjectionError) -> (Records, Records)? {
        let both = Mutex<(Snapshot<F.State>, Snapshot<F.State>)?>(nil)
        let isRunning = runner.pause {
            // A batch that began before the new one joined goes to the old one alone.
            guard shelves.old.nextSequence == shelves.new.nextSequence else { return }
            let pair = (shelves.old.snapshot(), shelves.new.snapshot())
            both.withLock { $0 = pair }
        }
        guard isRunning else { throw .stopped }
        guard let (oldSnapshot, newSnapshot) = both.withLock({ $0 }) else { return nil }
        let before = try old.commitInTurn(shelves.old, oldSnapshot)
        return (before, try new.commitInTurn(shelves.new, newSnapshot))
    }

    private func difference(_ shard: Shard, _ before: Records, _ after: Records) -> Int? {
        shard.partitions.first { partition in
            let (left, right) = (before[partition], after[partition])
            return left?.hash != right?.hash || left?.states != right?.states
        }
    }
}

/// How far the workers of a rebuild are.
final class RebuildTally: Sendable {
    private struct State {
        var frames: UInt64 = 0
        var working: Int
        var failure: ProjectionError?
    }

    private let state: Monitor<State>
    private let total: UInt64

    init(total: UInt64, workers: Int) {
        self.total = total
        state = Monitor(State(working: workers))
    }

    var isDone: Bool { state.withLock { $0.working == 0 } }
    var failure: ProjectionError? { state.withLock { $0.failure } }

    func add(frames: UInt64) { state.withLock { $0.frames += frames } }

    func finish(_ failure: ProjectionError?) {
        state.signal { state in
            state.working -= 1
            state.failure = state.failure ?? failure
        }
    }

    /// Frames done and in all, when all workers have ended or the time has passed.
    func wait(atMost nanoseconds: Int) -> (UInt64, UInt64) {
        _ = state.wait(atMost: nanoseconds) { $0.working == 0 ? true : nil }
        let frames = state.withLock { $0.frames }
        return (min(frames, total), total)
    }
}

/// Folds one shard of a rebuild and checkpoints it on its own thread.
struct RebuildWorker<F: Fold>: Sendable {
    let generation: Generation<F>
    let shard: Shard
    /// Bytes of states in memory, as far as their encoding tells.
    let byteCountMax: Int
    let tally: RebuildTally

    /// Blocks between two looks at the bounds.
    private static var blockLimit: Int { 4 }
    /// States changed at the first checkpoint, which tells how large they are.
    private static var firstChangedMax: Int { 4_096 }
    /// A state takes at most about this many times its encoding in memory.
    private static var memoryFactor: Int { 3 }

    func run() {
        do throws(ProjectionError) {
            try foldAll()
            tally.finish(nil)
        } catch {
            tally.finish(error)
        }
    }

    private func foldAll() throws(ProjectionError) {
        let log = generation.log
        let end = log.durableSequence(environment: shard.environment)
        var feed = try FrameFeed(log: log, keys: generation.keys, shard: shard)
        var checkpoint = try Checkpoint(generation)
        let encodedMax = byteCountMax / RebuildWorker.memoryFactor
        let limit = StateLimit(
            stateCountMax: .max,
            byteCountMax: encodedMax,
            dirtyCountMax: .max
        )
        let shelf = try Shelf(generation, shard: shard, limit: limit)
        var frames: UInt64 = 0
        var changedMax = RebuildWorker.firstChangedMax
        while shelf.nextSequence < end {
            _ = try feed.run(
                from: shelf.nextSequence,
                blockLimit: RebuildWorker.blockLimit,
                into: [shelf]
            )
            let now = shelf.positionSum
            tally.add(frames: now - frames)
            frames = now
            guard shelf.changedCount >= changedMax else { continue }
            try checkpoint.run(shelf)
            // As many as fit, now that their size is known: a state is then sealed as seldom as can
            // be.
            changedMax = max(
                RebuildWorker.firstChangedMax,
                encodedMax / max(1, checkpoint.stateByteCountMean)
            )
        }
        try checkpoint.run(shelf)
    }
}
