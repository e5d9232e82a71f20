internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An open file, read and written at offsets; safe from any thread.
public final class File: Sendable {
    /// What the file is opened for.
    public enum Mode: Sendable {
        /// Reading what is there.
        case read
        /// Reading and writing what is there.
        case update
        /// Writing a file that is not there yet, mode 0600.
        case create
        /// Reading and writing what is there, or a file made now, mode 0600.
        case updateOrCreate
    }

    private let descriptor: Atomic<Int32>

    /// Opens or makes the file.
    public init(_ path: String, _ mode: Mode) throws(FileError) {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .updateOrCreate: O_RDWR | O_CREAT
            }
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open") }
        self.descriptor = Atomic(descriptor)
    }

    deinit { close() }

    /// Bytes of the file.
    public func byteCount() throws(FileError) -> Int {
        var facts = stat()
        guard unsafe fstat(number, &facts) == 0 else { throw .last("fstat") }
        return Int(facts.st_size)
    }

    /// The file's permission bits.
    public func permissions() throws(FileError) -> UInt32 {
        var facts = stat()
        guard unsafe fstat(number, &facts) == 0 else { throw .last("fstat") }
        return UInt32(facts.st_mode) & 0o777
    }

    /// Exactly `count` bytes at `offset`; EIO when the file ends before.
    public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        try read(at: offset, into: &span)
        return bytes
    }

    /// Fills `bytes` from `offset`; EIO when the file ends before.
    public func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FileError) {
        var done = 0
        let total = bytes.count
        while done < total {
            // `done` stays below the span's count.
            let count = unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe pread(
                    number,
                    raw.baseAddress?.advanced(by: done),
                    total - done,
                    off_t(offset + done)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("pread") }
            guard count > 0 else { throw FileError(operation: "pread", code: EIO) }
            done += count
        }
    }

    /// Writes all of `bytes` at `offset`.
    public func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            // `done` stays below the span's count.
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe pwrite(
                    number,
                    raw.baseAddress?.advanced(by: done),
                    raw.count - done,
                    off_t(offset + done)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("pwrite") }
            done += count
        }
    }

    /// Makes content and length durable.
    ///
    /// After a failure nothing is known of either: never retry.
    public func sync() throws(FileError) {
        guard fdatasync(number) == 0 else { throw .last("fdatasync") }
    }

    /// Cuts or extends with zeros.
    public func truncate(to count: Int) throws(FileError) {
        guard ftruncate(number, off_t(count)) == 0 else { throw .last("ftruncate") }
    }

    /// Takes the exclusive lock of the whole file, or says that another process has it.
    public func lock() throws(FileError) -> Bool {
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .last("flock") }
            return false
        }
        return true
    }

    /// Closes; later calls fail.
    public func close() {
        let open = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if open >= 0 { Self.closeDescriptor(open) }
    }

    private static func closeDescriptor(_ number: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(number)
        #else
            _ = Musl.close(number)
        #endif
    }

    private var number: Int32 { descriptor.load(ordering: .acquiring) }
}
