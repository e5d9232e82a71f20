import Simulation

/// A fresh directory, removed with all it holds when the test ends.
final class Scratch {
    private let directory: TemporaryDirectory

    init() {
        do {
            directory = try TemporaryDirectory("lmdb")
        } catch {
            fatalError("\(error)")
        }
    }

    var path: String { directory.path }
    var name: String {
        String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    }
    var environment: String { path + "/environment" }
    var dataFile: String { environment + "/data.mdb" }
}

extension Array where Element == UInt8 {
    init(_ span: Span<UInt8>) {
        self.init()
        reserveCapacity(span.count)
        for index in span.indices { append(span[index]) }
    }
}
