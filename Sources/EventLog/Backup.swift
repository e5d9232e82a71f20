internal import Cryptography
internal import Files
internal import LMDB
internal import Synchronization

/// What a backup or a restore has done so far; for progress bars.
public struct CopyProgress: Sendable, Equatable {
    /// Blocks copied by this call.
    public var blocks: UInt64 = 0
    /// Blocks that the call will copy.
    public var total: UInt64 = 0
    /// Bytes copied by this call.
    public var bytes: UInt64 = 0
}

/// Files of a backup: the blocks of an environment as they are, in segments that are never
/// rewritten.
///
/// A segment is the log's identity (44 bytes), the first sequence (8), then for each block its
/// length (4) and its bytes. Blocks carry their own checksums. Only whole segments have their name.
enum BackupSegment {
    /// A segment is closed after this many bytes: what a cut connection or full disk costs to redo.
    static let byteCountMax = 64 << 20

    static func directory(_ backup: String, _ environment: Int) -> String {
        EventLog.environmentPath(backup, environment)
    }

    static func name(_ from: UInt64, _ to: UInt64) -> String {
        pad(from) + "-" + pad(to) + ".blocks"
    }

    /// First and end sequence of a segment by its name.
    static func range(_ name: String) -> Range<UInt64>? {
        guard name.hasSuffix(".blocks") else { return nil }
        let parts = name.dropLast(7).split(separator: "-")
        guard parts.count == 2, let from = UInt64(parts[0]), let to = UInt64(parts[1]), from < to
        else { return nil }
        return from..<to
    }

    private static func pad(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 20 - text.count) + text
    }

    /// Segments of a backup in order, which must follow on each other from block 0.
    static func list(_ directory: String) throws -> [(name: String, range: Range<UInt64>)] {
        var segments: [(name: String, range: Range<UInt64>)] = []
        for name in try Files.names(in: directory) {
            guard let range = range(name) else { continue }
            guard range.lowerBound == segments.last?.range.upperBound ?? 0 else {
                throw LogError.damaged(file: directory + "/" + name, place: "the segment before it")
            }
            segments.append((name, range))
        }
        return segments
    }
}

extension EventLog {
    /// Copies the blocks that are durable and not in `backup` yet, while appends go on.
    ///
    /// Each step reads some blocks in a transaction of its own, so no reader pins pages. Called
    /// again it goes on where it ended: a backup is as incremental as it is called often.
    /// - Returns: the durable blocks in the backup now, by environment.
    /// - Throws: `.backupDiverged` or `.backupAhead` when `backup` is not of this log's past.
    @discardableResult
    public func backup(
        to backup: String,
        progress: (CopyProgress) -> Void = { _ in }
    ) throws(LogError) -> [UInt64] {
        do {
            var state = CopyProgress()
            let identity = environments[0].identity
            var manifest = try BackupManifest.read(in: backup) ?? BackupManifest(identity)
            guard manifest.identity == identity else {
                throw LogError.backupDiverged(path: backup)
            }
            for environment in environments {
                let number = environment.identity.environment
                try environment.backup(
                    to: backup,
                    &manifest.environments[number],
                    &state,
                    progress
                )
            }
            // Last: it says that everything it counts is there.
            try manifest.write(in: backup)
            return manifest.environments.map(\.end)
        } catch {
            throw LogError(error)
        }
    }
}

extension LogEnvironment {
    func backup(
        to backup: String,
        _ extent: inout BackupExtent,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let directory = BackupSegment.directory(backup, identity.environment)
        try Files.makeDirectories(directory)
        let segments = try BackupSegment.list(directory)
        let end = durableSequence
        let from = segments.last?.range.upperBound ?? 0
        guard extent.end <= from else {
            throw LogError.damaged(file: directory, place: "block \(from), which is missing")
        }
        guard from <= end else { throw LogError.backupAhead(path: backup) }
        if let last = segments.last, try !holds(last, in: directory) {
            throw LogError.backupDiverged(path: backup)
        }
        state.total += end - from
        // What a backup wrote before it was cut off is in no manifest yet.
        try extend(&extent, to: from)
        while extent.end < end {
            try writeSegment(&extent, end: end, in: directory, &state, progress)
        }
    }

    /// Whether the last block of a segment is this log's too: the same frames at the same places.
    ///
    /// A log that was restored from another backup has other blocks from some point on; appended
    /// behind these they would make a log that never was.
    private func holds(
        _ segment: (name: String, range: Range<UInt64>),
        in directory: String
    ) throws -> Bool {
        let reader = try SegmentReader(directory + "/" + segment.name)
        guard reader.identity == identity else { return false }
        let copied = try reader.lastFrames(of: segment.range)
        var own: [BlockFrame] = []
        let last = segment.range.upperBound - 1
        _ = try walk(from: last, blockLimit: 1, below: last + 1) { own = try frames(of: $0) }
        return own.elementsEqual(copied) { $0.isSame(as: $1) }
    }

    private func extend(_ extent: inout BackupExtent, to end: UInt64) throws {
        while extent.end < end {
            let next = extent.end
            let reached = try walk(from: next, blockLimit: 64, below: end) {
                try take($0, into: &extent)
            }
            guard reached > next else { throw damage(next, "which is missing") }
        }
    }

    private func take(
        _ block: borrowing Block,
        into extent: inout BackupExtent
    ) throws(LogError) {
        do {
            try extent.add(leaves(of: block))
        } catch {
            throw damage(block.sequence, error.rawValue)
        }
    }

    /// The block's leaves, those of newer frames from memory: what was acknowledged.
    ///
    /// A restore hashes the frames themselves.
    private func leaves(of block: borrowing Block) throws(BlockDamage) -> [BlockLeaf] {
        var leaves: [BlockLeaf] = []
        leaves.reserveCapacity(block.count)
        for slot in 0..<block.count {
            let entry = try block.entry(slot)
            leaves.append(BlockLeaf(partition: entry.partition, position: entry.position))
        }
        let places = leaves
        let known = state.withLock { state in
            places.map { state.entry(at: $0.position, in: $0.partition)?.leaf }
        }
        for (slot, leaf) in known.enumerated() {
            guard let leaf else {
                let entry = try block.entry(slot)
                let bytes = block.bytes.extracting(entry.range)
                guard let facts = FrameFacts(bytes, isTombstone: entry.isTombstone) else {
                    throw .frame
                }
                leaves[slot].leaf = facts.leaf
                continue
            }
            leaves[slot].leaf = leaf
        }
        return leaves
    }

    private func frames(of block: borrowing Block) throws(LogError) -> [BlockFrame] {
        do {
            return try block.frames()
        } catch {
            throw damage(block.sequence, error.rawValue)
        }
    }

    private func writeSegment(
        _ extent: inout BackupExtent,
        end: UInt64,
        in directory: String,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let temporary = directory + "/segment.new"
        try Files.remove(temporary)
        let file = try File(temporary, .create)
        var header = identity.bytes
        let from = extent.end
        header.appendLittleEndian(from)
        try file.write(header.span, at: 0)
        var offset = header.count
        while extent.end < end, offset < BackupSegment.byteCountMax {
            let next = extent.end
            var chunk: [UInt8] = []
            let reached = try walk(from: next, blockLimit: 16, below: end) { block in
                chunk.appendLittleEndian(UInt32(block.bytes.count))
                chunk.append(span: block.bytes)
                try take(block, into: &extent)
            }
            guard reached > next else { throw damage(next, "which is missing") }
            try file.write(chunk.span, at: offset)
            offset += chunk.count
            state.bytes += UInt64(chunk.count)
            state.blocks += reached - next
            progress(state)
        }
        try file.sync()
        file.close()
        try Files.rename(temporary, to: directory + "/" + BackupSegment.name(from, extent.end))
    }
}
