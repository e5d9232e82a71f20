internal import Cryptography
internal import Files
internal import Frame
internal import LMDB
internal import Synchronization
internal import Threads

/// How far readers may look.
struct Visibility {
    /// Blocks below this are durable.
    var below: UInt64 = 0
    /// A flush failed: nothing more becomes durable until the log is opened again.
    var isStuck = false
}

/// One LMDB environment of a log: its blocks, its index runs, its writer, what it keeps in memory.
final class LogEnvironment: Sendable {
    let identity: LogIdentity
    let path: String
    let options: LogOptions
    let store: Environment
    let blocks: Table<UInt64>
    let index: LogIndex
    let state: Mutex<LogState>
    let durable = Monitor(Visibility())
    let clock = FlushClock()

    private let writer = Mutex<Running?>(nil)
    let folder = Folder()
    private let lock: File

    private struct Running {
        let writer: Writer
        let thread: OwnedThread
    }

    /// An environment is there, or one whose blocks a compaction has just put aside.
    static func exists(at path: String) -> Bool {
        [path + "/blocks/data.mdb", compacted(path), replaced(path)].contains(where: Files.exists)
    }

    static func requireNone(at path: String) throws(LogError) {
        guard !exists(at: path) else { throw .exists(path: path) }
    }

    /// Removes what a crash left of a creation, which holds no block; keeps everything else.
    static func removeEmpty(at path: String) throws {
        let blocksPath = path + "/blocks"
        guard Environment.exists(at: blocksPath) else { return }
        let store = try Environment(opening: blocksPath)
        defer { store.close() }
        let table = try store.table("blocks", key: UInt64.self)
        guard try store.read({ try $0.count(of: table) }) == 0 else {
            throw LogError.exists(path: path)
        }
        try Files.removeTree(path)
    }

    /// Makes an empty environment; what a crash leaves half made is made again by the next call.
    static func create(at path: String, identity: LogIdentity) throws {
        try requireNone(at: path)
        try Files.makeDirectories(path)
        let making = path + "/blocks.making"
        try Files.removeTree(making)
        try Environment.create(at: making, tables: ["blocks", "identity"])
        let store = try Environment(opening: making)
        let table = try store.table("identity", key: UInt32.self)
        try store.write { transaction throws(LMDBError) in
            try transaction.put(identity.bytes.span, for: 0, in: table)
        }
        store.close()
        // Only whole: the identity is in before the name is.
        try Files.rename(making, to: path + "/blocks")
    }

    /// Checks the files, opens them and reads the tail.
    init(opening path: String, options: LogOptions) throws {
        let blocksPath = path + "/blocks"
        guard Files.exists(path) else { throw LogError.notALog(path: path) }
        lock = try LogEnvironment.lock(path)
        try LogEnvironment.finishCompaction(path)
        guard Environment.exists(at: blocksPath) else { throw LogError.notALog(path: path) }
        if case .damaged(let damage) = try PageCheck.check(blocksPath),
            let first = damage.first
        {
            throw LogError.damaged(
                file: first.file,
                place: "page \(first.page), byte \(first.offset): \(first.problem)"
            )
        }
        var settings = Environment.Options()
        settings.mapSizeBytes = options.mapSizeBytes
        settings.flush = .lagged
        store = try Environment(opening: blocksPath, options: settings)
        blocks = try LogEnvironment.table("blocks", key: UInt64.self, in: store, blocksPath)
        identity = try LogEnvironment.identity(in: store, path: path)
        self.path = path
        self.options = options
        try LogIndex.removeDropped(in: path)
        index = try LogIndex(opening: path + "/index")
        var state = LogState(tail: Tail(base: index.frames))
        state.partitions = index.partitionTrees()
        state.sequence = index.coveredSequence
        state.frames = index.frames
        self.state = Mutex(state)
        try rebuildTail()
        let writer = Writer(self, queuedByteCountMax: options.queuedByteCountMax)
        let thread = OwnedThread { writer.run() }
        self.writer.withLock { $0 = Running(writer: writer, thread: thread) }
    }

    func submit(_ submission: Submission) {
        guard let writer = writer.withLock({ $0?.writer }) else {
            return submission.complete(.failure(.closed))
        }
        writer.submit(submission)
    }

    /// Ends the writer after what is queued, folds nothing, closes the files.
    func close() {
        closeFiles()
        lock.close()
    }

    /// The same with the directory still locked against other processes.
    func closeFiles() {
        guard let running = writer.withLock({ exchange(&$0, with: nil) }) else { return }
        running.writer.close()
        running.thread.join()
        index.endMerging()
        folder.close()
        index.close()
        store.close()
    }

    var queuedBytes: Int { writer.withLock { $0?.writer.queuedBytes ?? 0 } }

    static func lock(_ path: String) throws -> File {
        let name = path + "/lock"
        let file: File
        do {
            file = try File(name, .updateOrCreate)
        } catch {
            throw error.isDenied ? LogError.notWritable(path: path) : LogError(error)
        }
        guard try file.lock() else { throw LogError.inUse(path: path) }
        return file
    }

    /// The same; nil on storage that cannot be written, where nobody else can either.
    static func lockForReading(_ path: String) throws -> File? {
        do {
            return try lock(path)
        } catch LogError.notWritable {
            return nil
        }
    }

    /// A table that every environment of a log has.
    static func table<Key>(
        _ name: String,
        key: Key.Type,
        in store: Environment,
        _ blocksPath: String
    ) throws -> Table<Key> {
        do {
            return try store.table(name, key: key)
        } catch {
            guard error.code == .notFound else { throw error }
            throw LogError.damaged(
                file: blocksPath + "/data.mdb",
                place: "the name of table \(name)"
            )
        }
    }

    private static func identity(in store: Environment, path: String) throws -> LogIdentity {
        let table = try table("identity", key: UInt32.self, in: store, path + "/blocks")
        let identity = try store.read { transaction throws(LMDBError) -> LogIdentity? in
            guard let bytes = try transaction.get(0, from: table) else { return nil }
            return LogIdentity(bytes)
        }
        guard let identity else {
            throw LogError.damaged(file: path + "/blocks/data.mdb", place: "the log identity")
        }
        return identity
    }

    func damage(_ sequence: UInt64, _ what: String) -> LogError {
        .damaged(file: path + "/blocks/data.mdb", place: "block \(sequence), \(what)")
    }
}

extension LogEnvironment {
    /// Reads the blocks after the last index run into the tail and the trees.
    private func rebuildTail() throws {
        var sequence = index.coveredSequence
        while true {
            let next = try walk(from: sequence, blockLimit: 256, below: .max) { block in
                try self.adopt(block)
            }
            guard next > sequence else { break }
            sequence = next
            try foldNow()
        }
        let stored = try store.read { try $0.count(of: blocks) }
        guard stored == sequence else { throw damage(UInt64(stored), "which is missing") }
        // What was read is in the file, but its last meta page may not be durable yet.
        try store.sync()
        makeVisible(below: sequence)
    }

    private func adopt(_ block: borrowing Block) throws {
        for slot in 0..<block.count {
            let location = Location(sequence: block.sequence, slot: slot)
            let entry = try entry(slot, of: block)
            let bytes = block.bytes.extracting(entry.range)
            guard let facts = FrameFacts(bytes, isTombstone: entry.isTombstone) else {
                throw damage(location.sequence, "frame \(location.slot)'s header")
            }
            let subject = try self.slot(of: facts.subject)
            let fits = state.withLock { $0.adopt(facts, entry, slot: subject, at: location) }
            guard fits else { throw damage(block.sequence, "frame \(slot)'s place in its log") }
        }
        let sequence = block.sequence
        state.withLock { $0.sequence = sequence + 1 }
    }

    /// The subject's slot in the table, filled from the index when it is not there yet.
    func slot(of subject: SubjectID) throws(LogError) -> Int {
        if let slot = state.withLock({ $0.subjects.slot(of: subject) }) { return slot }
        var loaded = SubjectState()
        for entry in try index.entries(of: subject, from: 0) { loaded.frontier.append(entry.leaf) }
        return state.withLock { state in
            state.subjects.slot(of: subject) ?? state.subjects.insert(subject, loaded)
        }
    }

    func entry(_ slot: Int, of block: borrowing Block) throws(LogError) -> BlockEntry {
        do {
            return try block.entry(slot)
        } catch {
            throw damage(block.sequence, error.rawValue)
        }
    }

    /// Calls `body` with up to `blockLimit` checked blocks from `sequence` on, below `limit`.
    func walk(
        from sequence: UInt64,
        blockLimit: Int,
        below limit: UInt64,
        _ body: (borrowing Block) throws -> Void
    ) throws -> UInt64 {
        var next = sequence
        try store.read { transaction in
            var cursor = try transaction.cursor(over: blocks, from: sequence)
            while next < limit, next - sequence < UInt64(blockLimit),
                let entry = try cursor.next()
            {
                guard entry.key == next else { throw damage(next, "which is missing") }
                try body(try checked(entry.value, sequence: next))
                next += 1
            }
        }
        return next
    }

    @_lifetime(copy bytes)
    func checked(_ bytes: Span<UInt8>, sequence: UInt64) throws(LogError) -> Block {
        try block(bytes, sequence: sequence, isChecked: false)
    }

    /// The block in `bytes`, whose checksum is looked at unless that was done.
    @_lifetime(copy bytes)
    func block(
        _ bytes: Span<UInt8>,
        sequence: UInt64,
        isChecked: Bool
    ) throws(LogError) -> Block {
        do {
            if isChecked { return try Block(unchecked: bytes, sequence: sequence) }
            return try Block(bytes, sequence: sequence)
        } catch {
            throw damage(sequence, error.rawValue)
        }
    }
}
