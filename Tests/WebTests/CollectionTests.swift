import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Web

/// The collection console: what it counts, what it lets an operator do, and what it never shows.
struct CollectionTests {
    private func aside(_ client: Contract.Client) async throws -> [Value] {
        try await client.json("/v1/collection/quarantine")["items"]?.items ?? []
    }

    @Test func `quota, overdue and lag follow from the days on which people are due`()
        async throws
    {
        try await Contract().run { client in
            let report = try await client.json("/v1/collection")
            let card = try #require(report["providers"]?.items?[1])
            #expect(card["overdue"] == .integer(4))
            #expect(card["due_today"] == .integer(0))
            #expect(card["lag_days"] == .integer(3))
            #expect(card[["quota", "used"]] == .integer(16))
            #expect(card[["quota", "of"]] == .integer(20))
            #expect(card["errors"] == .integer(36))
            #expect(report["overdue"] == .integer(4))
            #expect(report["due_today"] == .integer(8))
            #expect(report["quarantined"] == .integer(4))
            let days = try #require(report["regular_days"]?.items)
            #expect(days.count == 28)
            #expect(days.last?["day"] == report["today"])
        }
    }

    @Test func `one provider is told by API and code; another is not there`() async throws {
        try await Contract().run { client in
            let card = try await client.json("/v1/collection/providers/A1CD010000")
            let errors = try #require(card["apis"]?.items?.first?["errors"]?.items)
            #expect(errors.count == 4)
            #expect(errors[2]["code"] == .integer(50_005))
            let none = try await client.send("/v1/collection/providers/A1XX010000")
            #expect(none.status == .notFound)
        }
    }

    @Test func `the quarantine goes on by cursor, each answer once`() async throws {
        try await Contract().run { client in
            var seen: [String] = []
            var target = "/v1/collection/quarantine?limit=3"
            while true {
                let page = try await client.json(target)
                seen += (page["items"]?.items ?? []).compactMap { $0["id"]?.text }
                guard let next = page["next_cursor"]?.text else { break }
                target = "/v1/collection/quarantine?limit=3&after=\(next)"
            }
            #expect(seen.count == 4)
            #expect(Set(seen).count == 4)
        }
    }

    @Test func `a redrive is tried dry, done once, and told of again`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try #require(try await aside(client).first?["id"]?.text)
            let address = "/v1/collection/quarantine/\(id)"
            for _ in 0..<2 {
                let dry = try await client.json(address)
                #expect(dry[["redrive", "result"]] == .string("taken"))
                #expect(dry[["redrive", "added"]] == .integer(37))
            }
            #expect(try await aside(client).count == 4)
            let first = try await client.send(address + "/redrive", method: .post)
            #expect(String(buffer: first.body).contains(#""result":"taken","added":37"#))
            let second = try await client.send(address + "/redrive", method: .post)
            #expect(String(buffer: second.body).contains(#""result":"released""#))
            #expect(try await aside(client).count == 3)
        }
    }

    @Test func `a look at an answer is in its person's evidence, and a list's is not`() async throws
    {
        let contract = try Contract()
        try await contract.run { client in
            let answers = try await aside(client)
            let id = try #require(answers.first?["id"]?.text)
            let subject = try #require(answers.first?["subject"]?.text)
            #expect(contract.ledger.looks.withLock { $0[subject] } == nil)
            let address = "/v1/collection/quarantine/\(id)"
            _ = try await client.json(address)
            _ = try await client.send("/collection/quarantine/\(id)")
            _ = try await client.send(address + "/redrive", method: .post)
            let looks = contract.ledger.looks.withLock { $0[subject] ?? [] }
            #expect(
                looks.map(\.items) == [
                    "GET /v1/collection/quarantine/{answer}",
                    "GET /collection/quarantine/{answer}",
                    "POST /v1/collection/quarantine/{answer}/redrive",
                ]
            )
            #expect(looks.allSatisfy { $0.role == "operator" && $0.purpose == "operation" })
        }
    }

    @Test(arguments: ["support", "auditor"])
    func `who may not order anything is offered nothing to order`(role: String) async throws {
        let contract = try Contract()
        try await contract.run { client in
            let caller = Caller(kind: .openID, actor: "x", roles: [role])
            let cookie = try contract.server.cookie(for: caller)
            for answer in try await aside(client) {
                let id = try #require(answer["id"]?.text)
                let page = try await client.send(
                    "/collection/quarantine/\(id)",
                    headers: [.cookie: cookie]
                )
                #expect(page.status == .ok)
                #expect(!String(buffer: page.body).contains("action=\"/collection"))
            }
        }
    }

    @Test func `what is still broken stays; what the person no longer allows is refused`()
        async throws
    {
        try await Contract().run { client in
            let ids = try await aside(client).compactMap { $0["id"]?.text }
            let broken = try await client.send(
                "/v1/collection/quarantine/\(ids[2])/redrive",
                method: .post
            )
            #expect(String(buffer: broken.body).contains(#""field":"approved_amt""#))
            let refused = try await client.send(
                "/v1/collection/quarantine/\(ids[3])/redrive",
                method: .post
            )
            #expect(refused.status == .conflict)
            #expect(try await aside(client).count == 4)
        }
    }

    @Test(arguments: [#"{"note":""}"#, "{}", "", #"{"note":7}"#])
    func `a discard without a reason is refused`(body: String) async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try #require(try await aside(client).first?["id"]?.text)
            let address = "/v1/collection/quarantine/\(id)/discard"
            let answer = try await client.send(address, method: .post, body: body)
            #expect(answer.status == .badRequest)
            let long = #"{"note":"\#(String(repeating: "x", count: 501))"}"#
            let tooLong = try await client.send(address, method: .post, body: long)
            #expect(tooLong.status == .badRequest)
            #expect(try await aside(client).count == 4)
        }
    }

    @Test func `a discard takes its reason and shows it nowhere`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try #require(try await aside(client).first?["id"]?.text)
            let answer = try await client.send(
                "/v1/collection/quarantine/\(id)/discard",
                method: .post,
                body: #"{"note":"sent by mistake"}"#
            )
            #expect(String(buffer: answer.body).contains(#""outcome":"discarded""#))
            let page = String(
                buffer: try await client.send("/collection/quarantine/\(id)").body
            )
            #expect(page.contains("까닭을 적고 버렸어요."))
            #expect(!page.contains("action=\"/collection"))
            #expect(!page.contains("sent by mistake"))
        }
        contract.ledger.change { #expect($0.collection.notes == ["sent by mistake"]) }
        #expect(!contract.log.text.contains("sent by mistake"))
    }

    @Test func `the page's forms do it and lead back to the answer`() async throws {
        try await Contract().run { client in
            let id = try #require(try await aside(client).first?["id"]?.text)
            let page = "/collection/quarantine/\(id)"
            let html = String(buffer: try await client.send(page).body)
            #expect(html.contains("이벤트 37건을 기록하고 1건을 거둬들여요."))
            #expect(html.contains("action=\"\(page)/redrive\""))
            let done = try await client.send(page + "/redrive", method: .post)
            #expect(done.status == .seeOther)
            #expect(done.headers[.location] == page)
            let after = String(buffer: try await client.send(page).body)
            #expect(after.contains("다시 처리해서 장부에 들어갔어요."))
        }
    }

    @Test(arguments: [
        ("origin", "http://elsewhere.example"), ("origin", "null"), ("origin", "http://localhostx"),
        ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"),
    ])
    func `a page elsewhere can order nothing`(header: String, value: String) async throws {
        try await Contract().run { client in
            let id = try #require(try await aside(client).first?["id"]?.text)
            let name = try #require(HTTPField.Name(header))
            for path in ["/v1/collection/quarantine/\(id)", "/collection/quarantine/\(id)"] {
                for order in ["redrive", "discard"] {
                    let answer = try await client.send(
                        "\(path)/\(order)",
                        method: .post,
                        headers: [name: value],
                        body: "note=x"
                    )
                    #expect(answer.status == .forbidden)
                }
            }
            #expect(try await aside(client).count == 4)
        }
    }

    @Test(arguments: [
        "", "x", String(repeating: "0", count: 49), String(repeating: "0", count: 32) + "-1",
    ])
    func `what is no answer's name is unknown`(id: String) async throws {
        try await Contract().run { client in
            let answer = try await client.send("/v1/collection/quarantine/\(id)x")
            #expect(answer.status == .notFound)
        }
    }

    @Test func `metrics have a series a provider, API and result, and none a person`()
        async throws
    {
        try await Contract().run { client in
            let people = try await client.json("/v1/subjects")["items"]?.items ?? []
            let text = String(buffer: try await client.send("/metrics").body)
            let call = #"jangbu_collection_calls{org_code="A1CD010000",api="은행-004","#
            #expect(text.contains(call + #"result="50005"} 14"#))
            #expect(text.contains(call + #"result="ok"} 800"#))
            #expect(text.contains(#"jangbu_collection_overdue_people{org_code="A1CD010000"} 4"#))
            #expect(
                text.contains(
                    #"jangbu_collection_quarantine_open{org_code="A1CD010000",api="은행-001"} 2"#
                )
            )
            for person in people.compactMap({ $0["id"]?.text }) { #expect(!text.contains(person)) }
        }
    }

    @Test(arguments: Language.allCases)
    func `the page shows board, bars, charts with tables, and the quarantine`(
        language: Language
    ) async throws {
        try await Contract().run { client in
            let html = String(
                buffer: try await client.send("/collection?lang=\(language.rawValue)").body
            )
            #expect(html.matches(of: #/<meter /#).count == 3)
            #expect(html.matches(of: #/data-chart=/#).count == 2)
            #expect(html.matches(of: #/href="\/collection\/quarantine\//#).count == 4)
            #expect(html.contains("50005 × 14"))
            #expect(html.contains("HTTP 5xx × 1"))
            #expect(html.contains("모래은행"))
            #expect(!html.contains("{{"))
        }
    }
}
