import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct ProblemTests {
    /// A request and the problem it meets, in the order of the checks.
    struct Case: Sendable, CustomTestStringConvertible {
        var code: String
        var status: Int
        var target = "/v1/overview"
        var method = HTTPRequest.Method.get
        var headers: HTTPFields = [:]
        var body: String?
        var testDescription: String { code + " " + target.prefix(40) }
    }

    static let requestID = HTTPField.Name("X-Request-Id")

    static let cases: [Case] = [
        Case(code: "not-found", status: 404, target: "/nothing"),
        Case(code: "not-found", status: 404, target: "/v1/overview/more"),
        Case(code: "not-found", status: 404, target: "/problems/nothing"),
        Case(code: "not-found", status: 404, target: "/..%2f..%2fetc/passwd"),
        Case(code: "method-not-allowed", status: 405, method: .post),
        Case(code: "method-not-allowed", status: 405, target: "/", method: .delete),
        Case(code: "subject-unknown", status: 404, target: "/v1/subjects/xyz"),
        Case(
            code: "subject-unknown",
            status: 404,
            target: "/v1/subjects/" + String(repeating: "0", count: 32) + "/spending"
        ),
        Case(
            code: "event-unknown",
            status: 404,
            target: "/v1/subjects/" + String(repeating: "0", count: 32) + "/events/1/explain"
        ),
        Case(
            code: "target-too-long",
            status: 414,
            target: "/?" + String(repeating: "a", count: 2048)
        ),
        Case(
            code: "headers-too-large",
            status: 431,
            headers: [.cookie: String(repeating: "a", count: 16_384)]
        ),
        Case(
            code: "body-too-large",
            status: 413,
            target: "/sign-in",
            method: .post,
            headers: [.contentLength: "4097"],
            body: String(repeating: "a", count: 4097)
        ),
    ]

    @Test(arguments: cases)
    func `each fault of a request has its problem`(row: Case) async throws {
        try await Contract().run { client in
            let response = try await client.send(
                row.target,
                method: row.method,
                headers: row.headers,
                body: row.body
            )
            #expect(Int(response.status.code) == row.status)
            #expect(response.headers[.contentType] == "application/problem+json")
            let problem = try Value(json: response.body.readableBytesView)
            #expect(problem["code"] == .string(row.code))
            let name = try #require(ProblemTests.requestID)
            #expect(problem["request_id"]?.text == response.headers[name])
            let type = try #require(problem["type"]?.text)
            #expect(try await client.send(type).status == .ok, "its type is a page")
        }
    }

    @Test func `a wrong method is told the right ones`() async throws {
        try await Contract().run { client in
            let response = try await client.send("/sign-in", method: .put)
            #expect(response.headers[.allow] == "GET, POST, HEAD")
        }
    }

    @Test func `what failed inside stays inside`() async throws {
        let contract = try Contract()
        contract.ledger.change { $0.fails = true }
        try await contract.run { client in
            for target in ["/v1/overview", "/v1/frames", "/metrics", "/", "/subjects"] {
                let response = try await client.send(target)
                #expect(response.status == .serviceUnavailable, "\(target)")
                #expect(response.headers[.retryAfter] == "5")
                #expect(!String(buffer: response.body).contains("secret-detail"))
                #expect(!String(buffer: response.body).contains("mdb_get"))
            }
        }
        #expect(contract.log.text.contains("LedgerFault"), "the log has its name")
        #expect(!contract.log.text.contains("secret-detail"), "and not what it carries")
    }

    private enum Fault: Error, CustomStringConvertible {
        case damaged(subject: String)
        case gone

        var description: String { "a sentence" }
    }

    @Test func `an error is logged by its type and case alone`() {
        #expect(Problems.word(Fault.damaged(subject: "0f3b")) == "Fault.damaged")
        #expect(Problems.word(LedgerFault()) == "LedgerFault")
    }

    @Test func `a browser gets a page, in its language`() async throws {
        try await Contract().run { client in
            let headers: HTTPFields = [.accept: "text/html", .acceptLanguage: "en"]
            let english = try await client.send("/nothing", headers: headers)
            #expect(english.status == .notFound)
            #expect(String(buffer: english.body).contains("<h1>Not found</h1>"))
            let korean = try await client.send("/nothing", headers: [.accept: "text/html"])
            #expect(String(buffer: korean.body).contains("<h1>없는 주소예요</h1>"))
            let program = try await client.send("/v1/nothing", headers: headers)
            #expect(program.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `not ready says which check fails`() async throws {
        let contract = try Contract()
        contract.ledger.change {
            $0.readiness = Readiness(checks: [
                .init(name: "log", passes: true), .init(name: "projections", passes: false),
            ])
        }
        try await contract.run { client in
            let response = try await client.send("/health/ready")
            #expect(response.status == .serviceUnavailable)
            #expect(
                String(buffer: response.body).contains(#"{"name":"projections","passes":false}"#)
            )
            #expect(try await client.send("/health/live").status == .ok)
        }
    }

    @Test func `no line of the log names a person`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let people = try await client.json("/v1/subjects?limit=1")
            let id = try #require(people["items"]?.items?.first?["id"]?.text)
            _ = try await client.json("/v1/subjects/\(id)/spending")
            try await client.send("/subjects/\(id)?period=24m")
            try await client.send("/v1/subjects/\(id.dropLast())x/spending")
            #expect(!contract.log.text.contains(id.prefix(8)))
            #expect(contract.log.text.contains("/v1/subjects/{subject}/spending"))
        }
    }
}
