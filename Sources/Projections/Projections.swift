// Projections: what is known of each subject, folded from the log, live and exactly once.
//
// One runner a shard opens each frame once and gives it to every projection. States live in bounded
// memory and are sealed under the subject's `view` key a few times a second, in one transaction
// with how far they are. Each state carries the revision it goes on from, so a frame is folded once
// whatever is repeated after a crash, and a state that is missing or older is damage, not a guess.
//
// Invariants: a read is of memory, or of a stored state that the log confirms; a rebuild is read
// only after it has caught up and agrees; nothing that a projection does appends to the log.

public import EventLog
public import Finance
public import Frame
internal import Synchronization
internal import Threads

/// The projections of one log, run together.
public final class Projections: Sendable {
    private let context: ProjectionContext
    private let catalog: Catalog
    private let work = Mutex<[any ProjectionWork]>([])
    private let threads = Mutex<[OwnedThread]>([])
    private let beat: Monitor<Beat>

    private struct Beat {
        var isAsked = false
        var isStopping = false
    }

    /// Prepares projections of `log` whose stores are in `directory`; nothing runs yet.
    ///
    /// The clock is for waiting times only; order and states never depend on it.
    public init(
        log: EventLog,
        keys: any KeyLender,
        registry: EventRegistry,
        directory: String,
        options: ProjectionOptions = ProjectionOptions(),
        clock: @escaping MonotonicClock
    ) throws(ProjectionError) {
        catalog = Catalog(directory: directory)
        try catalog.makeDirectory()
        let beat = Monitor(Beat())
        self.beat = beat
        context = ProjectionContext(
            log: log,
            keys: keys,
            registry: registry,
            options: options,
            clock: clock,
            askCheckpoint: { beat.signal { $0.isAsked = true } }
        )
    }

    /// Opens a read model, before `start`; makes its store the first time.
    ///
    /// - Throws: `.damagedStore` when its file is not whole, `.otherLog` when it was folded from
    ///   another log or from more of this one: remove it with ``discard(_:)`` and add it again, and
    ///   it is folded anew.
    public func add<F: Fold>(_ fold: F) throws(ProjectionError) -> Projection<F> {
        let projection = try Projection(fold, catalog: catalog, context: context)
        work.withLock { $0.append(projection) }
        return projection
    }

    /// Removes every store of a read model, which must not be added; it will be folded anew.
    public func discard(_ name: String) throws(ProjectionError) {
        for store in try catalog.stores(of: name) {
            try catalog.remove(catalog.directory + "/" + store)
        }
        try catalog.remove(catalog.directory + "/\(name).current")
    }

    /// Starts folding: first what is there, then what comes.
    public func start() {
        for projection in work.withLock({ $0 }) { projection.start() }
        var started: [OwnedThread] = []
        for runner in context.runners {
            started.append(OwnedThread { runner.run() })
        }
        started.append(OwnedThread { [self] in checkpointUntilStopped() })
        threads.withLock { $0 = started }
    }

    /// Ends folding after a last checkpoint and closes the stores; durable when this returns.
    ///
    /// - Throws: when the last checkpoint failed; its frames are folded again at the next start.
    public func stop() throws(ProjectionError) {
        for runner in context.runners { runner.stop() }
        beat.signal { $0.isStopping = true }
        for thread in threads.withLock({ exchange(&$0, with: []) }) { thread.join() }
        var failure: ProjectionError?
        for projection in work.withLock({ exchange(&$0, with: []) }) {
            do throws(ProjectionError) {
                try projection.checkpoint()
                try projection.sync()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Drops every state of a person whose keys are destroyed, and its share of every sum.
    ///
    /// Again changes nothing. What is not stored, because it failed or the process ended, is done
    /// when the read model is next added.
    /// - Throws: when it could not be stored.
    public func forget(_ subject: SubjectID) throws(ProjectionError) {
        var failure: ProjectionError?
        for projection in work.withLock({ $0 }) {
            do throws(ProjectionError) {
                try projection.forget(subject)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Holds a person's states in memory because keys are about to be destroyed: the `view` key
    /// goes with them, and the states' share of the sums is then still known.
    ///
    /// Without it that share is lost and all states are added up again. After a compartment's
    /// erasure the wraps that follow in the log have the states folded anew; after a person's call
    /// ``forget(_:)``.
    public func prepareErasure(in subject: SubjectID) {
        for projection in work.withLock({ $0 }) { projection.pin(subject) }
    }

    /// Commits what is folded by now.
    public func checkpoint() throws(ProjectionError) {
        for projection in work.withLock({ $0 }) { try projection.checkpoint() }
    }

    private func checkpointUntilStopped() {
        let interval = context.options.checkpointIntervalMilliseconds * 1_000_000
        while true {
            let isStopping =
                beat.wait(atMost: interval) { beat -> Bool? in
                    guard beat.isAsked || beat.isStopping else { return nil }
                    beat.isAsked = false
                    return beat.isStopping
                } ?? false
            guard !isStopping else { return }
            for (environment, lag) in context.lags.enumerated() {
                lag.observe(folded: context.nextSequence(environment: environment))
            }
            for projection in work.withLock({ $0 }) {
                do throws(ProjectionError) {
                    try projection.checkpoint()
                } catch {
                    // Kept by the projection as its last error; everything is tried again next
                    // time.
                    continue
                }
            }
        }
    }
}

/// What `Projections` asks of each read model, whatever its fold.
protocol ProjectionWork: Sendable {
    func start()
    func checkpoint() throws(ProjectionError)
    func sync() throws(ProjectionError)
    func pin(_ subject: SubjectID)
    func forget(_ subject: SubjectID) throws(ProjectionError)
}

/// What all projections of a log share.
final class ProjectionContext: Sendable {
    let log: EventLog
    let keys: any KeyLender
    let registry: EventRegistry
    let options: ProjectionOptions
    let runners: [Runner]
    let lags: [Lag]

    init(
        log: EventLog,
        keys: any KeyLender,
        registry: EventRegistry,
        options: ProjectionOptions,
        clock: @escaping MonotonicClock,
        askCheckpoint: @escaping @Sendable () -> Void
    ) {
        (self.log, self.keys, self.options) = (log, keys, options)
        self.registry = registry
        let shards = ProjectionContext.shards(
            of: log.layout,
            perEnvironment: options.shardsPerEnvironment
        )
        runners = shards.map {
            Runner(shard: $0, log: log, keys: keys, askCheckpoint: askCheckpoint)
        }
        lags = (0..<log.layout.environments).map { Lag(log: log, environment: $0, clock: clock) }
    }

    /// Divides the partitions of each environment.
    static func shards(of layout: LogLayout, perEnvironment count: Int) -> [Shard] {
        (0..<layout.environments).flatMap { environment -> [Shard] in
            let partitions = layout.partitions(ofEnvironment: environment)
            let count = min(max(1, count), partitions.count)
            return (0..<count).map { number in
                let share = partitions.indices.filter { $0 % count == number }
                return Shard(
                    environment: environment,
                    partitions: share.map { partitions[$0] },
                    of: layout.partitions
                )
            }
        }
    }

    var liveLimit: StateLimit { options.limit(shards: runners.count) }

    func nextSequence(environment: Int) -> UInt64 {
        runners.filter { $0.shard.environment == environment }.map(\.nextSequence).min() ?? 0
    }

    func open<F: Fold>(
        _ fold: F,
        number: UInt32,
        at path: String
    ) throws(ProjectionError) -> Generation<F> {
        try Generation(
            fold,
            number: number,
            opening: path,
            log: log,
            keys: keys,
            registry: registry,
            mapSizeBytes: options.mapSizeBytes
        )
    }
}
