internal import Cryptography
internal import Files
public import Frame
internal import LMDB

/// What a compaction did.
public struct CompactionReport: Sendable, Equatable {
    /// Frames that were replaced by their leaf hash.
    public var dropped: UInt64 = 0
    /// Frames, the dropped ones and earlier tombstones included.
    public var frames: UInt64 = 0
    /// Bytes of the blocks before and after.
    public var bytesBefore: UInt64 = 0
    /// Bytes of the blocks after.
    public var bytesAfter: UInt64 = 0
}

extension EventLog {
    /// Rewrites a closed log without the bodies that nobody can open any more.
    ///
    /// A dropped frame leaves its subject, revision, command and leaf hash, so positions,
    /// revisions, heads, proofs and idempotency stay as they were. The new environment is written
    /// beside the old one and takes its place by renames that a crash cannot tear. `isDropped` says
    /// of a header whether its key is destroyed.
    public static func compact(
        _ directory: String,
        isDropped: (FrameHeader) -> Bool,
        progress: (CopyProgress) -> Void = { _ in }
    ) throws(LogError) -> CompactionReport {
        do {
            var report = CompactionReport()
            var state = CopyProgress()
            var number = 0
            while Files.exists(environmentPath(directory, number)) {
                try LogEnvironment.compact(
                    environmentPath(directory, number),
                    isDropped,
                    &report,
                    &state,
                    progress
                )
                number += 1
            }
            guard number > 0 else { throw LogError.notALog(path: directory) }
            return report
        } catch {
            throw LogError(error)
        }
    }
}

extension LogEnvironment {
    /// Names while the new blocks take the old ones' place: whole new ones, then the old ones.
    static func compacted(_ path: String) -> String { path + "/blocks.compacted" }
    static func replaced(_ path: String) -> String { path + "/blocks.replaced" }

    /// Ends a replacement that a crash interrupted; a half-written new environment is dropped.
    static func finishCompaction(_ path: String) throws {
        if !Files.exists(path + "/blocks"), Files.exists(compacted(path)) {
            try Files.rename(compacted(path), to: path + "/blocks")
        }
        for leftover in [compacted(path), replaced(path), path + "/blocks.compacting"]
        where Files.exists(leftover) {
            try Files.removeTree(leftover)
        }
    }

    static func compact(
        _ path: String,
        _ isDropped: (FrameHeader) -> Bool,
        _ report: inout CompactionReport,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let source = try LogEnvironment(opening: path, options: LogOptions())
        defer { source.close() }
        let making = path + "/blocks.compacting"
        try Files.removeTree(making)
        try Environment.create(at: making, tables: ["blocks", "identity"])
        let target = try Environment(opening: making)
        state.total += source.durableSequence
        do {
            defer { target.close() }
            let identity = try target.table("identity", key: UInt32.self)
            try target.write { transaction throws(LMDBError) in
                try transaction.put(source.identity.bytes.span, for: 0, in: identity)
            }
            let blocks = try target.table("blocks", key: UInt64.self)
            try source.rewrite(into: target, blocks, isDropped, &report, &state, progress)
            try target.sync()
        }
        // The lock stays: nobody may open the old blocks while the new ones take their place.
        source.closeFiles()
        // Each step leaves either the old blocks under their name or the new ones ready to take it.
        try Files.rename(making, to: compacted(path))
        try Files.rename(path + "/blocks", to: replaced(path))
        try Files.rename(compacted(path), to: path + "/blocks")
        try Files.removeTree(replaced(path))
    }

    private func rewrite(
        into target: Environment,
        _ table: Table<UInt64>,
        _ isDropped: (FrameHeader) -> Bool,
        _ report: inout CompactionReport,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let end = durableSequence
        var next: UInt64 = 0
        while next < end {
            var rewritten: [[UInt8]] = []
            let reached = try walk(from: next, blockLimit: 16, below: end) { block in
                let bytes = try self.rewritten(block, isDropped, &report)
                report.bytesBefore += UInt64(block.bytes.count)
                report.bytesAfter += UInt64(bytes.count)
                rewritten.append(bytes)
            }
            guard reached > next else { throw damage(next, "which is missing") }
            try target.write { transaction in
                for (index, bytes) in rewritten.enumerated() {
                    try transaction.put(
                        bytes.span,
                        for: next + UInt64(index),
                        in: table,
                        mode: .append
                    )
                }
            }
            state.blocks += reached - next
            next = reached
            progress(state)
        }
    }

    private func rewritten(
        _ block: borrowing Block,
        _ isDropped: (FrameHeader) -> Bool,
        _ report: inout CompactionReport
    ) throws -> [UInt8] {
        var frames: [(bytes: [UInt8], entry: BlockEntry, isTombstone: Bool)] = []
        for slot in 0..<block.count {
            let entry = try entry(slot, of: block)
            let bytes = block.bytes.extracting(entry.range)
            report.frames += 1
            guard !entry.isTombstone, isDropped(try header(bytes, block.sequence, slot)),
                let facts = FrameFacts(bytes, isTombstone: false)
            else {
                frames.append((bytes.array, entry, entry.isTombstone))
                continue
            }
            report.dropped += 1
            let tombstone = Tombstone(
                subject: facts.subject,
                revision: facts.revision,
                command: facts.command,
                leaf: facts.leaf
            )
            frames.append((tombstone.bytes, entry, true))
        }
        let size = BlockWriter.byteCount(
            frames: frames.count,
            frameBytes: frames.reduce(0) { $0 + $1.bytes.count }
        )
        var out = [UInt8](repeating: 0, count: size)
        var span = out.mutableSpan
        var writer = BlockWriter(frames: frames.count)
        for frame in frames {
            writer.add(
                frame.bytes.span,
                partition: frame.entry.partition,
                position: frame.entry.position,
                isTombstone: frame.isTombstone,
                to: &span
            )
        }
        writer.finish(sequence: block.sequence, &span)
        return out
    }

    private func header(
        _ bytes: Span<UInt8>,
        _ sequence: UInt64,
        _ slot: Int
    ) throws -> FrameHeader {
        do {
            return try FrameHeader(bytes)
        } catch {
            throw damage(sequence, "frame \(slot)'s header")
        }
    }
}
