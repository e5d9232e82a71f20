#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A file or directory read and flushed by its descriptor, never mapped: a bad sector is then an
/// error code and not a SIGBUS.
struct DataFile: ~Copyable {
    private let descriptor: Int32

    init(opening path: String, _ flags: Int32 = O_RDONLY) throws(LMDBError) {
        descriptor = unsafe open(path, flags | O_CLOEXEC)
        try checkErrno(descriptor, "open")
    }

    deinit {
        // Nothing was written through it, so there is no failure to lose.
        _ = close(descriptor)
    }

    /// The length in bytes.
    func byteCount() throws(LMDBError) -> UInt64 {
        var facts = stat()
        try checkErrno(unsafe fstat(descriptor, &facts), "fstat")
        return UInt64(facts.st_size)
    }

    /// Fills `bytes` from `offset`.
    ///
    /// - Throws: `.truncated` when the file ends before; codes of `pread`.
    func read(into bytes: inout [UInt8], at offset: UInt64) throws(LMDBError) {
        guard let start = Int(exactly: offset), start <= Int.max - bytes.count else {
            throw LMDBError(code: .truncated, operation: "pread")
        }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: done),
                    buffer.count - done,
                    start + done
                )
            }
            if count == -1, errno == EINTR { continue }
            try checkErrno(count, "pread")
            guard count > 0 else { throw LMDBError(code: .truncated, operation: "pread") }
            done += count
        }
    }

    /// Has the kernel forget what it keeps of the file in memory, so that reads come from the disk.
    ///
    /// - Throws: when what is not written back yet cannot be: that is not forgotten.
    func dropCache() throws(LMDBError) {
        try checkErrno(fdatasync(descriptor), "fdatasync")
        let code = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        guard code == 0 else {
            throw LMDBError(code: .init(rawValue: code), operation: "posix_fadvise")
        }
    }

    /// Makes what is in the file, or the directory's entries, durable.
    func flush() throws(LMDBError) {
        try checkErrno(fsync(descriptor), "fsync")
    }
}
