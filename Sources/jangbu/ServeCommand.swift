import ArgumentParser
import Files
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals
import Web

/// `jangbu serve`: the web over the data directory.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the data directory: pages, JSON API, metrics.",
        discussion: """
            Ends cleanly on Ctrl-C or SIGTERM; a second one ends at once. Any address but \
            loopback needs web.token_file or TLS. It finishes deletions that were interrupted; \
            with collection.operator_file it also makes the regular transfers that are due and \
            revokes tokens whose requests were withdrawn.

            Examples:
              jangbu serve
              jangbu serve --port 9000 --data-directory /srv/jangbu
            """
    )

    @OptionGroup var options: SettingsOptions
    @Option(help: "Address to listen on; any but loopback needs web.token_file or TLS.")
    var host: String?
    @Option(help: "Port to listen on; 0 takes a free one.") var port: Int?

    func run() async throws {
        var settings = try options.settings()
        if let host { settings.webHost = host }
        if let port { try settings.set("web.port", to: String(port), from: "--port") }
        let services = try Services(settings, creating: true)
        let server = ServerRun(services, LedgerService(services))
        try await services.closing {
            let access = try ProviderAccess(
                services.settings,
                vault: services.vault,
                log: services.log,
                recorder: services.recorder
            )
            let erasures = try services.owedErasures(access)
            guard let access else { return try await server.run([erasures]) }
            try await access.closing { try await server.run([erasures, access.schedule]) }
        }
        Terminal.shared.note("ended; everything is on disk")
    }
}

/// The services of a process that shows pages, until a signal ends it.
struct ServerRun {
    let services: Services
    let ledger: LedgerService
    private let logger: Logger

    init(_ services: Services, _ ledger: LedgerService) {
        self.services = services
        self.ledger = ledger
        var logger = Logger(label: "jangbu") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: services.settings.logLevel) ?? .warning
        self.logger = logger
    }

    /// Runs the web and `more` until a signal, or until one of them fails.
    ///
    /// `onListening` gets the address once requests are taken.
    func run(
        _ more: [any Service] = [],
        onListening: @escaping @Sendable (ServedAddress) async -> Void = { address in
            Terminal.shared.note("listening on \(address.root)")
            address.tellLink()
        }
    ) async throws {
        var random = SystemRandomNumberGenerator()
        let control = RunningServer.token(using: &random)
        var web = try services.settings.webConfiguration()
        web.controlToken = AccessToken(control)
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let server = try WebServer(
            ledger: ledger,
            configuration: web,
            metrics: registry,
            clock: Clock.monotonic,
            logger: logger
        )
        let record = services.directory.serverRecord
        let (host, certificate) = (web.host, web.tls?.certificate)
        let application = server.application { port in
            let running = RunningServer(
                host: host,
                port: port,
                token: control,
                certificate: certificate
            )
            tell(running, in: record)
            await onListening(ServedAddress(running, server))
        }
        defer { forget(record) }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: ledger), .init(service: application)]
                    + more.map { .init(service: $0, successTerminationBehavior: .ignore) },
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        EndSignals.watch(isGraceful: true)
        do {
            try await group.run()
        } catch is CancellationError {
            // A signal during start-up: nothing is running any more, which is what was asked for.
        }
        // The log must not be closed under it.
        ledger.backups.finish()
    }

    /// Leaves word for `jangbu log backup`, which works without it once the server has ended.
    private func tell(_ server: RunningServer, in record: String) {
        do {
            try server.write(to: record)
        } catch {
            Terminal.shared.note("\(record) could not be written (\(error))")
        }
    }

    private func forget(_ record: String) {
        do {
            try Files.remove(record)
        } catch {
            Terminal.shared.note("\(record) could not be removed (\(error))")
        }
    }
}
