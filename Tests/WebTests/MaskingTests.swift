import Finance
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Names, numbers and texts of the test's persons, looked for in everything that others get.
struct MaskingTests {
    private static let operators: [(roles: Set<String>, purpose: String)] = [
        (["operator"], "operation"), (["support"], "operation"), (["auditor"], "audit"),
        (["program"], "audit"),
    ]

    /// What must not be seen: merchants, passbook texts, names of accounts with their numbers.
    private static let canaries =
        TestPerson.habits.map(\.merchant)
        + [
            "장부테크", "TESCO", "KB Star*t", "···4417", "나눠모으기", "···0921", "···8830", "을지로",
        ]

    /// Everything that can be read as `cookie` for `purpose`, asked for in several ways.
    private func texts(
        _ client: Contract.Client,
        as cookie: String,
        for purpose: String,
        _ places: Contract.Places
    ) async throws -> [String] {
        var texts: [String] = []
        for route in client.server.site.routes where route.method == .get {
            guard route.path != "/v1/stream" else { continue }
            let target = try #require(places.fill(route.path))
            for query in MaskingTests.queries {
                let answer = try await client.send(
                    "\(target)?purpose=\(purpose)\(query)",
                    headers: [.cookie: cookie]
                )
                texts.append("\(target)\(query): " + String(buffer: answer.body))
            }
        }
        return texts
    }

    private static let queries = [
        "", "&period=24m&limit=200", "&period=24m&category=food.cafe", "&as_of=c40",
        "&period=24m&as_of=2026-02-28", "&scope=one&category=food.cafe",
    ]

    @Test(arguments: operators.indices)
    func `what an operator gets names no merchant, no account and no passbook text`(
        number: Int
    ) async throws {
        let (roles, purpose) = MaskingTests.operators[number]
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            let places = try await client.places()
            let caller = Caller(kind: .openID, actor: "x", roles: roles)
            let cookie = try contract.server.cookie(for: caller)
            for text in try await texts(client, as: cookie, for: purpose, places) {
                for canary in MaskingTests.canaries {
                    #expect(!text.contains(canary), "\(canary) in \(text.prefix(120))")
                }
            }
            // The person sees all of it, so that the canaries are there to be found.
            let own = try contract.server.cookie(for: .person(try #require(places.subject)))
            let all = try await texts(client, as: own, for: "own-view", places).joined()
            for canary in ["스타벅스 시청역점", "장부테크", "KB Star*t", "···4417"] {
                #expect(all.contains(canary))
            }
        }
        for canary in MaskingTests.canaries { #expect(!contract.log.text.contains(canary)) }
    }

    @Test func `an operator still sees sums, and days as months`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            let cookie = try contract.server.cookie(for: .localOperator)
            func json(_ path: String, as cookie: String) async throws -> Value {
                let answer = try await client.send(path, headers: [.cookie: cookie])
                return try Value(json: answer.body.readableBytesView)
            }
            let own = try contract.server.cookie(for: .person(id))
            let path = "/v1/subjects/\(id)/spending?period=24m"
            let (masked, whole) = (
                try await json(path, as: cookie), try await json(path, as: own)
            )
            #expect(masked["spent"] == whole["spent"])
            #expect(masked["merchants"]?.items?.isEmpty == true)
            #expect(whole["merchants"]?.items?.isEmpty == false)
            let lines = try await json("/v1/subjects/\(id)/transactions", as: cookie)
            for line in try #require(lines["items"]?.items) {
                #expect(line["merchant"] == .null)
                #expect(line["category"] == .null)
                #expect(line["day"]?.text?.hasSuffix("-01") == true)
            }
        }
    }

    @Test func `days between months cannot be told by asking for what was known`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            let cookie = try contract.server.cookie(for: .localOperator)
            for path in ["", "/spending", "/transactions"] {
                for (asOf, status) in [
                    ("c40", HTTPResponse.Status.forbidden), ("2026-02-27", .forbidden),
                    ("2026-03-01", .forbidden), ("2026-02-28", .ok), ("2024-02-29", .ok),
                ] {
                    let target = "/v1/subjects/\(id)\(path)?as_of=\(asOf)"
                    let answer = try await client.send(target, headers: [.cookie: cookie])
                    #expect(answer.status == status, "\(target)")
                    #expect(try await client.send(target).status == .ok, "\(target)")
                }
            }
        }
    }

    @Test func `of what balances prove and miss an operator sees months, and no amount`()
        async throws
    {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            let target = "/v1/subjects/\(id)/coverage"
            let cookie = try contract.server.cookie(for: .localOperator)
            let masked = try await client.send(target, headers: [.cookie: cookie])
            func chains(_ report: Value) -> [Value] {
                (report["assets"]?.items ?? []).flatMap { $0["continuity"]?.items ?? [] }
            }
            let whole = chains(try await client.json(target))
            let seen = chains(try Value(json: masked.body.readableBytesView))
            #expect(whole.count == seen.count)
            let amounts = whole.flatMap { $0["gaps"]?.items ?? [] }.compactMap { $0["missing"] }
            #expect(amounts.contains { $0 != .null }, "there is one to be hidden")
            for chain in seen {
                let days = (chain["proven"]?.items ?? []) + (chain["gaps"]?.items ?? [])
                for span in days {
                    #expect(span["from"]?.text?.hasSuffix("-01") == true)
                    let through = try #require(
                        span["through"]?.text.flatMap { CivilDate(text: $0) }
                    )
                    #expect(through == through.month.end)
                    #expect(span["missing"] ?? .null == .null)
                }
            }
            let page = try await client.send(
                "/subjects/\(id)/coverage",
                headers: [.cookie: cookie]
            )
            for amount in amounts.compactMap({ $0["amount"]?.text }) where amount.utf8.count > 3 {
                #expect(!String(buffer: page.body).contains(amount))
            }
        }
    }

    @Test(arguments: [AgeBand.teenager, .unspecified])
    func `of a minor, or of whom no age is known, an operator sees nothing`(
        age: AgeBand
    ) async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            contract.ledger.ages.withLock { $0[id] = age }
            let cookie = try contract.server.cookie(for: .localOperator)
            let places = try await client.places()
            // Nothing is read for it, either.
            contract.ledger.change { $0.fails = true }
            var asked = 0
            for route in contract.server.site.routes where route.method == .get {
                guard route.path.contains("{subject}") else { continue }
                let target = try #require(places.fill(route.path))
                let answer = try await client.send(
                    target + "?scope=one&category=food.cafe",
                    headers: [.cookie: cookie]
                )
                #expect(answer.status == .forbidden, "\(target)")
                #expect(String(buffer: answer.body).contains("use-refused"), "\(target)")
                asked += 1
            }
            #expect(asked > 25)
            contract.ledger.change { $0.fails = false }
            #expect(try await client.send("/v1/subjects/\(id)").status == .ok)
        }
    }

    @Test(arguments: SensitivityClass.allCases, UsePurpose.allCases)
    func `a text is shown whole only where its class may be`(
        sensitivity: SensitivityClass,
        purpose: UsePurpose
    ) {
        for age in [AgeBand.adult, .teenager, .unspecified] {
            let rules = FieldRules(purpose: purpose, age: age)
            let shown = rules.text("홍길동 110-234-567890", sensitivity)
            let use = UseRules.use(of: sensitivity, for: purpose, age: age)
            #expect((shown == "홍길동 110-234-567890") == (use == .allowed))
            #expect(use != .masked || shown == "홍••")
            #expect(use != .refused || shown == nil)
        }
    }
}

extension Contract {
    /// What stands in the places of the routes' templates: of a person, an asset, an answer that
    /// there are.
    struct Places: Sendable {
        var subject: String?
        var compartment: String?
        var answer: String?
        var provider: String?

        /// An address of a route; nil where there is nobody to fill in.
        func fill(_ template: String) -> String? {
            let values = [
                "subject": subject, "compartment": compartment, "answer": answer,
                "org_code": provider, "event": "3.0", "problem": "not-found",
                "asset": "x", "issuer": "x", "correction": "3.0",
            ]
            var target = template
            for (name, value) in values where target.contains("{\(name)}") {
                guard let value else { return nil }
                target = target.replacing("{\(name)}", with: value)
            }
            precondition(!target.contains("{"), "a place that nothing fills: \(template)")
            return target
        }
    }
}

extension Contract.Client {
    /// A person with transactions.
    func firstPerson() async throws -> String {
        let people = try await json("/v1/subjects?limit=1")
        return try #require(people["items"]?.items?.first?["id"]?.text)
    }

    /// Of the first person, if there is one.
    func places() async throws -> Contract.Places {
        var places = Contract.Places()
        let people = try await json("/v1/subjects?limit=1")
        places.subject = people["items"]?.items?.first?["id"]?.text
        let aside = try await json("/v1/collection/quarantine?limit=1")
        places.answer = aside["items"]?.items?.first?["id"]?.text
        let collection = try await json("/v1/collection")
        places.provider = collection["providers"]?.items?.first?["org_code"]?.text
        if let subject = places.subject {
            let coverage = try await json("/v1/subjects/\(subject)/coverage")
            let assets = (coverage["assets"]?.items ?? []).compactMap { $0[["asset", "id"]]?.text }
            places.compartment = assets.first
        }
        return places
    }
}
