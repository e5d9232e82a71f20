internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

extension Environment {
    /// Whether there is an environment in `directory`.
    public static func exists(at directory: String) -> Bool {
        unsafe access(directory + "/data.mdb", F_OK) == 0
    }

    /// Makes an environment with empty `tables` in `directory`, which must not exist or be empty.
    ///
    /// LMDB alone writes its first pages without a flush and never flushes a directory; a power cut
    /// then leaves a file that cannot be opened. So it is made beside `directory` under a name of
    /// its own, flushed, renamed, and the parent flushed: after any crash there is either nothing
    /// or the whole environment. What a crash left beside is removed by the next call.
    ///
    /// Files get mode 0600, the directory 0700. Not for two callers of one directory at once.
    ///
    /// - Throws: `.fileExists` when there is something in `directory`; codes of the operating
    ///   system.
    public static func create(
        at directory: String,
        tables: [String] = [],
        options: Options = Options()
    ) throws(LMDBError) {
        let path = directory.trimmingSlashes
        let temporary = path + ".creating"
        guard unsafe access(path + "/data.mdb", F_OK) != 0 else {
            throw LMDBError(code: .fileExists, operation: "create")
        }
        try removeLeftover(temporary)
        try checkErrno(unsafe mkdir(temporary, 0o700), "mkdir")
        try makeFile(in: temporary, tables: tables, options: options)
        try DataFile(opening: temporary + "/data.mdb").flush()
        // The lock file means nothing without a process that has it open.
        try checkErrno(unsafe unlink(temporary + "/lock.mdb"), "unlink")
        try DataFile(opening: temporary, O_RDONLY | O_DIRECTORY).flush()
        try checkErrno(unsafe rename(temporary, path), "rename")
        try DataFile(opening: path.parentDirectory, O_RDONLY | O_DIRECTORY).flush()
    }

    /// Opens `directory` with LMDB; the handle is set even when this throws, to be closed.
    static func open(
        _ directory: String,
        _ options: Options,
        _ handle: inout OpaquePointer?
    ) throws(LMDBError) {
        try check(unsafe mdb_env_create(&handle), "mdb_env_create")
        try check(unsafe mdb_env_set_mapsize(handle, options.mapSizeBytes), "mdb_env_set_mapsize")
        try check(
            unsafe mdb_env_set_maxdbs(handle, UInt32(options.tablesMax)),
            "mdb_env_set_maxdbs"
        )
        try check(
            unsafe mdb_env_set_maxreaders(handle, UInt32(options.readersMax)),
            "mdb_env_set_maxreaders"
        )
        // A reader slot belongs to the transaction, not to the thread (lmdb.h, MDB_NOTLS).
        var flags = UInt32(MDB_NOTLS)
        if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
        if options.flush == .lagged { flags |= UInt32(MDB_NOMETASYNC) }
        try check(unsafe mdb_env_open(handle, directory, flags, 0o600), "mdb_env_open")
        try check(unsafe mdb_reader_check(handle, nil), "mdb_reader_check")
    }

    private static func makeFile(
        in directory: String,
        tables: [String],
        options: Options
    ) throws(LMDBError) {
        var options = options
        options.flush = .full
        options.isReadOnly = false
        var handle: OpaquePointer?
        defer { unsafe mdb_env_close(handle) }
        try unsafe open(directory, options, &handle)
        var transaction: OpaquePointer?
        try check(unsafe mdb_txn_begin(handle, nil, 0, &transaction), "mdb_txn_begin")
        for name in tables {
            var table: UInt32 = 0
            let code = unsafe mdb_dbi_open(transaction, name, UInt32(MDB_CREATE), &table)
            if code != 0 { unsafe mdb_txn_abort(transaction) }
            try check(code, "mdb_dbi_open")
        }
        try check(unsafe mdb_txn_commit(transaction), "mdb_txn_commit")
        try check(unsafe mdb_env_sync(handle, 1), "mdb_env_sync")
    }

    private static func removeLeftover(_ directory: String) throws(LMDBError) {
        guard unsafe access(directory, F_OK) == 0 else { return }
        for name in ["/data.mdb", "/lock.mdb"] where unsafe access(directory + name, F_OK) == 0 {
            try checkErrno(unsafe unlink(directory + name), "unlink")
        }
        try checkErrno(unsafe rmdir(directory), "rmdir")
    }
}

extension String {
    fileprivate var trimmingSlashes: String {
        var path = self[...]
        while path.count > 1, path.last == "/" { path = path.dropLast() }
        return String(path)
    }

    fileprivate var parentDirectory: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
