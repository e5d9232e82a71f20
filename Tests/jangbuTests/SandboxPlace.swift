import Collector
import Files
import Finance
import Foundation
import Frame
import Simulation
import Testing

@testable import jangbu

/// A sandbox whose providers take regular transfers at any time, and a person enrolled there.
final class SandboxPlace {
    private static let patience: Duration = .seconds(180)

    let directory: TemporaryDirectory
    let sandbox: Process
    private let pipes: (Pipe, Pipe)
    var data: String { directory.path + "/data" }
    var world: String { directory.path + "/sandbox" }

    init(_ label: String = #function) async throws {
        directory = try TemporaryDirectory(label)
        let (process, out, err) = try Command.start([
            "sandbox", "serve", "--directory", directory.path + "/sandbox", "--port", "0",
            "--people", "3", "--months", "2", "--set", "sandbox.slots=open",
        ])
        (sandbox, pipes) = (process, (out, err))
        try await wait("the sandbox") { Files.exists(world + "/operator.yaml") }
    }

    deinit { sandbox.terminate() }

    func wait(_ what: String, until isThere: () async throws -> Bool) async throws {
        let latest = ContinuousClock.now + SandboxPlace.patience
        while try await !isThere() {
            guard ContinuousClock.now < latest, sandbox.isRunning else {
                throw Failure(.program, "\(what) does not come")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    var collecting: [String] {
        [
            "--data-directory", data, "--set",
            "collection.providers_file=\(world)/providers.yaml", "--set",
            "collection.operator_file=\(world)/operator.yaml",
        ]
    }

    /// Opens the ledger in this process for `work`.
    func open<Result>(
        _ work: (Services, CollectRun) async throws -> Result
    ) async throws -> Result {
        var settings = Settings()
        settings.dataDirectory = data
        settings.rulesDirectory = Command.root + "/conf/categories"
        let services = try Services(settings, creating: true)
        return try await services.closing {
            let identity = try OperatorFile(world + "/operator.yaml")
            let run = try await CollectRun(
                services: services,
                identity: identity,
                registry: try Providers(
                    world + "/providers.yaml",
                    registration: identity.registration
                ),
                certificates: world,
                months: 3
            )
            return try await run.access.closing {
                let result = try await work(services, run)
                await run.control.shutdown()
                return result
            }
        }
    }

    /// What a server of this place said on its standard error.
    func said() throws -> String {
        String(decoding: try Files.read(directory.path + "/serve.err"), as: UTF8.self)
    }

    /// Runs `jangbu serve` with the way to providers while `work` asks it; it must end well.
    func serve(_ work: (RunningServer) async throws -> Void) async throws {
        let file = directory.path + "/token"
        let token = String(repeating: "t", count: 40)
        try Files.replace(file, with: Array(token.utf8))
        let path = directory.path + "/serve.err"
        try Files.replace(path, with: [])
        let errors: FileHandle = try #require(FileHandle(forWritingAtPath: path))
        let (server, _, _) = try Command.start(
            ["serve", "--port", "0", "--set", "web.token_file=\(file)"] + collecting,
            errors: errors
        )
        defer { server.terminate() }
        let record = data + "/serve.json"
        try await wait("the server") { server.isRunning && Files.exists(record) }
        let control = try RunningServer(reading: record)
        try await work(RunningServer(host: control.host, port: control.port, token: token))
        server.interrupt()
        server.waitUntilExit()
        let told = try said()
        #expect(server.terminationStatus == 0, "\(told)")
    }

    /// Enrols the first person of the sandbox, of whom nothing is collected.
    func enrol() async throws -> SubjectID {
        try await open { _, run in
            let members = try await run.enrol(people: 1, atOnce: 1, isShown: false)
            #expect(members[0].failures.isEmpty)
            return members[0].subject
        }
    }

    /// Providers' slots that are open now, in which everybody's place has passed already.
    func openSlots() throws {
        let minute = KoreanClock.minute(at: Int64(Date().timeIntervalSince1970))
        let end = min(1_440, minute + max(2, minute / 10))
        let text = String(format: "%02d%02d", end / 60, end % 60)
        let path = world + "/providers.yaml"
        let registry = String(decoding: try Files.read(path), as: UTF8.self)
        let opened = registry.replacing(
            "time_slots: []",
            with: "time_slots: [\"0000:\(text)\"]"
        )
        #expect(opened != registry)
        try Files.replace(path, with: Array(opened.utf8))
    }
}
