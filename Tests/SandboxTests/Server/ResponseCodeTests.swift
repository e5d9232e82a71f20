import Finance
import HTTPTypes
import MyData
import Simulation
import Testing

@testable import Sandbox

/// Every rsp_code that a provider of this kind gives, reached by what the standard gives it for.
struct ResponseCodeTests {
    @Test func `a list, a history and terms are answered`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        #expect(await sandbox.list(bank, token: token).code == "00000")
        let movements = await sandbox.movements(bank, account, token: token)
        #expect(movements.status == 200)
        #expect(movements.code == "00000")
        #expect(movements.json["trans_list"]?.elements?.isEmpty == false)
        let terms = await sandbox.desk.reply(
            to: sandbox.ask(
                "GET",
                "/\(bank)/v2/bank/consents",
                query: "org_code=\(bank)",
                token: token
            )
        )
        #expect(terms.json["add_cycle"]?.scalar == "1/2w")
        #expect(terms.json["is_consent_trans_memo"]?.scalar == "true")
        #expect(terms.json["is_consent_trans_category"] == nil)
    }

    @Test func `the list of APIs needs no token and no version`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank) = try sandbox.customer()
        let reply = await sandbox.desk.reply(
            to: sandbox.ask("GET", "/\(bank)/bank/apis", query: "client_id=x", type: nil)
        )
        #expect(reply.json["version"]?.scalar == "v2")
        let lines = reply.json["api_list"]?.elements ?? []
        #expect(lines.contains { $0["api_uri"]?.scalar == "/bank/accounts/deposit/transactions" })
    }

    @Test(arguments: [
        "x-api-type", "x-api-tran-id", "wrong type", "short", "foreign", "lower case",
        "of a provider",
    ])
    func `a header that is missing or malformed is 40002`(what: String) async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        var ask = sandbox.ask(
            "GET",
            "/\(bank)/v2/bank/accounts",
            query: "org_code=\(bank)&search_timestamp=0&limit=5",
            token: token
        )
        let fresh = sandbox.transaction()
        switch what {
        case "x-api-type": ask.headers[SandboxHeader.type] = nil
        case "wrong type": ask.headers[SandboxHeader.type] = "now"
        case "x-api-tran-id": ask.headers[SandboxHeader.transaction] = nil
        case "short": ask.headers[SandboxHeader.transaction] = String(fresh.dropLast())
        case "foreign":
            ask.headers[SandboxHeader.transaction] = fresh.replacing("Z1OP", with: "Z2OP")
        case "lower case":
            ask.headers[SandboxHeader.transaction] = fresh.dropLast() + "a"
        default: ask.headers[SandboxHeader.transaction] = fresh.replacing("M", with: "S")
        }
        let reply = await sandbox.desk.reply(to: ask)
        #expect(reply.status == 400)
        #expect(reply.code == "40002")
    }

    @Test func `a transaction that comes again the same day is 40002, and good the next day`()
        async throws
    {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        let ask = sandbox.ask(
            "GET",
            "/\(bank)/v2/bank/accounts",
            query: "org_code=\(bank)&search_timestamp=0&limit=5",
            token: token
        )
        #expect(await sandbox.desk.reply(to: ask).code == "00000")
        #expect(await sandbox.desk.reply(to: ask).code == "40002")
        sandbox.clock.advance(by: 86_400)
        #expect(await sandbox.desk.reply(to: ask).code == "00000")
    }

    @Test(arguments: [
        ["limit": "501"], ["limit": "0"], ["limit": "x"], ["limit": nil], ["from_date": "20251301"],
        ["from_date": "2025-01-01"], ["to_date": nil], ["account_num": nil], ["account_num": ""],
        ["account_num": "123456789012345678901"], ["from_date": "20251231", "to_date": "20251230"],
        ["org_code": nil], ["next_page": ""],
    ])
    func `a parameter that is missing or malformed is 40001`(changes: [String: String?])
        async throws
    {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        let reply = await sandbox.movements(bank, account, token: token, changing: changes)
        #expect(reply.code == "40001")
    }

    @Test func `a mark beside a cursor, and a body that is no JSON, are 40001`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        let both = sandbox.ask(
            "GET",
            "/\(bank)/v2/bank/accounts",
            query: "org_code=\(bank)&search_timestamp=0&limit=5&next_page=x",
            token: token
        )
        #expect(await sandbox.desk.reply(to: both).code == "40001")
        let broken = sandbox.ask(
            "POST",
            "/\(bank)/v2/bank/accounts/deposit/basic",
            body: "{\"org_code\":",
            token: token
        )
        #expect(await sandbox.desk.reply(to: broken).code == "40001")
    }

    @Test(arguments: [
        ("v9/bank/accounts", "40003"), ("v2/bank/nothing", "40401"), ("v2/card/cards", "40401"),
        ("v2/bank/accounts/deposit/basic", "40501"), ("nothing", "40401"),
        ("v1/bank/accounts/deposit/scheduled", "40003"),
    ])
    func `versions, endpoints and methods that are not there`(path: String, code: String)
        async throws
    {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        let ask = sandbox.ask("GET", "/\(bank)/\(path)", query: "org_code=\(bank)", token: token)
        #expect(await sandbox.desk.reply(to: ask).code == code)
    }

    @Test(arguments: [
        ("20250101", "20251231", "user-consent", "00000"),
        ("20240101", "20251231", "user-refresh", "40004"),
        ("20230101", "20251231", "user-search", "00000"),
        ("20200101", "20251231", "user-search", "40304"),
        ("20251214", "20260114", "scheduled", "00000"),
        ("20251201", "20260114", "scheduled", "40004"),
    ])
    func `windows by kind of transfer`(from: String, to: String, type: String, code: String)
        async throws
    {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        let reply = await sandbox.movements(
            bank,
            account,
            token: token,
            from: from,
            to: to,
            type: type
        )
        #expect(reply.code == code)
    }

    @Test func `a certificate of somebody else is 40103`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        var ask = sandbox.ask("GET", "/\(bank)/v2/bank/accounts", token: token)
        ask.caller = Authority.Party.portal.serialNumber
        let reply = await sandbox.desk.reply(to: ask)
        #expect(reply.status == 401)
        #expect(reply.code == "40103")
    }

    @Test func `tokens: none, wrong, another provider's are 40101`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        #expect(await sandbox.list(bank, token: "x").code == "40101")
        let other = try #require(sandbox.world.providers.last { $0.industry == .bank }).code
        #expect(await sandbox.list(other, token: token).code == "40101")
        let without = sandbox.ask("GET", "/\(bank)/v2/bank/accounts", query: "org_code=\(bank)")
        #expect(await sandbox.desk.reply(to: without).code == "40101")
    }

    @Test func `scopes and assets that the transfer request does not name`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank, _, account) = try await sandbox.deposit()
        let scoped = try await sandbox.token(
            person,
            bank,
            consent: try sandbox.consent(bank, scope: "bank.list bank.loan")
        )
        #expect(await sandbox.movements(bank, account, token: scoped).code == "40104")
        let other = try await sandbox.token(
            person,
            bank,
            consent: try sandbox.consent(bank, assets: ["1"])
        )
        #expect(await sandbox.movements(bank, account, token: other).code == "40105")
        let listed = await sandbox.list(bank, token: other).json["account_list"]?.elements ?? []
        #expect(listed.allSatisfy { $0["is_consent"]?.scalar == "false" })
        #expect(!listed.isEmpty)
    }

    @Test func `an asset that is not there is 40402, another's org_code 40303`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        #expect(await sandbox.movements(bank, "404", token: token).code == "40402")
        let reply = await sandbox.movements(
            bank,
            account,
            token: token,
            changing: ["org_code": "A1BK999999"]
        )
        #expect(reply.code == "40303")
        #expect(reply.status == 403)
    }

    @Test func `after the end of the request it is 40106, although the token lives`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let consent = try sandbox.consent(bank, changing: ["end_date": "20260120"])
        let token = try await sandbox.token(person, bank, consent: consent)
        #expect(await sandbox.list(bank, token: token).code == "00000")
        sandbox.clock.advance(by: 7 * 86_400)
        #expect(await sandbox.list(bank, token: token).code == "40106")
    }

    @Test func `unchanged since the mark is 00001`() async throws {
        let sandbox = try DeskFixture()
        for provider in sandbox.world.providers where provider.industry == .bank {
            for person in 0..<sandbox.world.personCount
            where sandbox.world.providers(of: person).contains(provider.code) {
                let token = try await sandbox.token(person, provider.code)
                let listed = await sandbox.list(provider.code, token: token)
                guard let mark = listed.json["search_timestamp"]?.scalar, mark != "0" else {
                    continue
                }
                let again = await sandbox.desk.reply(
                    to: sandbox.ask(
                        "GET",
                        "/\(provider.code)/v2/bank/accounts",
                        query: "org_code=\(provider.code)&search_timestamp=\(mark)&limit=500",
                        token: token
                    )
                )
                #expect(again.code == "00001")
                #expect(again.status == 200)
                return
            }
        }
        Issue.record("no bank of this world supports search_timestamp")
    }

    @Test func `regular transfers: once in the cycle, in the slots, only where agreed`()
        async throws
    {
        let sandbox = try DeskFixture()
        let (person, bank, token, account) = try await sandbox.deposit()
        #expect(await sandbox.list(bank, token: token, type: "scheduled").code == "00000")
        #expect(await sandbox.list(bank, token: token, type: "scheduled").code == "42901")
        // 은행-001 is basic: every week. 은행-004 is additional: every second week.
        let window = ["20260101", "20260110"]
        func movements() async -> String {
            await sandbox.movements(
                bank,
                account,
                token: token,
                from: window[0],
                to: window[1],
                type: "scheduled"
            ).code
        }
        #expect(await movements() == "00000")
        sandbox.clock.advance(by: 7 * 86_400)
        #expect(await sandbox.list(bank, token: token, type: "scheduled").code == "00000")
        #expect(await movements() == "42901")
        sandbox.clock.advance(by: 7 * 86_400)
        #expect(await movements() == "00000")
        sandbox.clock.advance(by: 7 * 86_400 + 10 * 3_600)
        let outside = await sandbox.list(bank, token: token, type: "scheduled")
        #expect(outside.code == "50009")
        #expect(outside.status == 500)
        let once = try await sandbox.token(
            person,
            bank,
            consent: try sandbox.consent(bank, changing: ["is_scheduled": "false"])
        )
        #expect(await sandbox.list(bank, token: once, type: "scheduled").code == "40301")
    }

    @Test(arguments: ResponseCode.messages.keys.sorted().filter { $0 > 1 })
    func `every code can be asked for as a fault`(code: UInt32) async throws {
        let sandbox = try DeskFixture(faults: ["refuse=\(code)/101"])
        let (_, bank) = try sandbox.customer()
        let reply = await sandbox.list(bank, token: "x")
        #expect(reply.code == String(code))
        #expect(reply.status == Int(code / 100))
        #expect(reply.json["rsp_msg"]?.scalar?.isEmpty == false)
    }
}
