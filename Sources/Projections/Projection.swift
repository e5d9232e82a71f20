public import Cryptography
internal import EventLog
internal import Files
public import Finance
public import Frame
internal import Synchronization

/// One read model: its reads, its status, its rebuild.
///
/// Got from ``Projections/add(_:)``.
public final class Projection<F: Fold>: Sendable, ProjectionWork {
    let fold: F
    let catalog: Catalog
    let context: ProjectionContext
    let current: Mutex<Lane<F>>
    /// A rebuilt generation that follows live and is not read yet.
    let joining = Mutex<Lane<F>?>(nil)
    private let isRebuilding = Mutex(false)

    init(
        _ fold: F,
        catalog: Catalog,
        context: ProjectionContext
    ) throws(ProjectionError) {
        self.fold = fold
        self.catalog = catalog
        self.context = context
        let generation = try Projection.open(fold, catalog: catalog, context: context)
        current = Mutex(
            try Lane(generation, runners: context.runners, limit: context.liveLimit)
        )
    }

    /// The generation that the catalog names, or a fresh one when there is none that can be used.
    private static func open(
        _ fold: F,
        catalog: Catalog,
        context: ProjectionContext
    ) throws(ProjectionError) -> Generation<F> {
        let wanted = Catalog.Entry(
            version: F.version,
            configuration: fold.configuration,
            number: 0
        )
        let entry = try catalog.entry(of: F.name)
        if let entry, entry.version == wanted.version,
            entry.configuration == wanted.configuration
        {
            let path = catalog.path(of: F.name, version: entry.version, number: entry.number)
            guard Files.exists(path + "/data.mdb") else {
                throw .damagedStore(file: path + "/data.mdb", place: "its name: there is no file")
            }
            return try context.open(fold, number: entry.number, at: path)
        }
        // Another version or other rules: its states say something else, so all is folded anew.
        // What was there stays until `removeOthers`.
        let number = (entry?.number ?? 0) + 1
        let path = catalog.path(of: F.name, version: F.version, number: number)
        try catalog.remove(path)
        try StateStore.create(at: path, of: context.log)
        let generation = try context.open(fold, number: number, at: path)
        try catalog.set(
            Catalog.Entry(
                version: F.version,
                configuration: fold.configuration,
                number: number
            ),
            of: F.name
        )
        return generation
    }

    var lane: Lane<F> { current.withLock { $0 } }

    /// The subject's newest folded state; nil when the log has nothing of it, or it was erased.
    ///
    /// - Throws: `.damaged` with what is wrong, never a state that is older than was folded;
    ///   `.catchingUp` while what was durable at the start is not folded.
    public func read(_ subject: SubjectID) throws(ProjectionError) -> Reading<F.State>? {
        try lane.read(subject)
    }

    /// Waits until the subject's frame at `revision` is folded; blocks its thread, never a task's.
    ///
    /// - Returns: false when the time passed before.
    public func waitUntilFolded(
        _ subject: SubjectID,
        revision: UInt64,
        atMostMilliseconds: Int
    ) throws(ProjectionError) -> Bool {
        let failure = Mutex<ProjectionError?>(nil)
        let isFolded = lane.runner(of: subject).wait(
            atMost: atMostMilliseconds * 1_000_000
        ) {
            do throws(ProjectionError) {
                return try lane.nextRevision(of: subject) > revision
            } catch {
                failure.withLock { $0 = error }
                return true
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return isFolded
    }

    /// How far it is and how it is.
    public func status() throws(ProjectionError) -> ProjectionStatus {
        let lane = lane
        let records = lane.generation.records
        let (positions, events, inMemory) = lane.progress()
        let layout = context.log.layout
        var lagFrames = [UInt64](repeating: 0, count: layout.environments)
        for partition in positions.indices {
            let next = context.log.nextPosition(partition: partition)
            let environment = layout.environment(ofPartition: partition)
            lagFrames[environment] += next - min(next, positions[partition])
        }
        var lagEvents: UInt64 = 0
        var lagMilliseconds: Int64 = 0
        for environment in 0..<layout.environments {
            let folded = lane.nextSequence(environment: environment)
            let lag = context.lags[environment]
            lagEvents += try lag.events(folded: folded, lagFrames: lagFrames[environment])
            lagMilliseconds = max(lagMilliseconds, lag.milliseconds(folded: folded))
        }
        return ProjectionStatus(
            name: F.name,
            version: F.version,
            generation: lane.generation.number,
            positions: positions,
            frames: positions.reduce(0, +),
            events: events,
            states: records.reduce(0) { $0 + $1.states },
            statesInMemory: inMemory,
            lagFrames: lagFrames.reduce(0, +),
            lagEvents: lagEvents,
            lagMilliseconds: lagMilliseconds,
            parked: records.reduce(0) { $0 + UInt64($1.parked) },
            damaged: records.reduce(0) { $0 + UInt64($1.damaged) },
            lastError: lane.failure ?? context.runners.compactMap(\.failure).first,
            stateHash: records.stateHash,
            isReady: lane.isReady
        )
    }

    /// The parked events, in order of partition and position; at most `limit`.
    public func parkedEvents(limit: Int) throws(ProjectionError) -> [ParkedEvent] {
        try lane.generation.store.parkedEvents(limit: limit)
    }

    /// Opens and hashes every stored state again, while nothing is committed.
    ///
    /// - Parameter onProgress: called with states done and states in all, every thousand.
    /// - Returns: the hash over all states and the damage found, by subject.
    /// - Throws: when the store or the log cannot be read.
    public func recomputeStateHash(
        onProgress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(ProjectionError) -> StateHashReport {
        let lane = lane
        try lane.checkpointAll()
        return try lane.withTurn { () throws(ProjectionError) in
            try lane.generation.recomputeStateHash(onProgress: onProgress)
        }
    }

    /// Folds everything anew beside what is there and reads the new states once they have caught up
    /// and, unless there is damage to heal, have an equal hash.
    ///
    /// Blocks its thread for the whole; reads and live folding go on. One at a time.
    /// - Parameter onProgress: called with frames done and frames in all, from one thread.
    /// - Returns: what it came to.
    /// - Throws: `.hashMismatch`, `.busy`; what is there then stays.
    @discardableResult
    public func rebuild(
        onProgress: @escaping @Sendable (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(ProjectionError) -> RebuildReport {
        let isFirst = isRebuilding.withLock { isRebuilding in
            defer { isRebuilding = true }
            return !isRebuilding
        }
        guard isFirst else { throw .busy }
        defer { isRebuilding.withLock { $0 = false } }
        return try Rebuild(of: self, onProgress: onProgress).run()
    }

    /// Removes the stores of generations that are not read.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeOthers() throws(ProjectionError) -> Int {
        var kept = [lane.generation.store.path]
        if let joining = joining.withLock({ $0 }) { kept.append(joining.generation.store.path) }
        let others = try catalog.stores(of: F.name).map { catalog.directory + "/" + $0 }
            .filter { !kept.contains($0) }
        for path in others { try catalog.remove(path) }
        return others.count
    }

    /// What is read, and what follows to be read.
    private var lanes: [Lane<F>] {
        let joining = joining.withLock { $0 }
        return joining.map { [lane, $0] } ?? [lane]
    }

    func start() { lane.join() }

    func checkpoint() throws(ProjectionError) {
        try lane.checkpointAll()
        if let joining = joining.withLock({ $0 }) { try joining.checkpointAll() }
    }

    func sync() throws(ProjectionError) { try lane.generation.store.sync() }

    func pin(_ subject: SubjectID) {
        let partition = context.log.partition(of: subject)
        for lane in lanes {
            lane.shelf(of: subject).pin(subject, partition: partition)
        }
    }

    func forget(_ subject: SubjectID) throws(ProjectionError) {
        let partition = context.log.partition(of: subject)
        let lanes = lanes
        for lane in lanes { lane.shelf(of: subject).forget(subject, partition: partition) }
        for lane in lanes { try lane.commit(lane.shelf(of: subject), nil) }
    }
}

/// What a full recomputation of a state hash found.
public struct StateHashReport: Sendable, Equatable {
    /// Over the states as they are stored now.
    public var recomputed: Digest
    /// As kept along with every commit.
    public var kept: Digest
    /// States opened.
    public var states: UInt64
    /// What is wrong, by subject; at most 1,000.
    public var damaged: [SubjectID: ProjectionError.Damage]

    /// The states are what was folded.
    public var isEqual: Bool { recomputed == kept && damaged.isEmpty }
}

/// What a rebuild did.
public struct RebuildReport: Sendable, Equatable {
    /// Number of the generation that is read now.
    public var generation: UInt32
    /// Events folded before the cut-over.
    public var events: UInt64
    /// Hash over the new states at the cut-over.
    public var stateHash: Digest
    /// The old states had damage, so they were not compared.
    public var healedDamage: Bool
}

extension [PartitionRecord] {
    /// Sum over all partitions.
    var stateHash: Digest {
        var sum = Digest()
        for record in self { sum &+= record.hash }
        return sum
    }
}
