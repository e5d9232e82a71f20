internal import Cryptography
internal import Files
internal import Frame
internal import LMDB

extension EventLog {
    /// Makes a log in `directory` of what is in `backup`; heads and positions are the same.
    ///
    /// Exactly what the last whole backup had: blocks that a later one copied before it was cut
    /// off are left out.
    /// - Throws: `.notABackup` when no backup into it was finished; `.damaged` when a part of it is
    ///   missing or not as it was.
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
            guard let manifest = try BackupManifest.read(in: backup) else {
                throw LogError.notABackup(path: backup)
            }
            for (number, extent) in manifest.environments.enumerated() {
                try LogEnvironment.restore(
                    manifest.identity.of(environment: number),
                    extent,
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
    static func restore(
        _ identity: LogIdentity,
        _ extent: BackupExtent,
        from backup: String,
        to directory: String,
        _ state: inout CopyProgress,
        _ progress: (CopyProgress) -> Void
    ) throws {
        let source = BackupSegment.directory(backup, identity.environment)
        let path = EventLog.environmentPath(directory, identity.environment)
        try LogEnvironment.create(at: path, identity: identity)
        let store = try Environment(opening: path + "/blocks")
        defer { store.close() }
        let blocks = try store.table("blocks", key: UInt64.self)
        state.total += extent.end
        var restored = RestoredBlocks()
        for segment in try BackupSegment.list(source)
        where segment.range.upperBound <= extent.end {
            let reader = try SegmentReader(source + "/" + segment.name)
            guard reader.identity == identity, reader.first == segment.range.lowerBound else {
                throw reader.damage("the segment header")
            }
            try reader.copy(segment.range, into: store, blocks, &restored, &state, progress)
        }
        guard restored.extent.end == extent.end else {
            throw LogError.damaged(
                file: source,
                place: "block \(restored.extent.end), which is missing"
            )
        }
        guard restored.extent == extent else {
            throw LogError.damaged(file: source, place: "the root of a partition")
        }
        try store.sync()
    }
}

/// What was restored so far: every frame must be the next one of its partition and of its subject.
private struct RestoredBlocks {
    private(set) var extent = BackupExtent()
    private var sizes: [SubjectID: UInt64] = [:]

    mutating func add(_ frames: [BlockFrame]) throws(BlockDamage) {
        for frame in frames {
            guard sizes[frame.facts.subject, default: 0] == frame.facts.revision else {
                throw .order
            }
            sizes[frame.facts.subject] = frame.facts.revision + 1
        }
        try extent.add(
            frames.map {
                BlockLeaf(partition: $0.partition, position: $0.position, leaf: $0.facts.leaf)
            }
        )
    }
}

/// Reads one segment of a backup.
struct SegmentReader {
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

    /// The frames of the segment's last block.
    func lastFrames(of range: Range<UInt64>) throws -> [BlockFrame] {
        var offset = SegmentReader.headerByteCount
        for sequence in range.dropLast() { offset += 4 + (try length(at: offset, sequence)) }
        let last = range.upperBound - 1
        return try frames(of: block(at: &offset, last), last)
    }

    fileprivate func copy(
        _ range: Range<UInt64>,
        into store: Environment,
        _ table: Table<UInt64>,
        _ restored: inout RestoredBlocks,
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
                    try check(block, sequence, &restored)
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
        let length = try length(at: offset, sequence)
        let bytes = try file.read(at: offset + 4, count: length)
        offset += 4 + length
        return bytes
    }

    private func length(at offset: Int, _ sequence: UInt64) throws -> Int {
        let end = try file.byteCount()
        guard offset + 4 <= end else { throw damage("block \(sequence), which is missing") }
        let prefix = try file.read(at: offset, count: 4)
        let length = Int(prefix.span.littleEndian(UInt32.self, at: 0))
        guard length <= Block.byteCountMax * 2, offset + 4 + length <= end else {
            throw damage("the length of block \(sequence)")
        }
        return length
    }

    private func check(
        _ bytes: [UInt8],
        _ sequence: UInt64,
        _ restored: inout RestoredBlocks
    ) throws {
        let frames = try frames(of: bytes, sequence)
        do throws(BlockDamage) {
            try restored.add(frames)
        } catch {
            throw damage("block \(sequence), \(error.rawValue)")
        }
    }

    /// The frames of the block in `bytes`, once it checks out.
    private func frames(of bytes: [UInt8], _ sequence: UInt64) throws(LogError) -> [BlockFrame] {
        do {
            return try Block(bytes.span, sequence: sequence).frames()
        } catch {
            throw damage("block \(sequence), \(error.rawValue)")
        }
    }

    func damage(_ place: String) -> LogError { .damaged(file: path, place: place) }
}
