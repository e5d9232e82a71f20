import Finance
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Web

/// What the supporting body asks: 지원-105 to 107.
struct SupportTests {
    private static let base = "/v2/mgmts/agreements"
    private static let portal = Caller(
        kind: .certificate,
        actor: "certificate:0123456789abcdef",
        roles: ["portal"]
    )

    /// Asks as the portal, in JSON.
    private func ask(
        _ client: Contract.Client,
        _ path: String = "",
        _ members: [String: Any] = [:],
        code: String = TestLedger.operatorCode,
        status: HTTPResponse.Status = .ok
    ) async throws -> Value {
        var all = members
        all["org_code"] = code
        let body = try JSONSerialization.data(withJSONObject: all)
        var headers: HTTPFields = [.contentType: "application/json; charset=UTF-8"]
        headers[.cookie] = try client.server.cookie(for: SupportTests.portal)
        if let name = HTTPField.Name("x-api-tran-id") {
            headers[name] = "P1SI010000P00000000000001"
        }
        let response = try await client.send(
            SupportTests.base + path,
            method: .post,
            headers: headers,
            body: String(decoding: body, as: UTF8.self)
        )
        #expect(response.status == status, "\(path) \(members)")
        let answered = HTTPField.Name("x-api-tran-id").flatMap { response.headers[$0] }
        #expect(answered == "P1SI010000P00000000000001")
        return try Value(json: response.body.readableBytesView)
    }

    /// Everybody's agreement has the same number in the story; the first person's is found.
    private func person(_ ledger: TestLedger) async throws -> String {
        try #require(try await ledger.subject(ofAgreement: "2026-1"))
    }

    @Test func `an agreement appears, its hand-overs are told, and its withdrawal holds`()
        async throws
    {
        let contract = try Contract()
        let id = try await person(contract.ledger)
        try await contract.run { client in
            let found = try await ask(client, "", ["user_ci": "ci" + id])
            let agreement = try #require(found["prov_consent_list"]?.items?.first)
            #expect(found["prov_consent_cnt"]?.text == "1")
            #expect(agreement["prov_consent_num"]?.text == "2026-1")
            #expect(agreement["prov_consent_status"]?.text == "01")
            #expect(agreement["consent_rcv_name"]?.text == "비교나라")
            #expect(agreement["snd_org_code"]?.text == TestLedger.operatorCode)
            #expect(agreement["prov_revoke_dtime"] == nil)
            let page = try await client.send("/subjects/\(id)/consents?lang=en")
            #expect(String(buffer: page.body).contains("비교나라"))

            let whole = ["prov_consent_num": "2026-1", "from_dtime": "20200101000000"]
            var window: [String: Any] = whole
            (window["to_dtime"], window["limit"]) = ("20991231235959", 10)
            _ = try await ask(client, "/detail", window)

            for _ in 0..<2 {
                let done = try await ask(client, "/revoke", ["prov_consent_num": "2026-1"])
                #expect(done["rsp_code"]?.text == "00000")
            }
            let after = try await ask(client, "", ["user_ci": "ci" + id])
            let ended = after["prov_consent_list"]?.items?.first
            // Data was handed over: whoever received it has still to say what became of it.
            #expect(ended?["prov_consent_status"]?.text == "02")
            #expect(ended?["prov_revoke_dtime"]?.text?.count == 14)
            let view = try await client.json("/v1/subjects/\(id)/consents")
            let own = view["agreements"]?.items?.first
            guard case .integer? = own?["withdrawn_at_ms"] else {
                Issue.record("the person is not told of the withdrawal")
                return
            }
        }
    }

    @Test func `each look is the portal's, with its purpose, in the person's evidence`()
        async throws
    {
        let contract = try Contract()
        let id = try await person(contract.ledger)
        try await contract.run { client in
            _ = try await ask(client, "", ["user_ci": "ci" + id])
            _ = try await ask(client, "/revoke", ["prov_consent_num": "2026-1"])
            _ = try await ask(client, "", ["user_ci": "nobody"], status: .notFound)
        }
        let looks = contract.ledger.looks.withLock { $0 }
        #expect(looks.keys.sorted() == [id])
        let told = looks[id] ?? []
        #expect(told.map(\.items) == ["POST \(Self.base)", "POST \(Self.base)/revoke"])
        #expect(told.allSatisfy { $0.role == "portal" && $0.purpose == "operation" })
    }

    @Test func `what cannot be answered is refused with the standard's code`() async throws {
        let contract = try Contract()
        let id = try await person(contract.ledger)
        try await contract.run { client in
            func code(_ path: String, _ members: [String: Any], _ status: HTTPResponse.Status)
                async throws -> String?
            {
                try await ask(client, path, members, status: status)["rsp_code"]?.text
            }
            #expect(try await code("", [:], .badRequest) == "40001")
            #expect(try await code("", ["user_ci": "nobody"], .notFound) == "40403")
            #expect(try await code("/revoke", ["prov_consent_num": "x"], .badRequest) == "40001")
            let number = ["prov_consent_num": "2026-1"]
            for window in [
                ("20260101000000", "20251231000000"), ("20260101", "20261231"),
                ("20261301000000", "20271231000000"), ("20260101240000", "20271231000000"),
            ] {
                var members: [String: Any] = number
                (members["from_dtime"], members["to_dtime"]) = window
                #expect(try await code("/detail", members, .badRequest) == "40001", "\(window)")
            }
            var members: [String: Any] = number
            (members["from_dtime"], members["to_dtime"]) = ("20260101000000", "20261231000000")
            members["limit"] = 501
            #expect(try await code("/detail", members, .badRequest) == "40001")
            members["limit"] = "5"
            members["next_page"] = "x"
            #expect(try await code("/detail", members, .badRequest) == "40001")
            let other = try await ask(
                client,
                "",
                ["user_ci": "ci" + id],
                code: "Z1OP020000",
                status: .forbidden
            )
            #expect(other["rsp_code"]?.text == "40303")
        }
        // That a page is none is found out only by looking.
        let looks = contract.ledger.looks.withLock { $0 }
        #expect(looks.values.flatMap(\.self).map(\.items) == ["POST \(Self.base)/detail"])
    }

    @Test(arguments: [
        (Caller.Kind.certificate, "application/json", true),
        (.certificate, "application/json; charset=UTF-8", true),
        (.certificate, "text/plain", false),
        (.certificate, "application/x-www-form-urlencoded", false),
        (.local, "application/json", false), (.person, "application/json", false),
    ])
    func `an order by certificate in JSON is a program's, which no page elsewhere can send`(
        kind: Caller.Kind,
        type: String,
        isProgram: Bool
    ) throws {
        let caller = Caller(kind: kind, actor: "x", roles: ["portal"])
        let request = Request(
            head: .init(
                method: .post,
                scheme: "https",
                authority: "ours",
                path: SupportTests.base,
                headerFields: [.contentType: type]
            ),
            body: .init(buffer: .init())
        )
        #expect(Admission.isProgram(caller, request) == isProgram)
        #expect(throws: Problem.self) { try Admission.checkOrigin(request) }
    }

    @Test func `nobody but the portal asks, and the portal asks nothing else`() async throws {
        let contract = try Contract()
        let id = try await person(contract.ledger)
        try await contract.run { client in
            let body = #"{"org_code":"\#(TestLedger.operatorCode)","user_ci":"ci\#(id)"}"#
            for roles: Set<String> in [["operator"], ["person"], ["auditor"], ["analyst"]] {
                var headers: HTTPFields = [.contentType: "application/json"]
                headers[.cookie] = try client.server.cookie(
                    for: Caller(kind: .openID, actor: "x", roles: roles, subject: id)
                )
                let response = try await client.send(
                    SupportTests.base,
                    method: .post,
                    headers: headers,
                    body: body
                )
                #expect(response.status == .forbidden)
                #expect(!String(buffer: response.body).contains("prov_consent"))
            }
            for path in ["/v1/subjects", "/v1/subjects/\(id)/consents", "/v1/overview"] {
                var headers = HTTPFields()
                headers[.cookie] = try client.server.cookie(for: SupportTests.portal)
                let response = try await client.send(path, headers: headers)
                #expect(response.status == .forbidden, "\(path)")
            }
        }
        #expect(contract.ledger.looks.withLock { $0.isEmpty })
    }
}
