import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Signing in by a provider that runs beside the test.
struct OpenIDTests {
    func contract(_ issuer: TestIssuer, isForPersons: Bool = false) throws -> Contract {
        let members =
            isForPersons
            ? "for: persons\n    claim: ci"
            : "for: operators\n    claim: groups\n    roles: {ledger-auditors: [auditor]}"
        let yaml = """
            issuers:
              - name: staff
                label: Staff
                issuer: \(issuer.address)
                client_id: jangbu
                client_secret_file: /secret
                \(members)
            """
        let means = try SignInMeans(yaml: yaml, now: { TestIssuer.now }) { _ in TestIssuer.secret }
        return try Contract { $0.signIn = means }
    }

    /// Goes there, agrees, comes back.
    private func signIn(
        _ client: Contract.Client,
        _ issuer: TestIssuer
    ) async throws -> TestResponse {
        let (query, cookie) = try await begin(client, issuer)
        return try await client.send(
            "/sign-in/with/staff/back" + query,
            headers: [.cookie: cookie]
        )
    }

    func begin(
        _ client: Contract.Client,
        _ issuer: TestIssuer
    ) async throws -> (query: String, cookie: String) {
        let begun = try await client.send("/sign-in/with/staff", isBare: true)
        #expect(begun.status == .seeOther)
        let cookie = try #require(begun.headers[.setCookie])
        for part in ["jangbu_begun=", "HttpOnly", "SameSite=Lax"] { #expect(cookie.contains(part)) }
        let query = try issuer.agree(try #require(begun.headers[.location]))
        return (query, String(try #require(cookie.split(separator: ";").first)))
    }

    private func session(_ answer: TestResponse) throws -> HTTPFields {
        let cookies = answer.headers[values: .setCookie]
        let own = try #require(cookies.first { $0.hasPrefix(Admission.cookieName) })
        #expect(own.contains("SameSite=Strict") && own.contains("HttpOnly"))
        return [.cookie: String(own.prefix { $0 != ";" })]
    }

    @Test
    func `an operator is let in with the roles that their groups give, and recorded by a number`()
        async throws
    {
        let issuer = TestIssuer()
        try await issuer.run {
            let contract = try contract(issuer)
            try await contract.run { client in
                let page = try await client.send("/sign-in", isBare: true)
                #expect(String(buffer: page.body).contains("href=\"/sign-in/with/staff\""))
                let answer = try await signIn(client, issuer)
                #expect(answer.status == .ok)
                #expect(answer.headers[try #require(HTTPField.Name("Refresh"))] == "0; url=/")
                let session = try session(answer)
                #expect(try await client.send("/", headers: session).status == .ok)
                let id = try await client.firstPerson()
                let path = "/v1/subjects/\(id)"
                #expect(try await client.send(path, headers: session).status == .ok)
                let operation = path + "?purpose=operation"
                #expect(try await client.send(operation, headers: session).status == .forbidden)
                let looks = contract.ledger.looks.withLock { $0[id] ?? [] }
                #expect(looks.count == 1)
                #expect(looks[0].actor.wholeMatch(of: /openid:staff:[0-9a-f]{16}/) != nil)
                #expect(looks[0].role == "auditor" && looks[0].purpose == "audit")
                #expect(looks[0].items == "GET /v1/subjects/{subject}")
            }
            #expect(!contract.log.text.contains("kim"))
        }
    }

    @Test func `a person sees themselves and nobody else, and the CI is nowhere`() async throws {
        let issuer = TestIssuer()
        try await issuer.run {
            let contract = try contract(issuer, isForPersons: true)
            let (own, other) = (contract.ledger.ids[0], contract.ledger.ids[1])
            issuer.name("ci" + own)
            try await contract.run { client in
                let answer = try await signIn(client, issuer)
                #expect(contract.ledger.signIns.withLock { $0 } == ["staff"])
                #expect(!String(buffer: answer.body).contains("ci" + own))
                let session = try session(answer)
                let me = try await client.send("/me", headers: session)
                #expect(me.headers[.location] == "/subjects/" + own)
                for path in ["/v1/subjects/", "/subjects/"] {
                    #expect(try await client.send(path + own, headers: session).status == .ok)
                    let found = try await client.send(path + other, headers: session)
                    #expect(found.status == .notFound)
                    let nobody = path + String(repeating: "0", count: 32)
                    let missing = try await client.send(nobody, headers: session)
                    #expect(missing.status == .notFound)
                }
                for path in ["/", "/subjects", "/v1/subjects", "/v1/overview", "/metrics"] {
                    #expect(try await client.send(path, headers: session).status == .forbidden)
                }
                #expect(contract.ledger.looks.withLock { $0[other] } == nil)
                let seen = try await client.send("/v1/subjects/\(own)/accesses", headers: session)
                let list = try Value(json: seen.body.readableBytesView)["items"]?.items ?? []
                #expect(list.count == 3)
                #expect(list.allSatisfy { $0["purpose"] == .string("own-view") })
            }
            #expect(!contract.log.text.contains("ci" + own))
            issuer.name("ci" + String(repeating: "0", count: 32))
            try await contract.run { client in
                let nobody = try await signIn(client, issuer)
                #expect(nobody.status == .unauthorized)
                #expect(nobody.headers[values: .setCookie].isEmpty)
            }
        }
    }

    @Test(arguments: TestIssuer.Fault.allCases)
    func `what is wrong with a token or with its issuer lets nobody in`(
        fault: TestIssuer.Fault
    ) async throws {
        let issuer = TestIssuer()
        try await issuer.run {
            let contract = try contract(issuer)
            try await contract.run { client in
                let isOfIssuer = [.foreignMetadata, .unsafeMetadata, .movedMetadata].contains(fault)
                issuer.fault = fault
                guard !isOfIssuer else {
                    let begun = try await client.send("/sign-in/with/staff", isBare: true)
                    #expect(begun.status == .unauthorized)
                    return
                }
                let answer = try await signIn(client, issuer)
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[values: .setCookie].isEmpty)
                // The same issuer, once it does right, lets in.
                issuer.fault = nil
                #expect(try await signIn(client, issuer).status == .ok)
            }
            #expect(contract.log.text.contains("sign-in refused"))
        }
    }

    @Test func `a state is good once, for the browser that began, at the provider it began at`()
        async throws
    {
        let issuer = TestIssuer()
        try await issuer.run {
            try await contract(issuer).run { client in
                let back = "/sign-in/with/staff/back"
                let (query, cookie) = try await begin(client, issuer)
                let elsewhere: HTTPFields = [
                    .cookie: "jangbu_begun=" + String(repeating: "0", count: 64)
                ]
                let stolen = try await client.send(back + query, headers: elsewhere)
                #expect(stolen.status == .unauthorized)
                let bent = cookie.dropLast() + (cookie.hasSuffix("1") ? "2" : "1")
                let older = try await client.send(back + query, headers: [.cookie: String(bent)])
                #expect(older.status == .unauthorized)
                // Nobody's attempt takes it from whose it is.
                let own = try await client.send(back + query, headers: [.cookie: cookie])
                #expect(own.status == .ok)
                let (again, same) = try await begin(client, issuer)
                let first = try await client.send(back + again, headers: [.cookie: same])
                #expect(first.status == .ok)
                let replayed = try await client.send(back + again, headers: [.cookie: same])
                #expect(replayed.status == .unauthorized)
                #expect(issuer.tokensAsked == 2)
                for query in ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied"]
                {
                    let answer = try await client.send(back + query, headers: [.cookie: same])
                    #expect(answer.status == .unauthorized)
                }
                #expect(issuer.tokensAsked == 2)
                let unknown = try await client.send("/sign-in/with/other", isBare: true)
                #expect(unknown.status == .notFound)
            }
        }
    }

    @Test func `new keys of a provider are asked for when a token names one`() async throws {
        let issuer = TestIssuer()
        try await issuer.run {
            try await contract(issuer).run { client in
                let first = try await signIn(client, issuer)
                #expect(first.status == .ok)
                issuer.rotate()
                let second = try await signIn(client, issuer)
                #expect(second.status == .ok)
            }
        }
    }

    @Test func `a provider that does not answer is said, not waited for`() async throws {
        let issuer = TestIssuer()
        // Nobody listens at port 0.
        try await contract(issuer).run { client in
            let answer = try await client.send("/sign-in/with/staff", isBare: true)
            #expect(answer.status == .unauthorized)
        }
    }

    @Test(arguments: [
        (
            "- {name: a b, label: L, for: persons, claim: ci, issuer: 'https://a', client_id: c}",
            "letters"
        ),
        (
            "- {name: a, label: L, for: persons, claim: ci, issuer: 'http://a.b', client_id: c}",
            "https"
        ),
        (
            "- {name: a, label: L, for: persons, claim: ci, issuer: 'ftp://[::1]', client_id: c}",
            "https"
        ),
        (
            "- {name: a, label: L, for: all, claim: ci, issuer: 'https://a', client_id: c}",
            "persons or"
        ),
        (
            "- {name: a, label: L, for: operators, claim: g, issuer: 'https://a', client_id: c}",
            "lacks roles"
        ),
        ("- {name: a, label: L, for: persons, claim: ci, client_id: c}", "lacks issuer"),
    ])
    func `a provider that cannot be trusted is refused at the start`(
        line: String,
        reason: String
    ) {
        let yaml = "issuers:\n  " + line.replacing("}", with: ", client_secret_file: f}")
        let error = #expect(throws: WebRefusal.self) {
            try SignInMeans(yaml: yaml, now: { 0 }) { _ in "secret" }
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test
    func `roles that there are not, and an address that nobody can come back to, are refused`()
        throws
    {
        let yaml = "certificates:\n  - {name: 'CN=kim', roles: [emperor]}"
        let means = try SignInMeans(yaml: yaml, now: { 0 }) { _ in "" }
        let error = #expect(throws: WebRefusal.self) { try Contract { $0.signIn = means } }
        #expect(error == .signInRefused(reason: "there is no role emperor"))
        #expect(throws: WebRefusal.publicURLInvalid) {
            try Contract { $0.publicURL = "http://jangbu.example" }
        }
        #expect(throws: Never.self) {
            try Contract { $0.publicURL = "https://jangbu.example" }
        }
    }
}
