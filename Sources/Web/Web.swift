// HTTP interface and pages over a ledger: JSON under /v1, a live stream, health, metrics, and
// server-rendered pages in two languages. It reads, and has done what persons say of their own data
// and operators order; who may do what for which purpose is decided here, by a table that it is
// given. Whoever assembles the process gives it a `Ledger`. It knows no files but its token's, and
// no clock but the one it is given.
public import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging

/// The web server of one ledger.
public struct WebServer: Sendable {
    let site: Site
    /// Of each route, in their order.
    private let rules: [RouteRule]
    private let server: HTTPServerBuilder
    private let logger: Logger

    /// Prepares the server; nothing listens yet.
    ///
    /// - Parameters:
    ///   - ledger: what is shown, and where it is taken down who looked.
    ///   - configuration: where to listen, and the token.
    ///   - metrics: also what `MetricsSystem.bootstrap` should get.
    ///   - clock: monotonic time since any fixed moment, for durations only.
    ///   - logger: gets one line for each request, without anything personal.
    /// - Throws: `WebRefusal` with one sentence that says what to set.
    public init(
        ledger: some Ledger & AccessBook,
        configuration: WebConfiguration,
        metrics: PrometheusRegistry,
        clock: @escaping @Sendable () -> Duration,
        logger: Logger
    ) throws {
        try configuration.validate()
        site = try Site(
            ledger: ledger,
            configuration: configuration,
            metrics: metrics,
            clock: clock
        )
        rules = try site.rules()
        let plain = HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .seconds(configuration.idleSeconds))
        )
        if let files = configuration.tls {
            server = try .tls(plain, tlsConfiguration: files.configuration())
        } else {
            server = plain
        }
        self.logger = logger
        metrics.describe("http.server.requests", "Requests answered.")
        metrics.describe("http.server.request.duration", "Time until the answer began.")
    }

    /// The service to run: it listens until it is cancelled or shut down gracefully; streams end
    /// then.
    ///
    /// - Parameter onListening: gets the port once requests are taken.
    /// - Returns: a service for the process's group.
    public func application(
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let configuration = site.configuration
        return Application(
            router: router(),
            server: server,
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionsMax
                )
            ),
            onServerRunning: { await onListening($0.localAddress?.port ?? configuration.port) },
            logger: logger
        )
    }

    /// Path and fragment of a page that signs the local operator in, once and soon.
    ///
    /// - Returns: nil when the configuration allows no local operator.
    /// - Throws: when the system gives no chance.
    public func operatorLink() throws -> String? {
        guard site.configuration.allowsLocalOperator else { return nil }
        return try site.link(for: .localOperator)
    }

    /// The same for a person, by their subject: for demonstrations over data of nobody.
    public func personLink(_ subject: String) throws -> String {
        try site.link(for: .person(subject))
    }

    /// The router, for tests that compare its routes with the document.
    func router() -> Router<Context> { site.router(rules) }
}
