public import Cryptography
public import EventLog
public import Finance
internal import Frame

/// Measures what projections cost, and hashes the answer, so that a faster wrong one shows.
public enum ProjectionBenchmark {
    /// One measurement.
    public struct Result: Sendable {
        /// Events folded.
        public var events: UInt64
        /// Nanoseconds it took.
        public var nanoseconds: UInt64
        /// Events parked: a figure with any of them says nothing.
        public var parked: UInt64
        /// State hash of what came out.
        public var digest: Digest

        /// Events a second.
        public var eventsPerSecond: Double {
            Double(events) * 1e9 / Double(max(1, nanoseconds))
        }
    }

    /// Opens, verifies, decodes and folds the whole log on the calling thread, without checkpoints.
    public static func replay<F: Fold>(
        _ fold: F,
        log: EventLog,
        keys: any KeyLender,
        registry: EventRegistry,
        scratch: String,
        clock: MonotonicClock
    ) throws(ProjectionError) -> Result {
        var options = ProjectionOptions()
        options.stateCountMax = .max
        options.stateByteCountMax = .max
        options.dirtyCountMax = .max
        try StateStore.create(at: scratch, of: log)
        let generation = try Generation(
            fold,
            number: 1,
            opening: scratch,
            log: log,
            keys: keys,
            registry: registry,
            mapSizeBytes: options.mapSizeBytes
        )
        var (events, parked): (UInt64, UInt64) = (0, 0)
        var nanoseconds: UInt64 = 0
        for shard in ProjectionContext.shards(of: log.layout, perEnvironment: 1) {
            let shelf = try Shelf(generation, shard: shard, limit: options.limit(shards: 1))
            var feed = try FrameFeed(log: log, keys: keys, shard: shard)
            let end = log.durableSequence(environment: shard.environment)
            let start = clock()
            while shelf.nextSequence < end {
                _ = try feed.run(from: shelf.nextSequence, blockLimit: 8, into: [shelf])
            }
            nanoseconds += clock() - start
            var checkpoint = try Checkpoint(generation)
            for (_, record) in try checkpoint.run(shelf) {
                events += record.events
                parked += UInt64(record.parked)
            }
        }
        return Result(
            events: events,
            nanoseconds: nanoseconds,
            parked: parked,
            digest: generation.records.stateHash
        )
    }

    /// Folds the whole log into a checkpointed generation and cuts over to it.
    public static func rebuild<F: Fold>(
        _ projection: Projection<F>,
        clock: MonotonicClock
    ) throws(ProjectionError) -> Result {
        let start = clock()
        let report = try projection.rebuild()
        let nanoseconds = clock() - start
        return Result(
            events: report.events,
            nanoseconds: nanoseconds,
            parked: try projection.status().parked,
            digest: report.stateHash
        )
    }

    /// Appends batches of frames and waits for each to be folded.
    ///
    /// - Returns: nanoseconds from durable to visible, one a batch, in rising order.
    public static func visibility<F: Fold>(
        of projection: Projection<F>,
        appending source: inout SyntheticLog,
        batches: Int,
        framesPerBatch: Int,
        clock: MonotonicClock
    ) async throws -> [UInt64] {
        var waits: [UInt64] = []
        for _ in 0..<batches {
            let last = try await source.append(frames: framesPerBatch)
            let durable = clock()
            guard
                try projection.waitUntilFolded(
                    last.subject,
                    revision: last.revision,
                    atMostMilliseconds: 10_000
                )
            else { throw ProjectionError.catchingUp }
            waits.append(clock() - durable)
        }
        return waits.sorted()
    }
}
