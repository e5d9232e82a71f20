internal import Files

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A fresh directory on memory-backed storage where there is some; removed when the test ends.
///
/// Its name holds this process, so that what a killed one left is removed by the next: the first
/// directory of a process sweeps those of processes that are no more, and nothing else.
public final class TemporaryDirectory: Sendable {
    /// Absolute path.
    public let path: String

    /// Makes the directory; the name holds `label` and a number of the system's.
    public init(_ label: String = #function) throws {
        _ = TemporaryDirectory.swept
        let name = label.filter { $0.isLetter || $0.isNumber }.prefix(40)
        var generator = SystemRandomNumberGenerator()
        path =
            "\(TemporaryDirectory.base)/\(TemporaryDirectory.mark)\(getpid())-\(name)-"
            + "\(generator.next())"
        try Files.makeDirectories(path)
    }

    deinit {
        do {
            try Files.removeTree(path)
        } catch {
            // The system clears its temporary directories; a test must not fail on its way out.
        }
    }

    private static let base = Files.exists("/dev/shm") ? "/dev/shm" : "/tmp"
    private static let mark = "jangbu-test-"
    /// Once a process.
    private static let swept: Void = sweep(base)

    /// Removes directories of ours in `base` whose process is no more.
    public static func sweep(_ base: String) {
        do {
            for name in try Files.names(in: base) {
                guard let process = process(in: name), !isAlive(process) else { continue }
                try Files.removeTree(base + "/" + name)
            }
        } catch {
            // Another process sweeps the same; what is left is for the next.
        }
    }

    /// The process that a directory of ours is named after; nil of all others.
    public static func process(in name: String) -> Int32? {
        guard name.hasPrefix(mark) else { return nil }
        let rest = name.dropFirst(mark.count)
        guard let end = rest.firstIndex(of: "-"), let process = Int32(rest[..<end]), process > 0
        else { return nil }
        return process
    }

    private static func isAlive(_ process: Int32) -> Bool {
        // Only that it is not there tells it; one of another user's is there too.
        kill(process, 0) == 0 || errno != ESRCH
    }
}
