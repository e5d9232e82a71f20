import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Logging
import Testing

@testable import Web

struct AccessTests {
    static let secret = "0123456789abcdef0123456789abcdef"

    @Test(arguments: [
        "0.0.0.0", "::", "192.168.0.7", "jangbu.example", "127.0.0.1.example", "127.1",
    ])
    func `an address that others can reach needs a token or TLS`(host: String) {
        var configuration = WebConfiguration()
        configuration.host = host
        #expect(throws: WebRefusal.tokenNeeded(host: host)) {
            try WebServer(
                ledger: TestLedger(),
                configuration: configuration,
                metrics: PrometheusRegistry(),
                clock: { .zero },
                logger: Logger(label: "web")
            )
        }
        configuration.token = AccessToken(AccessTests.secret)
        #expect(throws: Never.self) { try configuration.validate() }
        configuration.token = nil
        configuration.tls = AccessTests.files
        #expect(throws: Never.self) { try configuration.validate() }
    }

    private static let files = TLSFiles(certificate: "c", key: "k", clientAuthority: nil)

    /// How a server can be set up, by name.
    enum Setting: Sendable {
        case loopback, loopbackToken, everywhereTLS, everywhereToken, behindProxy

        var configuration: WebConfiguration {
            var configuration = WebConfiguration()
            switch self {
            case .loopback: break
            case .loopbackToken: configuration.token = AccessToken(AccessTests.secret)
            case .everywhereTLS:
                configuration.host = "0.0.0.0"
                configuration.tls = AccessTests.files
                configuration.publicURL = "https://Jangbu.example:8443"
            case .everywhereToken:
                configuration.host = "::"
                configuration.token = AccessToken(AccessTests.secret)
                configuration.hostNames = ["jangbu.lan"]
            case .behindProxy: configuration.publicURL = "https://jangbu.example"
            }
            return configuration
        }
    }

    @Test(
        arguments: [
            (.loopback, "localhost", true), (.loopback, "LocalHost:8080", true),
            (.loopback, "127.0.0.1:1", true), (.loopback, "[::1]:8080", true),
            (.loopback, "evil.example", false), (.loopback, "", false),
            (.loopback, "localhost.evil.example:8080", false), (.loopback, ":80", false),
            (.loopback, "10.0.0.1", false), (.loopback, "localhost:80x", false),
            (.loopback, "[::1", false), (.loopback, "[::1]x", false),
            (.loopbackToken, "evil.example", false), (.loopbackToken, "localhost", true),
            (.everywhereTLS, "jangbu.example:8443", true), (.everywhereTLS, "localhost", true),
            (.everywhereTLS, "192.168.0.7:8443", true), (.everywhereTLS, "[fe80::7]", true),
            (.everywhereTLS, "evil.example", false), (.everywhereTLS, "192.168.0.7.nip.io", false),
            (.everywhereTLS, "jangbu.example.evil.example", false),
            (.everywhereToken, "evil.example", false), (.everywhereToken, "jangbu.lan", true),
            (.everywhereToken, "192.168.0.7", true), (.behindProxy, "jangbu.example", true),
            (.behindProxy, "evil.example", false),
        ] as [(Setting, String, Bool)]
    )
    func `a name that is not ours is refused, so that no page elsewhere can rebind to us`(
        setting: Setting,
        host: String,
        isOurs: Bool
    ) {
        let gate = RequestGate(configuration: setting.configuration)
        let request = Request(
            head: .init(method: .get, scheme: "http", authority: host, path: "/"),
            body: .init(buffer: .init())
        )
        let passes = (try? gate.checkHost(request)) != nil
        #expect(passes == isOurs)
    }

    @Test(
        arguments: [
            (.loopback, false, false), (.loopbackToken, false, false),
            (.everywhereToken, true, true), (.behindProxy, true, true),
        ] as [(Setting, Bool, Bool)]
    )
    func `a session's cookie goes over TLS alone wherever there is any`(
        setting: Setting,
        isSecure: Bool,
        saysSo: Bool
    ) async throws {
        let contract = try Contract { configuration in
            let roles = configuration.roles
            configuration = setting.configuration
            configuration.roles = roles
        }
        let cookie = contract.server.site.cookie(Admission.cookieName, "x", maxAgeSeconds: 1)
        #expect(cookie.secure == isSecure)
        try await contract.run { client in
            let headers = try await client.send("/sign-in", isBare: true).headers
            #expect((headers[.strictTransportSecurity] != nil) == saysSo)
        }
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.10", "localhost", "::1"])
    func `this machine's own addresses need none`(host: String) throws {
        var configuration = WebConfiguration()
        configuration.host = host
        try configuration.validate()
    }

    @Test func `with a token, every address but the harmless ones needs it`() async throws {
        let contract = try Contract(token: AccessToken(AccessTests.secret), host: "0.0.0.0")
        let open = ["/sign-in", "/health/", "/assets/", "/problems", "/openapi"]
        try await contract.run { client in
            for route in contract.server.router().routes where route.method == .get {
                let target = "\(route.path)"
                    .replacing("{subject}", with: String(repeating: "0", count: 32))
                    .replacing("{event}", with: "0.0").replacing("{problem}", with: "not-found")
                    .replacing("{asset}", with: "x")
                let bare = try await client.send(target, isBare: true)
                let isOpen = open.contains(where: target.hasPrefix)
                #expect((bare.status == .unauthorized) != isOpen, "\(target)")
                guard !isOpen, target != "/v1/stream" else { continue }
                let wrong = try await client.send(
                    target,
                    headers: [.authorization: "Bearer " + String(repeating: "0", count: 32)]
                )
                #expect(wrong.status == .unauthorized, "\(target)")
                let right = try await client.send(
                    target,
                    headers: [.authorization: "Bearer " + AccessTests.secret]
                )
                #expect(right.status != .unauthorized, "\(target)")
            }
        }
    }

    @Test func `a browser signs in once and keeps a mark, not the token`() async throws {
        let contract = try Contract(token: AccessToken(AccessTests.secret), host: "0.0.0.0")
        try await contract.run { client in
            let page = try await client.send("/", headers: [.accept: "text/html"], isBare: true)
            #expect(page.status == .unauthorized)
            #expect(String(buffer: page.body).contains("action=\"/sign-in\""))
            let wrong = try await client.send(
                "/sign-in",
                method: .post,
                body: "token=no",
                isBare: true
            )
            #expect(wrong.status == .unauthorized)
            let right = try await client.send(
                "/sign-in",
                method: .post,
                body: "token=" + AccessTests.secret,
                isBare: true
            )
            #expect(right.status == .seeOther)
            let cookie = try #require(right.headers[.setCookie])
            for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
                #expect(cookie.contains(part))
            }
            #expect(!cookie.contains(AccessTests.secret))
            let pair = try #require(cookie.split(separator: ";").first.map(String.init))
            #expect(try await client.send("/", headers: [.cookie: pair]).status == .ok)
            let bent = String(pair.dropLast()) + (pair.hasSuffix("0") ? "1" : "0")
            #expect(try await client.send("/", headers: [.cookie: bent]).status == .unauthorized)
        }
        #expect(!contract.log.text.contains(AccessTests.secret))
    }

    @Test func `a token file must be private, present and long enough`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "jangbu-token-\(ProcessInfo.processInfo.processIdentifier)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "token").path
        #expect(throws: WebRefusal.self) { try AccessToken(file: path) }
        func write(_ text: String, mode: Int) throws {
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try write(AccessTests.secret + "\n", mode: 0o644)
        #expect(throws: WebRefusal.self) { try AccessToken(file: path) }
        try write("short\n", mode: 0o600)
        #expect(throws: WebRefusal.self) { try AccessToken(file: path) }
        try write(AccessTests.secret + "\nnote", mode: 0o600)
        let token = try AccessToken(file: path)
        #expect(token.matches(AccessTests.secret))
        #expect(!token.matches(AccessTests.secret + "0"))
        #expect(!token.matches(""))
    }
}
