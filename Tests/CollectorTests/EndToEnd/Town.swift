import Collector
import Commands
import EventLog
import Files
import Finance
import Frame
import Logging
import Sandbox
import Simulation
import Synchronization
import Vault

/// A sandbox of providers, a ledger, and a collector between them, all in this process.
///
/// Real mutual TLS over loopback. The clock stands still until it is moved.
final class Town: Sendable {
    static let operatorCode = "Z1OP010000"
    /// 2026-10-31T03:00 in Korea: inside the night slots of all providers.
    static let start: Int64 = 1_793_383_200

    let directory: TemporaryDirectory
    let world: SandboxWorld
    let clock: SandboxClock
    let providers: Providers
    let vault: Vault
    let log: EventLog
    let client: ProviderClient
    let control: ProviderClient
    let collectorClock: CollectorClock
    /// Runs whenever a page is about to be asked for; tests end things there.
    let hook: Hook
    /// Whether a wait moves the clock.
    let leap: Leap
    /// What providers answer in place of their books.
    let script: Script
    let port: Int
    let secret: String

    /// What a town is made of; everything has a default that tests need not care about.
    struct Plan {
        var seed = Seed(1)
        var persons = 4
        var months = 6
        var historyMonths: Int32 = 6
        var faults: [String] = []
        var http = ProviderPlace.HTTPVersion.negotiated
        var rowsPerPage = 500
        var callsAtOnceMax = ProviderLimits().callsAtOnceMax
        /// How old everybody is; nil is as old as the world has them.
        var years: Int? = 30
        var callBytesMax = ProviderLimits().callBytesMax
        var transfersAtOnceMax = 256
        /// Whether waits are as long as they are asked to be.
        var isPatient = false

        var limits: ProviderLimits {
            var limits = ProviderLimits()
            limits.rowsPerPage = rowsPerPage
            limits.callsAtOnceMax = callsAtOnceMax
            limits.callBytesMax = callBytesMax
            return limits
        }
    }

    let plan: Plan

    /// Runs `body` in a town and ends it.
    static func open(
        _ plan: Plan = Plan(),
        label: String = #function,
        _ body: @escaping @Sendable (Town) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory(label)
        let clock = SandboxClock(world: { Town.start }, start: Town.start, isRunning: false)
        guard let today = CivilDate(secondsSinceEpoch: Town.start) else { return }
        let world = SandboxWorld(
            WorldConfiguration(
                seed: plan.seed.number,
                personCount: plan.persons,
                firstDay: today.adding(months: -Int32(plan.months)).adding(days: 1),
                months: plan.months
            )
        )
        let path = directory.path + "/sandbox"
        try Files.makeDirectories(path)
        let secret = "sandbox-secret"
        var configuration = SandboxServerConfiguration(
            directory: path,
            operators: [OperatorRegistration(clientSecret: secret)]
        )
        configuration.faults = plan.faults.compactMap { Fault($0) }
        configuration.seed = plan.seed.number
        configuration.keepsSlots = false
        let (ports, found) = AsyncStream<Int>.makeStream()
        let script = Script(world, years: plan.years)
        let server = try SandboxServer(
            books: script,
            clock: clock,
            configuration: configuration,
            logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        ) { port in
            found.yield(port)
            found.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var port = 0
            for await listening in ports { port = listening }
            let town = try Town(directory, script, clock, plan, secret, port)
            group.addTask { try await body(town) }
            // Whichever ends first: the body, or a server that fails.
            _ = try await group.next()
            // Before the server: one that is cancelled drops streams that come, and that stops
            // the process (NIOAsyncWriter takes it for a bug of its user).
            await town.client.shutdown()
            await town.control.shutdown()
            group.cancelAll()
            town.log.close()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                return
            }
        }
    }

    private init(
        _ directory: TemporaryDirectory,
        _ script: Script,
        _ clock: SandboxClock,
        _ plan: Plan,
        _ secret: String,
        _ port: Int
    ) throws {
        let world = script.world
        (self.directory, self.world, self.clock) = (directory, world, clock)
        self.script = script
        (self.plan, self.secret, self.port) = (plan, secret, port)
        let path = directory.path
        try Vault.create(at: path + "/vault", passphraseFile: path + "/passphrase")
        try EventLog.create(
            at: path + "/log",
            layout: LogLayout(environments: 1, partitions: 4),
            id: (1, 2)
        )
        log = try EventLog(opening: path + "/log")
        vault = try Vault(opening: path + "/vault", passphraseFile: path + "/passphrase")
        try vault.attach(log)
        let chance = Mutex(plan.seed)
        let isPatient = plan.isPatient
        let (hook, leap) = (Hook(), Leap())
        (self.hook, self.leap) = (hook, leap)
        collectorClock = CollectorClock(
            now: { clock.seconds * 1_000_000 },
            // Waits are as short as they can be: the clock stands still, or leaps over them.
            sleep: { duration in
                if leap.isTaken() { clock.advance(by: max(1, duration.components.seconds)) }
                try await Task.sleep(for: isPatient ? duration : .milliseconds(1))
            },
            // Every page draws the seed of its waits.
            chance: {
                hook.run()
                return chance.withLock { $0.next() }
            }
        )
        func certificates(_ party: String) -> ClientCertificates {
            ClientCertificates(
                certificate: "\(path)/sandbox/\(party).pem",
                key: "\(path)/sandbox/\(party).key",
                roots: "\(path)/sandbox/ca.pem"
            )
        }
        client = try ProviderClient(certificates: certificates("operator"))
        control = try ProviderClient(certificates: certificates("control"))
        let registration = Town.registration(secret)
        providers = try Providers(
            world.providers.map { provider in
                Provider(
                    code: provider.code,
                    name: provider.name,
                    industry: provider.industry,
                    place: ProviderPlace(
                        host: "127.0.0.1",
                        port: port,
                        basePath: "/" + provider.code,
                        http: plan.http
                    ),
                    registration: registration,
                    limits: plan.limits
                )
            }
        )
    }

    /// A collector that knows nothing but the log.
    func collector() throws -> Collector {
        var options = CollectorOptions(operatorCode: Town.operatorCode)
        options.historyMonths = plan.historyMonths
        options.transfersAtOnceMax = plan.transfersAtOnceMax
        return Collector(
            providers: providers,
            client: client,
            books: try SubjectBooks(log: log, vault: vault),
            recorder: try Recorder(vault: vault, log: log),
            clock: collectorClock,
            options: options
        )
    }

    var today: CivilDate { KoreanClock.day(at: clock.seconds) }

    /// Where the log differs from the sandbox's own ledger, one line each; none when they agree.
    func differences(of person: Int, _ subject: SubjectID) throws -> [String] {
        let log = try AssetSums.read(subject, from: log, with: vault, on: today)
        return LedgerComparison.differences(log, from: ledgers(of: person)).map { line, figure in
            let known = log.first {
                $0.provider == line.provider && $0.key == line.key && $0.kind == line.kind
                    && $0.currency == line.currency
            }
            return "\(line.provider) \(LedgerComparison.name(of: line.kind)) in \(line.currency): "
                + "\(figure), \(line.figures), the log \(known?.figures ?? [:])"
        }
    }

    /// Sets the sandbox's faults; none ends them.
    func misbehave(_ faults: [String]) async throws {
        let list = faults.map { "\"\($0)\"" }.joined(separator: ",")
        var request = ProviderRequest(
            path: "/sandbox/faults",
            form: .json,
            parameters: [],
            transaction: "control"
        )
        request.rawBody = Array("{\"faults\":[\(list)]}".utf8)
        let reply = try await control.send(
            request,
            to: ProviderPlace(host: "127.0.0.1", port: port),
            within: ProviderLimits()
        )
        guard reply.status == 200 else { throw Misconfigured(status: reply.status) }
    }

    struct Misconfigured: Error { var status: UInt32 }
}
