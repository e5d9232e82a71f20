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

    private func texts(_ client: Contract.Client, as cookie: String, of id: String) async throws
        -> [String]
    {
        var texts: [String] = []
        for route in client.server.site.routes where route.method == .get {
            guard route.path != "/v1/stream" else { continue }
            let target = route.path.replacing("{subject}", with: id)
                .replacing("{event}", with: "3.0").replacing("{problem}", with: "not-found")
            for query in ["", "?period=24m&limit=200", "?period=24m&category=food.cafe"] {
                let answer = try await client.send(target + query, headers: [.cookie: cookie])
                texts.append("\(target)\(query): " + String(buffer: answer.body))
            }
        }
        return texts
    }

    @Test(arguments: operators.indices)
    func `what an operator gets names no merchant, no account and no passbook text`(
        number: Int
    ) async throws {
        let (roles, _) = MaskingTests.operators[number]
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            let id = try await client.firstPerson()
            let caller = Caller(kind: .openID, actor: "x", roles: roles)
            let cookie = try contract.server.cookie(for: caller)
            for text in try await texts(client, as: cookie, of: id) {
                for canary in MaskingTests.canaries {
                    #expect(!text.contains(canary), "\(canary) in \(text.prefix(120))")
                }
            }
            // The person sees all of it, so that the canaries are there to be found.
            let own = try contract.server.cookie(for: .person(id))
            let all = try await texts(client, as: own, of: id).joined()
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

    @Test(arguments: [AgeBand.teenager, .unspecified])
    func `of a minor, or of whom no age is known, an operator sees nothing`(
        age: AgeBand
    ) async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            contract.ledger.ages.withLock { $0[id] = age }
            let cookie = try contract.server.cookie(for: .localOperator)
            for path in [
                "", "/spending", "/transactions", "/events/3.0/explain",
            ] {
                let answer = try await client.send(
                    "/v1/subjects/\(id)\(path)",
                    headers: [.cookie: cookie]
                )
                #expect(answer.status == .forbidden)
                #expect(String(buffer: answer.body).contains("use-refused"))
            }
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

extension Contract.Client {
    /// A person with transactions.
    func firstPerson() async throws -> String {
        let people = try await json("/v1/subjects?limit=1")
        return try #require(people["items"]?.items?.first?["id"]?.text)
    }
}
