// The server under test, with every answer held against the document: its status, its media type,
// its body.
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Web

/// One server over a ledger in memory, and the client that checks.
struct Contract {
    let ledger: TestLedger
    let server: WebServer
    let metrics = PrometheusRegistry()
    let log = LogLines()

    init(
        _ ledger: TestLedger = TestLedger(),
        token: AccessToken? = nil,
        control: AccessToken? = nil,
        host: String = "127.0.0.1",
        edit: (inout WebConfiguration) -> Void = { _ in }
    ) throws {
        self.ledger = ledger
        var configuration = WebConfiguration()
        configuration.token = token
        configuration.controlToken = control
        configuration.host = host
        configuration.roles = try Contract.roles()
        edit(&configuration)
        let log = log
        let logger = Logger(label: "web") { _ in LogKeeper(lines: log) }
        // A clock that never moves: durations are not what these tests are about.
        server = try WebServer(
            ledger: ledger,
            configuration: configuration,
            metrics: metrics,
            clock: { .zero },
            logger: logger
        )
    }

    /// The table of the project.
    static func roles() throws -> RoleTable {
        let file = Checkout.root.appending(path: "conf/roles.yaml")
        return try RoleTable(yaml: String(contentsOf: file, encoding: .utf8))
    }

    func run(_ body: @Sendable (Client) async throws -> Void) async throws {
        let document = try Value(json: OpenAPIDocument(yaml: Resource.openAPI).json)
        try await server.application().test(.router) { client in
            try await body(Client(client: client, document: document, server: server))
        }
        #expect(ledger.readers == 0, "a stream was left open")
    }

    struct Client: Sendable {
        let client: any TestClientProtocol
        let document: Value
        let server: WebServer

        /// Sends a request and checks the answer against the document.
        ///
        /// Who asks is whoever may see all of it, unless the headers say who, or `isBare`: the
        /// person of the address, elsewhere the local operator.
        @discardableResult
        func send(
            _ target: String,
            method: HTTPRequest.Method = .get,
            headers: HTTPFields = [:],
            body: String? = nil,
            isBare: Bool = false,
            location: SourceLocation = #_sourceLocation
        ) async throws -> TestResponse {
            var headers = headers
            if !isBare, headers[.authorization] == nil, headers[.cookie] == nil {
                headers[.cookie] = try server.cookie(for: Client.caller(of: target))
            }
            if let name = HTTPField.Name("Sec-Fetch-Site"), headers[name] == nil,
                headers[.origin] == nil
            {
                headers[name] = "same-origin"
            }
            let response = try await client.execute(
                uri: target,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(string: $0) }
            )
            let faults = try check(response, target, method)
            #expect(faults.isEmpty, "\(target): \(faults)", sourceLocation: location)
            return response
        }

        /// Sends a request and reads its JSON.
        func json(
            _ target: String,
            location: SourceLocation = #_sourceLocation
        ) async throws -> Value {
            let response = try await send(target, location: location)
            #expect(response.status == .ok, sourceLocation: location)
            return try Value(json: response.body.readableBytesView)
        }

        private static func caller(of target: String) -> Caller {
            let parts = target.prefix { $0 != "?" }.split(separator: "/")
            guard let place = parts.firstIndex(of: "subjects"), place + 1 < parts.count else {
                return .localOperator
            }
            return .person(String(parts[place + 1]))
        }

        private func check(
            _ response: TestResponse,
            _ target: String,
            _ method: HTTPRequest.Method
        ) throws -> [String] {
            let path = target.split(separator: "?").first.map(String.init) ?? "/"
            let mediaType = response.headers[.contentType]?.split(separator: ";").first
            let described = operation(path, method == .head ? .get : method)
            let status = String(response.status.code)
            let answers = described?["responses"]
            // What no operation describes is a problem; so is what none of an operation's statuses
            // does.
            let answer = try resolve(answers?[status] ?? answers?["default"] ?? problem)
            guard let content = answer["content"] else {
                return response.body.readableBytes == 0 ? [] : ["\(status) has no body"]
            }
            // A browser's page of a problem is HTML where a program gets JSON.
            if mediaType == "text/html", response.status.code >= 400 { return [] }
            guard let mediaType, let schema = content[String(mediaType)]?["schema"] else {
                return ["\(status) is not described as \(mediaType ?? "nothing")"]
            }
            guard mediaType.hasSuffix("json"), method != .head else { return [] }
            return try SchemaChecker(document: document).faults(
                Value(json: response.body.readableBytesView),
                schema
            )
        }

        private var problem: Value {
            .object(["$ref": .string("#/components/responses/Problem")])
        }

        private func resolve(_ value: Value) throws -> Value {
            guard let reference = value["$ref"]?.text else { return value }
            let path = reference.dropFirst(2).split(separator: "/").map(String.init)
            return try #require(document[path])
        }

        private func operation(_ path: String, _ method: HTTPRequest.Method) -> Value? {
            let templates = document["paths"]?.members ?? [:]
            // A literal path first: "/subjects" is not a "{name}".
            let exact = templates[path]
            let match =
                exact
                ?? templates.first {
                    Route(.get, $0.key) { _, _ in Response(status: .ok) }.matches(path)
                }?.value
            return match?[method.rawValue.lowercased()]
        }
    }
}

extension WebServer {
    /// The cookie of a new session.
    func cookie(for caller: Caller) throws -> String {
        Admission.cookieName + "=" + (try newSession(for: caller))
    }

    func newSession(for caller: Caller) throws -> String {
        try site.sessions.begin(caller, at: site.clock())
    }
}

/// Keeps what was logged, to look for what must not be there.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

struct LogKeeper: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append("\(event.message) \(metadata) \(event.metadata ?? [:])")
    }
}
