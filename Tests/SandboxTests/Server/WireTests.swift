import AsyncHTTPClient
import Files
import Finance
import HTTPTypes
import Logging
import MyData
import NIOCore
import NIOHTTP1
import NIOSSL
import Simulation
import Testing

@testable import Sandbox

/// The server over real TLS on loopback.
struct WireTests {
    @Test(arguments: [HTTPClient.Configuration.HTTPVersion.automatic, .http1Only])
    func `a person signs, a token is issued, data comes`(
        version: HTTPClient.Configuration.HTTPVersion
    ) async throws {
        let fixture = try DeskFixture()
        try await withServer(fixture, version) { wire in
            let (person, bank) = try fixture.customer()
            let form = try fixture.tokenForm(person, bank, consent: try fixture.consent(bank))
            let issued = try await wire.send(
                fixture.ask(
                    "POST",
                    "/\(bank)/oauth/2.0/token",
                    body: form,
                    contentType: "application/x-www-form-urlencoded"
                )
            )
            let token = try #require(issued.json["access_token"]?.scalar)
            let ask = fixture.ask(
                "GET",
                "/\(bank)/v2/bank/accounts",
                query: "org_code=\(bank)&search_timestamp=0&limit=500",
                token: token
            )
            let listed = try await wire.send(ask)
            #expect(listed.status == 200)
            #expect(listed.json["rsp_code"]?.scalar == "00000")
            #expect(listed.headers.first(name: "content-type") == "application/json; charset=UTF-8")
            #expect(listed.headers.first(name: "x-api-tran-id") == ask.transaction)
            #expect(listed.version == (version == .http1Only ? .http1_1 : .http2))
            let refused = fixture.ask("GET", "/\(bank)/v2/bank/accounts", token: "x")
            let reply = try await wire.send(refused)
            #expect(reply.status == 401)
            #expect(reply.headers.first(name: "x-api-tran-id") == refused.transaction)
        }
    }

    @Test func `without a client certificate there is no answer`() async throws {
        let fixture = try DeskFixture()
        try await withServer(fixture, .automatic, party: nil) { wire in
            await #expect(throws: (any Error).self) {
                try await wire.send(fixture.ask("GET", "/sandbox/clock"))
            }
        }
    }

    @Test func `a certificate of another authority is no certificate`() async throws {
        let fixture = try DeskFixture()
        let stranger = try TemporaryDirectory("stranger")
        _ = try Authority(directory: stranger.path)
        try await withServer(fixture, .automatic, keys: stranger.path) { wire in
            await #expect(throws: (any Error).self) {
                try await wire.send(fixture.ask("GET", "/sandbox/clock"))
            }
        }
    }

    @Test func `a certificate with a number that is not registered is 40103`() async throws {
        let fixture = try DeskFixture()
        try Authority(directory: fixture.directory.path).issue("other", serialNumber: "1234567890")
        let (_, bank) = try fixture.customer()
        try await withServer(fixture, .automatic, party: "other") { wire in
            let reply = try await wire.send(
                fixture.ask("GET", "/\(bank)/v2/bank/accounts", query: "org_code=\(bank)")
            )
            #expect(reply.status == 401)
            #expect(reply.json["rsp_code"]?.scalar == "40103")
        }
    }

    @Test(arguments: [HTTPClient.Configuration.HTTPVersion.automatic, .http1Only])
    func `a cut connection is an error, and the next call is answered`(
        version: HTTPClient.Configuration.HTTPVersion
    ) async throws {
        let fixture = try DeskFixture(faults: ["cut/101", "down/2"])
        let (_, bank) = try fixture.customer()
        try await withServer(fixture, version) { wire in
            for path in ["accounts", "consents"] {
                await #expect(throws: (any Error).self) {
                    try await wire.send(fixture.ask("GET", "/\(bank)/v2/bank/\(path)"))
                }
            }
            let reply = try await wire.send(
                fixture.ask("GET", "/\(bank)/bank/apis", query: "client_id=x")
            )
            #expect(reply.status == 200)
        }
    }

    @Test func `files of the authority are of mode 0600 and are used again`() throws {
        let directory = try TemporaryDirectory()
        let first = try Authority(directory: directory.path)
        let names = try Files.names(in: directory.path)
        #expect(names.count == 2 * (Authority.Party.allCases.count + 1))
        for name in names {
            let file = try File(directory.path + "/" + name, .read)
            #expect(try file.permissions() == 0o600)
        }
        let before = try Files.read(first.certificatePath("operator"))
        _ = try Authority(directory: directory.path)
        #expect(try Files.read(first.certificatePath("operator")) == before)
    }
}

/// What came back.
struct WireReply {
    var status: Int
    var headers: HTTPHeaders
    var version: HTTPVersion
    var byteCount: Int
    private var body: [UInt8]
    var json: JSONTree { JSONTree(body) ?? .null }

    init(_ response: HTTPClientResponse, _ body: [UInt8]) {
        (status, headers) = (Int(response.status.code), response.headers)
        (version, byteCount, self.body) = (response.version, body.count, body)
    }
}

/// A client of the server.
struct Wire: Sendable {
    let client: HTTPClient
    let port: Int

    func send(_ ask: Ask) async throws -> WireReply {
        let query = ask.query.isEmpty ? "" : "?" + ask.query
        var request = HTTPClientRequest(url: "https://localhost:\(port)\(ask.path)\(query)")
        request.method = HTTPMethod(rawValue: ask.method)
        for field in ask.headers {
            request.headers.add(name: field.name.rawName, value: field.value)
        }
        if !ask.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: ask.body)) }
        let response = try await client.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 24)
        return WireReply(response, Array(buffer: body))
    }
}

/// Runs a server over the fixture's world and faults, and a client with `party`'s certificate.
func withServer(
    _ fixture: DeskFixture,
    _ version: HTTPClient.Configuration.HTTPVersion,
    party: String? = Authority.Party.operator.rawValue,
    keys: String? = nil,
    _ body: (Wire) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = try SandboxServer(
        books: fixture.world,
        clock: fixture.clock,
        configuration: fixture.desk.configuration,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { port.yield($0) }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.trustRoots = .file(fixture.directory.path + "/ca.pem")
    if let party {
        let authority = try Authority(directory: keys ?? fixture.directory.path)
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(authority.certificatePath(party))
            .map { .certificate($0) }
        tls.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: authority.keyPath(party), format: .pem)
        )
    }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.httpVersion = version
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let running = ServerTask(server)
    let failure: (any Error)?
    do {
        var listening = ports.makeAsyncIterator()
        let port = try #require(await listening.next())
        try await body(Wire(client: client, port: port))
        failure = nil
    } catch {
        failure = error
    }
    try await client.shutdown()
    try await running.end()
    if let failure { throw failure }
}

/// A server that runs until it is told to end.
private struct ServerTask {
    private let task: Task<Void, any Error>

    init(_ server: SandboxServer) {
        task = Task { try await server.run() }
    }

    func end() async throws {
        task.cancel()
        do {
            try await task.value
        } catch is CancellationError {
            // That is what ending is.
        }
    }
}
