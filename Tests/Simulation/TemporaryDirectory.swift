internal import Files

/// A fresh directory on memory-backed storage where there is some; removed when the test ends.
public final class TemporaryDirectory: Sendable {
    /// Absolute path.
    public let path: String

    /// Makes the directory; the name holds `label` and a number of the system's.
    public init(_ label: String = #function) throws {
        let base = Files.exists("/dev/shm") ? "/dev/shm" : "/tmp"
        let name = label.filter { $0.isLetter || $0.isNumber }.prefix(40)
        var generator = SystemRandomNumberGenerator()
        path = "\(base)/jangbu-\(name)-\(generator.next())"
        try Files.makeDirectories(path)
    }

    deinit {
        do {
            try Files.removeTree(path)
        } catch {
            // The system clears its temporary directories; a test must not fail on its way out.
        }
    }
}
