import Finance
import MyData
import Simulation
import Testing

@testable import Sandbox

/// Each fault does what it says and nothing else, and ends when it is cleared.
struct FaultTests {
    @Test(arguments: [
        "slow=200@A1BK010000/104%50", "refuse=50001", "cut/token%1", "down=3@B1CD010000", "fields",
        "types/208",
    ])
    func `a fault reads as it is written`(text: String) throws {
        #expect(try #require(Fault(text)).description == text)
    }

    @Test(arguments: ["", "slowly", "slow=x", "cut%1001", "cut/x", "cut%-1"])
    func `what is no fault is none`(text: String) { #expect(Fault(text) == nil) }

    @Test func `slow answers the same, later`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        let plain = await sandbox.list(bank, token: token)
        try await sandbox.set("slow=250")
        let late = await sandbox.list(bank, token: token)
        #expect(late.delay == .milliseconds(250))
        #expect(late.body == plain.body)
        try await sandbox.set()
        #expect(await sandbox.list(bank, token: token).delay == .zero)
    }

    @Test func `bodies are spoilt as their fault says`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        let plain = await sandbox.movements(bank, account, token: token)
        func spoilt(_ fault: String) async throws -> ServerReply {
            try await sandbox.set(fault)
            return await sandbox.movements(bank, account, token: token)
        }
        let types = try await spoilt("types")
        let amounts = types.json["trans_list"]?.elements?.compactMap { $0["trans_amt"]?.elements }
        #expect(amounts?.count == 1)
        let codes = try await spoilt("codes")
        #expect(codes.json["trans_list"]?.elements?.first?["trans_type"]?.scalar == "77")
        let fields = try await spoilt("fields")
        #expect(fields.json["sandbox_extra"]?.scalar == "1")
        #expect(fields.json["trans_list"]?.elements?.first?["sandbox_row_extra"] != nil)
        let truncated = try await spoilt("truncate")
        #expect(truncated.body == Array(plain.body.prefix(plain.body.count / 2)))
        #expect(truncated.extent == .whole)
        #expect(JSONTree(truncated.body) == nil)
        #expect(try await spoilt("cut").extent == .half)
        #expect(try await spoilt("fields@A1BK999999/104").body == plain.body)
        #expect(try await spoilt("fields/101").body == plain.body)
        #expect(try await spoilt("fields%0").body == plain.body)
    }

    @Test func `a page that comes twice leads on to the rest`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        func page(_ cursor: String?) async -> ServerReply {
            await sandbox.movements(
                bank,
                account,
                token: token,
                changing: ["limit": "5", "next_page": cursor]
            )
        }
        let first = await page(nil)
        let next = try #require(first.json["next_page"]?.scalar)
        try await sandbox.set("duplicate")
        let spoilt = await page(nil)
        #expect(spoilt.json["trans_list"] == first.json["trans_list"])
        let again = await page(try #require(spoilt.json["next_page"]?.scalar))
        #expect(again.json["trans_list"] == first.json["trans_list"])
        #expect(again.json["next_page"]?.scalar == next)
        try await sandbox.set()
        #expect(await page(next).code == "00000")
    }

    @Test func `history is another after a change, and stays so`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank, token, _) = try await sandbox.deposit()
        let before = sandbox.world.statements(of: person, through: sandbox.clock.seconds)
        try await sandbox.set("change")
        _ = await sandbox.list(bank, token: token)
        try await sandbox.set()
        let after = sandbox.world.statements(of: person, through: sandbox.clock.seconds)
        #expect(before != after)
        #expect(sandbox.world.statements(of: person, through: sandbox.clock.seconds) == after)
    }

    @Test func `a skewed clock opens a slot that is closed`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        sandbox.clock.advance(by: 10 * 3_600)
        #expect(await sandbox.list(bank, token: token, type: "scheduled").code == "50009")
        try await sandbox.set("skew=50400")
        #expect(await sandbox.list(bank, token: token, type: "scheduled").code == "00000")
    }

    @Test func `a token that expired early stays dead, and its refresh token lives`() async throws {
        let sandbox = try DeskFixture()
        let (person, bank) = try sandbox.customer()
        let form = try sandbox.tokenForm(person, bank, consent: try sandbox.consent(bank))
        let issued = await sandbox.oauth(bank, "token", form)
        let token = try #require(issued.json["access_token"]?.scalar)
        try await sandbox.set("expire")
        #expect(await sandbox.list(bank, token: token).code == "40101")
        try await sandbox.set()
        #expect(await sandbox.list(bank, token: token).code == "40101")
        let refresh = try #require(issued.json["refresh_token"]?.scalar)
        #expect(await sandbox.refresh(bank, refresh).status == 200)
    }

    @Test func `a token issued twice opens the other person's data`() async throws {
        let sandbox = try DeskFixture()
        let (first, bank) = try sandbox.customer()
        let second = try #require(
            (0..<sandbox.world.personCount).first {
                $0 != first && sandbox.world.providers(of: $0).contains(bank)
            }
        )
        let token = try await sandbox.token(first, bank)
        try await sandbox.set("token/token")
        #expect(try await sandbox.token(second, bank) == token)
    }

    @Test func `a provider that is down comes back after its days`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, _) = try await sandbox.deposit()
        try await sandbox.set("down=3@\(bank)")
        #expect(await sandbox.list(bank, token: token).extent == .nothing)
        sandbox.clock.advance(by: 3 * 86_400 - 1)
        #expect(await sandbox.list(bank, token: token).extent == .nothing)
        sandbox.clock.advance(by: 1)
        #expect(await sandbox.list(bank, token: token).code == "00000")
    }

    @Test func `refusing at the token endpoints is an error of theirs`() async throws {
        let sandbox = try DeskFixture(faults: ["refuse=50001/token"])
        let (person, bank) = try sandbox.customer()
        let form = try sandbox.tokenForm(person, bank, consent: try sandbox.consent(bank))
        #expect(await sandbox.oauth(bank, "token", form).error == "server_error")
        try await sandbox.set("refuse=50008/token")
        let resting = await sandbox.oauth(bank, "token", form)
        #expect(resting.status == 503)
        #expect(resting.retryAfter == 60)
    }

    @Test func `a fault counts where an answer was another for it, and nowhere else`()
        async throws
    {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        try await sandbox.set("types", "token", "truncate%0", "skew=1")
        // A list has no amount to spoil, and only token endpoints issue tokens.
        _ = await sandbox.list(bank, token: token)
        #expect(sandbox.desk.plan.counts == ["skew": 1])
        _ = await sandbox.movements(bank, account, token: token)
        #expect(sandbox.desk.plan.counts == ["skew": 2, "types": 1])
        try await sandbox.set("refuse=42901")
        _ = await sandbox.list(bank, token: token)
        let counts = sandbox.desk.plan.counts
        #expect(counts["refuse"] == 1 && counts["refuse=42901"] == 1)
        try await sandbox.set("expire", "cut")
        _ = await sandbox.list(bank, token: token)
        _ = await sandbox.list(bank, token: token)
        // The second time there was no token left to expire.
        #expect(sandbox.desk.plan.counts["expire"] == 1)
        #expect(sandbox.desk.plan.counts["cut"] == 2)
    }

    @Test(arguments: Seed.smoke)
    func `chance is the seed's, and as often as it says`(seed: Seed) throws {
        let fault = try #require(Fault("cut%250"))
        func run() -> [Int] {
            let plan = FaultPlan([fault], seed: seed.number, now: 0)
            return (0..<2_000).map { _ in plan.strike(provider: "x", api: 1, now: 0).count }
        }
        let struck = run()
        #expect(struck == run(), "\(seed)")
        #expect((400...600).contains(struck.reduce(0, +)), "\(seed)")
    }

    @Test func `the controls are for the control certificate`() async throws {
        let sandbox = try DeskFixture()
        #expect(await sandbox.desk.reply(to: sandbox.ask("GET", "/sandbox/clock")).code == "40401")
        #expect(await sandbox.control("GET", "clock").json["korea"]?.scalar == "20260114020000")
        let moved = await sandbox.control("POST", "clock", body: #"{"advance":"60"}"#)
        #expect(moved.json["korea"]?.scalar == "20260114020100")
        #expect(moved.json["is_running"]?.scalar == "false")
        let people = await sandbox.control("GET", "people", query: "from=2&limit=3")
        #expect(people.json["people"]?.elements?.count == 3)
        let one = await sandbox.control("GET", "people/2")
        #expect(one.json["user_ci"]?.scalar == sandbox.world.ci(of: 2))
        let statement = await sandbox.control("GET", "people/2/statement")
        let truth = sandbox.world.statements(of: 2, through: sandbox.clock.seconds)
        #expect(statement.json["assets"]?.elements?.count == truth.count)
        #expect(await sandbox.control("POST", "faults", body: #"{"faults":["x"]}"#).code == "40001")
    }

    @Test func `counters know pages, rows and bytes`() async throws {
        let sandbox = try DeskFixture()
        let (_, bank, token, account) = try await sandbox.deposit()
        let reply = await sandbox.movements(bank, account, token: token)
        let line = try #require(sandbox.desk.counters.all[104])
        #expect(line.rows == reply.json["trans_list"]?.elements?.count)
        #expect(line.bytes == reply.body.count)
        #expect(line.pages == 1)
    }
}

extension DeskFixture {
    /// Replaces all faults.
    func set(_ faults: String...) async throws {
        var object = JSONObject()
        object.add("faults", texts: faults)
        let text = String(decoding: object.encoded, as: UTF8.self)
        try #require(await control("POST", "faults", body: text).status == 200)
    }
}
