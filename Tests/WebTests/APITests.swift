import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct APITests {
    /// Every address of the interface that answers with data, of the site's own routes, and the
    /// same asked in other ways.
    private func targets(_ client: Contract.Client) async throws -> [String] {
        let places = try await client.places()
        let data = ["/v1/", "/health/", "/metrics", "/openapi"]
        var targets: [String] = []
        for route in client.server.site.routes where route.method == .get {
            guard data.contains(where: route.path.hasPrefix), route.path != "/v1/stream" else {
                continue
            }
            // Nobody is in an empty ledger.
            guard let target = places.fill(route.path) else { continue }
            // A preview says what it would move.
            let isPreview = target.hasSuffix("/correction")
            targets.append(target + (isPreview ? "?scope=one&category=food.cafe" : ""))
        }
        guard let id = places.subject else { return targets }
        let person = "/v1/subjects/\(id)"
        return targets
            + [
                person + "/spending?period=24m&currency=GBP",
                person + "/spending?period=custom&from=2025-01&through=2025-03",
                person + "/spending?as_of=2025-12-31", person + "?as_of=c5",
                person + "/transactions?limit=200", person + "/transactions?as_of=2025-12-31",
                person + "/transfers?limit=5", person + "/notice?period=12m",
                person + "/net-worth?period=24m", person + "/forecast?months=2",
                person + "/changes?limit=3", person + "/export?format=csv",
            ]
    }

    private func first(_ client: Contract.Client) async throws -> String {
        let people = try await client.json("/v1/subjects?limit=1")
        return try #require(people["items"]?.items?.first?["id"]?.text)
    }

    @Test func `every address answers as the document says, also to HEAD`() async throws {
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            for target in try await targets(client) {
                let response = try await client.send(target)
                #expect(response.status == .ok, "\(target)")
                let head = try await client.send(target, method: .head)
                #expect(head.status == .ok, "\(target)")
                #expect(head.body.readableBytes == 0, "\(target)")
                // Metrics and looks count the request before, so their length moves; what is
                // written piece by piece has none.
                guard target != "/metrics", !target.hasSuffix("/accesses"),
                    let length = response.headers[.contentLength]
                else { continue }
                #expect(head.headers[.contentLength] == length)
            }
        }
    }

    @Test func `an empty ledger answers as the document says`() async throws {
        try await Contract(TestLedger(isEmpty: true)).run { client in
            let targets = try await targets(client)
            #expect(targets.count > 10)
            for target in targets {
                let response = try await client.send(target)
                #expect(response.status == .ok, "\(target)")
            }
        }
    }

    @Test func `pages of people continue where the last one ended, each once`() async throws {
        try await Contract().run { client in
            var seen: [String] = []
            var target = "/v1/subjects?limit=5"
            while true {
                let page = try await client.json(target)
                seen += (page["items"]?.items ?? []).compactMap { $0["id"]?.text }
                guard let next = page["next_cursor"]?.text else { break }
                target = "/v1/subjects?limit=5&after=\(next)"
            }
            #expect(seen.count == 23)
            #expect(Set(seen).count == 23)
        }
    }

    @Test func `the cursor of the overview continues the frames without gap or repeat`()
        async throws
    {
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            let cursor = try #require(try await client.json("/v1/overview")["cursor"]?.text)
            let before = try await client.json("/v1/frames?after=\(cursor)")
            #expect(before["items"]?.items?.isEmpty == true)
            contract.ledger.tick()
            let after = try await client.json("/v1/frames?limit=200&after=\(cursor)")
            let now = try await client.json("/v1/partitions")
            let next = try #require(after["next_cursor"]?.text)
            let partitions = try #require(now["items"]?.items)
            let cut = try #require(Cursor(text: next)).counts
            let old = try #require(Cursor(text: cursor)).counts
            let items = try #require(after["items"]?.items)
            for (place, partition) in partitions.enumerated() {
                let inside = items.filter { $0["partition"] == partition["partition"] }
                #expect(UInt64(inside.count) == cut[place] - old[place])
            }
        }
    }

    @Test(arguments: [
        ("/v1/subjects?limit=0", "limit"), ("/v1/subjects?limit=201", "limit"),
        ("/v1/subjects?limit=ten", "limit"), ("/v1/subjects?after=7", "after"),
        ("/v1/frames?after=c+1", "after"), ("/v1/subjects/ID/spending?period=week", "period"),
        ("/v1/subjects/ID/spending?period=custom", "from"),
        ("/v1/subjects/ID/spending?from=2025-13&through=2025-03", "from"),
        ("/v1/subjects/ID/spending?from=2025-04&through=2025-03", "through"),
        ("/v1/subjects/ID/spending?from=1990-01&through=2025-03", "through"),
        ("/v1/subjects/ID/spending?currency=krw", "currency"),
        ("/v1/subjects/ID/forecast?months=4", "months"),
        ("/v1/subjects/ID/forecast?months=0", "months"),
        ("/v1/subjects/ID/net-worth?period=1y", "period"),
        ("/v1/subjects/ID/insights?currency=won", "currency"),
        ("/v1/subjects/ID/transfers?after=c+1", "after"),
    ])
    func `a wrong parameter is named`(target: String, parameter: String) async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let response = try await client.send(target.replacing("ID", with: id))
            #expect(response.status == .badRequest)
            let problem = try Value(json: response.body.readableBytesView)
            #expect(problem["parameter"] == .string(parameter))
        }
    }

    @Test func `amounts are exact decimal strings and months add up to the whole`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/spending?period=24m")
            func sum(_ key: String) -> Int {
                (report["months"]?.items ?? []).reduce(0) {
                    $0 + (Int($1[key]?["amount"]?.text ?? "") ?? .min)
                }
            }
            #expect(report["spent"]?["amount"] == .string(String(sum("spent"))))
            #expect(report["income"]?["amount"] == .string(String(sum("income"))))
            #expect(sum("spent") > 0)
        }
    }

    @Test func `static files never change under their name, and a known one is not sent again`()
        async throws
    {
        try await Contract().run { client in
            let page = String(buffer: try await client.send("/").body)
            let paths = Set(page.matches(of: /\/assets\/[a-z0-9.]+/).map { String($0.output) })
            #expect(paths.count == 3, "style, icon and one module")
            for path in paths {
                let first = try await client.send(path)
                #expect(first.status == .ok)
                #expect(first.headers[.cacheControl]?.contains("immutable") == true)
                let tag = try #require(first.headers[.eTag])
                let again = try await client.send(path, headers: [.ifNoneMatch: tag])
                #expect(again.status == .notModified)
            }
            #expect(try await client.send("/assets/app.0000000000000000.css").status == .notFound)
        }
    }
}
