import Finance
import HTTPTypes
import MyData
import Simulation
import Testing

@testable import Sandbox

/// The life of tokens, and what they are issued for.
struct TokenTests {
    @Test func `a token lives 90 days and is renewed until a year after its first issue`()
        async throws
    {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let consent = try sandbox.consent(bank)
        let form = try sandbox.tokenForm(person, bank, consent: consent)
        let issued = await sandbox.oauth(bank, "token", form)
        #expect(issued.json["expires_in"]?.scalar == "7776000")
        #expect(issued.json["refresh_token_expires_in"]?.scalar == "31536000")
        #expect(issued.json["tx_id"]?.scalar == "tx-1")
        #expect(issued.json["scope"]?.scalar?.hasPrefix("bank.list") == true)
        let refresh = try #require(issued.json["refresh_token"]?.scalar)
        var token = try #require(issued.json["access_token"]?.scalar)
        sandbox.clock.advance(by: 90 * 86_400)
        #expect(await sandbox.list(bank, token: token).code == "40101")
        let renewed = await sandbox.refresh(bank, refresh)
        let old = token
        token = try #require(renewed.json["access_token"]?.scalar)
        #expect(renewed.json["refresh_token"] == nil)
        #expect(await sandbox.list(bank, token: token).code == "00000")
        #expect(await sandbox.list(bank, token: old).code == "40101")
        sandbox.clock.advance(by: 260 * 86_400)
        let last = await sandbox.refresh(bank, refresh)
        #expect(last.json["expires_in"]?.scalar == String(15 * 86_400))
        sandbox.clock.advance(by: 15 * 86_400)
        #expect(await sandbox.refresh(bank, refresh).error == "invalid_grant")
    }

    @Test func `a new request ends the old pair, of the same person at the same provider only`()
        async throws
    {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let (other, card) = try sandbox.customer(of: .card)
        let form = try sandbox.tokenForm(person, bank, consent: try sandbox.consent(bank))
        let first = await sandbox.oauth(bank, "token", form)
        let unrelated = try await sandbox.token(other, card)
        let second = try await sandbox.token(person, bank)
        let old = try #require(first.json["access_token"]?.scalar)
        let refresh = try #require(first.json["refresh_token"]?.scalar)
        #expect(await sandbox.list(bank, token: old).code == "40101")
        #expect(await sandbox.refresh(bank, refresh).error == "invalid_grant")
        #expect(await sandbox.list(bank, token: second).code == "00000")
        #expect(await sandbox.list(card, token: unrelated).code == "00000")
    }

    @Test func `tokens outlive the process, and so does their end`() async throws {
        let before = try DeskFixture(keepsTokens: true)
        let (person, bank) = try before.customer()
        let (other, card) = try before.customer(of: .card)
        let dead = try await before.token(person, bank)
        let form = try before.tokenForm(
            person,
            bank,
            consent: try before.consent(bank, assets: ["1"])
        )
        let issued = await before.oauth(bank, "token", form)
        let refresh = try #require(issued.json["refresh_token"]?.scalar)
        let renewed = await before.refresh(bank, refresh)
        let token = try #require(renewed.json["access_token"]?.scalar)
        let revoked = try await before.token(other, card)
        let fields = before.client(card, ["token": revoked])
        _ = await before.oauth(card, "revoke", DeskFixture.form(fields))

        let after = try DeskFixture(keepsTokens: true, in: before.directory)
        #expect(await after.list(bank, token: dead).code == "40101")
        #expect(await after.list(card, token: revoked).code == "40101")
        let listed = await after.list(bank, token: token)
        #expect(listed.code == "00000")
        #expect(listed.json["account_list"]?.elements?.first?["is_consent"]?.scalar == "false")
        #expect(await after.refresh(bank, refresh).status == 200)
        #expect(await after.list(bank, token: token).code == "40101")
    }

    @Test func `revoking ends both, and answers 200 to anything`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let form = try sandbox.tokenForm(person, bank, consent: try sandbox.consent(bank))
        let issued = await sandbox.oauth(bank, "token", form)
        let token = try #require(issued.json["access_token"]?.scalar)
        for expected in ["00000", "99999"] {
            let reply = await sandbox.oauth(
                bank,
                "revoke",
                DeskFixture.form(sandbox.client(bank, ["token": token]))
            )
            #expect(reply.status == 200)
            #expect(reply.code == expected)
        }
        #expect(await sandbox.list(bank, token: token).code == "40101")
        let refresh = try #require(issued.json["refresh_token"]?.scalar)
        #expect(await sandbox.refresh(bank, refresh).error == "invalid_grant")
    }

    @Test(arguments: [
        (["client_secret": "x"], "invalid_client", 401),
        (["client_id": "x"], "invalid_client", 401),
        (["grant_type": "magic"], "unsupported_grant_type", 400),
        (["org_code": "A1BK999999"], "invalid_request", 400),
        (["username": "nobody"], "unauthorized_user", 400),
        (["password": "AAAA", "password_len": "4"], "invalid_grant", 400),
        (["password_len": "1"], "invalid_request", 400), (["tx_id": "tx-2"], "invalid_grant", 400),
        (["ca_code": "Z9XX010000"], "invalid_request", 400),
        (["consent_type": "0"], "invalid_request", 400),
        (["consent": "{}", "consent_len": "2"], "invalid_grant", 400),
    ])
    func `a token request that is wrong in one place is refused`(
        changes: [String: String],
        error: String,
        status: Int
    ) async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let form = try sandbox.tokenForm(
            person,
            bank,
            consent: try sandbox.consent(bank),
            changing: changes
        )
        let reply = await sandbox.oauth(bank, "token", form)
        #expect(reply.error == error)
        #expect(reply.status == status)
    }

    @Test(arguments: [
        (["scope": "bank.deposit"], "invalid_scope"),
        (["scope": "bank.list card.card"], "invalid_scope"),
        (["end_date": "20270301"], "invalid_grant"), (["end_date": "20260101"], "invalid_grant"),
        (["end_date": "soon"], "invalid_grant"), (["fnd_cycle": "1/5w"], "invalid_grant"),
        (["rcv_org_code": "Z2OP010000"], "invalid_grant"),
        (["org_code": "A1BK999999"], "invalid_grant"), (["is_scheduled": "yes"], "invalid_grant"),
    ])
    func `what was signed is checked too`(changes: [String: String], error: String) async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let consent = try sandbox.consent(bank, changing: changes)
        let form = try sandbox.tokenForm(person, bank, consent: consent)
        #expect(await sandbox.oauth(bank, "token", form).error == error)
    }

    @Test func `each age has its own endpoint, and is refused at the other`() async throws {
        let sandbox = try DeskFixture(persons: 200)
        func ask(_ endpoint: String, _ ages: ClosedRange<Int>) async throws -> ServerReply {
            let (person, bank) = try sandbox.customer(ages: ages)
            let consent = try sandbox.consent(bank, scope: "bank.list bank.deposit")
            return await sandbox.oauth(
                bank,
                endpoint,
                try sandbox.tokenForm(person, bank, consent: consent)
            )
        }
        let (minors, adults) = (14...18, 19...Int.max)
        #expect(try await ask("token", adults).status == 200)
        #expect(try await ask("youth_token", minors).status == 200)
        #expect(try await ask("token", minors).error == "unauthorized_user")
        #expect(try await ask("youth_token", adults).error == "unauthorized_user")
    }

    @Test func `people grow older with the sandbox's clock`() throws {
        let sandbox = try DeskFixture()
        let first = Int64(sandbox.world.firstDay.daysSinceEpoch) * 86_400
        let birth = sandbox.world.name(of: 0).age
        #expect(sandbox.world.age(of: 0, at: first) == birth)
        #expect(sandbox.world.age(of: 0, at: first + 364 * 86_400) == birth)
        #expect(sandbox.world.age(of: 0, at: first + 365 * 86_400) == birth + 1)
        #expect(sandbox.world.age(of: 0, at: first - 86_400) == birth)
    }

    @Test func `the authentication body gives what a token is issued for`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let body = "/" + SandboxServerConfiguration.authenticationCode
        var fields = sandbox.client(bank, ["grant_type": "client_credentials", "scope": "ca"])
        fields["org_code"] = nil
        let admitted = await sandbox.desk.reply(
            to: sandbox.ask("POST", body + "/oauth/2.0/token", body: DeskFixture.form(fields))
        )
        let token = try #require(admitted.json["access_token"]?.scalar)
        let consent = try sandbox.consent(bank)
        var line = JSONObject()
        line.add("tx_id", "tx-1")
        line.add("consent", consent)
        line.add("consent_len", consent.utf8.count)
        var request = JSONObject()
        request.add("sign_tx_id", "sign-1")
        request.add("person", person)
        request.add("consent_type", "1")
        request.add("consent_cnt", "1")
        request.add("consent_list", [line])
        let asked = await sandbox.post(body + "/v1/ca/sign_request", request, token: token)
        let certificate = try #require(asked.json["cert_tx_id"]?.scalar)
        var fetch = JSONObject()
        fetch.add("sign_tx_id", "sign-1")
        fetch.add("cert_tx_id", certificate)
        let signed = await sandbox.post(body + "/v1/ca/sign_result", fetch, token: token)
        #expect(signed.json["user_ci"]?.scalar == sandbox.world.ci(of: person))
        let first = try #require(signed.json["signed_consent_list"]?.elements?.first)
        let password = try #require(first["signed_consent"]?.scalar)
        let form = try sandbox.tokenForm(
            person,
            bank,
            consent: consent,
            changing: ["password": password, "password_len": "\(password.utf8.count)"]
        )
        #expect(await sandbox.oauth(bank, "token", form).status == 200)
        #expect(await sandbox.post(body + "/v1/ca/sign_result", fetch, token: token).status == 400)
        #expect(
            await sandbox.post(body + "/v1/ca/sign_request", request, token: "x").code == "40101"
        )
    }

    @Test func `individual authentication: a code is good once, for ten minutes`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        func code() async throws -> String {
            var ask = sandbox.ask(
                "GET",
                "/\(bank)/oauth/2.0/authorize",
                query: DeskFixture.form([
                    "org_code": bank, "response_type": "code",
                    "client_id": "sandbox-service-0001",
                    "redirect_uri": "https://operator.example/callback", "app_scheme": "",
                    "state": "s 1",
                ]),
                type: nil
            )
            ask.headers[SandboxHeader.userCI] = sandbox.world.ci(of: person)
            let reply = await sandbox.desk.reply(to: ask)
            #expect(reply.status == 302)
            let location = try #require(reply.location)
            #expect(location.contains("state=s%201"))
            let mark = try #require(location.firstRange(of: "?code="))
            return String(location[mark.upperBound...].prefix { $0 != "&" })
        }
        func exchange(_ code: String) async -> ServerReply {
            let fields = [
                "grant_type": "authorization_code", "code": code,
                "redirect_uri": "https://operator.example/callback",
            ]
            return await sandbox.oauth(
                bank,
                "token",
                DeskFixture.form(sandbox.client(bank, fields))
            )
        }
        let first = try await code()
        let issued = await exchange(first)
        let token = try #require(issued.json["access_token"]?.scalar)
        #expect(await sandbox.list(bank, token: token).code == "00000")
        #expect(await exchange(first).error == "invalid_grant")
        let late = try await code()
        sandbox.clock.advance(by: 600)
        #expect(await exchange(late).error == "invalid_grant")
    }
}

extension DeskFixture {
    /// Fields that every form of the operator's has.
    func client(_ provider: String, _ more: [String: String]) -> [String: String] {
        more.merging([
            "org_code": provider, "client_id": "sandbox-service-0001", "client_secret": secret,
        ]) { $1 }
    }

    /// 개별인증-003.
    func refresh(_ provider: String, _ token: String) async -> ServerReply {
        let fields = client(provider, ["grant_type": "refresh_token", "refresh_token": token])
        return await oauth(provider, "token", DeskFixture.form(fields))
    }

    /// A JSON body to any path.
    func post(_ path: String, _ body: JSONObject, token: String?) async -> ServerReply {
        let text = String(decoding: body.encoded, as: UTF8.self)
        return await desk.reply(to: ask("POST", path, body: text, token: token))
    }

    /// A call with the control certificate.
    func control(_ method: String, _ path: String, query: String = "", body: String = "")
        async -> ServerReply
    {
        var ask = ask(method, "/sandbox/" + path, query: query, body: body)
        ask.caller = Authority.Party.control.serialNumber
        return await desk.reply(to: ask)
    }
}
