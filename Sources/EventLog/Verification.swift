public import Cryptography
internal import Files
internal import Frame
internal import LMDB

/// What a check of a whole log found.
public struct VerificationReport: Sendable, Equatable {
    /// Blocks read.
    public var blocks: UInt64 = 0
    /// Frames read, tombstones included.
    public var frames: UInt64 = 0
    /// Tombstones among them.
    public var tombstones: UInt64 = 0
    /// Subjects with a frame.
    public var subjects = 0
    /// Root over all partitions' roots, in order: one value that two copies of a log compare.
    public var digest = Digest()
    /// Every fault, by file and place; empty when the log is sound.
    public var damages: [Damage] = []

    /// One fault.
    public struct Damage: Sendable, Equatable, CustomStringConvertible {
        /// Path of the file.
        public let file: String
        /// Where in it, and what is wrong.
        public let place: String
        /// File and place, and what to do about an index run.
        public var description: String { "\(file): \(place)" + LogError.remedy(for: file) }
    }
}

extension EventLog {
    /// Reads a closed log whole: page structure, block checksums, frame headers, dense positions
    /// and revisions, and every index run against the blocks.
    ///
    /// Goes on after a fault, so that the report says what is damaged and all the rest was seen.
    public static func verify(
        _ directory: String,
        progress: (CopyProgress) -> Void = { _ in }
    ) throws(LogError) -> VerificationReport {
        do {
            var verifier = LogVerifier()
            var number = 0
            while Files.exists(environmentPath(directory, number)) {
                try verifier.check(environmentPath(directory, number), progress)
                number += 1
            }
            guard number > 0 else { throw LogError.notALog(path: directory) }
            verifier.requireEnvironments(number, in: directory)
            return verifier.finish()
        } catch {
            throw LogError(error)
        }
    }

    /// Drops the index runs of a closed log; the next open builds them again from the blocks.
    public static func reindex(_ directory: String) throws(LogError) {
        do {
            var number = 0
            while Files.exists(environmentPath(directory, number)) {
                try LogIndex.drop(in: environmentPath(directory, number))
                number += 1
            }
            guard number > 0 else { throw LogError.notALog(path: directory) }
        } catch {
            throw LogError(error)
        }
    }
}

/// Builds every tree of a log again from nothing but its blocks.
private struct LogVerifier {
    private var report = VerificationReport()
    private var subjects: [SubjectID: UInt64] = [:]
    private var roots: [(partition: Int, root: Digest)] = []
    private var identities: [LogIdentity] = []
    private var blockCount: UInt64 = 0

    mutating func check(_ path: String, _ progress: (CopyProgress) -> Void) throws {
        let lock = try LogEnvironment.lockForReading(path)
        defer { lock?.close() }
        if lock != nil { try LogEnvironment.finishCompaction(path) }
        let blocks = path + "/blocks"
        guard Environment.exists(at: blocks) else { return note(blocks, "its absence") }
        if case .damaged(let faults) = try PageCheck.check(blocks) {
            // LMDB must not map what does not hold together: nothing below can be read safely.
            for fault in faults {
                note(fault.file, "page \(fault.page), byte \(fault.offset): \(fault.problem)")
            }
            return
        }
        let store = try Environment(opening: blocks)
        defer { store.close() }
        var expected: [Location: (SubjectID, UInt64, Digest)] = [:]
        var trees: [Int: PartitionTree] = [:]
        do {
            try readBlocks(store, blocks + "/data.mdb", &trees, &expected, progress)
        } catch LogError.damaged(let file, let place) {
            return note(file, place)
        }
        roots += trees.map { ($0.key, $0.value.root) }
        try checkIndex(path + "/index", expected)
    }

    /// Every environment that the log's identity counts must be there, each with that identity.
    mutating func requireEnvironments(_ count: Int, in directory: String) {
        guard let first = identities.first else { return }
        if count != first.layout.environments {
            note(EventLog.environmentPath(directory, count), "its absence")
        }
        for identity in identities where identity != first.of(environment: identity.environment) {
            note(EventLog.environmentPath(directory, identity.environment), "the log identity")
        }
    }

    mutating func finish() -> VerificationReport {
        report.subjects = subjects.count
        var hasher = SHA256Hasher()
        for (_, root) in roots.sorted(by: { $0.partition < $1.partition }) { hasher.update(root) }
        report.digest = hasher.finish()
        return report
    }

    private mutating func note(_ file: String, _ place: String) {
        report.damages.append(VerificationReport.Damage(file: file, place: place))
    }

    private mutating func readBlocks(
        _ store: Environment,
        _ file: String,
        _ trees: inout [Int: PartitionTree],
        _ expected: inout [Location: (SubjectID, UInt64, Digest)],
        _ progress: (CopyProgress) -> Void
    ) throws {
        let path = Files.parent(of: file)
        let identity = try LogEnvironment.table("identity", key: UInt32.self, in: store, path)
        let table = try LogEnvironment.table("blocks", key: UInt64.self, in: store, path)
        var state = CopyProgress()
        try store.read { transaction in
            if let found = try self.identity(transaction, identity) {
                identities.append(found)
            } else {
                note(file, "the log identity")
            }
            state.total = UInt64(try transaction.count(of: table))
        }
        var next: UInt64 = 0
        while state.blocks < state.total {
            let start = state.blocks
            try store.read { transaction in
                var cursor = try transaction.cursor(over: table, from: next)
                while state.blocks - start < 64, let entry = try cursor.next() {
                    if entry.key != next { note(file, "block \(next), which is missing") }
                    check(entry.value, entry.key, file, &trees, &expected)
                    next = entry.key &+ 1
                    state.blocks += 1
                    state.bytes += UInt64(entry.value.count)
                }
            }
            guard state.blocks > start else { break }
            progress(state)
        }
        report.blocks += state.blocks
        blockCount = state.blocks
    }

    private func identity(
        _ transaction: borrowing ReadTransaction,
        _ table: Table<UInt32>
    ) throws(LMDBError) -> LogIdentity? {
        guard let bytes = try transaction.get(0, from: table) else { return nil }
        return LogIdentity(bytes)
    }

    private mutating func check(
        _ bytes: Span<UInt8>,
        _ sequence: UInt64,
        _ file: String,
        _ trees: inout [Int: PartitionTree],
        _ expected: inout [Location: (SubjectID, UInt64, Digest)]
    ) {
        do {
            let block = try Block(bytes, sequence: sequence)
            for slot in 0..<block.count {
                let entry = try block.entry(slot)
                let place = "block \(sequence), frame \(slot)"
                guard
                    let facts = FrameFacts(
                        block.bytes.extracting(entry.range),
                        isTombstone: entry.isTombstone
                    )
                else {
                    note(file, place + "'s header")
                    continue
                }
                report.frames += 1
                if entry.isTombstone { report.tombstones += 1 }
                if trees[entry.partition, default: PartitionTree()].count != entry.position {
                    note(file, place + "'s position")
                }
                if subjects[facts.subject, default: 0] != facts.revision {
                    note(file, place + "'s revision")
                }
                trees[entry.partition, default: PartitionTree()].append(facts.leaf)
                subjects[facts.subject] = facts.revision &+ 1
                expected[Location(sequence: sequence, slot: slot)] =
                    (facts.subject, facts.revision, facts.leaf)
            }
        } catch {
            note(file, "block \(sequence), \(error.rawValue)")
        }
    }

    private mutating func checkIndex(
        _ directory: String,
        _ expected: [Location: (SubjectID, UInt64, Digest)]
    ) throws {
        var ranges: [(from: UInt64, to: UInt64, path: String)] = []
        for name in try Files.names(in: directory) where name.hasSuffix(".run") {
            let path = directory + "/" + name
            do {
                let run = try IndexRun(opening: path)
                defer { run.close() }
                ranges.append((run.summary.from, run.summary.to, path))
                try checkRun(run, expected)
            } catch LogError.damaged(let file, let place) {
                note(file, place)
            }
        }
        checkGaps(ranges, blockCount: blockCount)
    }

    /// Runs follow on each other; only parts that a merged run covers may overlap.
    private mutating func checkGaps(
        _ ranges: [(from: UInt64, to: UInt64, path: String)],
        blockCount: UInt64
    ) {
        guard report.damages.isEmpty else { return }
        var covered: UInt64 = 0
        for range in ranges.sorted(by: { ($0.from, $1.to) < ($1.from, $0.to) })
        where range.to > covered {
            if range.from != covered { note(range.path, "a gap before block \(range.from)") }
            if range.to > blockCount { note(range.path, "block \(blockCount), which is missing") }
            covered = range.to
        }
    }

    private mutating func checkRun(
        _ run: IndexRun,
        _ expected: [Location: (SubjectID, UInt64, Digest)]
    ) throws {
        var seen: UInt64 = 0
        try run.forEachEntry { subject, revision, entry, offset in
            seen += 1
            guard let known = expected[entry.location], known == (subject, revision, entry.leaf)
            else { return note(run.path, "byte \(offset), an entry that no block bears out") }
        }
        for fence in run.summary.commandFences {
            _ = try run.chunk(at: fence.offset, fence.byteCount)
        }
        for part in run.summary.partitions {
            for index in stride(from: 0, to: part.count, by: IndexRun.positionsPerChunk) {
                _ = try run.location(of: part.first + index, in: part.partition)
            }
        }
        if seen != run.summary.frames { note(run.path, "its number of frames") }
    }
}
