// EventLog: sealed frames in order, durable when acknowledged, provable for ever.
//
// Three verbs: `append`, `read` a subject, `scan` an environment (what `follow` is made of). A
// frame is appended only at its subject's next revision; everything shown is durable. Knows frames,
// trees and disks; knows no schema, no key and no money.
//
// Cost of an append: its share of one LMDB commit with one flush per group under load, one copy of
// its bytes, one checksum over them, two amortised node hashes. The caller waits for the flush
// after the one that wrote its pages (design §3): only then is the meta page that names them
// durable.

internal import Files
public import Frame
internal import LMDB
internal import Synchronization

/// How a log is opened.
public struct LogOptions: Sendable {
    /// The most an environment's file can grow to; address space, not memory.
    public var mapSizeBytes: Int
    /// Most bytes queued for one writer before `append` says `.busy`: bounds memory.
    public var queuedByteCountMax: Int
    /// Frames kept in memory before they are folded into an index run: bounds the time to open.
    public var tailFrameCountMax: Int

    /// One TiB of map, 256 MiB queued, 131,072 frames of tail.
    public init(
        mapSizeBytes: Int = 1 << 40,
        queuedByteCountMax: Int = 256 << 20,
        tailFrameCountMax: Int = 131_072
    ) {
        self.mapSizeBytes = mapSizeBytes
        self.queuedByteCountMax = queuedByteCountMax
        self.tailFrameCountMax = tailFrameCountMax
    }
}

/// A log of sealed frames in LMDB environments.
public final class EventLog: Sendable {
    /// How the log is divided.
    public let layout: LogLayout
    /// 32 hexadecimal digits, random, made once.
    public let id: String

    let environments: [LogEnvironment]
    private let directory: String

    /// A log is in `directory`, whole; what a crash leaves of a creation is none.
    public static func exists(at directory: String) -> Bool {
        LogEnvironment.exists(at: environmentPath(directory, 0))
    }

    /// Makes an empty log in `directory`, which must not hold one.
    ///
    /// `id` is 16 random bytes as two words.
    public static func create(
        at directory: String,
        layout: LogLayout,
        id: (UInt64, UInt64)
    ) throws(LogError) {
        do {
            try LogEnvironment.requireNone(at: environmentPath(directory, 0))
            // The first one last: it makes the log, so what a crash leaves before is made again.
            for number in (0..<layout.environments).reversed() {
                let identity = LogIdentity(
                    high: id.0,
                    low: id.1,
                    layout: layout,
                    environment: number
                )
                let path = environmentPath(directory, number)
                try LogEnvironment.removeEmpty(at: path)
                try LogEnvironment.create(at: path, identity: identity)
            }
        } catch {
            throw LogError(error)
        }
    }

    /// Opens the log in `directory`: checks it, then rebuilds what is kept in memory from the
    /// frames after the last index run.
    public init(opening directory: String, options: LogOptions = .init()) throws(LogError) {
        self.directory = directory
        do {
            environments = try EventLog.open(directory, options)
        } catch {
            throw LogError(error)
        }
        let identity = environments[0].identity
        layout = identity.layout
        id = SubjectID(high: identity.high, low: identity.low).description
    }

    private static func open(
        _ directory: String,
        _ options: LogOptions
    ) throws -> [LogEnvironment] {
        var opened: [LogEnvironment] = []
        do {
            repeat {
                let number = opened.count
                let path = environmentPath(directory, number)
                let next = try LogEnvironment(opening: path, options: options)
                opened.append(next)
                guard next.identity == opened[0].identity.of(environment: number) else {
                    throw LogError.damaged(file: path, place: "the log identity")
                }
            } while opened.count < opened[0].identity.layout.environments
            return opened
        } catch {
            // Each has a writer that keeps it open and locked until it is told to end.
            for environment in opened { environment.close() }
            throw error
        }
    }

    /// The partition of a subject.
    public func partition(of subject: SubjectID) -> Int { layout.partition(of: subject) }

    /// The environment of a subject.
    public func environment(of subject: SubjectID) -> Int {
        layout.environment(ofPartition: layout.partition(of: subject))
    }

    /// Appends all frames of the batch or none; returns when they are durable.
    ///
    /// Each frame must be sealed for its subject's next revision (the expected revision is the one
    /// in its header). A frame whose command the subject's log holds already is not appended again,
    /// nor is a second one of the same batch; a command is one subject's, never two subjects'.
    /// - Throws: `.revisionConflict` when another writer was first; load and decide again.
    public func append(_ batch: FrameBatch) async throws(AppendError) -> Receipt {
        let target = try environmentOf(batch)
        let result = await withCheckedContinuation { continuation in
            target.submit(Submission(batch: batch, waiter: .task(continuation)))
        }
        return try result.get()
    }

    /// The same for a plain thread, which it blocks; never call it from a task.
    public func appendAndWait(_ batch: FrameBatch) throws(AppendError) -> Receipt {
        let target = try environmentOf(batch)
        let waiter = ThreadWaiter()
        target.submit(Submission(batch: batch, waiter: .thread(waiter)))
        return try waiter.wait().get()
    }

    /// The subject's next revision, frames that are not durable yet included: what to seal for.
    public func size(of subject: SubjectID) throws(LogError) -> UInt64 {
        try environments[environment(of: subject)].size(of: subject)
    }

    /// The subject's next revision, durable frames only: what a reader can see.
    public func durableSize(of subject: SubjectID) throws(LogError) -> UInt64 {
        try environments[environment(of: subject)].durableSize(of: subject)
    }

    /// Calls `body` with up to `limit` of the subject's durable frames in order, tombstones too.
    ///
    /// - Returns: the revision to go on from; equal to `revision` when there is nothing more.
    public func read(
        _ subject: SubjectID,
        from revision: UInt64 = 0,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        try environments[environment(of: subject)].read(
            subject,
            from: revision,
            limit: limit,
            body
        )
    }

    /// Calls `body` with the frames of up to `blockLimit` durable blocks in environment order.
    ///
    /// - Returns: the sequence to go on from; equal to `sequence` when there is nothing more.
    public func scan(
        environment: Int,
        from sequence: UInt64,
        blockLimit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        try environments[environment].scan(from: sequence, blockLimit: blockLimit, body)
    }

    /// Calls `body` with up to `limit` durable frames of a partition from `position` on.
    ///
    /// - Returns: the position to go on from; equal to `position` when there is nothing more.
    public func follow(
        partition: Int,
        from position: UInt64,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        precondition(partition >= 0 && partition < layout.partitions, "no such partition")
        return try environments[layout.environment(ofPartition: partition)].follow(
            partition: partition,
            from: position,
            limit: limit,
            body
        )
    }

    /// Blocks with a sequence below this are durable.
    public func durableSequence(environment: Int) -> UInt64 {
        environments[environment].durableSequence
    }

    /// Blocks a plain thread until a block at or after `sequence` is durable or the time is over.
    ///
    /// - Returns: the durable sequence then.
    public func waitForDurable(
        environment: Int,
        beyond sequence: UInt64,
        timeoutMilliseconds: Int
    ) -> UInt64 {
        environments[environment].waitForDurable(
            beyond: sequence,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    /// Position that a partition's next durable frame will have.
    public func nextPosition(partition: Int) -> UInt64 {
        environments[layout.environment(ofPartition: partition)]
            .nextPosition(partition: partition)
    }

    /// Figures of every environment, for metrics and `log stats`.
    public func figures() throws(LogError) -> [LogFigures] {
        var all: [LogFigures] = []
        do {
            for environment in environments { all.append(try environment.figures()) }
        } catch {
            throw LogError(error)
        }
        return all
    }

    /// Why appends are refused now, if they are.
    public var readOnlyReason: ReadOnlyReason? {
        environments.lazy.compactMap(\.readOnlyReason).first
    }

    /// Makes what is queued durable, ends the writers and closes the files.
    public func close() {
        for environment in environments { environment.close() }
    }

    private func environmentOf(_ batch: FrameBatch) throws(AppendError) -> LogEnvironment {
        precondition(!batch.entries.isEmpty, "an append has a frame")
        let first = environment(of: batch.entries[0].subject)
        if environments.count > 1 {
            for entry in batch.entries where environment(of: entry.subject) != first {
                throw .spansEnvironments
            }
        }
        guard batch.bytes.count <= Writer.groupByteCountMax else {
            throw .tooLarge(limitBytes: Writer.groupByteCountMax)
        }
        return environments[first]
    }

    /// Environments whose directories are in `directory`, in order.
    static func environmentNumbers(in directory: String) throws(FileError) -> [Int] {
        let prefix = "environment-"
        return try Files.names(in: directory).compactMap { name in
            name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
        }.sorted()
    }

    static func environmentPath(_ directory: String, _ number: Int) -> String {
        directory + "/environment-" + (number < 10 ? "0" : "") + String(number)
    }
}
