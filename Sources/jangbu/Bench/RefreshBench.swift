import Collector
import Cryptography
import EventLog
import Foundation
import Frame
import Logging
import NIOHTTP1
import Projections
import ServiceLifecycle
import Web

/// What a person waits who asks for what is new: ten providers of a sandbox in a process of its own
/// are asked over mutual TLS, each call answered 50 ms late; what they say is durable, folded, and
/// in the answer of the person's address.
///
/// A day passes in the sandbox between two of a person's refreshes, so that there is news.
struct RefreshBench {
    let directory: String
    let isSmoke: Bool

    private static let providerCount = 10
    private static let answerMilliseconds = 50
    private var peopleCount: Int { isSmoke ? 1 : 10 }
    private var dayCount: Int { isSmoke ? 2 : 20 }

    init(directory: String, isSmoke: Bool) {
        (self.directory, self.isSmoke) = (directory, isSmoke)
    }

    func rows() async throws -> [BenchRow] {
        var settings = Settings()
        settings.dataDirectory = directory + "/refresh"
        settings.webPort = 0
        let sandbox = try await SandboxProcess(
            directory: settings.dataDirectory + "/sandbox",
            people: isSmoke ? 40 : 200,
            months: isSmoke ? 2 : 24,
            seed: 1,
            faults: ["slow=\(RefreshBench.answerMilliseconds)"]
        )
        defer { sandbox.end() }
        let services = try Services(settings, creating: true)
        return try await services.closing {
            let waits = try await serving(services) { server in
                try await measure(services, sandbox, server)
            }
            return [row(waits)]
        }
    }

    /// One refresh: until the providers' answers are durable, and until the page has them.
    private struct Wait {
        var collectedMilliseconds: Double
        var milliseconds: Double
        var added: Int
    }

    private func row(_ waits: [Wait]) -> BenchRow {
        let all = waits.map(\.milliseconds).sorted()
        let collected = waits.map(\.collectedMilliseconds).sorted()
        func share(_ sorted: [Double], _ perCent: Int) -> Double {
            sorted[(sorted.count * perCent - 1) / 100]
        }
        let p99 = share(all, 99)
        return BenchRow(
            work: "refresh of a person at 10 providers that answer after 50 ms, p99 to visible",
            value: p99,
            unit: "ms",
            floor: "one call",
            floorValue: Double(RefreshBench.answerMilliseconds),
            must: "<= 400 ms",
            isMet: p99 <= 400,
            digest: RefreshBench.digest(waits),
            notes: [
                "p50 \(BenchFormat.fixed(share(all, 50), 0)) ms of \(waits.count); durable at p50 "
                    + "\(BenchFormat.fixed(share(collected, 50), 0)) ms, p99 "
                    + "\(BenchFormat.fixed(share(collected, 99), 0)) ms",
                "\(waits.reduce(0) { $0 + $1.added }) events in all",
            ]
        )
    }

    /// Of what each refresh brought, in their order: what the figure was measured over.
    private static func digest(_ waits: [Wait]) -> String {
        let counts = waits.map { "\($0.added)" }.joined(separator: ",")
        return String(SHA256.hash(Array(counts.utf8)).description.prefix(16))
    }

    /// Runs `body` beside the web server.
    private func serving(
        _ services: Services,
        _ body: @escaping @Sendable (RunningServer) async throws -> [Wait]
    ) async throws -> [Wait] {
        let ledger = LedgerService(services)
        var random = SystemRandomNumberGenerator()
        let token = RunningServer.token(using: &random)
        var web = try services.settings.webConfiguration()
        web.token = AccessToken(token)
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        // Its end cuts connections that wait for no more.
        logger.logLevel = .critical
        let server = try WebServer(
            ledger: ledger,
            configuration: web,
            metrics: PrometheusRegistry(),
            clock: Clock.monotonic,
            logger: logger
        )
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let host = web.host
        let group = ServiceGroup(
            services: [ledger, server.application { port in found.yield(port) }],
            logger: logger
        )
        return try await withThrowingTaskGroup(of: [Wait]?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await port in ports {
                    return try await body(RunningServer(host: host, port: port, token: token))
                }
                return nil
            }
            var waits: [Wait] = []
            while let part = try await tasks.next() {
                guard let part else { break }
                waits = part
                await group.triggerGracefulShutdown()
            }
            return waits
        }
    }

    private func measure(
        _ services: Services,
        _ sandbox: SandboxProcess,
        _ server: RunningServer
    ) async throws -> [Wait] {
        let identity = try OperatorFile(sandbox.directory + "/operator.yaml")
        let collecting = try await CollectRun(
            services: services,
            identity: identity,
            registry: try Providers(
                sandbox.directory + "/providers.yaml",
                registration: identity.registration
            ),
            certificates: sandbox.directory,
            months: isSmoke ? 3 : 25
        )
        do {
            let waits = try await measure(services, collecting, server)
            await collecting.shutdown()
            return waits
        } catch {
            await collecting.shutdown()
            throw error
        }
    }

    private func measure(
        _ services: Services,
        _ collecting: CollectRun,
        _ server: RunningServer
    ) async throws -> [Wait] {
        var members: [CollectRun.Member] = []
        let people = try await collecting.people(
            peopleCount,
            withProviders: RefreshBench.providerCount,
            among: isSmoke ? 40 : 200
        )
        guard people.count == peopleCount else {
            throw BenchFailure(reason: "\(people.count) people have ten providers")
        }
        for person in people {
            let member = try await collecting.enrol(person)
            try check(await collecting.collect(member))
            members.append(CollectRun.Member(person: member.person, subject: member.subject))
        }
        var waits: [Wait] = []
        for _ in 0..<dayCount {
            try await collecting.advanceToNight()
            for member in members {
                let begin = ContinuousClock.now
                let summary = await collecting.collect(member)
                let collected = ContinuousClock.now - begin
                try check(summary)
                try await see(services, member.subject, server)
                waits.append(
                    Wait(
                        collectedMilliseconds: collected / .milliseconds(1),
                        milliseconds: (ContinuousClock.now - begin) / .milliseconds(1),
                        added: summary.added
                    )
                )
            }
        }
        return waits
    }

    private func check(_ summary: CollectSummary) throws {
        guard summary.failures.isEmpty, summary.transfers == RefreshBench.providerCount else {
            throw BenchFailure(reason: "a transfer was given up: \(summary.failures)")
        }
    }

    /// Asks the person's address until it shows the log's last revision.
    private func see(
        _ services: Services,
        _ subject: SubjectID,
        _ server: RunningServer
    ) async throws {
        struct Shown: Decodable { let cursor: String }
        let last = try services.log.size(of: subject)
        while true {
            let (status, body) = try await server.exchange(.GET, "/v1/subjects/\(subject)")
            if status == .ok {
                let answer = try JSONDecoder().decode(Shown.self, from: body)
                guard let revision = Web.Cursor(text: answer.cursor)?.counts.first else {
                    throw BenchFailure(reason: "the address answered without a cursor")
                }
                if revision >= last { return }
            } else if status != .serviceUnavailable {
                throw BenchFailure(reason: "the address answered \(status.code)")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
