import Cryptography
import Finance
import Foundation
import Synchronization
import Testing

@testable import Sandbox

/// The authentication body as an OpenID provider, without its HTTP.
@Suite struct PersonIssuerTests {
    private final class Hands: Sendable {
        let seconds = Mutex<Int64>(1_772_420_400)
    }

    private let hands = Hands()
    private static let verifier = String(repeating: "v", count: 43)

    private func issuer() throws -> PersonIssuer {
        let books = SandboxWorld(
            WorldConfiguration(
                seed: 3,
                personCount: 5,
                firstDay: try #require(CivilDate(year: 2026, month: 1, day: 1)),
                months: 1
            )
        )
        let hands = hands
        return PersonIssuer(
            books: books,
            operators: [OperatorRegistration(clientSecret: "secret")],
            now: { hands.seconds.withLock { $0 } }
        )
    }

    private static func fields(_ edits: [String: String?] = [:]) -> [String: String] {
        let challenge = Base64.urlEncode(SHA256.hash(Array(verifier.utf8)).bytes)
        var fields = [
            "client_id": "sandbox-service-0001", "response_type": "code", "scope": "openid",
            "redirect_uri": "http://127.0.0.1:8080/sign-in/with/Z9CA010000/back",
            "state": "s&t", "nonce": "n", "code_challenge": challenge,
            "code_challenge_method": "S256",
        ]
        for (name, value) in edits { fields[name] = value }
        return fields
    }

    private static func request(_ code: String) -> [String: String] {
        [
            "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
            "redirect_uri": fields()["redirect_uri"] ?? "",
        ]
    }

    private static let basic = Base64.encode(Array("sandbox-service-0001:secret".utf8))

    private func code(_ issuer: PersonIssuer) throws -> String {
        let back = try issuer.agree(4, to: issuer.question(PersonIssuerTests.fields()))
        #expect(back.hasSuffix("&state=s%26t"))
        let query = try #require(back.split(separator: "?").last)
        return try #require(Form.parse(query)?["code"])
    }

    @Test func `a code gives a token that names the person, once`() throws {
        let issuer = try issuer()
        let code = try code(issuer)
        let fields = PersonIssuerTests.request(code)
        let basic = PersonIssuerTests.basic
        let token = try issuer.token(fields, basic: basic, issuer: "http://i")
        let parts = token.split(separator: ".").map(String.init)
        let claims = try JSONSerialization.jsonObject(
            with: Data(try #require(Base64.urlDecode(parts[1])))
        )
        let all = try #require(claims as? [String: Any])
        #expect(all["ci"] as? String == issuer.books.ci(of: 4))
        #expect(all["iss"] as? String == "http://i")
        #expect(all["aud"] as? String == "sandbox-service-0001")
        #expect(all["nonce"] as? String == "n")
        #expect(all["exp"] as? Int == 1_772_420_400 + 300)
        #expect(throws: PersonIssuer.Refusal("invalid_grant")) {
            try issuer.token(fields, basic: basic, issuer: "http://i")
        }
    }

    @Test(arguments: [
        ("code_verifier", "another"), ("redirect_uri", "http://127.0.0.1:1/back"), ("code", "no"),
    ])
    func `a token request that differs gets nothing`(name: String, value: String) throws {
        let issuer = try issuer()
        var fields = PersonIssuerTests.request(try code(issuer))
        fields[name] = value
        #expect(throws: PersonIssuer.Refusal("invalid_grant")) {
            try issuer.token(fields, basic: PersonIssuerTests.basic, issuer: "http://i")
        }
    }

    @Test func `a code is of two minutes, and only its operator's`() throws {
        let issuer = try issuer()
        let fields = PersonIssuerTests.request(try code(issuer))
        for basic in [nil, "", Base64.encode(Array("sandbox-service-0001:no".utf8))] {
            #expect(throws: PersonIssuer.Refusal("invalid_client")) {
                try issuer.token(fields, basic: basic, issuer: "http://i")
            }
        }
        hands.seconds.withLock { $0 += PersonIssuer.codeSeconds }
        #expect(throws: PersonIssuer.Refusal("invalid_grant")) {
            try issuer.token(fields, basic: PersonIssuerTests.basic, issuer: "http://i")
        }
    }

    @Test(arguments: [
        ("client_id", "another", "unauthorized_client"),
        ("redirect_uri", "https://evil.example/back", "unauthorized_client"),
        ("redirect_uri", "http://127.0.0.1.evil.example/back", "unauthorized_client"),
        ("redirect_uri", "http://user@127.0.0.1/back", "unauthorized_client"),
        ("redirect_uri", "http://127.0.0.1/back?x=1", "unauthorized_client"),
        ("redirect_uri", "javascript:alert(1)//back", "unauthorized_client"),
        ("response_type", "token", "invalid_request"), ("scope", "email", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"), ("state", nil, "invalid_request"),
        ("nonce", nil, "invalid_request"),
    ])
    func `a question of somebody else, or that lacks something, is not asked`(
        name: String,
        value: String?,
        error: String
    ) throws {
        let issuer = try issuer()
        #expect(throws: PersonIssuer.Refusal(error)) {
            try issuer.question(PersonIssuerTests.fields([name: value]))
        }
        #expect(throws: PersonIssuer.Refusal("access_denied")) {
            try issuer.agree(5, to: issuer.question(PersonIssuerTests.fields()))
        }
    }

    @Test func `what the operator wrote is text in the page`() throws {
        let question = try issuer().question(
            PersonIssuerTests.fields(["state": "\"><script>alert(1)</script>"])
        )
        let html = PersonIssuerPage(question, people: 5).html
        #expect(!html.contains("<script"))
        #expect(html.contains("&quot;&gt;&lt;script&gt;"))
    }
}
