import Cryptography
import EventLog
import Files
import Frame
import Simulation

/// Looks at a directory that a fault left and says what is not as promised.
///
/// - every acknowledged frame is there, byte for byte, at its revision; what is there beyond is
///   what
///   was sent, in order;
/// - revisions and positions are dense, heads and checkpoints are the roots of those frames;
/// - an acknowledged command is known as a duplicate; the next frame can be appended and stays;
/// - what was backed up can be restored, what was restored is there;
/// - only dropped subjects have tombstones, with the same leaf hashes.
final class Checker {
    private let environments: Int
    private let world: World
    private var chance = Seed(0)

    init(environments: Int) throws {
        self.environments = environments
        world = try World()
    }

    func check(
        _ directory: String,
        _ promises: Promises,
        chance: Int,
        isThorough: Bool
    ) throws {
        self.chance = Seed(UInt64(chance))
        let path = directory + "/log"
        if !promises.isCreated {
            // Whole or not there at all when the cut came before it was said.
            try makeLog(at: path, environments: environments)
        }
        let sizes = try checkLog(path, promises)
        if isThorough {
            let report = try EventLog.verify(path)
            try require(report.damages.isEmpty, "verification: \(report.damages)")
            try checkAgain(path, sizes)
            try checkCopies(directory, promises)
        }
    }

    /// Checks everything once and appends a frame to two subjects; the sizes then.
    private func checkLog(_ path: String, _ promises: Promises) throws -> [UInt64] {
        let log = try open(path)
        defer { log.close() }
        var sizes = try checkFrames(log, promises)
        for number in sizes.indices {
            let promised = promises.acknowledged[number, default: 0]
            try require(
                sizes[number] >= promised,
                "LOST: subject \(number) has \(sizes[number]) frames of \(promised)"
            )
        }
        try checkDuplicates(log, promises)
        for _ in 0..<2 {
            let number = Int(chance.next() % UInt64(World.subjectCount))
            var batch = FrameBatch()
            try world.seal(number, sizes[number], into: &batch)
            let place = try log.appendAndWait(batch).places[0]
            try require(
                place.outcome == .appended && place.revision == sizes[number],
                "an append after the fault went elsewhere"
            )
            sizes[number] += 1
        }
        return sizes
    }

    private func open(_ path: String) throws -> EventLog {
        var options = LogOptions()
        options.tailFrameCountMax = 8
        options.mapSizeBytes = 1 << 36
        return try EventLog(opening: path, options: options)
    }

    /// The sizes of the subjects' logs.
    private func checkFrames(
        _ log: EventLog,
        _ promises: Promises
    ) throws -> [UInt64] {
        var sizes = [UInt64](repeating: 0, count: World.subjectCount)
        var trees = [TreeFrontier](repeating: TreeFrontier(), count: log.layout.partitions)
        for environment in 0..<log.layout.environments {
            var sequence: UInt64 = 0
            while true {
                let next = try log.scan(
                    environment: environment,
                    from: sequence,
                    blockLimit: 64
                ) { frame in
                    try require(
                        frame.position == trees[frame.partition].count,
                        "partition \(frame.partition) jumps to position \(frame.position)"
                    )
                    let (number, leaf) = try check(frame, sizes, promises)
                    trees[frame.partition].append(leaf)
                    sizes[number] += 1
                }
                guard next > sequence else { break }
                sequence = next
            }
        }
        for partition in trees.indices {
            let checkpoint = try log.checkpoint(of: partition)
            try require(
                checkpoint.size == trees[partition].count
                    && checkpoint.root == trees[partition].root,
                "the checkpoint of partition \(partition) is not of its frames"
            )
        }
        try checkSubjects(log, sizes, promises)
        return sizes
    }

    /// One frame against what must be stored; whose it is and its leaf hash.
    private func check(
        _ frame: borrowing StoredFrame,
        _ sizes: [UInt64],
        _ promises: Promises
    ) throws -> (Int, Digest) {
        let leaf: Digest
        let subject: SubjectID
        if frame.isTombstone {
            subject = SubjectID(frame.bytes, at: 0)
            leaf = Digest(frame.bytes.extracting(40..<72))
        } else {
            subject = try FrameHeader(frame.bytes).subject
            leaf = FrameHeader.leaf(of: frame.bytes)
        }
        guard let number = World.number(of: subject) else {
            throw Failure("WRONG: a frame of a subject that was never sent")
        }
        let revision = sizes[number]
        let expected = try world.leaf(number, revision)
        try require(
            leaf == expected,
            "WRONG: what is in place of revision \(revision) of subject \(number)"
        )
        if frame.isTombstone {
            try require(promises.dropping.contains(number), "a frame nobody dropped is gone")
        } else {
            try require(
                revision >= promises.dropped[number, default: 0],
                "subject \(number)'s dropped frame \(revision) is there again"
            )
        }
        return (number, leaf)
    }

    /// Heads, sizes and frames by subject, which go through the index.
    private func checkSubjects(
        _ log: EventLog,
        _ sizes: [UInt64],
        _ promises: Promises
    ) throws {
        for number in sizes.indices {
            let subject = World.subject(number)
            var tree = TreeFrontier()
            for revision in 0..<sizes[number] { tree.append(try world.leaf(number, revision)) }
            let head = try log.head(of: subject)
            try require(
                head.size == sizes[number] && head.root == tree.root,
                "WRONG: the head of subject \(number)"
            )
            try require(
                try log.durableSize(of: subject) == sizes[number],
                "the size of a subject"
            )
            var seen = [UInt64](repeating: 0, count: World.subjectCount)
            var next: UInt64 = 0
            while next < sizes[number] {
                let end = try log.read(subject, from: next, limit: 50) { frame in
                    _ = try check(frame, seen, promises)
                    seen[number] += 1
                }
                try require(end > next, "reading subject \(number) ends at \(next)")
                next = end
            }
        }
    }

    private func checkDuplicates(_ log: EventLog, _ promises: Promises) throws {
        for (number, size) in promises.acknowledged where size > 0 {
            let revision = chance.next() % size
            var batch = FrameBatch()
            try world.seal(number, revision, into: &batch)
            let place = try log.appendAndWait(batch).places[0]
            try require(
                place.outcome == .duplicate && place.revision == revision,
                "WRONG: a command of subject \(number) was appended twice"
            )
        }
    }

    /// What was appended after the fault is there after one more start.
    private func checkAgain(_ path: String, _ sizes: [UInt64]) throws {
        let log = try open(path)
        defer { log.close() }
        for number in sizes.indices {
            try require(
                try log.size(of: World.subject(number)) == sizes[number],
                "LOST: a frame appended after the fault"
            )
        }
    }

    private func checkCopies(_ directory: String, _ promises: Promises) throws {
        for (number, sizes) in promises.restored {
            let path = directory + "/restored-\(number)"
            // The next restore of the load removes the one before, in no single step.
            guard number == promises.restored.keys.max() else { continue }
            try checkCopy(path, sizes, promises)
        }
        let backup = directory + "/backup"
        let trial = directory + "/trial"
        try Files.removeTree(trial)
        do {
            try EventLog.restore(from: backup, to: trial)
        } catch {
            guard case .notABackup = error, (promises.backedUp ?? [:]).isEmpty else { throw error }
            return
        }
        try checkCopy(trial, promises.backedUp ?? [:], promises)
        try Files.removeTree(trial)
    }

    private func checkCopy(
        _ path: String,
        _ promised: [Int: UInt64],
        _ promises: Promises
    ) throws {
        let log = try open(path)
        defer { log.close() }
        // A backup made before a compaction has the frames still.
        var older = promises
        older.dropped = [:]
        let sizes = try checkFrames(log, older)
        for (number, size) in promised {
            try require(sizes[number] >= size, "LOST: subject \(number) in a copy")
        }
    }
}
