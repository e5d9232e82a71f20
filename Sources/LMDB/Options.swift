extension Environment {
    /// How an environment is opened.
    public struct Options: Sendable {
        /// The most the file can grow to, in bytes; address space, not disk or memory.
        ///
        /// It is never changed while open, because LMDB does not check that no transaction is
        /// active then.
        public var mapSizeBytes: Int
        /// At most this many tables; every commit also rewrites the records of those it changed.
        public var tablesMax: Int
        /// At most this many read transactions at once, over all processes.
        public var readersMax: Int
        /// Whether only reading is wanted; then the directory may be one this process cannot write.
        public var isReadOnly: Bool
        /// When a commit is durable.
        public var flush: Flush

        /// One TiB, 32 tables, 126 readers, reading and writing, every commit durable.
        public init(
            mapSizeBytes: Int = 1 << 40,
            tablesMax: Int = 32,
            readersMax: Int = 126,
            isReadOnly: Bool = false,
            flush: Flush = .full
        ) {
            self.mapSizeBytes = mapSizeBytes
            self.tablesMax = tablesMax
            self.readersMax = readersMax
            self.isReadOnly = isReadOnly
            self.flush = flush
        }
    }

    /// When what a write transaction did survives a power cut.
    ///
    /// Neither can damage the file.
    public enum Flush: Sendable {
        /// When `write` returns: two flushes one after the other, pages then meta page.
        case full
        /// When the *following* `write` or `sync` has returned: one flush a commit
        /// (MDB_NOMETASYNC). Until then the newest commit may be undone as a whole.
        case lagged
    }
}
