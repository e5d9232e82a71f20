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
    /// Faults found.
    public var damageCount: UInt64 = 0
    /// The first ``damagesMax`` of them, by file and place; empty when the log is sound.
    public var damages: [Damage] = []

    /// More names tell nobody more: the whole log is damaged then.
    public static let damagesMax = 1_000

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
            let numbers = try environmentNumbers(in: directory)
            guard !numbers.isEmpty else { throw LogError.notALog(path: directory) }
            for number in numbers {
                try verifier.check(environmentPath(directory, number), number, progress)
            }
            verifier.requireEnvironments(numbers, in: directory)
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
    private var positions: [Int: UInt64] = [:]
    private var roots: [(partition: Int, root: Digest)] = []
    private var identities: [Int: LogIdentity] = [:]
    private var blockCount: UInt64 = 0

    mutating func check(
        _ path: String,
        _ number: Int,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let lock = try LogEnvironment.lockForReading(path)
        defer { lock?.close() }
        if lock != nil { try LogEnvironment.finishCompaction(path) }
        let blocks = path + "/blocks"
        guard Environment.exists(at: blocks) else { return note(blocks, "its absence") }
        if case .damaged(let faults) = try PageCheck.check(blocks) {
            // What leads to the blocks is not all there: the salvage tells what of them is.
            for fault in faults {
                note(fault.file, "page \(fault.page), byte \(fault.offset): \(fault.problem)")
            }
            return
        }
        var expected: [Location: (SubjectID, UInt64, Digest)] = [:]
        var trees: [Int: PartitionTree] = [:]
        do {
            let file = try BlockFile(blocks)
            identities[number] = try file.identity()
            if identities[number] == nil {
                note(file.path, "the log identity")
            } else if try !file.hasIdentityInCommit() {
                note(file.path, "the name of table identity")
            }
            try readBlocks(file, &trees, &expected, progress)
        } catch LogError.damaged(let file, let place) {
            return note(file, place)
        }
        roots += trees.map { ($0.key, $0.value.root) }
        try checkIndex(path + "/index", expected)
    }

    /// Every environment that the log's identity counts must be there, each with that identity.
    mutating func requireEnvironments(_ numbers: [Int], in directory: String) {
        let known = identities.sorted { $0.key < $1.key }
        guard let first = known.first?.value else { return }
        for number in 0..<first.layout.environments where !numbers.contains(number) {
            note(EventLog.environmentPath(directory, number), "its absence")
        }
        for (number, identity) in known where identity != first.of(environment: number) {
            note(EventLog.environmentPath(directory, number), "the log identity")
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
        report.damageCount += 1
        guard report.damages.count < VerificationReport.damagesMax else { return }
        report.damages.append(VerificationReport.Damage(file: file, place: place))
    }

    private mutating func readBlocks(
        _ file: BlockFile,
        _ trees: inout [Int: PartitionTree],
        _ expected: inout [Location: (SubjectID, UInt64, Digest)],
        _ progress: (CopyProgress) -> Void
    ) throws {
        var state = CopyProgress()
        state.total = UInt64(file.count)
        if file.strayCount > 0 { note(file.path, "a key that is no block's") }
        var next: UInt64 = 0
        for sequence in file.sequences {
            if sequence != next { note(file.path, "block \(next), which is missing") }
            next = sequence + 1
            do {
                let (frames, byteCount) = try file.frames(of: sequence)
                check(frames, sequence, file.path, &trees, &expected)
                state.bytes += UInt64(byteCount)
            } catch LogError.damaged(let file, let place) {
                note(file, place)
            }
            state.blocks += 1
            if state.blocks % 64 == 0 || state.blocks == state.total { progress(state) }
        }
        report.blocks += state.blocks
        blockCount = state.blocks
    }

    private mutating func check(
        _ frames: [BlockFrame],
        _ sequence: UInt64,
        _ file: String,
        _ trees: inout [Int: PartitionTree],
        _ expected: inout [Location: (SubjectID, UInt64, Digest)]
    ) {
        for (slot, frame) in frames.enumerated() {
            let place = "block \(sequence), frame \(slot)"
            let facts = frame.facts
            report.frames += 1
            if frame.isTombstone { report.tombstones += 1 }
            // What is after a gap is counted on from there: one fault, told once.
            if positions[frame.partition, default: 0] != frame.position {
                note(file, place + "'s position")
            }
            positions[frame.partition] = frame.position &+ 1
            if subjects[facts.subject, default: 0] != facts.revision {
                note(file, place + "'s revision")
            }
            trees[frame.partition, default: PartitionTree()].append(facts.leaf)
            subjects[facts.subject] = facts.revision &+ 1
            expected[Location(sequence: sequence, slot: slot)] =
                (facts.subject, facts.revision, facts.leaf)
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
