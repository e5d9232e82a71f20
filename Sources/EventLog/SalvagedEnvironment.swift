internal import Cryptography
internal import Files
internal import Frame
internal import LMDB

/// What is sound of one environment's blocks, and whose frames the others may hold.
struct SalvagedEnvironment: Sendable {
    /// The record of the log; nil when it is damaged.
    let identity: LogIdentity?
    private let blocks: BlockFile
    private(set) var damages: [VerificationReport.Damage] = []
    private var subjects: [SubjectID: Subject] = [:]
    private var partitions: [Int: Partition] = [:]
    /// Blocks that check out, in order.
    private var sound: [UInt64] = []
    /// Blocks that are not sound.
    private var lost = RangeSet<UInt64>()
    /// Those of them that no index run tells the subjects of.
    private var unknown = RangeSet<UInt64>()

    private struct Subject {
        let partition: Int
        var frames: [(revision: UInt64, location: Location)] = []
        var tree = TreeFrontier()
        /// A block that is lost and holds a frame of it.
        var lost: UInt64?
    }

    private struct Partition {
        var next: UInt64 = 0
        var newest: UInt64 = 0
        /// Pairs of blocks between which positions are missing.
        var gaps: [(after: UInt64, before: UInt64)] = []
    }

    init(_ path: String) throws {
        let lock = try LogEnvironment.lockForReading(path)
        defer { lock?.close() }
        let directory =
            path + (Environment.exists(at: path + "/blocks") ? "/blocks" : "/blocks.compacted")
        guard Environment.exists(at: directory) else { throw LogError.notALog(path: path) }
        blocks = try BlockFile(directory)
        identity = try blocks.identity()
        let runs = SalvagedEnvironment.runs(in: path + "/index")
        defer { for run in runs { run.close() } }
        var end = try readBlocks()
        let covered = runs.map(\.summary.to).max() ?? 0
        if covered > end {
            lost.insert(contentsOf: end..<covered)
            end = covered
        }
        // Without the newest commit for certain, one more block may have been.
        if !blocks.isNewest { lost.insert(contentsOf: end..<end + 1) }
        assignLost(by: runs)
    }

    /// The runs that can be opened; what is wrong with the others is the verification's to say.
    private static func runs(in directory: String) -> [IndexRun] {
        do {
            return try Files.names(in: directory).filter { $0.hasSuffix(".run") }.compactMap {
                name in
                do {
                    return try IndexRun(opening: directory + "/" + name)
                } catch {
                    return nil
                }
            }
        } catch {
            return []
        }
    }

    private func damage(_ sequence: UInt64, _ what: String) -> LogError {
        .damaged(file: blocks.path, place: "block \(sequence), \(what)")
    }

    /// Takes in every sound block and notes the others; the end of those that were written, as far
    /// as the file tells.
    private mutating func readBlocks() throws -> UInt64 {
        var next: UInt64 = 0
        for sequence in blocks.sequences {
            if next < sequence { lose(next..<sequence) }
            next = sequence + 1
            do {
                for (slot, frame) in try blocks.frames(of: sequence).frames.enumerated() {
                    take(frame, Location(sequence: sequence, slot: slot))
                }
                sound.append(sequence)
            } catch LogError.damaged(let file, let place) {
                note(VerificationReport.Damage(file: file, place: place))
                lost.insert(contentsOf: sequence..<next)
            }
        }
        if next < blocks.recordedCount { lose(next..<blocks.recordedCount) }
        return max(next, blocks.recordedCount)
    }

    private mutating func lose(_ range: Range<UInt64>) {
        lost.insert(contentsOf: range)
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        let place =
            first == last
            ? "block \(first), which is missing" : "blocks \(first) to \(last), which are missing"
        note(VerificationReport.Damage(file: blocks.path, place: place))
    }

    private mutating func note(_ damage: VerificationReport.Damage) {
        if damages.count < VerificationReport.damagesMax { damages.append(damage) }
    }

    private mutating func take(_ frame: BlockFrame, _ location: Location) {
        let facts = frame.facts
        var partition = partitions[frame.partition, default: Partition()]
        if frame.position != partition.next {
            partition.gaps.append((partition.newest, location.sequence))
        }
        (partition.next, partition.newest) = (frame.position &+ 1, location.sequence)
        partitions[frame.partition] = partition
        var subject = subjects[facts.subject] ?? Subject(partition: frame.partition)
        if facts.revision == subject.tree.count {
            subject.tree.append(facts.leaf)
        } else {
            subject.lost = subject.lost ?? location.sequence
        }
        subject.frames.append((facts.revision, location))
        subjects[facts.subject] = subject
    }

    /// Notes whose frames the lost blocks hold, as far as sound runs tell.
    private mutating func assignLost(by runs: [IndexRun]) {
        unknown = lost
        for run in runs {
            let covered = unknown.intersection(RangeSet(run.summary.from..<run.summary.to))
            guard !covered.isEmpty else { continue }
            do {
                var found: [(subject: SubjectID, block: UInt64)] = []
                try run.forEachEntry { subject, _, entry, _ in
                    guard covered.contains(entry.location.sequence) else { return }
                    found.append((subject, entry.location.sequence))
                }
                for (subject, block) in found {
                    subjects[subject, default: Subject(partition: -1)].lost = block
                }
                unknown.subtract(covered)
            } catch {
                // A damaged run tells nothing; the verification has named it.
            }
        }
    }

    func holds(_ subject: SubjectID) -> Bool { subjects[subject] != nil }

    /// Refuses when a lost block may hold a frame of a subject that has none in the others.
    func requireNoneLost(of subject: SubjectID) throws(LogError) {
        guard let sequence = unknown.ranges.first?.lowerBound else { return }
        throw damage(sequence, "which may hold frames of the subject")
    }

    func head(of subject: SubjectID) throws(LogError) -> TreeHead {
        guard let known = subjects[subject] else { throw damage(0, "which is missing") }
        if let lost = lostBlock(of: known, after: known.frames.last?.location.sequence) {
            throw damage(lost, "which may hold frames of the subject")
        }
        return TreeHead(size: known.tree.count, root: known.tree.root)
    }

    /// A lost block that holds a frame of the subject, or may hold one after block `newest`.
    private func lostBlock(of subject: Subject, after newest: UInt64?) -> UInt64? {
        if let lost = subject.lost { return lost }
        let partition = partitions[subject.partition, default: Partition()]
        for range in unknown.ranges {
            let first = max(range.lowerBound, (newest ?? 0) + 1)
            guard first < range.upperBound else { continue }
            if partition.newest < range.upperBound - 1 { return max(first, partition.newest + 1) }
            for gap in partition.gaps {
                let start = max(first, gap.after)
                if start <= gap.before, start < range.upperBound { return start }
            }
        }
        return nil
    }

    func nextReadable(of subject: SubjectID, from revision: UInt64) -> UInt64? {
        subjects[subject]?.frames.first { $0.revision >= revision }?.revision
    }

    func read(
        _ subject: SubjectID,
        from revision: UInt64,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        guard let known = subjects[subject] else { return revision }
        var next = revision
        for frame in known.frames where frame.revision >= revision {
            guard frame.revision == next, next - revision < UInt64(limit) else { break }
            try blocks.withBlock(frame.location.sequence) { block in
                let entry = try block.entry(frame.location.slot)
                try body(
                    StoredFrame(
                        block.bytes.extracting(entry.range),
                        entry,
                        sequence: frame.location.sequence,
                        slot: frame.location.slot
                    )
                )
            }
            next += 1
        }
        // Nothing was read: either this is the end, or the frame wanted is lost.
        if next == revision, limit > 0, revision != (try head(of: subject)).size {
            throw damage(known.lost ?? 0, "which holds frames of the subject")
        }
        return next
    }

    func scan(
        from sequence: UInt64,
        blockLimit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        var next = sequence
        for sequence in sound[firstSound(from: sequence)...].prefix(blockLimit) {
            try blocks.withBlock(sequence) { block in
                for slot in 0..<block.count {
                    let entry = try block.entry(slot)
                    try body(
                        StoredFrame(
                            block.bytes.extracting(entry.range),
                            entry,
                            sequence: sequence,
                            slot: slot
                        )
                    )
                }
            }
            next = sequence + 1
        }
        return next
    }

    private func firstSound(from sequence: UInt64) -> Int {
        var (low, high) = (0, sound.count)
        while low < high {
            let middle = (low + high) / 2
            if sound[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
