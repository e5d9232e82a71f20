import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

/// Corrections over the interface and the pages.
struct CorrectionTests {
    private static let event = "3.0"

    private func person(_ client: Contract.Client) async throws -> String {
        let people = try await client.json("/v1/subjects")["items"]?.items
        return try #require(people?.first?["id"]?.text)
    }

    private func named(_ name: String) -> HTTPFields {
        [HTTPField.Name.idempotencyKey: name]
    }

    private func body(
        _ category: String,
        scope: String = "merchant",
        event: String = Self.event
    ) -> String {
        #"{"event":"\#(event)","scope":"\#(scope)","category":"\#(category)"}"#
    }

    private func count(
        _ client: Contract.Client,
        _ person: String,
        _ category: String
    ) async throws -> Int {
        let lines = try await client.json(
            "/v1/subjects/\(person)/transactions?limit=200&category=\(category)"
        )
        return lines["items"]?.items?.count ?? -1
    }

    @Test func `a preview records nothing, the order moves what it showed, undo moves it back`()
        async throws
    {
        try await Contract().run { client in
            let id = try await person(client)
            let before = try await count(client, id, "travel")
            let preview = try await client.json(
                "/v1/subjects/\(id)/events/\(Self.event)/correction?scope=merchant&category=travel"
            )
            let moves = try #require(preview["count"]?.double)
            #expect(moves > 0)
            #expect(try await count(client, id, "travel") == before)
            let made = try await client.send(
                "/v1/subjects/\(id)/corrections",
                method: .post,
                headers: named("one"),
                body: body("travel")
            )
            #expect(made.status == .created)
            let line = try Value(json: made.body.readableBytesView)
            #expect(line["moved"]?.double == moves)
            let correction = try #require(line["event"]?.text)
            let held = try await client.json("/v1/subjects/\(id)/corrections")
            #expect(held["items"]?.items?.first?["state"]?.text == "in-force")
            let undone = try await client.send(
                "/v1/subjects/\(id)/corrections/\(correction)",
                method: .delete
            )
            #expect(undone.status == .ok)
            #expect(try await count(client, id, "travel") == before)
            let again = try await client.send(
                "/v1/subjects/\(id)/corrections/\(correction)",
                method: .delete
            )
            #expect(again.headers[.idempotentReplayed] == "true")
            #expect(again.body == undone.body)
        }
    }

    @Test func `a request is carried out once, another under its name never`() async throws {
        try await Contract().run { client in
            let id = try await person(client)
            let path = "/v1/subjects/\(id)/corrections"
            let first = try await client.send(
                path,
                method: .post,
                headers: named("k"),
                body: body("travel")
            )
            let again = try await client.send(
                path,
                method: .post,
                headers: named("k"),
                body: body("travel")
            )
            #expect(again.status == .created && again.body == first.body)
            #expect(first.headers[.idempotentReplayed] == nil)
            #expect(again.headers[.idempotentReplayed] == "true")
            let other = try await client.send(
                path,
                method: .post,
                headers: named("k"),
                body: body("health")
            )
            #expect(other.status == .unprocessableContent)
            let list = try await client.json(path)
            #expect(list["items"]?.items?.count == 1)
        }
    }

    @Test(arguments: [
        ("", #"{"event":"3.0","scope":"one","category":"travel"}"#, 400),
        ("with space", #"{"event":"3.0","scope":"one","category":"travel"}"#, 400),
        ("k", "", 400), ("k", #"{"event":"3.0","scope":"one"}"#, 400),
        ("k", #"{"event":"3.0","scope":"all","category":"travel"}"#, 400),
        ("k", #"{"event":"x","scope":"one","category":"travel"}"#, 404),
        ("k", #"{"event":"999999.0","scope":"one","category":"travel"}"#, 404),
        ("k", #"{"event":"3.0","scope":"one","category":"no.such"}"#, 422),
    ])
    func `what is no order is refused with one sentence`(
        name: String,
        body: String,
        status: Int
    ) async throws {
        try await Contract().run { client in
            let id = try await person(client)
            let answer = try await client.send(
                "/v1/subjects/\(id)/corrections",
                method: .post,
                headers: name.isEmpty ? [:] : named(name),
                body: body
            )
            #expect(Int(answer.status.code) == status)
            let list = try await client.json("/v1/subjects/\(id)/corrections")
            #expect(list["items"]?.items?.isEmpty == true)
        }
    }

    @Test func `the page previews, does what it showed once, and takes it back`() async throws {
        try await Contract().run { client in
            let id = try await person(client)
            let page = "/subjects/\(id)/events/\(Self.event)"
            let preview = try await client.send(page + "?scope=merchant&category=travel")
            let text = String(buffer: preview.body)
            #expect(text.contains("건이 바뀌어요"))
            let cursor = try #require(
                text.firstMatch(of: /name="cursor" value="(c[0-9a-z]+)"/)?.output.1
            )
            #expect(try await client.json("/v1/subjects/\(id)/corrections")["items"]?.items == [])
            var places: Set<String> = []
            for _ in 0..<2 {
                let done = try await client.send(
                    page + "/corrections",
                    method: .post,
                    headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: "scope=merchant&category=travel&cursor=\(cursor)"
                )
                #expect(done.status == .seeOther)
                places.insert(try #require(done.headers[.location]))
            }
            let place = try #require(places.first)
            #expect(places.count == 1)
            let told = String(buffer: try await client.send(place).body)
            #expect(told.contains("되돌리기"))
            let action = try #require(
                told.firstMatch(of: /action=.([a-z0-9\/.]+)\/withdraw/)?.output.1
            )
            let undone = try await client.send(action + "/withdraw", method: .post, body: "")
            let end = try #require(undone.headers[.location])
            let last = String(buffer: try await client.send(end).body)
            #expect(last.contains("되돌렸어요") && !last.contains("/withdraw"))
        }
    }

    @Test func `changes come in pages that go on until nothing is left`() async throws {
        try await Contract().run { client in
            let id = try await person(client)
            var cursor = "c0"
            var ids: Set<String> = []
            var hasMore = true
            while hasMore {
                let page = try await client.json(
                    "/v1/subjects/\(id)/changes?after=\(cursor)&limit=200"
                )
                for item in page["items"]?.items ?? [] {
                    if let id = item["id"]?.text { #expect(ids.insert(id).inserted) }
                }
                cursor = try #require(page["next_cursor"]?.text)
                hasMore = page["has_more"] == .bool(true)
            }
            #expect(ids.count > 200)
            for (query, status) in [("after=x", 400), ("through=!", 400), ("limit=0", 400)] {
                let answer = try await client.send("/v1/subjects/\(id)/changes?\(query)")
                #expect(Int(answer.status.code) == status)
            }
        }
    }

    @Test func `as of a revision or a day, later lines are not there`() async throws {
        try await Contract().run { client in
            let id = try await person(client)
            let path = "/v1/subjects/\(id)"
            #expect(try await client.json(path + "?as_of=c5")["cursor"]?.text == "c5")
            let all = try await client.json(path + "/transactions?as_of=c1z&period=24m")
            #expect(all["items"]?.items?.isEmpty == false)
            let none = try await client.json(path + "/transactions?as_of=c0")
            #expect(none["items"] == .array([]))
            _ = try await client.json(path + "/spending?as_of=2026-01-31")
            // A form's field that is left empty asks for now.
            let now = try await client.json(path)
            #expect(try await client.json(path + "?as_of=")["cursor"] == now["cursor"])
            // A day is one of the past or today.
            let later = TestPerson.today.adding(days: 1).description
            let beyond = ["0001-01-01", "1969-12-31", later, "9999-12-31"]
            for text in ["x", "c1.2", "2026-13-01", "2026-1-1", "-1"] + beyond {
                let answer = try await client.send(path + "?as_of=\(text)")
                #expect(answer.status == .badRequest, "\(text)")
            }
        }
    }

    @Test func `an export comes whole in either form, and in no other`() async throws {
        try await Contract().run { client in
            let path = "/v1/subjects/\(try await person(client))/export"
            #expect(try await client.json(path)["export"]?.text == "jangbu")
            let csv = try await client.send(path + "?format=csv")
            #expect(csv.status == .ok)
            #expect(String(buffer: csv.body).hasSuffix("\"a,b\"\r\n"))
            #expect(csv.headers[.contentDisposition]?.contains(".csv") == true)
            #expect(try await client.send(path + "?format=xml").status == .badRequest)
            let unknown = "/v1/subjects/" + String(repeating: "0", count: 32) + "/export"
            #expect(try await client.send(unknown).status == .notFound)
        }
    }
}
