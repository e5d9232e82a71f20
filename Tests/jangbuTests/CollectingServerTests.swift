import Collector
import Commands
import Files
import Finance
import Foundation
import Frame
import NIOHTTP1
import Simulation
import Testing

@testable import jangbu

/// `jangbu serve` beside a sandbox in a process of its own: providers by configuration alone.
@Suite struct CollectingServerTests {
    private static let patience: Duration = .seconds(180)
    private static let token = String(repeating: "t", count: 40)

    /// A sandbox whose providers take regular transfers at any time, and a person enrolled there.
    private final class Place {
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
            let latest = ContinuousClock.now + CollectingServerTests.patience
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

    private struct Sources: Decodable {
        struct Line: Decodable {
            let provider: String
            let lastGoodAtMs: Int64?
        }

        let sources: [Line]
    }

    @Test
    func `a server collects who is due and revokes what is owed, without any other command`()
        async throws
    {
        let place = try await Place()
        let subject = try await place.enrol()
        // Withdrawn while nobody could tell the provider.
        let (withdrawn, others) = try await place.open { services, run in
            let codes = try run.collector.books.book(of: subject).register.liveRequests
                .map(\.provider)
            let first = try #require(codes.first)
            let command = WithdrawTransfer(provider: first, isDeleting: false)
            try await services.desk.carryOut(of: subject, at: Clock.now) {
                register,
                now,
                today throws(ConsentRefusal) in
                try register.decide(command, at: now, on: today)
            }
            return (first, codes.dropFirst().compactMap { run.collector.providers[$0]?.name })
        }
        try #require(!others.isEmpty)
        try place.openSlots()
        let file = place.directory.path + "/token"
        try Files.replace(file, with: Array(Self.token.utf8))
        let (server, _, err) = try Command.start(
            ["serve", "--port", "0", "--set", "web.token_file=\(file)"] + place.collecting
        )
        defer { server.terminate() }
        let record = place.data + "/serve.json"
        try await place.wait("the server") { server.isRunning && Files.exists(record) }
        let control = try RunningServer(reading: record)
        let web = RunningServer(host: control.host, port: control.port, token: Self.token)
        try await place.wait("the collection") {
            let (status, body) = try await web.exchange(
                .GET,
                "/v1/subjects/\(subject)/transfers"
            )
            guard status == .ok else { return false }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let lines = try decoder.decode(Sources.self, from: body).sources
            let good = lines.filter { $0.lastGoodAtMs != nil }
            // Pages name providers as the registry does.
            return good.map(\.provider).sorted() == others.sorted()
        }
        server.interrupt()
        let told = String(decoding: err.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        server.waitUntilExit()
        #expect(server.terminationStatus == 0, "\(told)")
        try await place.open { _, run in
            let book = try run.collector.books.book(of: subject)
            #expect(book.owedRevocations.isEmpty)
            #expect(book.state.providers[withdrawn]?.token?.end == .withdrawn)
            for (code, provider) in book.state.providers where code != withdrawn {
                #expect(provider.standing.scheduledOn != nil, "\(code)")
            }
        }
    }

    @Test
    func `who leaves is deleted after the providers were told`() async throws {
        let place = try await Place()
        let subject = try await place.enrol()
        let leaving = ["consent", "leave", subject.description, "--yes"]
        let gone = try Command(leaving + place.collecting)
        #expect(gone.exit == 0, "\(gone.err)")
        #expect(!gone.err.contains("did not confirm"), "\(gone.err)")
        try await place.open { services, run in
            var ends: [Bool] = []
            try services.desk.forEachEvent(of: subject) { event in
                guard case .tokenEnded(let ended) = event.fact else { return }
                ends.append(ended.confirmed)
            }
            #expect(!ends.isEmpty && ends.allSatisfy { $0 })
            #expect(try run.collector.books.book(of: subject).owedRevocations.isEmpty)
        }
    }

    @Test func `an operator's file is read with a registry, and only when nobody else may`() throws
    {
        let folder = try TemporaryDirectory()
        let file = folder.path + "/operator.yaml"
        try Files.replace(file, with: Array("org_code: Z1OP010000\n".utf8))
        let data = ["--data-directory", folder.path + "/data", "--set"]
        let serving = ["serve", "--port", "0"] + data + ["collection.operator_file=\(file)"]
        let alone = try Command(serving)
        #expect(alone.exit == 78)
        #expect(alone.err.contains("needs collection.providers_file"))
        let registry = ["--set", "collection.providers_file=\(file)"]
        let known = try Command(serving + registry)
        #expect(known.exit == 78)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        try Files.replace(folder.path + "/p.yaml", with: Array("providers: []\n".utf8))
        let open = try Command(
            serving + ["--set", "collection.providers_file=\(folder.path)/p.yaml"]
        )
        #expect(open.exit == 78)
        #expect(open.err.contains("set its mode to 0600"), "\(open.err)")
    }
}
