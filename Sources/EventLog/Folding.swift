internal import Cryptography
internal import Files
internal import Frame
internal import LMDB
internal import Synchronization
internal import Threads

extension LogEnvironment {
    /// Hands a long tail to the folder, unless it is busy with the one before.
    func foldIfLong() {
        guard let (tail, to) = nextFold() else { return }
        folder.start { [self] in
            // A run must not name a block that a power cut can take back.
            guard waitUntilDurable(below: to) else { return }
            do {
                try fold(tail, to: to)
            } catch {
                // The tail stays in memory and is read from the blocks again at the next start;
                // appends go on, and figures say why.
                noteFoldFailure(LogError(error), to: to)
            }
        }
    }

    /// Folds a long tail at once; while opening, when no writer runs.
    ///
    /// Without room for a run the tail stays in memory, as it does later: a log on a full disk
    /// opens and is read.
    func foldNow() throws {
        guard let (tail, to) = nextFold() else { return }
        try store.sync()
        do {
            try fold(tail, to: to)
        } catch {
            let error = LogError(error)
            guard error.isSpaceExhausted else { throw error }
            noteFoldFailure(error, to: to)
        }
    }

    /// The tail to fold next: one that is long, or one that could not be folded and is due again.
    private func nextFold() -> (Tail, UInt64)? {
        state.withLock { state -> (Tail, UInt64)? in
            guard state.tail.entries.count >= options.tailFrameCountMax else { return nil }
            guard let folding = state.folding else { return state.beginFolding() }
            // A run that could not be written is tried again when the tail has grown as much again;
            // one that is not read as it was written, after the index was dropped and built again.
            guard let failure = state.foldFailure, state.tail.end >= failure.retryEnd,
                !failure.error.isDamage
            else { return nil }
            state.foldFailure = nil
            return (folding, failure.to)
        }
    }

    private func noteFoldFailure(_ error: LogError, to: UInt64) {
        state.withLock { state in
            state.foldFailure = FoldFailure(
                error: error,
                to: to,
                retryEnd: state.tail.end + UInt64(options.tailFrameCountMax)
            )
        }
    }

    private func fold(_ tail: Tail, to: UInt64) throws {
        try write(tail, to: to)
        index.mergeIfSound()
    }

    private func write(_ tail: Tail, to: UInt64) throws {
        let from = index.coveredSequence
        let path = index.path(from: from, to: to)
        let builder = RunBuilder(tail, from: from, to: to, before: index.partitionTrees())
        try LogIndex.write(path) { try builder.write(to: $0) }
        try index.add(path)
        state.withLock { $0.endFolding(to: to) }
    }
}

extension LogState {
    /// Starts a new tail; the old one stays readable until its run is in use.
    mutating func beginFolding() -> (Tail, UInt64) {
        let old = tail
        folding = old
        tail = Tail(base: old.end)
        return (old, sequence)
    }
}

/// One thread that writes index runs, one after the other; begun when there is a first.
final class Folder: Sendable {
    private struct Work {
        var next: (@Sendable () -> Void)?
        var isClosed = false
        var thread: OwnedThread?
    }

    private let work = Monitor(Work())

    func start(_ body: @escaping @Sendable () -> Void) {
        work.signal { state in
            state.next = body
            guard state.thread == nil else { return }
            state.thread = OwnedThread { [work] in Folder.run(work) }
        }
    }

    /// Ends after what was started.
    func close() {
        let thread = work.signal { state in
            state.isClosed = true
            return exchange(&state.thread, with: nil)
        }
        thread?.join()
    }

    private static func run(_ work: Monitor<Work>) {
        while true {
            let next = work.wait { state -> (@Sendable () -> Void)?? in
                if let next = exchange(&state.next, with: nil) { return .some(next) }
                return state.isClosed ? .some(nil) : nil
            }
            guard let next else { return }
            next()
        }
    }
}

/// Sorts a tail into an index run.
struct RunBuilder {
    private let tail: Tail
    private let from: UInt64
    private let to: UInt64
    private let before: [Int: PartitionTree]

    init(_ tail: Tail, from: UInt64, to: UInt64, before: [Int: PartitionTree]) {
        (self.tail, self.from, self.to, self.before) = (tail, from, to, before)
    }

    func write(to path: String) throws(FileError) {
        let entries = tail.entries
        let commands = entries.indices.filter { entries[$0].command != .none }
            .sorted { entries[$0].command < entries[$1].command }
        let order = entries.indices.sorted {
            (entries[$0].subject, entries[$0].revision)
                < (entries[$1].subject, entries[$1].revision)
        }
        var writer = try RunWriter(
            path,
            from: from,
            to: to,
            base: tail.base,
            frames: UInt64(entries.count),
            subjects: entries.count,
            commands: commands.count
        )
        try writeSubjects(order, to: &writer)
        for index in commands {
            try writer.add(entries[index].command, at: entries[index].location)
        }
        try writer.endCommands()
        try writePartitions(to: &writer)
        try writer.finish()
    }

    private func writeSubjects(
        _ order: [Int],
        to writer: inout RunWriter
    ) throws(FileError) {
        let entries = tail.entries
        var run: [IndexEntry] = []
        var start = 0
        for (place, index) in order.enumerated() {
            run.append(IndexEntry(location: entries[index].location, leaf: entries[index].leaf))
            let next = place + 1
            if next == order.count || entries[order[next]].subject != entries[index].subject {
                let first = entries[order[start]]
                try writer.add(first.subject, firstRevision: first.revision, run[...])
                run.removeAll(keepingCapacity: true)
                start = next
            }
        }
        try writer.endSubjects()
    }

    private func writePartitions(to writer: inout RunWriter) throws(FileError) {
        var locations: [Int: [Location]] = [:]
        var trees = before
        for entry in tail.entries {
            locations[entry.partition, default: []].append(entry.location)
            trees[entry.partition, default: PartitionTree()].append(entry.leaf)
        }
        for partition in locations.keys.sorted() {
            let old = before[partition] ?? PartitionTree()
            let new = trees[partition] ?? old
            writer.begin(partition: partition, first: old.count)
            for location in locations[partition] ?? [] { try writer.add(location) }
            try writer.endPartition(
                tiles: Array(new.tiles[old.tiles.count...]),
                rest: new.restLeaves
            )
        }
    }
}
