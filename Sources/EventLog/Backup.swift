internal import Cryptography
internal import Files
internal import LMDB

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

    /// The identity of the log that was backed up; an environment without a block has no segment.
    static func identity(in backup: String) throws -> LogIdentity {
        for name in try Files.names(in: backup) where name.hasPrefix("environment-") {
            guard let first = try list(backup + "/" + name).first else { continue }
            return try SegmentReader(backup + "/" + name + "/" + first.name).identity
        }
        throw LogError.notALog(path: backup)
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
    @discardableResult
    public func backup(
        to backup: String,
        progress: (CopyProgress) -> Void = { _ in }
    ) throws(LogError) -> [UInt64] {
        do {
            var state = CopyProgress()
            var ends: [UInt64] = []
            for environment in environments {
                ends.append(try environment.backup(to: backup, &state, progress))
            }
            return ends
        } catch {
            throw LogError(error)
        }
    }

    /// Makes a log in `directory` of what is in `backup`; heads and positions are the same.
    public static func restore(
        from backup: String,
        to directory: String,
        progress: (CopyProgress) -> Void = { _ in }
    ) throws(LogError) {
        do {
            // Nothing is ever replaced: whatever the directory holds, it is not this call's to
            // remove.
            guard try Files.names(in: directory).isEmpty else {
                throw LogError.exists(path: directory)
            }
            let making = directory + ".restoring"
            try Files.removeTree(making)
            var state = CopyProgress()
            let identity = try BackupSegment.identity(in: backup)
            for number in 0..<identity.layout.environments {
                try LogEnvironment.restore(
                    identity.of(environment: number),
                    from: backup,
                    to: making,
                    &state,
                    progress
                )
            }
            try Files.makeDirectories(Files.parent(of: directory))
            try Files.removeTree(directory)
            try Files.rename(making, to: directory)
        } catch {
            throw LogError(error)
        }
    }
}

extension LogEnvironment {
    func backup(
        to backup: String,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws -> UInt64 {
        let directory = BackupSegment.directory(backup, identity.environment)
        try Files.makeDirectories(directory)
        let segments = try BackupSegment.list(directory)
        if let last = segments.last {
            try check(last.name, in: directory)
        }
        let end = durableSequence
        var from = segments.last?.range.upperBound ?? 0
        guard from <= end else {
            throw LogError.damaged(file: directory, place: "block \(end), which this log has not")
        }
        state.total += end - from
        while from < end {
            from = try writeSegment(from: from, end: end, in: directory, &state, progress)
        }
        return end
    }

    private func check(_ name: String, in directory: String) throws {
        let file = try File(directory + "/" + name, .read)
        defer { file.close() }
        let size = min(try file.byteCount(), LogIdentity.byteCount)
        let bytes = try file.read(at: 0, count: size)
        guard LogIdentity(bytes.span) == identity else {
            throw LogError.damaged(file: directory + "/" + name, place: "the log identity")
        }
    }

    private func writeSegment(
        from: UInt64,
        end: UInt64,
        in directory: String,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws -> UInt64 {
        let temporary = directory + "/segment.new"
        try Files.remove(temporary)
        let file = try File(temporary, .create)
        var header = identity.bytes
        header.appendLittleEndian(from)
        try file.write(header.span, at: 0)
        var offset = header.count
        var next = from
        while next < end, offset < BackupSegment.byteCountMax {
            var chunk: [UInt8] = []
            let reached = try walk(from: next, blockLimit: 16, below: end) { block in
                chunk.appendLittleEndian(UInt32(block.bytes.count))
                chunk.append(span: block.bytes)
            }
            guard reached > next else { throw damage(next, "which is missing") }
            try file.write(chunk.span, at: offset)
            offset += chunk.count
            state.bytes += UInt64(chunk.count)
            state.blocks += reached - next
            next = reached
            progress(state)
        }
        try file.sync()
        file.close()
        try Files.rename(temporary, to: directory + "/" + BackupSegment.name(from, next))
        return next
    }

    static func restore(
        _ identity: LogIdentity,
        from backup: String,
        to directory: String,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let source = BackupSegment.directory(backup, identity.environment)
        let segments = try BackupSegment.list(source)
        let path = EventLog.environmentPath(directory, identity.environment)
        try LogEnvironment.create(at: path, identity: identity)
        let store = try Environment(opening: path + "/blocks")
        defer { store.close() }
        let blocks = try store.table("blocks", key: UInt64.self)
        state.total += segments.last?.range.upperBound ?? 0
        for segment in segments {
            let reader = try SegmentReader(source + "/" + segment.name)
            guard reader.identity == identity, reader.first == segment.range.lowerBound else {
                throw reader.damage("the segment header")
            }
            try reader.copy(segment.range, into: store, blocks, &state, progress)
        }
        try store.sync()
    }
}

/// Reads one segment of a backup.
private struct SegmentReader {
    let identity: LogIdentity
    let first: UInt64
    private let path: String
    private let file: File
    private static let headerByteCount = LogIdentity.byteCount + 8
    /// Blocks are restored in transactions of about this many bytes.
    private static let transactionByteCount = 8 << 20

    init(_ path: String) throws {
        self.path = path
        file = try File(path, .read)
        guard try file.byteCount() >= SegmentReader.headerByteCount else {
            throw LogError.damaged(file: path, place: "its length")
        }
        let bytes = try file.read(at: 0, count: SegmentReader.headerByteCount)
        guard let identity = LogIdentity(bytes.span.extracting(0..<LogIdentity.byteCount)) else {
            throw LogError.damaged(file: path, place: "the log identity")
        }
        self.identity = identity
        first = bytes.span.littleEndian(UInt64.self, at: LogIdentity.byteCount)
    }

    func copy(
        _ range: Range<UInt64>,
        into store: Environment,
        _ table: Table<UInt64>,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        var offset = SegmentReader.headerByteCount
        var sequence = range.lowerBound
        while sequence < range.upperBound {
            let start = offset
            try store.write { transaction in
                while sequence < range.upperBound,
                    offset - start < SegmentReader.transactionByteCount
                {
                    let block = try block(at: &offset, sequence)
                    try transaction.put(block.span, for: sequence, in: table, mode: .append)
                    sequence += 1
                    state.blocks += 1
                }
            }
            state.bytes += UInt64(offset - start)
            progress(state)
        }
        guard try file.byteCount() == offset else { throw damage("bytes after the last block") }
    }

    private func block(at offset: inout Int, _ sequence: UInt64) throws -> [UInt8] {
        let end = try file.byteCount()
        guard offset + 4 <= end else { throw damage("block \(sequence), which is missing") }
        let prefix = try file.read(at: offset, count: 4)
        let length = Int(prefix.span.littleEndian(UInt32.self, at: 0))
        guard length <= Block.byteCountMax * 2, offset + 4 + length <= end else {
            throw damage("the length of block \(sequence)")
        }
        let bytes = try file.read(at: offset + 4, count: length)
        do {
            let block = try Block(bytes.span, sequence: sequence)
            precondition(block.sequence == sequence, "the block says whose it is")
        } catch {
            throw damage("block \(sequence), \(error.rawValue)")
        }
        offset += 4 + length
        return bytes
    }

    func damage(_ place: String) -> LogError { .damaged(file: path, place: place) }
}
