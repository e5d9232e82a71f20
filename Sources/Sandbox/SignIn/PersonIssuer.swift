internal import Crypto
internal import Cryptography
internal import FoundationEssentials
internal import MyData
internal import Synchronization

/// The authentication body as an OpenID provider: says who a person of the sandbox is.
///
/// A real body asks for a certificate or a telephone; here one chooses a person and agrees. Its
/// clock is the world's: a sandbox's days pass in seconds, and no code would live that long.
final class PersonIssuer: Sendable {
    /// Seconds from agreeing until the operator asks for the token.
    static let codeSeconds: Int64 = 120
    /// Seconds that a token says it is good for.
    static let tokenSeconds: Int64 = 300
    /// Codes that wait at once.
    static let codeCountMax = 1_024

    /// What an operator asks for.
    struct Question: Sendable {
        var client: String
        var redirect: String
        var state: String
        var nonce: String
        /// base64url of the SHA-256 of what the token request will show (RFC 7636).
        var challenge: String
    }

    /// Why a question is not asked of anyone, as RFC 6749 words it.
    struct Refusal: Error, Equatable {
        var error: String
        init(_ error: String) { self.error = error }
    }

    private struct Kept {
        var person: Int
        var question: Question
        var ends: Int64
    }

    let books: any SandboxBooks
    private let operators: [OperatorRegistration]
    private let key = P256.Signing.PrivateKey()
    private let codes = Mutex<[String: Kept]>([:])
    /// Seconds since 1970-01-01 UTC.
    private let now: @Sendable () -> Int64

    init(
        books: any SandboxBooks,
        operators: [OperatorRegistration],
        now: @escaping @Sendable () -> Int64
    ) {
        (self.books, self.operators, self.now) = (books, operators, now)
    }

    /// What the query of an authorization request asks.
    func question(_ fields: [String: String]) throws(Refusal) -> Question {
        guard let client = fields["client_id"], let redirect = fields["redirect_uri"],
            operators.contains(where: { $0.clientID == client }),
            PersonIssuer.isOfThisMachine(redirect)
        else { throw Refusal("unauthorized_client") }
        guard fields["response_type"] == "code", let state = fields["state"],
            let nonce = fields["nonce"], let challenge = fields["code_challenge"],
            fields["code_challenge_method"] == "S256", challenge.utf8.count == 43,
            (fields["scope"] ?? "").split(separator: " ").contains("openid"),
            state.utf8.count <= 512, nonce.utf8.count <= 512
        else { throw Refusal("invalid_request") }
        return Question(
            client: client,
            redirect: redirect,
            state: state,
            nonce: nonce,
            challenge: challenge
        )
    }

    /// An operator of a sandbox runs on the same machine, on any port (RFC 8252, 7.3).
    private static func isOfThisMachine(_ redirect: String) -> Bool {
        guard let url = URL(string: redirect), let host = url.host() else { return false }
        return ["http", "https"].contains(url.scheme) && url.user() == nil
            && ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
            && url.path().hasSuffix("/back") && url.query() == nil && url.fragment() == nil
    }

    /// A person agrees: where their browser goes.
    func agree(_ person: Int, to question: Question) throws(Refusal) -> String {
        guard (0..<books.peopleCount).contains(person) else { throw Refusal("access_denied") }
        let code: String
        do throws(CryptographyError) {
            code = try TokenRegister.secret()
        } catch {
            throw Refusal("server_error")
        }
        let now = now()
        codes.withLock { codes in
            codes = codes.filter { $0.value.ends > now }
            if codes.count >= PersonIssuer.codeCountMax { codes.removeAll() }
            codes[code] = Kept(
                person: person,
                question: question,
                ends: now + PersonIssuer.codeSeconds
            )
        }
        return question.redirect + "?code=" + FormText.encode(code) + "&state="
            + FormText.encode(question.state)
    }

    /// The ID token for a code, once; `basic` is what follows `Basic ` in the request.
    func token(
        _ fields: [String: String],
        basic: String?,
        issuer: String
    ) throws(Refusal) -> String {
        let pair = basic.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
        let parts = (pair ?? "").split(separator: ":", maxSplits: 1)
            .compactMap { FormText.decode($0) }
        guard parts.count == 2,
            operators.contains(where: { $0.clientID == parts[0] && $0.clientSecret == parts[1] })
        else { throw Refusal("invalid_client") }
        guard fields["grant_type"] == "authorization_code", let code = fields["code"],
            let verifier = fields["code_verifier"]
        else { throw Refusal("invalid_request") }
        let now = now()
        let challenge = Base64.urlEncode(Cryptography.SHA256.hash(Array(verifier.utf8)).bytes)
        guard let kept = codes.withLock({ $0.removeValue(forKey: code) }), kept.ends > now,
            kept.question.client == parts[0], kept.question.challenge == challenge,
            kept.question.redirect == fields["redirect_uri"]
        else { throw Refusal("invalid_grant") }
        let ci = books.ci(of: kept.person)
        let claims = Claims(
            iss: issuer,
            // Another word than the CI: what goes through a browser's address names nobody.
            sub: Base64.urlEncode(Cryptography.SHA256.hash(Array(ci.utf8)).bytes),
            aud: kept.question.client,
            exp: now + PersonIssuer.tokenSeconds,
            iat: now,
            nonce: kept.question.nonce,
            ci: ci
        )
        return try sign(claims)
    }

    private struct Header: Encodable {
        var alg = "ES256"
        var kid = "1"
        var typ = "JWT"
    }

    private struct Claims: Encodable {
        var iss, sub, aud: String
        var exp, iat: Int64
        var nonce, ci: String
    }

    private func sign(_ claims: Claims) throws(Refusal) -> String {
        do {
            let parts = [try JSONEncoder().encode(Header()), try JSONEncoder().encode(claims)]
            let text = parts.map { Base64.urlEncode(Array($0)) }.joined(separator: ".")
            let signature = try key.signature(for: Array(text.utf8)).rawRepresentation
            return text + "." + Base64.urlEncode(Array(signature))
        } catch {
            throw Refusal("server_error")
        }
    }

    /// The public key as JSON (RFC 7517).
    var keys: [UInt8] {
        let point = Array(key.publicKey.rawRepresentation)
        let (x, y) = (Base64.urlEncode(Array(point[..<32])), Base64.urlEncode(Array(point[32...])))
        let text =
            #"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"1","#
            + #""x":"\#(x)","y":"\#(y)"}]}"#
        return Array(text.utf8)
    }

    /// What it is, for `/.well-known/openid-configuration`.
    static func metadata(_ issuer: String) -> [UInt8] {
        let text =
            #"{"issuer":"\#(issuer)","authorization_endpoint":"\#(issuer)/authorize","#
            + #""token_endpoint":"\#(issuer)/token","jwks_uri":"\#(issuer)/jwks","#
            + #""response_types_supported":["code"],"subject_types_supported":["public"],"#
            + #""id_token_signing_alg_values_supported":["ES256"],"#
            + #""code_challenge_methods_supported":["S256"],"#
            + #""token_endpoint_auth_methods_supported":["client_secret_basic"],"#
            + #""claims_supported":["sub","ci"]}"#
        return Array(text.utf8)
    }
}
