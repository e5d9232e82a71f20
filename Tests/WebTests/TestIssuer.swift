// An OpenID provider of a test's own: real HTTP, real keys, its own code for tokens. What it can do
// wrong is a list; with none of it, it does all as the specification says.
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Web

final class TestIssuer: Sendable {
    /// What is wrong with the tokens, or with what the issuer says of itself.
    enum Fault: CaseIterable, Sendable {
        case otherKey, noAlgorithm, publicKeyAsSecret, bitOfSignature, bitOfClaims, otherIssuer
        case otherAudience, twoAudiences, expired, old, future, otherNonce, noNonce, noSubject
        case noExpiry, noClaim, unknownRole, notAToken, foreignMetadata, unsafeMetadata
        case movedMetadata, movedToken
    }

    /// 2026-03-18 11:20:00 in Korea.
    static let now: Int64 = 1_773_800_400
    static let secret = "a client's secret: 100%"

    private struct State {
        var fault: Fault?
        var codes: [String: (nonce: String, challenge: String, redirect: String)] = [:]
        var port = 0
        var groups: [String] = ["ledger-auditors"]
        var personKey: String?
        var key = P256.Signing.PrivateKey()
        var keyNumber = 1
        var tokensAsked = 0
        var metadataAsked = 0
    }

    private let state = Mutex(State())

    var fault: Fault? {
        get { state.withLock(\.fault) }
        set { state.withLock { $0.fault = newValue } }
    }
    var address: String { "http://127.0.0.1:\(state.withLock(\.port))/realms/staff" }
    var tokensAsked: Int { state.withLock(\.tokensAsked) }
    var metadataAsked: Int { state.withLock(\.metadataAsked) }

    /// The CI that its tokens name.
    func name(_ personKey: String) { state.withLock { $0.personKey = personKey } }

    /// New keys, as a provider has from time to time.
    func rotate() {
        state.withLock { state in
            state.key = P256.Signing.PrivateKey()
            state.keyNumber += 1
        }
    }

    /// Runs it while `body` does.
    func run(_ body: @Sendable () async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "issuer") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await application.run() }
            for await port in ports {
                state.withLock { $0.port = port }
                break
            }
            do {
                try await body()
            } catch {
                tasks.cancelAll()
                throw error
            }
            tasks.cancelAll()
        }
    }

    /// What a person's browser does there: it agrees, and comes back with this query.
    func agree(_ location: String) throws -> String {
        let parts = try #require(URLComponents(string: location))
        #expect(location.hasPrefix(address + "/authorize?"))
        var fields: [String: String] = [:]
        for item in parts.queryItems ?? [] { fields[item.name] = item.value }
        #expect(fields["response_type"] == "code" && fields["scope"] == "openid")
        #expect(fields["client_id"] == "jangbu" && fields["code_challenge_method"] == "S256")
        let code = "code-" + String(state.withLock { $0.codes.count })
        let (nonce, challenge) = (try #require(fields["nonce"]), fields["code_challenge"] ?? "")
        let redirect = try #require(fields["redirect_uri"])
        state.withLock { $0.codes[code] = (nonce, challenge, redirect) }
        return "?code=\(code)&state=\(try #require(fields["state"]))"
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/realms/staff/.well-known/openid-configuration") { _, _ in
            self.state.withLock { $0.metadataAsked += 1 }
            if self.fault == .movedMetadata { return Self.moved("/realms/staff/metadata") }
            return Self.json(self.metadata)
        }
        router.get("/realms/staff/metadata") { _, _ in Self.json(self.metadata) }
        router.get("/realms/staff/keys") { _, _ in Self.json(self.keys) }
        for path in ["/realms/staff/token", "/realms/staff/elsewhere"] {
            router.post(RouterPath(path)) { request, _ in
                if self.fault == .movedToken, path.hasSuffix("token") {
                    return Self.moved("/realms/staff/elsewhere")
                }
                return try await self.answer(request)
            }
        }
        return router
    }

    private func answer(_ request: Request) async throws -> Response {
        let body = String(buffer: try await request.body.collect(upTo: 65_536))
        let token = try token(body, request.headers[.authorization] ?? "")
        return Self.json(#"{"access_token":"x","token_type":"Bearer","id_token":"\#(token)"}"#)
    }

    private static func moved(_ path: String) -> Response {
        Response(status: .temporaryRedirect, headers: [.location: path])
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    private var metadata: String {
        let issuer = fault == .foreignMetadata ? "https://elsewhere.example" : address
        let keys = fault == .unsafeMetadata ? "http://elsewhere.example/keys" : address + "/keys"
        return #"{"issuer":"\#(issuer)","authorization_endpoint":"\#(address)/authorize","#
            + #""token_endpoint":"\#(address)/token","jwks_uri":"\#(keys)"}"#
    }

    private var keys: String {
        let (key, number) = state.withLock { ($0.key, $0.keyNumber) }
        let point = Array(key.publicKey.rawRepresentation)
        return #"{"keys":[{"kty":"new-kind","kid":"0"},{"kty":"EC","crv":"P-256","use":"sig","#
            + #""alg":"ES256","kid":"\#(number)","x":"\#(Self.url(point.prefix(32)))","#
            + #""y":"\#(Self.url(point.suffix(32)))"}]}"#
    }

    private static func url(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Checks what a token endpoint must (RFC 6749, RFC 7636), and signs.
    private func token(_ body: String, _ authorization: String) throws -> String {
        var fields: [String: String] = [:]
        for pair in body.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            fields[parts[0]] = parts.last?.removingPercentEncoding
        }
        let basic = Data("jangbu:a%20client%27s%20secret%3A%20100%25".utf8).base64EncodedString()
        let kept = state.withLock { state in
            state.tokensAsked += 1
            return fields["code"].flatMap { state.codes.removeValue(forKey: $0) }
        }
        let verifier = Array((fields["code_verifier"] ?? "").utf8)
        guard let kept, authorization == "Basic " + basic,
            fields["grant_type"] == "authorization_code",
            fields["redirect_uri"] == kept.redirect,
            Self.url(SHA256.hash(data: verifier)) == kept.challenge
        else { throw HTTPError(.badRequest) }
        return try sign(nonce: kept.nonce)
    }

    private func sign(nonce: String) throws -> String {
        let (fault, key, number) = state.withLock { ($0.fault, $0.key, $0.keyNumber) }
        guard fault != .notAToken else { return "not.a-token" }
        let algorithm =
            switch fault {
            case .noAlgorithm: "none"
            case .publicKeyAsSecret: "HS256"
            default: "ES256"
            }
        let header = #"{"alg":"\#(algorithm)","kid":"\#(number)"}"#
        var text = Self.url(header.utf8) + "." + Self.url(claims(fault, nonce).utf8)
        let signer = fault == .otherKey ? P256.Signing.PrivateKey() : key
        var signature = Array(try signer.signature(for: Array(text.utf8)).rawRepresentation)
        switch fault {
        case .noAlgorithm: signature = []
        case .publicKeyAsSecret:
            let shared = SymmetricKey(data: key.publicKey.rawRepresentation)
            signature = Array(
                HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: shared)
            )
        case .bitOfSignature: signature[40] ^= 1
        case .bitOfClaims:
            let claims = claims(fault, nonce).replacing("ledger-auditors", with: "ledger-operators")
            text = Self.url(header.utf8) + "." + Self.url(claims.utf8)
        default: break
        }
        return text + "." + Self.url(signature)
    }

    private func claims(_ fault: Fault?, _ nonce: String) -> String {
        let (groups, personKey) = state.withLock { ($0.groups, $0.personKey) }
        let now = TestIssuer.now
        var claims: [String] = []
        func add(_ name: String, _ value: String) { claims.append("\"\(name)\":\(value)") }
        add("iss", fault == .otherIssuer ? "\"\(address)/\"" : "\"\(address)\"")
        if fault != .noSubject { add("sub", "\"kim\"") }
        switch fault {
        case .otherAudience: add("aud", "\"another\"")
        case .twoAudiences: add("aud", "[\"jangbu\",\"another\"]")
        default: add("aud", "[\"jangbu\"]")
        }
        let issued =
            switch fault {
            case .future: now + 61
            case .old: now - 601
            case .expired: now - 120
            default: now - 1
            }
        add("iat", "\(issued)")
        if fault != .noExpiry { add("exp", "\(fault == .expired ? now - 60 : now + 300)") }
        if fault != .noNonce { add("nonce", fault == .otherNonce ? "\"x\"" : "\"\(nonce)\"") }
        let named = fault == .unknownRole ? ["cleaners"] : groups
        if fault != .noClaim {
            add("groups", "[" + named.map { "\"\($0)\"" }.joined(separator: ",") + "]")
        }
        if let personKey { add("ci", "\"\(personKey)\"") }
        return "{" + claims.joined(separator: ",") + "}"
    }
}
