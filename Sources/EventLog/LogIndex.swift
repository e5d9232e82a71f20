internal import Cryptography
internal import Files
internal import Frame
internal import LMDB
internal import Synchronization

/// The index runs of an environment, oldest first, without gaps.
///
/// Everything in them can be built again from the blocks, so they are off the durable path: written
/// in the background, long after the frames were acknowledged.
///
/// Sorted files instead of an LMDB table: a B+tree under random keys writes about twenty times what
/// it stores, and has no checksums.
final class LogIndex: Sendable {
    private let directory: String
    private let state: Mutex<[IndexRun]>
    private let ending = Atomic<Bool>(false)
    private let lastMergeFailure = Mutex<LogError?>(nil)

    /// Runs of one level are merged when there are this many: look-ups stay at a few files, and a
    /// frame's index entry is written about log8(frames / tail) times.
    static let mergeCount = 8

    init(opening directory: String) throws(LogError) {
        self.directory = directory
        do {
            try Files.makeDirectories(directory)
            state = Mutex(try LogIndex.openRuns(in: directory))
        } catch {
            throw LogError(error)
        }
    }

    /// Drops the runs of the environment in `path`; put aside first, so that a crash leaves all or
    /// none in use.
    static func drop(in path: String) throws(FileError) {
        try removeDropped(in: path)
        guard Files.exists(path + "/index") else { return }
        try Files.rename(path + "/index", to: path + "/index.dropped")
        try removeDropped(in: path)
    }

    /// Removes what a crash left of runs that were dropped.
    static func removeDropped(in path: String) throws(FileError) {
        try Files.removeTree(path + "/index.dropped")
    }

    private static func openRuns(in directory: String) throws -> [IndexRun] {
        var runs: [IndexRun] = []
        for name in try Files.names(in: directory) {
            if name.hasSuffix(".run") {
                runs.append(try IndexRun(opening: directory + "/" + name))
            } else {
                // What a crash left of a run that was being written.
                try Files.remove(directory + "/" + name)
            }
        }
        // A merge renames the merged run before it removes its parts: the widest of a start wins.
        runs.sort { ($0.summary.from, $1.summary.to) < ($1.summary.from, $0.summary.to) }
        var kept: [IndexRun] = []
        for run in runs {
            let covered = kept.last?.summary.to ?? 0
            if run.summary.to <= covered {
                run.close()
                try Files.remove(run.path)
                continue
            }
            guard run.summary.from == covered else {
                throw LogError.damaged(
                    file: run.path,
                    place: "a gap before block \(run.summary.from)"
                )
            }
            kept.append(run)
        }
        return kept
    }

    var runs: [IndexRun] { state.withLock { $0 } }

    /// A merge under way is given up; the log is being closed.
    func endMerging() { ending.store(true, ordering: .relaxed) }

    var isEnding: Bool { ending.load(ordering: .relaxed) }

    /// Why the last merge did not end; nil when it did.
    var mergeFailure: LogError? { lastMergeFailure.withLock { $0 } }

    func noteMerge(_ failure: LogError?) { lastMergeFailure.withLock { $0 = failure } }

    /// Writes a run with `body` under another name and gives it its own when it is whole; one that
    /// has no room gives back what it took.
    static func write(_ path: String, _ body: (String) throws -> Void) throws {
        let temporary = path + ".new"
        try Files.remove(temporary)
        do {
            try body(temporary)
            try Files.rename(temporary, to: path)
        } catch {
            try Files.remove(temporary)
            throw error
        }
    }

    /// Blocks below this are in the runs.
    var coveredSequence: UInt64 { runs.last?.summary.to ?? 0 }

    /// Frames in the runs.
    var frames: UInt64 { runs.last.map { $0.summary.base + $0.summary.frames } ?? 0 }

    var byteCount: UInt64 { runs.reduce(0) { $0 + UInt64($1.byteCount) } }

    /// The partitions' trees as of `coveredSequence`.
    func partitionTrees() -> [Int: PartitionTree] {
        var tiles: [Int: [Digest]] = [:]
        var rest: [Int: [Digest]] = [:]
        for run in runs {
            for part in run.summary.partitions {
                tiles[part.partition, default: []] += part.tiles
                rest[part.partition] = part.rest
            }
        }
        return rest.reduce(into: [:]) { trees, part in
            var tree = PartitionTree(tiles: tiles[part.key] ?? [])
            for leaf in part.value { tree.append(leaf) }
            trees[part.key] = tree
        }
    }

    /// Up to `limit` of the subject's frames at or after `revision`, in order.
    func entries(
        of subject: SubjectID,
        from revision: UInt64,
        limit: Int = .max
    ) throws(LogError) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        for run in runs where entries.count < limit {
            try run.collect(subject, from: revision, limit: limit, into: &entries)
        }
        return entries
    }

    /// Where a command's frame is; newest first, because retries come soon.
    func find(_ command: CommandID) throws(LogError) -> Location? {
        for run in runs.reversed() {
            if let location = try run.find(command) { return location }
        }
        return nil
    }

    /// Where the frame at a position is.
    func location(of position: UInt64, in partition: Int) throws(LogError) -> Location? {
        for run in runs.reversed() {
            if let location = try run.location(of: position, in: partition) { return location }
        }
        return nil
    }

    /// Takes a durable run file into use.
    func add(_ path: String) throws(LogError) {
        let run = try IndexRun(opening: path)
        state.withLock { $0.append(run) }
    }

    /// Takes a merged run into use in place of its parts.
    func replace(_ parts: [IndexRun], with merged: IndexRun) {
        state.withLock { runs in
            guard let start = runs.firstIndex(where: { $0 === parts.first }) else { return }
            runs.replaceSubrange(start..<start + parts.count, with: [merged])
        }
    }

    /// Name of the run of a range of blocks.
    func path(from: UInt64, to: UInt64) -> String {
        directory + "/" + LogIndex.hexadecimal(from) + "-" + LogIndex.hexadecimal(to) + ".run"
    }

    func close() {
        for run in runs { run.close() }
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 12 - min(12, text.count)) + text
    }
}

extension LogError {
    /// What failed below, as the log names it.
    init(_ error: any Error) {
        switch error {
        case let error as LogError: self = error
        case let error as LMDBError: self = .storage(error)
        case let error as FileError: self = .system(operation: error.operation, code: error.code)
        default: preconditionFailure("an error of another module reached the log")
        }
    }
}
