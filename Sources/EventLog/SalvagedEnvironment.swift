internal import Cryptography
internal import Files
internal import Frame
internal import LMDB

/// What is sound of one environment's blocks, and whose frames the others may hold.
struct SalvagedEnvironment: Sendable {
    private let file: File
    private let path: String
    private(set) var damages: [VerificationReport.Damage] = []
    private var places: [UInt64: TableSalvage.Entry] = [:]
    private var subjects: [SubjectID: Subject] = [:]
    private var partitions: [Int: Partition] = [:]
    /// Blocks that are not sound.
    private var lost: Set<UInt64> = []
    /// Those of them that no index run tells the subjects of, in order.
    private var unknown: [UInt64] = []
    /// Blocks below this were written, as far as is known.
    private var end: UInt64 = 0

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
        let blocks =
            path + (Environment.exists(at: path + "/blocks") ? "/blocks" : "/blocks.compacted")
        guard Environment.exists(at: blocks) else { throw LogError.notALog(path: path) }
        self.path = blocks + "/data.mdb"
        file = try File(self.path, .read)
        let table = try SalvagedEnvironment.table("blocks", in: blocks)
        end = table.recordedCount
        for entry in table.entries where entry.key.count == 8 {
            let sequence = entry.key.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard sequence <= Location.sequenceMax else { continue }
            places[sequence] = entry
            end = max(end, sequence + 1)
        }
        // Blocks are told one by one, so their number must be one that a file can hold.
        end = min(end, UInt64(try file.byteCount()) / UInt64(Block.headerByteCount))
        let runs = SalvagedEnvironment.runs(in: path + "/index")
        let covered = runs.map(\.summary.to).max() ?? 0
        try readBlocks()
        lost.formUnion(end..<max(end, min(covered, end + 1 << 20)))
        end = max(end, covered)
        // Without the newest commit for certain, one more block may have been.
        if !table.isNewest { lost.insert(end) }
        assignLost(by: runs)
        for run in runs { run.close() }
    }

    private static func table(_ name: String, in blocks: String) throws -> TableSalvage {
        do {
            return try TableSalvage(reading: name, in: blocks)
        } catch {
            guard error.code == .corrupted || error.code == .truncated else { throw error }
            throw LogError.damaged(file: blocks + "/data.mdb", place: "what leads to its blocks")
        }
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

    private func bytes(of sequence: UInt64) throws(LogError) -> [UInt8] {
        guard let place = places[sequence] else { throw damage(sequence, "which is missing") }
        do {
            guard Int(clamping: place.offset) <= (try file.byteCount()) - place.byteCount else {
                throw damage(sequence, "which the file ends before")
            }
            return try file.read(at: Int(place.offset), count: place.byteCount)
        } catch {
            throw LogError(error)
        }
    }

    private func damage(_ sequence: UInt64, _ what: String) -> LogError {
        .damaged(file: path, place: "block \(sequence), \(what)")
    }

    /// Calls `body` with the checked block.
    private func withBlock<R>(
        _ sequence: UInt64,
        _ body: (borrowing Block) throws -> R
    ) throws -> R {
        let bytes = try bytes(of: sequence)
        do {
            let block = try Block(bytes.span, sequence: sequence)
            return try body(block)
        } catch let error as BlockDamage {
            throw damage(sequence, error.rawValue)
        }
    }

    /// Takes in every sound block and notes the others.
    private mutating func readBlocks() throws {
        for sequence in 0..<end {
            do {
                var frames: [(facts: FrameFacts, entry: BlockEntry)] = []
                try withBlock(sequence) { block in
                    for slot in 0..<block.count {
                        let entry = try block.entry(slot)
                        guard
                            let facts = FrameFacts(
                                block.bytes.extracting(entry.range),
                                isTombstone: entry.isTombstone
                            )
                        else { throw damage(sequence, "frame \(slot)'s header") }
                        frames.append((facts, entry))
                    }
                }
                for (slot, frame) in frames.enumerated() {
                    take(frame.facts, frame.entry, Location(sequence: sequence, slot: slot))
                }
            } catch LogError.damaged(let file, let place) {
                damages.append(VerificationReport.Damage(file: file, place: place))
                lost.insert(sequence)
            }
        }
    }

    private mutating func take(_ facts: FrameFacts, _ entry: BlockEntry, _ location: Location) {
        var partition = partitions[entry.partition, default: Partition()]
        if entry.position != partition.next {
            partition.gaps.append((partition.newest, location.sequence))
        }
        (partition.next, partition.newest) = (entry.position &+ 1, location.sequence)
        partitions[entry.partition] = partition
        var subject = subjects[facts.subject] ?? Subject(partition: entry.partition)
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
        var unknown = lost
        for run in runs {
            let covered = unknown.filter { run.summary.from <= $0 && $0 < run.summary.to }
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
        self.unknown = unknown.sorted()
    }

    func holds(_ subject: SubjectID) -> Bool { subjects[subject] != nil }

    /// Refuses when a lost block may hold a frame of a subject that has none in the others.
    func requireNoneLost(of subject: SubjectID) throws(LogError) {
        guard let sequence = unknown.first else { return }
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
        return unknown.first { sequence in
            guard sequence > newest ?? 0 else { return false }
            return sequence > partition.newest
                || partition.gaps.contains { $0.after <= sequence && sequence <= $0.before }
        }
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
            try withBlock(frame.location.sequence) { block in
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
        while next < end, next - sequence < UInt64(blockLimit) {
            defer { next += 1 }
            guard !lost.contains(next) else { continue }
            try withBlock(next) { block in
                for slot in 0..<block.count {
                    let entry = try block.entry(slot)
                    try body(
                        StoredFrame(
                            block.bytes.extracting(entry.range),
                            entry,
                            sequence: next,
                            slot: slot
                        )
                    )
                }
            }
        }
        return next
    }
}
