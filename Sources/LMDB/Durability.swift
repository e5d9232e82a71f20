internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What is known of the flushes so far.
struct FlushState {
    /// A flush failed: how much of the earlier commits is durable is unknown.
    var isPoisoned = false
    /// A commit found no room, perhaps in a flush that then lost the meta page of the one before.
    var isUnconfirmed = false
}

extension Environment {
    /// Makes every commit that has returned durable (mdb_env_sync).
    ///
    /// - Throws: when the flush fails; the environment is then `.poisoned`.
    public func sync() throws(LMDBError) {
        precondition(!isClosed.load(ordering: .acquiring), "a closed environment was synced")
        let isUnconfirmed = try flushes.withLock { state throws(LMDBError) in
            guard !state.isPoisoned else { throw LMDBError(code: .poisoned, operation: "sync") }
            if !state.isUnconfirmed { try flush(&state) }
            return state.isUnconfirmed
        }
        if isUnconfirmed { try confirmEarlierCommits() }
    }

    /// Commits, and says what a failure means for the commits before.
    func commit(_ transaction: borrowing WriteTransaction) throws(LMDBError) {
        let pointer = unsafe endWriting(transaction)
        let failure = try flushes.withLock { state throws(LMDBError) -> LMDBError? in
            let code = unsafe mdb_txn_commit(pointer)
            guard code != 0 else {
                // A new meta page reaches everything before it, so making it durable confirms all.
                if state.isUnconfirmed { try flush(&state) }
                return nil
            }
            let error = LMDBError(code: cause(of: code), operation: "mdb_txn_commit")
            if !error.code.isHarmlessAtCommit {
                poison(&state)
            } else if error.code != .mapFull, error.isSpaceExhausted, options.flush == .lagged {
                state.isUnconfirmed = true
            }
            return error
        }
        guard let failure else { return }
        if flushes.withLock({ $0.isUnconfirmed }) { try confirmEarlierCommits() }
        throw failure
    }

    /// Refuses every write from here on, and leaves a mark for the next opening.
    private func poison(_ state: inout FlushState) {
        state.isPoisoned = true
        FlushFailure.mark(directory)
    }

    /// What a commit's code means: LMDB says EIO also when a write was cut short, which a full disk
    /// or the process's file-size limit do before they say so.
    ///
    /// So on EIO the file is asked to grow by a page, which writes nothing over anything. Taking a
    /// device's failure for a full disk loses nothing: the pages of earlier commits were flushed by
    /// those, and their meta page is written and flushed again.
    private func cause(of code: Int32) -> LMDBError.Code {
        let code = LMDBError.Code(rawValue: code)
        var descriptor: Int32 = -1
        var facts = stat()
        guard code == .inputOutput, unsafe mdb_env_get_fd(environment, &descriptor) == 0,
            unsafe fstat(descriptor, &facts) == 0
        else { return code }
        let growth = LMDBError.Code(rawValue: posix_fallocate(descriptor, facts.st_size, 4_096))
        return LMDBError(code: growth, operation: "posix_fallocate").isSpaceExhausted
            ? growth : code
    }

    private func flush(_ state: inout FlushState) throws(LMDBError) {
        let code = unsafe mdb_env_sync(environment, 1)
        if code != 0 { poison(&state) }
        try check(code, "mdb_env_sync")
        state.isUnconfirmed = false
    }

    /// Makes the newest meta page durable again after a commit that found no room.
    ///
    /// LMDB does not say whether a write or the flush found none. A flush that did may have dropped
    /// the meta page of the commit before, and the kernel tells that once: the next flush would
    /// succeed without it. So the same bytes are written again, under LMDB's writer lock, and
    /// flushed. They have their place on the disk already.
    private func confirmEarlierCommits() throws(LMDBError) {
        do {
            let writer = try unsafe beginTransaction(0)
            defer { unsafe mdb_txn_abort(writer) }
            try flushes.withLock { state throws(LMDBError) in
                try rewriteNewestMetaPage()
                try flush(&state)
            }
        } catch {
            flushes.withLock { poison(&$0) }
            throw error
        }
    }

    private func rewriteNewestMetaPage() throws(LMDBError) {
        let figures = try figures()
        var descriptor: Int32 = -1
        try check(unsafe mdb_env_get_fd(environment, &descriptor), "mdb_env_get_fd")
        var bytes = [UInt8](repeating: 0, count: MetaPage.byteCount)
        let start = Int(figures.lastTransactionID % 2 * figures.pageBytes)
        let read = unsafe pread(descriptor, &bytes, bytes.count, start)
        try checkErrno(read, "pread")
        guard read == bytes.count, MetaPage(bytes).transactionID == figures.lastTransactionID else {
            throw LMDBError(code: .poisoned, operation: "pread")
        }
        let written = unsafe pwrite(descriptor, bytes, bytes.count, start)
        try checkErrno(written, "pwrite")
        guard written == bytes.count else {
            throw LMDBError(code: .noSpace, operation: "pwrite")
        }
    }
}
