import AsyncHTTPClient
import Commands
import Files
import Finance
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Sandbox
import ServiceLifecycle
import Simulation
import Testing
import Vault
import Web

@testable import jangbu

/// The whole way of a browser: a server, and the sandbox's authentication body, over real HTTP.
@Suite struct PersonSignInTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a server over `ledger` while `body` asks it; nothing follows where it is sent.
    private func serve(
        _ ledger: LedgerService,
        _ configuration: WebConfiguration,
        tls: TLSConfiguration? = nil,
        _ body: (HTTPClient, WebServer, Int) async throws -> Void
    ) async throws {
        let server = try WebServer(
            ledger: ledger,
            configuration: configuration,
            metrics: PrometheusRegistry(),
            clock: Clock.monotonic,
            logger: PersonSignInTests.logger
        )
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = server.application { continuation.yield($0) }
        var options = HTTPClient.Configuration(redirectConfiguration: .disallow)
        options.tlsConfiguration = tls
        let client = HTTPClient(configuration: options)
        let running = Task { try await application.run() }
        for await port in ports {
            do {
                try await body(client, server, port)
            } catch {
                running.cancel()
                try await client.shutdown()
                throw error
            }
            break
        }
        running.cancel()
        try await client.shutdown()
    }

    private func ask(
        _ client: HTTPClient,
        _ address: String,
        _ method: HTTPMethod = .GET,
        cookie: String? = nil,
        form: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address)
        request.method = method
        if let cookie { request.headers.add(name: "cookie", value: cookie) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let form {
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        return try await client.execute(request, timeout: .seconds(20))
    }

    private func cookie(_ answer: HTTPClientResponse, _ name: String) throws -> String {
        let all = answer.headers["set-cookie"]
        let own = try #require(all.first { $0.hasPrefix(name + "=") })
        return String(own.prefix { $0 != ";" })
    }

    @Test func `a person of the sandbox signs in there and sees their own page here`() async throws
    {
        let folder = try TemporaryDirectory()
        let books = SandboxWorld(
            WorldConfiguration(
                seed: 7,
                personCount: 2,
                firstDay: try #require(CivilDate(year: 2026, month: 1, day: 1)),
                months: 1
            )
        )
        let secret = try RegistryFiles.clientSecret(in: folder.path)
        let operators = [OperatorRegistration(clientSecret: secret)]
        let (ready, continuation) = AsyncStream.makeStream(of: Int.self)
        let now = Int64(Date().timeIntervalSince1970)
        let sandbox = try SandboxServer(
            books: books,
            clock: SandboxClock(world: { now }),
            configuration: SandboxServerConfiguration(directory: folder.path, operators: operators),
            logger: PersonSignInTests.logger
        ) { continuation.yield($0) }
        let running = Task { try await sandbox.run() }
        defer { running.cancel() }
        for await _ in ready { break }

        let world = try LedgerWorld()
        let ledger = LedgerService(world.services) { now * 1_000_000 }
        let subject = try world.services.vault.enrol([Array(books.ci(of: 1).utf8)])[0]
        let today = try #require(CivilDate(secondsSinceEpoch: now))
        try await world.services.desk.carryOut(of: subject, at: now * 1_000_000) {
            register,
            at,
            day throws(ConsentRefusal) in
            try register.decide(Join(years: 30, until: today.adding(months: 24)), at: at, on: day)
        }
        var settings = Settings()
        settings.webPort = 0
        settings.webRolesFile = Command.root + "/conf/roles.yaml"
        settings.webSignInFile = folder.path + "/sign-in.yaml"
        try await serve(ledger, settings.webConfiguration()) { client, _, port in
            let root = "http://127.0.0.1:\(port)"
            #expect(try await ask(client, root + "/me").status == .unauthorized)
            for (person, status) in [(1, HTTPResponseStatus.ok), (0, .unauthorized)] {
                let begun = try await ask(client, root + "/sign-in/with/Z9CA010000")
                let there = try #require(begun.headers.first(name: "location"))
                let page = try await ask(client, there)
                #expect(page.status == .ok)
                let agreed = try await ask(
                    client,
                    String(there.prefix { $0 != "?" }),
                    .POST,
                    form: there.split(separator: "?")[1] + "&person=\(person)&agreed=yes"
                )
                let back = try #require(agreed.headers.first(name: "location"))
                #expect(back.hasPrefix(root + "/sign-in/with/Z9CA010000/back?code="))
                let answer = try await ask(client, back, cookie: cookie(begun, "jangbu_begun"))
                #expect(answer.status == status)
                guard status == .ok else { continue }
                let session = try cookie(answer, "jangbu_session")
                let me = try await ask(client, root + "/me", cookie: session)
                let own = try #require(me.headers.first(name: "location"))
                #expect(own == "/subjects/\(subject)")
                #expect(try await ask(client, root + own, cookie: session).status == .ok)
                #expect(try await ask(client, root + "/", cookie: session).status == .forbidden)
            }
        }
        let register = try world.services.desk.register(of: subject)
        #expect(register.lastSignInAt == now)
        try world.close()
    }

    @Test func `an operator's certificate gives its roles, over TLS and not without`() async throws
    {
        let folder = try TemporaryDirectory()
        let authority = try Authority(directory: folder.path)
        try Files.replace(
            folder.path + "/sign-in.yaml",
            with: Array("certificates:\n  - {name: 'dns:localhost', roles: [auditor]}\n".utf8)
        )
        let world = try LedgerWorld()
        var settings = Settings()
        settings.webPort = 0
        settings.webRolesFile = Command.root + "/conf/roles.yaml"
        settings.webSignInFile = folder.path + "/sign-in.yaml"
        settings.webTLSCertificateFile = authority.certificatePath("server")
        settings.webTLSKeyFile = authority.keyPath("server")
        #expect(throws: WebRefusal.self) { try serverOnly(world.ledger, settings) }
        settings.webTLSClientAuthorityFile = authority.certificatePath("ca")
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority.certificatePath("ca"))
        try await serve(world.ledger, settings.webConfiguration(), tls: tls) {
            client,
            server,
            port in
            let root = "https://127.0.0.1:\(port)"
            let closed = try await ask(client, root + "/v1/overview")
            #expect(closed.status == .unauthorized)
            let open = try await ask(client, root + "/health/live")
            #expect(open.status == .ok)
            let link = try server.operatorLink()
            // A session is as good as over HTTP.
            #expect(link != nil)
        }
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(
            authority.certificatePath("operator")
        ).map { .certificate($0) }
        tls.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: authority.keyPath("operator"), format: .pem)
        )
        try await serve(world.ledger, settings.webConfiguration(), tls: tls) { client, _, port in
            let root = "https://127.0.0.1:\(port)"
            #expect(try await ask(client, root + "/v1/overview").status == .ok)
            #expect(try await ask(client, root + "/v1/backups").status == .forbidden)
            // A browser shows it by itself, so orders need an origin.
            let order = try await ask(client, root + "/sign-out", .POST)
            #expect(order.status == .forbidden)
        }
        // One of another authority does not come through.
        let other = try Authority(directory: folder.path + "/other")
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(
            other.certificatePath("operator")
        ).map { .certificate($0) }
        tls.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: other.keyPath("operator"), format: .pem)
        )
        try await serve(world.ledger, settings.webConfiguration(), tls: tls) { client, _, port in
            await #expect(throws: (any Error).self) {
                try await ask(client, "https://127.0.0.1:\(port)/v1/overview")
            }
        }
        try world.close()
    }

    private func serverOnly(_ ledger: LedgerService, _ settings: Settings) throws {
        _ = try WebServer(
            ledger: ledger,
            configuration: settings.webConfiguration(),
            metrics: PrometheusRegistry(),
            clock: Clock.monotonic,
            logger: PersonSignInTests.logger
        )
    }

    @Test(arguments: [false, true])
    func `the printed link opens the pages, and the command prints another`(
        hasTLS: Bool
    ) async throws {
        let folder = try TemporaryDirectory()
        let place = ["--data-directory", folder.path + "/data"]
        var words = ["serve", "--port", "0"] + place
        var options = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if hasTLS {
            let authority = try Authority(directory: folder.path + "/tls")
            words += ["--set", "web.tls_certificate_file=" + authority.certificatePath("server")]
            words += ["--set", "web.tls_key_file=" + authority.keyPath("server")]
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authority.certificatePath("ca"))
            options.tlsConfiguration = tls
        }
        let (process, _, err) = try Command.start(words)
        defer { process.terminate() }
        var told = ""
        while !told.contains("/sign-in#") || !told.hasSuffix("\n"), process.isRunning {
            told += String(decoding: err.fileHandleForReading.availableData, as: UTF8.self)
        }
        let printed = try #require(told.firstMatch(of: /https?:\S+#[0-9a-f]{64}/)?.output)
        let command = try Command(["operator", "link"] + place)
        #expect(command.exit == 0, "\(command.err)")
        let client = HTTPClient(configuration: options)
        do {
            for link in [String(printed), command.out.trimmingCharacters(in: .newlines)] {
                let parts = link.split(separator: "#").map(String.init)
                let root = String(parts[0].dropLast("/sign-in".count))
                #expect(root.hasPrefix(hasTLS ? "https://127.0.0.1:" : "http://127.0.0.1:"))
                let entered = try await ask(
                    client,
                    parts[0],
                    .POST,
                    form: "token=" + parts[1],
                    headers: [("origin", root)]
                )
                #expect(entered.status == .seeOther)
                let session = try cookie(entered, "jangbu_session")
                #expect(try await ask(client, root + "/", cookie: session).status == .ok)
                #expect(try await ask(client, root + "/").status == .unauthorized)
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        #expect(try Command(["operator", "link", "--data-directory", folder.path]).exit != 0)
    }
}
