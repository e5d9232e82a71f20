internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

extension Environment {
    /// How full the environment is and who reads it.
    public struct Figures: Sendable, Equatable {
        /// The number of the newest commit; 0 before the first.
        public var lastTransactionID: UInt64
        /// Bytes up to the last page ever used, free pages included.
        public var usedBytes: UInt64
        /// The length of the file.
        public var fileBytes: UInt64
        /// The length of a page.
        public var pageBytes: UInt64
        /// The most the file can grow to.
        public var mapSizeBytes: UInt64
        /// Read transactions of this process that are open now.
        public var liveReaders: Int
        /// How many commits ago the oldest of them began; pages freed since cannot be used again.
        ///
        /// 0 when none is open.
        public var oldestReaderLag: UInt64
    }

    /// How full the environment is and who reads it, now.
    public func figures() throws(LMDBError) -> Figures {
        precondition(!isClosed.load(ordering: .acquiring), "a closed environment was looked at")
        var info = unsafe MDB_envinfo()
        try check(unsafe mdb_env_info(environment, &info), "mdb_env_info")
        var shape = MDB_stat()
        try check(unsafe mdb_env_stat(environment, &shape), "mdb_env_stat")
        var descriptor: Int32 = -1
        try check(unsafe mdb_env_get_fd(environment, &descriptor), "mdb_env_get_fd")
        var facts = stat()
        try checkErrno(unsafe fstat(descriptor, &facts), "fstat")
        let pool = readers.figures()
        let last = unsafe UInt64(info.me_last_txnid)
        let oldest = pool.oldest ?? last
        return unsafe Figures(
            lastTransactionID: last,
            usedBytes: (UInt64(info.me_last_pgno) + 1) * UInt64(shape.ms_psize),
            fileBytes: UInt64(facts.st_size),
            pageBytes: UInt64(shape.ms_psize),
            mapSizeBytes: UInt64(info.me_mapsize),
            liveReaders: pool.live,
            oldestReaderLag: last > oldest ? last - oldest : 0
        )
    }

    /// The number of the newest commit; 0 before the first.
    public var lastTransactionID: UInt64 {
        get throws(LMDBError) { try figures().lastTransactionID }
    }

    /// Bytes up to the last page ever used, free pages included.
    public var usedBytes: UInt64 {
        get throws(LMDBError) { try figures().usedBytes }
    }

    /// The length of the file in bytes.
    public var fileBytes: UInt64 {
        get throws(LMDBError) { try figures().fileBytes }
    }
}
