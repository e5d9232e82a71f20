// Files: the system calls that durable files need, with their errors named.
//
// A file is durable when it was flushed, and findable after a power cut when its directory was
// flushed too; `File.create` and `Files.replace` do both in the right order. Nothing here buffers.

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A system call that failed; names the call and errno, never a path or content.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call.
    public let operation: String
    /// errno.
    public let code: Int32

    /// An error of `operation`.
    public init(operation: String, code: Int32) {
        (self.operation, self.code) = (operation, code)
    }

    /// ENOENT.
    public var isMissing: Bool { code == ENOENT }
    /// ENOSPC, EDQUOT or EFBIG.
    public var isSpaceExhausted: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }
    /// EACCES, EPERM or EROFS.
    public var isDenied: Bool { [EACCES, EPERM, EROFS].contains(code) }
    /// ENOTDIR.
    public var isNoDirectory: Bool { code == ENOTDIR }
    /// EPIPE: whoever read has gone.
    public var isPipeClosed: Bool { code == EPIPE }

    /// The call and the system's sentence for errno.
    public var description: String {
        // strerror gives a C string that lives until the next call; copied at once.
        "\(operation): \(unsafe String(cString: strerror(code)))"
    }

    static func last(_ operation: String) -> FileError {
        FileError(operation: operation, code: errno)
    }
}

/// Calls on names and directories.
public enum Files {
    /// Something is at `path`.
    public static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// A directory is at `path`.
    public static func isDirectory(_ path: String) -> Bool {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a directory with mode 0700 and a name that nothing had: `prefix` and six characters.
    public static func makeTemporaryDirectory(_ prefix: String) throws(FileError) -> String {
        var template = Array((prefix + "XXXXXX").utf8CString)
        // mkdtemp writes into the template, which ends with a zero, and keeps no pointer.
        guard unsafe mkdtemp(&template) != nil else { throw .last("mkdtemp") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Writes all of `bytes` to an open descriptor, which may be a pipe or a terminal.
    public static func write(_ bytes: Span<UInt8>, to descriptor: Int32) throws(FileError) {
        var done = 0
        while done < bytes.count {
            // `done` stays below the span's count.
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(
                    descriptor,
                    raw.baseAddress?.advanced(by: done),
                    raw.count - done
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("write") }
            done += count
        }
    }

    /// Makes a directory with mode 0700 and every missing one above it, and flushes their names.
    public static func makeDirectories(_ path: String) throws(FileError) {
        guard !exists(path) else { return }
        let parent = parent(of: path)
        if parent != path { try makeDirectories(parent) }
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir") }
        try syncDirectory(parent)
    }

    /// Makes the names in a directory durable.
    public static func syncDirectory(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("fsync") }
    }

    /// Renames over what is at `target`, atomically, and flushes the directory.
    public static func rename(_ source: String, to target: String) throws(FileError) {
        guard unsafe Glibc.rename(source, target) == 0 else { throw .last("rename") }
        try syncDirectory(parent(of: target))
    }

    /// Removes a file; nothing at `path` is no error.
    public static func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .last("unlink") }
    }

    /// Removes a directory tree; nothing at `path` is no error.
    public static func removeTree(_ path: String) throws(FileError) {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else {
            guard errno == ENOENT else { throw .last("lstat") }
            return
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        guard unsafe rmdir(path) == 0 else { throw .last("rmdir") }
    }

    /// Names in a directory, sorted, without `.` and `..`; empty when there is none.
    public static func names(in path: String) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            guard errno == ENOENT else { throw .last("opendir") }
            return []
        }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // d_name is a terminated C string inside the entry, valid until the next readdir.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes that an unprivileged process may still write on the file system of `path`.
    public static func freeBytes(at path: String) throws(FileError) -> UInt64 {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { throw .last("statvfs") }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
    }

    /// Writes a whole file beside `path`, flushes it, renames it over `path`, flushes the name.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let temporary = path + ".new"
        try remove(temporary)
        let file = try File(temporary, .create)
        try file.write(bytes.span, at: 0)
        try file.sync()
        file.close()
        try rename(temporary, to: path)
    }

    /// All bytes of a file of at most `limit` bytes.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
        let file = try File(path, .read)
        defer { file.close() }
        let size = try file.byteCount()
        guard size <= limit else { throw FileError(operation: "read", code: EFBIG) }
        return try file.read(at: 0, count: size)
    }

    /// The directory part of a path; `.` when there is none.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
