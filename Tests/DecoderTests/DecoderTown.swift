import Files
import Finance
import Frame
import HTTPTypes
import Logging
import MyData
import Simulation
import Synchronization
import Testing

@testable import Sandbox

/// A sandbox without connections and what it says, as samples to spoil.
final class DecoderTown: Sendable {
    /// 2026-01-14 02:00 in Korea.
    static let now: Int64 = 1_768_323_600
    static let asset = AssetID(high: 7, low: 1)
    private static let secret = "secret"

    struct Sample: Sendable {
        var call: StandardCall
        var industry: Industry
        var body: [UInt8]
    }

    let folder: String
    let world: SandboxWorld
    let desk: SandboxDesk
    /// By API.
    let answers: [String: [Sample]]
    /// One each, without lengths.
    let events: [[UInt8]]
    /// Events with their lengths.
    let bodies: [[UInt8]]
    let states: States
    let bank: String
    let consent: String
    let signature: String
    let tokenForm: String
    let movementsBody: String
    let providersFile, operatorFile, journalFile: [UInt8]
    let headers: [[UInt8]]
    let exchanges: [[UInt8]]
    private let token: Mutex<String>
    private let serial = Mutex(0)
    private let ci: String

    init(_ directory: TemporaryDirectory, samples: String) async throws {
        folder = directory.path
        let first = try #require(CivilDate(year: 2025, month: 11, day: 1))
        world = SandboxWorld(
            WorldConfiguration(seed: 7, personCount: 60, firstDay: first, months: 3)
        )
        let clock = SandboxClock(world: { 0 }, start: Self.now, isRunning: false)
        let configuration = SandboxServerConfiguration(
            directory: folder,
            operators: [OperatorRegistration(clientSecret: Self.secret)]
        )
        desk = try SandboxDesk(
            books: world,
            clock: clock,
            configuration: configuration,
            authority: try Authority(directory: folder),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        )
        answers = Self.answers(world)
        (bodies, events, states) = try Self.events(answers)
        let banks = Set(world.providers.filter { $0.industry == .bank }.map(\.code))
        let found = (0..<60).lazy.compactMap { [world] person in
            world.providers(of: person).first(where: banks.contains).map { (person, $0) }
        }.first
        let (person, bank) = try #require(found)
        (self.bank, ci) = (bank, world.ci(of: person))
        consent = Self.consent(bank)
        let text = Array(consent.utf8)
        signature = try #require(
            desk.signer.sign(.init(ci: ci, transaction: "tx-1", consent: text))
        )
        tokenForm = Self.form([
            "tx_id": "tx-1", "org_code": bank, "grant_type": "password",
            "client_id": "sandbox-service-0001", "client_secret": Self.secret,
            "ca_code": SandboxServerConfiguration.authenticationCode, "username": ci,
            "request_type": "1", "password_len": "\(signature.utf8.count)",
            "password": signature, "auth_type": "1", "consent_type": "1",
            "consent_len": "\(text.count)", "consent": consent, "cert_tx_id": "1",
        ])
        let account = answers["은행-004"]?.first?.call["account_num"] ?? "1"
        movementsBody =
            #"{"org_code":"\#(bank)","account_num":"\#(account)","from_date":"20251101","#
            + #""to_date":"20251231","limit":"500"}"#
        try RegistryFiles.write(configuration, books: world, port: 1_234)
        providersFile = try Files.read(RegistryFiles.providersPath(in: folder))
        operatorFile = try Files.read(RegistryFiles.operatorPath(in: folder))
        headers = (0..<4).map { number in
            var chance = Seed(UInt64(number))
            return chance.bytes(160)
        }
        exchanges = try Self.exchanges(samples)
        token = Mutex("")
        // Its token is in the journal from now on.
        let reply = await Self.reply(
            desk,
            "POST",
            "/\(bank)/oauth/2.0/token",
            body: tokenForm,
            transaction: 1,
            token: ""
        )
        journalFile = try Files.read(folder + "/tokens.journal")
        let granted = try #require(JSONTree(reply.body)?["access_token"]?.scalar)
        token.withLock { $0 = granted }
    }

    /// Pages of every API that the sandbox has something for.
    private static func answers(_ world: SandboxWorld) -> [String: [Sample]] {
        var answers: [String: [Sample]] = [:]
        var reader = AnswerReader()
        for person in 0..<world.personCount {
            for code in world.providers(of: person) {
                guard let provider = world.providers.first(where: { $0.code == code }) else {
                    continue
                }
                var calls = StandardAPI.lists(of: provider.industry, version: 2).map {
                    StandardCall($0.api)
                }
                while let call = calls.popLast() {
                    guard let api = StandardAPI[call.api], answers[api.id, default: []].count < 6,
                        case .body(let body) = world.answer(
                            BookQuery(person: person, provider: code, call: call, now: now)
                        )
                    else { continue }
                    let sample = Sample(call: call, industry: provider.industry, body: body)
                    answers[api.id, default: []].append(sample)
                    do throws(AnswerFault) {
                        let answer = try reader.read(
                            body.span,
                            of: call,
                            from: AnswerSource(provider.industry),
                            askedAt: now
                        )
                        calls += answer.assets.flatMap(\.calls) + answer.calls
                    } catch {
                        Issue.record("the sandbox's own \(api.id) is refused: \(error)")
                    }
                }
            }
        }
        return answers
    }

    private static func events(
        _ answers: [String: [Sample]]
    ) throws -> (bodies: [[UInt8]], events: [[UInt8]], states: States) {
        var (bodies, events, states) = ([[UInt8]](), [[UInt8]](), States())
        for (_, samples) in answers.sorted(by: { $0.key < $1.key }) {
            for sample in samples.prefix(2) {
                var reader = AnswerReader()
                let answer = try reader.read(
                    sample.body.span,
                    of: sample.call,
                    from: AnswerSource(sample.industry),
                    askedAt: now
                )
                guard !answer.events.isEmpty else { continue }
                bodies.append(Array(answer.events.prefix(2_000)))
                var cursor = Finance.EventCursor(answer.events.span, of: asset)
                var count = 0
                while let bytes = try cursor.nextBytes() {
                    var copy: [UInt8] = []
                    for index in bytes.indices { copy.append(bytes[index]) }
                    states.fold(try EventView(copy.span, of: asset))
                    count += 1
                    if count <= 2 { events.append(copy) }
                }
            }
        }
        return (bodies, events, states)
    }

    private static func exchanges(_ folder: String) throws -> [[UInt8]] {
        try Files.names(in: folder).filter { $0.hasSuffix(".json") }.sorted().map {
            try Files.read(folder + "/" + $0)
        }
    }

    private static func consent(_ bank: String) -> String {
        #"{"org_code":"\#(bank)","rcv_org_code":"Z1OP010000","client_id":"sandbox-service-0001","#
            + #""scope":"bank.list bank.deposit","is_scheduled":"true","fnd_cycle":"1/1w","#
            + #""add_cycle":"1/2w","end_date":"20261231","purpose":"조회","period":"99991231"}"#
    }

    private static func form(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(FormText.encode($0.value))" }
            .joined(separator: "&")
    }

    /// The request for movements of five rows a page, from a cursor on.
    func movements(after cursor: String) -> String {
        let limited = movementsBody.replacing("\"500\"", with: "\"5\"").dropLast()
        let text = cursor.filter { $0 != "\"" && $0 != "\\" }
        return limited + ",\"next_page\":\"\(text)\"}"
    }

    /// Where the second page of movements begins.
    func cursor() async throws -> String {
        let path = "/\(bank)/v2/bank/accounts/deposit/transactions"
        let body = movementsBody.replacing("\"500\"", with: "\"5\"")
        let reply = await reply("POST", path, body: body, isJSON: true)
        return try #require(JSONTree(reply.body)?["next_page"]?.scalar)
    }

    func verifies(_ text: String) -> Bool {
        desk.signer.verifies(
            text,
            .init(ci: ci, transaction: "tx-1", consent: Array(consent.utf8))
        )
    }

    /// What the desk says, as the caller with the right certificate and token.
    func reply(
        _ method: String,
        _ path: String,
        query: String = "",
        body: String = "",
        isJSON: Bool = false
    ) async -> ServerReply {
        let number = serial.withLock { serial in
            serial += 1
            return serial
        }
        let reply = await Self.reply(
            desk,
            method,
            path,
            query: query,
            body: body,
            isJSON: isJSON,
            transaction: number + 1,
            token: token.withLock { $0 }
        )
        // A new token ends the one before it.
        if let granted = JSONTree(reply.body)?["access_token"]?.scalar {
            token.withLock { $0 = granted }
        }
        return reply
    }

    private static func reply(
        _ desk: SandboxDesk,
        _ method: String,
        _ path: String,
        query: String = "",
        body: String,
        isJSON: Bool = false,
        transaction: Int,
        token: String
    ) async -> ServerReply {
        var headers = HTTPFields()
        let id = "Z1OP010000M" + String(String(100_000_000_000_000 + transaction).dropFirst())
        headers[SandboxHeader.transaction] = id
        headers[SandboxHeader.type] = "user-search"
        if !token.isEmpty { headers[.authorization] = "Bearer " + token }
        headers[.contentType] =
            isJSON ? "application/json; charset=UTF-8" : "application/x-www-form-urlencoded"
        let isControl = path.hasPrefix("/sandbox/")
        return await desk.reply(
            to: Ask(
                method: method,
                path: path,
                query: query,
                headers: headers,
                body: Array(body.utf8),
                caller: isControl
                    ? Authority.Party.control.serialNumber : Authority.Party.operator.serialNumber
            )
        )
    }
}
