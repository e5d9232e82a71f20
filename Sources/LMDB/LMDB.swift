// Typed tables and managed transactions over liblmdb 0.9.
//
// An environment is a directory with one memory-mapped file, read by many and written by one. What
// this module adds to LMDB: crash-safe creation, a look at the file before it is mapped, reuse of
// read transactions, keys with an order, spans that cannot outlive their page, and a stop when a
// flush has failed. What it leaves out on purpose: MDB_NOSYNC, MDB_WRITEMAP and MDB_NOMEMINIT (they
// can lose or leak data), nested transactions, duplicate keys, native-endian integer keys.
//
// Fault model: process death at any instruction and power loss at any write leave the last durable
// commit, whole. Bit rot is not detected by LMDB 0.9; `PageCheck` finds it in a closed file, in
// structure but not in values: what is stored must carry its own checksum.

internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An LMDB environment, open once in this process.
///
/// Safe to use from any thread; bodies are synchronous, so a transaction never changes threads.
@safe
public final class Environment: Sendable {
    /// How it was opened.
    public let options: Options

    // LMDB's handle; thread-safe by LMDB's own locks, valid until `close`.
    nonisolated(unsafe) let environment: OpaquePointer
    // Slots of the write transaction; touched only by the thread inside `write`.
    nonisolated(unsafe) private let writerCursors: UnsafeMutablePointer<OpaquePointer?>
    private let number: UInt32
    private let slotCount: Int
    private let file: FileIdentity
    let directory: String
    let readers: ReaderPool
    private let tables = Mutex<[String: UInt32]>([:])
    /// The thread inside `write`, 0 for none.
    private let writer = Atomic<UInt>(0)
    let isClosed = Atomic<Bool>(false)
    /// Held while flushing, so that two flushes never share one error: the kernel reports a failed
    /// write-back once for each descriptor.
    let flushes = Mutex(FlushState())

    private static let numbers = Atomic<UInt32>(0)

    /// Opens the environment in `directory`, which ``create(at:tables:options:)`` made.
    ///
    /// Looks at the header of the file first, so that a file that is cut short or is no LMDB file
    /// is refused rather than mapped. Removes the reader slots of dead processes.
    ///
    /// - Throws: `.alreadyOpen`; `.truncated`, `.invalidFile`, `.versionMismatch`; `.noSuchFile`
    ///   and other codes of the operating system.
    public init(opening directory: String, options: Options = Options()) throws(LMDBError) {
        let dataFile = directory + "/data.mdb"
        try FlushFailure.dropCache(directory)
        try PageCheck.checkBeforeOpening(dataFile)
        file = try FileIdentity(path: dataFile)
        try OpenFiles.claim(file)
        var handle: OpaquePointer?
        do {
            try unsafe Environment.open(directory, options, &handle)
        } catch {
            unsafe mdb_env_close(handle)
            OpenFiles.release(file)
            throw error
        }
        guard let opened = unsafe handle else {
            preconditionFailure("mdb_env_create succeeded without an environment")
        }
        unsafe environment = unsafe opened
        self.options = options
        self.directory = directory
        number = Self.numbers.add(1, ordering: .relaxed).newValue
        slotCount = options.tablesMax + 2  // LMDB's own two tables have handles 0 and 1.
        unsafe writerCursors = .cleared(slotCount)
        readers = ReaderPool(limit: options.readersMax)
        if !options.isReadOnly { FlushFailure.unmark(directory) }
    }

    deinit {
        close()
    }

    /// The table called `name`, which must exist.
    ///
    /// Get tables right after opening, outside any `write`: a transaction begun before does not
    /// know the table.
    ///
    /// - Throws: `.notFound` when there is none of that name; `.tablesFull`.
    public func table<Key>(_ name: String, key: Key.Type) throws(LMDBError) -> Table<Key> {
        try openTable(name) { () throws(LMDBError) in
            let transaction = try unsafe beginTransaction(UInt32(MDB_RDONLY))
            var table: UInt32 = 0
            let code = unsafe mdb_dbi_open(transaction, name, 0, &table)
            // The handle outlives the transaction only when that commits.
            if code == 0 { try check(unsafe mdb_txn_commit(transaction), "mdb_txn_commit") }
            if code != 0 { unsafe mdb_txn_abort(transaction) }
            try check(code, "mdb_dbi_open")
            return table
        }
    }

    /// The table called `name`, made in a commit of its own when it does not exist.
    ///
    /// - Throws: as ``table(_:key:)`` and ``write(_:)``.
    public func makeTable<Key>(_ name: String, key: Key.Type) throws(LMDBError) -> Table<Key> {
        try openTable(name) { () throws(LMDBError) in
            try write { transaction throws(LMDBError) in
                var table: UInt32 = 0
                let pointer = unsafe transaction.handle.raw.pointer
                try check(
                    unsafe mdb_dbi_open(pointer, name, UInt32(MDB_CREATE), &table),
                    "mdb_dbi_open"
                )
                return table
            }
        }
    }

    /// Calls `body` with a view of the newest commit.
    ///
    /// A pooled reader: no allocation. Keep it short (see ``ReadTransaction``).
    ///
    /// - Throws: `.readersFull` when `Options.readersMax` are open; what `body` throws.
    public func read<Result>(
        _ body: (borrowing ReadTransaction) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let reader = try takeReader()
        defer { readers.giveBack(reader) }
        return try body(reader.transaction)
    }

    /// The same for a body that throws errors of its own.
    public func read<Result>(
        _ body: (borrowing ReadTransaction) throws -> Result
    ) throws -> Result {
        let reader = try takeReader()
        defer { readers.giveBack(reader) }
        return try body(reader.transaction)
    }

    /// Calls `body` with the one write transaction, waiting for another thread's to end; commits
    /// when it returns, undoes everything when it throws.
    ///
    /// With `Flush.lagged` the commit is visible but not yet durable when this returns. Inside
    /// another `write` of the same thread it traps, where LMDB would wait for ever.
    ///
    /// - Throws: what `body` throws; of the commit, `.isSpaceExhausted` errors, after which
    ///   the environment goes on, and failures of the device, after which it is `.poisoned`:
    ///   how much of the *earlier* commits is durable is unknown, so every further write is
    ///   refused. Close, check the file, recover from what is known to be durable.
    public func write<Result>(
        _ body: (inout WriteTransaction) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        var transaction = try beginWriting()
        let result: Result
        do {
            result = try body(&transaction)
        } catch {
            abort(transaction)
            throw error
        }
        try commit(transaction)
        return result
    }

    /// The same for a body that throws errors of its own.
    public func write<Result>(
        _ body: (inout WriteTransaction) throws -> Result
    ) throws -> Result {
        var transaction = try beginWriting()
        let result: Result
        do {
            result = try body(&transaction)
        } catch {
            abort(transaction)
            throw error
        }
        try commit(transaction)
        return result
    }

    /// Closes the files.
    ///
    /// No transaction may be open; any later use traps. Also done by `deinit`.
    public func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        precondition(
            writer.load(ordering: .acquiring) == 0,
            "an environment was closed while a write transaction was open"
        )
        readers.close()
        unsafe mdb_env_close(environment)
        unsafe writerCursors.deallocate()
        OpenFiles.release(file)
    }
}

extension Environment {
    private func takeReader() throws(LMDBError) -> Reader {
        try unsafe readers.take(from: environment, number: number, slotCount: slotCount)
    }

    func beginTransaction(_ flags: UInt32) throws(LMDBError) -> OpaquePointer {
        var transaction: OpaquePointer?
        try check(unsafe mdb_txn_begin(environment, nil, flags, &transaction), "mdb_txn_begin")
        guard let begun = unsafe transaction else {
            preconditionFailure("mdb_txn_begin succeeded without a transaction")
        }
        return unsafe begun
    }

    private func openTable<Key>(_ name: String, _ open: () throws(LMDBError) -> UInt32)
        throws(LMDBError) -> Table<Key>
    {
        precondition(!isClosed.load(ordering: .acquiring), "a closed environment was asked")
        precondition(
            writer.load(ordering: .relaxed) != currentThread(),
            "a table was opened inside a write transaction"
        )
        // Held while calling C: LMDB gives out handles without a lock of its own (lmdb.h,
        // mdb_dbi_open, "must not be called from multiple concurrent transactions").
        return try tables.withLock { tables throws(LMDBError) in
            if let known = tables[name] { return Table(handle: known, environment: number) }
            let handle = try open()
            tables[name] = handle
            return Table(handle: handle, environment: number)
        }
    }

    private func beginWriting() throws(LMDBError) -> WriteTransaction {
        precondition(!isClosed.load(ordering: .acquiring), "a closed environment was written")
        let thread = currentThread()
        precondition(
            writer.load(ordering: .relaxed) != thread,
            "a write transaction was begun inside another of the same thread"
        )
        guard !options.isReadOnly else { throw LMDBError(code: .readOnly, operation: "write") }
        let pointer = try unsafe beginTransaction(0)
        guard !flushes.withLock({ $0.isPoisoned }) else {
            unsafe mdb_txn_abort(pointer)
            throw LMDBError(code: .poisoned, operation: "write")
        }
        writer.store(thread, ordering: .relaxed)
        let raw = unsafe RawTransaction(
            pointer: pointer,
            cursors: writerCursors,
            isWriting: true,
            environment: number
        )
        return unsafe WriteTransaction(raw, id: UInt64(mdb_txn_id(pointer)))
    }

    private func abort(_ transaction: consuming WriteTransaction) {
        let pointer = unsafe endWriting(transaction)
        unsafe mdb_txn_abort(pointer)
    }

    /// Closes cursors and forgets the owner, which must come before the commit or abort: after it
    /// the next writer has its own thread noted.
    func endWriting(_ transaction: borrowing WriteTransaction) -> OpaquePointer {
        let raw = unsafe transaction.handle.raw
        unsafe raw.closeCursors(slotCount)
        writer.store(0, ordering: .relaxed)
        return unsafe raw.pointer
    }
}

private func currentThread() -> UInt {
    UInt(pthread_self())
}
