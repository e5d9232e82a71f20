internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A file as the kernel knows it, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(path: String) throws(LMDBError) {
        var facts = stat()
        try checkErrno(unsafe stat(path, &facts), "stat")
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
    }
}

/// The files this process has open: closing a second descriptor of a file would drop the locks
/// that LMDB holds on it (lmdb.h, "Do not have open an LMDB database twice in the same process").
enum OpenFiles {
    private static let open = Mutex<Set<FileIdentity>>([])

    static func claim(_ file: FileIdentity) throws(LMDBError) {
        let isNew = open.withLock { $0.insert(file).inserted }
        guard isNew else { throw LMDBError(code: .alreadyOpen, operation: "open") }
    }

    static func contains(_ file: FileIdentity) -> Bool {
        open.withLock { $0.contains(file) }
    }

    static func release(_ file: FileIdentity) {
        open.withLock { _ = $0.remove(file) }
    }
}
