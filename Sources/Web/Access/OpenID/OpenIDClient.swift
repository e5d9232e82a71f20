import AsyncHTTPClient
import Cryptography
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks one provider: what it is, whose a code is (authorization code flow with PKCE, RFC 7636).
final class OpenIDClient: Sendable {
    /// Where a provider takes what.
    struct Metadata: Decodable, Sendable {
        var issuer: String
        var authorizationEndpoint: String
        var tokenEndpoint: String
        var jwksUri: String
        var tokenEndpointAuthMethodsSupported: [String]?
    }

    /// What a sign-in that was begun must come back with.
    struct Request: Sendable {
        var redirect: String
        var nonce: String
        var verifier: String
    }

    /// Of any answer of a provider: documents of a few kB.
    private static let answerBytesMax = 256 * 1_024
    /// A person waits for it.
    private static let patience = TimeAmount.seconds(10)

    let issuer: OpenIDIssuer
    private let facts: ProviderFacts

    init(_ issuer: OpenIDIssuer, clock: @escaping @Sendable () -> Duration) {
        self.issuer = issuer
        facts = ProviderFacts(clock: clock)
    }

    /// Where the browser is sent.
    func address(for request: Request, state: String) async throws(OpenIDRefusal) -> String {
        let endpoint = try await current().metadata.authorizationEndpoint
        let challenge = Base64.urlEncode(SHA256.hash(Array(request.verifier.utf8)).bytes)
        let query = OpenIDClient.form([
            ("response_type", "code"), ("client_id", issuer.clientID),
            ("redirect_uri", request.redirect), ("scope", "openid"), ("state", state),
            ("nonce", request.nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// Whose a code is: the claims of the token that the provider gives for it, all checked.
    ///
    /// `now` in seconds since 1970-01-01 UTC.
    func claims(
        for code: String,
        _ request: Request,
        at now: Int64
    ) async throws(OpenIDRefusal) -> IDToken {
        var known = try await current()
        let text = try await token(for: code, request, known.metadata)
        let header = try OpenIDClient.header(of: text)
        guard IDToken.algorithms.contains(header.alg), header.crit == nil else {
            throw .algorithmRefused
        }
        if !known.keys.has(header.kid) { known = try await current(isFresh: true) }
        let token = try await known.keys.read(text)
        try token.check(
            by: issuer.issuer,
            for: issuer.clientID,
            nonce: request.nonce,
            at: now
        )
        return token
    }

    static func header(of token: String) throws(OpenIDRefusal) -> TokenHeader {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.urlDecode(parts[0]) else {
            throw .tokenMalformed
        }
        do {
            return try JSONDecoder().decode(TokenHeader.self, from: Data(bytes))
        } catch {
            throw .tokenMalformed
        }
    }

    /// What is known of the provider; asked for anew where that is too long ago, or `isFresh`.
    private func current(isFresh: Bool = false) async throws(OpenIDRefusal) -> ProviderFacts.Facts {
        try await facts.read(isFresh: isFresh) { () throws(OpenIDRefusal) in try await fetch() }
    }

    private func fetch() async throws(OpenIDRefusal) -> ProviderFacts.Facts {
        let base = issuer.issuer.hasSuffix("/") ? String(issuer.issuer.dropLast()) : issuer.issuer
        let document = try await ask(
            HTTPClientRequest(url: base + "/.well-known/openid-configuration")
        )
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let metadata: Metadata
        do {
            metadata = try decoder.decode(Metadata.self, from: Data(document))
        } catch {
            throw .metadataMalformed
        }
        let places = [metadata.authorizationEndpoint, metadata.tokenEndpoint, metadata.jwksUri]
        guard metadata.issuer == issuer.issuer, places.allSatisfy(OpenIDIssuer.isSafe) else {
            throw .metadataForeign
        }
        let keys = try await ProviderKeys(try await ask(HTTPClientRequest(url: metadata.jwksUri)))
        return ProviderFacts.Facts(metadata: metadata, keys: keys)
    }

    private func token(
        for code: String,
        _ request: Request,
        _ metadata: Metadata
    ) async throws(OpenIDRefusal) -> String {
        var fields = [
            ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", request.redirect), ("code_verifier", request.verifier),
        ]
        var asked = HTTPClientRequest(url: metadata.tokenEndpoint)
        asked.method = .POST
        asked.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        // RFC 6749, 2.3.1: the way that every provider has, unless it says that it has not.
        let ways = metadata.tokenEndpointAuthMethodsSupported ?? ["client_secret_basic"]
        if ways.contains("client_secret_basic") {
            let pair = [issuer.clientID, issuer.clientSecret].map(OpenIDClient.escaped)
            let basic = Base64.encode(Array(pair.joined(separator: ":").utf8))
            asked.headers.add(name: "authorization", value: "Basic " + basic)
        } else {
            fields += [("client_id", issuer.clientID), ("client_secret", issuer.clientSecret)]
        }
        asked.body = .bytes(ByteBuffer(string: OpenIDClient.form(fields)))
        struct Answer: Decodable { var id_token: String }
        let answer: [UInt8]
        do throws(OpenIDRefusal) {
            answer = try await ask(asked)
        } catch .denied {
            throw .codeRefused
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(answer)).id_token
        } catch {
            throw .tokenMalformed
        }
    }

    /// The body of an answer that is 200.
    ///
    /// - Throws: `.unreachable`; `.denied` for another status of the caller's making.
    private func ask(_ request: HTTPClientRequest) async throws(OpenIDRefusal) -> [UInt8] {
        do {
            // One for each question: they are as rare as sign-ins, and nothing is left open.
            return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let answer = try await client.execute(request, timeout: OpenIDClient.patience)
                let body = try await answer.body.collect(upTo: OpenIDClient.answerBytesMax)
                guard answer.status.code == 200 else {
                    throw (400..<500).contains(answer.status.code)
                        ? OpenIDRefusal.denied : OpenIDRefusal.unreachable
                }
                return Array(buffer: body)
            }
        } catch let error as OpenIDRefusal {
            throw error
        } catch {
            throw .unreachable
        }
    }

    /// Follows no redirect: the addresses are those that the provider published and we checked, and
    /// a secret goes nowhere else.
    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: OpenIDClient.patience, read: OpenIDClient.patience)
        if let roots = issuer.trustRoots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(roots)
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    static func form(_ fields: [(String, String)]) -> String {
        fields.map { escaped($0.0) + "=" + escaped($0.1) }.joined(separator: "&")
    }

    /// A text as a query or form may have it.
    static func escaped(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%" + hexadecimal([byte]).uppercased()
            }
        }
        return out
    }
}
