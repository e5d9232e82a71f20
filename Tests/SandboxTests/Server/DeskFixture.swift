import Finance
import HTTPTypes
import Logging
import MyData
import Simulation
import Testing

@testable import Sandbox

/// A sandbox without connections: requests go straight to the desk.
final class DeskFixture {
    /// 2026-01-14 02:00 in Korea, a Wednesday, when every provider takes regular transfers.
    static let start: Int64 = 1_768_323_600

    let directory: TemporaryDirectory
    let world: SandboxWorld
    let clock: SandboxClock
    let desk: SandboxDesk
    let secret = "secret"
    private var serial = 0

    init(
        faults: [String] = [],
        keepsSlots: Bool = true,
        keepsTokens: Bool = false,
        persons: Int = 8,
        in shared: TemporaryDirectory? = nil
    ) throws {
        directory = try shared ?? TemporaryDirectory("desk")
        let first = try #require(CivilDate(year: 2025, month: 1, day: 1))
        world = SandboxWorld(
            WorldConfiguration(seed: 7, personCount: persons, firstDay: first, months: 12)
        )
        clock = SandboxClock(world: { 0 }, start: DeskFixture.start, isRunning: false)
        var configuration = SandboxServerConfiguration(
            directory: directory.path,
            operators: [OperatorRegistration(clientSecret: secret)]
        )
        configuration.faults = try faults.map { try #require(Fault($0)) }
        (configuration.keepsSlots, configuration.keepsTokens) = (keepsSlots, keepsTokens)
        desk = try SandboxDesk(
            books: world,
            clock: clock,
            configuration: configuration,
            authority: try Authority(directory: directory.path),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// The code of a provider of that industry, and a person of these ages who is its customer.
    func customer(
        of industry: Industry = .bank,
        ages: ClosedRange<Int> = 19...Int.max
    ) throws -> (person: Int, provider: String) {
        let codes = Set(world.providers.filter { $0.industry == industry }.map(\.code))
        let people = (0..<world.personCount).filter {
            ages.contains(world.age(of: $0, at: clock.seconds))
        }
        for person in people {
            if let code = world.providers(of: person).first(where: codes.contains) {
                return (person, code)
            }
        }
        throw MissingCustomer()
    }

    struct MissingCustomer: Error {}

    /// A transaction that nobody had yet.
    func transaction() -> String {
        serial += 1
        return "Z1OP010000M" + String(String(100_000_000_000_000 + serial).dropFirst())
    }

    /// A request as the operator makes it.
    func ask(
        _ method: String,
        _ path: String,
        query: String = "",
        body: String = "",
        type: String? = "user-search",
        token: String? = nil,
        contentType: String = "application/json; charset=UTF-8"
    ) -> Ask {
        var headers = HTTPFields()
        headers[SandboxHeader.transaction] = transaction()
        if let type { headers[SandboxHeader.type] = type }
        if let token { headers[.authorization] = "Bearer " + token }
        if method == "POST" { headers[.contentType] = contentType }
        return Ask(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: Array(body.utf8),
            caller: Authority.Party.operator.serialNumber
        )
    }

    /// The text of a transfer request.
    func consent(
        _ provider: String,
        scope: String? = nil,
        changing changes: [String: String] = [:],
        assets: [String]? = nil
    ) throws -> String {
        let industry = try #require(world.providers.first { $0.code == provider }).industry
        let end = KoreanTime(clock.seconds).day.adding(months: 12)
        var fields = [
            "org_code": provider, "rcv_org_code": "Z1OP010000",
            "client_id": "sandbox-service-0001",
            "scope": scope ?? industry.scopes.joined(separator: " "), "is_scheduled": "true",
            "fnd_cycle": "1/1w", "add_cycle": "1/2w", "end_date": end.compact,
            "purpose": "조회", "period": "99991231",
        ]
        fields.merge(changes) { $1 }
        var object = JSONObject()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { object.add(name, value) }
        if let assets { object.add("assets", texts: assets) }
        return String(decoding: object.encoded, as: UTF8.self)
    }

    /// A form for 통합인증-002.
    func tokenForm(
        _ person: Int,
        _ provider: String,
        consent: String,
        changing changes: [String: String] = [:]
    ) throws -> String {
        let ci = world.ci(of: person)
        let signed = try #require(
            desk.signer.sign(.init(ci: ci, transaction: "tx-1", consent: Array(consent.utf8)))
        )
        var fields = [
            "tx_id": "tx-1", "org_code": provider, "grant_type": "password",
            "client_id": "sandbox-service-0001", "client_secret": secret,
            "ca_code": SandboxServerConfiguration.authenticationCode, "username": ci,
            "request_type": "1", "password_len": "\(signed.utf8.count)", "password": signed,
            "auth_type": "1", "consent_type": "1", "consent_len": "\(consent.utf8.count)",
            "consent": consent, "cert_tx_id": "1",
        ]
        fields.merge(changes) { $1 }
        return DeskFixture.form(fields)
    }

    static func form(_ fields: [String: String]) -> String {
        fields.map { "\($0.key)=\(FormText.encode($0.value))" }.joined(separator: "&")
    }

    /// Asks the token endpoint.
    func oauth(_ provider: String, _ endpoint: String, _ form: String) async -> ServerReply {
        await desk.reply(to: oauthAsk(provider, endpoint, form))
    }

    /// The request for it.
    func oauthAsk(_ provider: String, _ endpoint: String, _ form: String) -> Ask {
        ask(
            "POST",
            "/\(provider)/oauth/2.0/\(endpoint)",
            body: form,
            contentType: "application/x-www-form-urlencoded"
        )
    }

    /// An access token for all of a provider, or for what `consent` says.
    func token(_ person: Int, _ provider: String, consent: String? = nil) async throws -> String {
        let text = try consent ?? self.consent(provider)
        let reply = await oauth(provider, "token", try tokenForm(person, provider, consent: text))
        return try #require(reply.json["access_token"]?.scalar, "\(reply.status)")
    }

    /// The list of a provider's assets, asked as `type`.
    func list(
        _ provider: String,
        token: String,
        type: String = "user-search",
        page: String? = nil
    ) async -> ServerReply {
        let path = provider.contains("BK") ? "bank/accounts" : "card/cards"
        let mark = page.map { "next_page=\($0)" } ?? "search_timestamp=0"
        return await desk.reply(
            to: ask(
                "GET",
                "/\(provider)/v2/\(path)",
                query: "org_code=\(provider)&\(mark)&limit=500",
                type: type,
                token: token
            )
        )
    }

    /// Movements of a deposit.
    func movements(
        _ provider: String,
        _ account: String,
        token: String,
        from: String = "20250601",
        to: String = "20251231",
        type: String = "user-search",
        changing changes: [String: String?] = [:]
    ) async -> ServerReply {
        await desk.reply(
            to: movementsAsk(
                provider,
                account,
                token: token,
                from: from,
                to: to,
                type: type,
                changing: changes
            )
        )
    }

    /// The request for them.
    func movementsAsk(
        _ provider: String,
        _ account: String,
        token: String,
        from: String = "20250601",
        to: String = "20251231",
        type: String = "user-search",
        changing changes: [String: String?] = [:]
    ) -> Ask {
        var fields: [String: String] = [
            "org_code": provider, "account_num": account, "from_date": from, "to_date": to,
            "limit": "500",
        ]
        for (name, value) in changes { fields[name] = value }
        var object = JSONObject()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { object.add(name, value) }
        return ask(
            "POST",
            "/\(provider)/v2/bank/accounts/deposit/transactions",
            body: String(decoding: object.encoded, as: UTF8.self),
            type: type,
            token: token
        )
    }

    /// A bank, its customer, a token and the first deposit account.
    func deposit() async throws -> (person: Int, bank: String, token: String, account: String) {
        let (person, bank) = try customer()
        let token = try await token(person, bank)
        let listed = await list(bank, token: token)
        let account = listed.json["account_list"]?.elements?.first {
            $0["account_type"]?.scalar == "1001"
        }
        return (person, bank, token, try #require(account?["account_num"]?.scalar))
    }
}

extension ServerReply {
    /// The body, or an empty object.
    var json: JSONTree { JSONTree(body) ?? .object([:]) }
    /// rsp_code.
    var code: String { json["rsp_code"]?.scalar ?? "" }
    /// error of RFC 6749.
    var error: String { json["error"]?.scalar ?? "" }
}
