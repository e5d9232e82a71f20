import Files
import Glibc
import Simulation
import Synchronization
import Testing

/// Where a fault test works: a directory of its own, and the programs it needs.
///
/// The directory stays when the test failed, so that the fault can be looked at.
final class Bench: Sendable {
    let directory: String
    private let number = Counter()

    init(_ label: String) throws {
        var generator = SystemRandomNumberGenerator()
        let base = Files.exists("/dev/shm") ? "/dev/shm" : "/tmp"
        directory = "\(base)/jangbu-\(label)-\(generator.next() % 1_000_000_000)"
        try Files.makeDirectories(directory)
    }

    /// Removes the directory; called when nothing was found.
    func clear() throws { try Files.removeTree(directory) }

    func path(_ name: String) -> String { directory + "/" + name }

    /// Starts the workload.
    func workload(
        _ verb: String,
        _ path: String,
        _ arguments: [String: String] = [:],
        shims: [String] = [],
        variables: [String: String] = [:]
    ) throws -> Child {
        let words =
            [try Bench.program("Workload"), verb, path] + arguments.map { "\($0.key)=\($0.value)" }
        var all = variables
        if !shims.isEmpty {
            all["LD_PRELOAD"] = try shims.map(Bench.shim).joined(separator: ":")
        }
        return try Child(words, variables: all, errors: self.path("errors-\(number.next())"))
    }

    /// Starts the executable, with the project's rules and no configuration of this machine.
    ///
    /// `killing` as `JANGBU_FAULT_KILL` of Tests/Tools/faults.c, such as `flush:3`.
    func jangbu(_ words: [String], killing: String? = nil) throws -> Child {
        var variables = ["JANGBU_HOME": Bench.root]
        if let killing {
            variables["JANGBU_FAULT_KILL"] = killing
            variables["LD_PRELOAD"] = try Bench.shim("faults")
        }
        return try Child(
            [try Bench.program("jangbu")] + words,
            variables: variables,
            errors: path("errors-\(number.next())")
        )
    }

    /// Runs the workload under the recorder; the trace's path.
    func record(
        _ arguments: [String: String],
        shims: [String] = [],
        variables: [String: String] = [:],
        load: String = "load"
    ) throws -> String {
        try Files.makeDirectories(path("run"))
        var all = variables
        all["JANGBU_RECORD_DIR"] = path("run")
        all["JANGBU_RECORD_TRACE"] = path("trace")
        let child = try workload(
            load,
            path("run"),
            arguments,
            shims: shims + ["record"],
            variables: all
        )
        let ending = child.wait()
        try #require(ending == .exited(0), "the load \(ending): \(child.errors)")
        return path("trace")
    }

    /// A full run, asked for by `make torture`.
    static let isTorture = unsafe getenv("JANGBU_TORTURE").map { unsafe atoi($0) != 0 } ?? false

    /// Our programs lie beside the test's own.
    private static func program(_ name: String) throws -> String {
        let words = CommandLine.arguments
        let bundle = words.firstIndex(of: "--test-bundle-path").map { words[$0 + 1] }
        let path = Files.parent(of: bundle ?? words[0]) + "/" + name
        try #require(Files.exists(path), "there is no \(path)")
        return path
    }

    /// The project's folder.
    static let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))

    /// The rules that decide categories.
    static var rules: String { root + "/conf/categories" }

    private static func shim(_ name: String) throws -> String {
        let path = root + "/.build-tools/lib/\(name).so"
        try #require(Files.exists(path), "there is no \(path): run scripts/build-test-tools.sh")
        return path
    }
}

/// Numbers from 1 on.
final class Counter: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}
