import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

/// What is told about one person: coverage, consents, net worth, forecast, findings.
struct PersonReportTests {
    private func first(_ client: Contract.Client) async throws -> String {
        let people = try await client.json("/v1/subjects?limit=1")
        return try #require(people["items"]?.items?.first?["id"]?.text)
    }

    private func page(
        _ client: Contract.Client,
        _ path: String,
        language: String = "en"
    ) async throws -> String {
        let id = try await first(client)
        let answer = try await client.send(
            "/subjects/\(id)/\(path)",
            headers: [.acceptLanguage: language]
        )
        #expect(answer.status == .ok)
        return String(buffer: answer.body)
    }

    private func amount(_ value: Value?) throws -> Int {
        let text = try #require(value?["amount"]?.text)
        return try #require(Int(text), "\(text) is no whole amount")
    }

    @Test(arguments: ["period=3m", "period=12m", "period=24m", "period=this-month"])
    func `parts and kinds of a change add up to the difference, and a month's kinds to its net`(
        query: String
    ) async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/net-worth?\(query)")
            let change = try #require(report["change"])
            let difference = try amount(change["after"]) - amount(change["before"])
            for list in ["parts", "kinds"] {
                let items = try #require(change[list]?.items)
                let sum = try items.reduce(0) { try $0 + amount($1["difference"]) }
                #expect(sum == difference, "\(list)")
            }
            #expect(difference != 0)
            for month in try #require(report["months"]?.items) {
                let kinds = try #require(month["by_kind"]?.members).values
                let sum = try kinds.reduce(0) { try $0 + amount($1) }
                #expect(try sum == amount(month["net"]))
                let has = try amount(month["assets"]) - amount(month["liabilities"])
                #expect(try has == amount(month["net"]))
            }
        }
    }

    @Test func `the page's waterfall goes from the first amount to the last`() async throws {
        try await Contract().run { client in
            let html = try await page(client, "wealth?period=12m")
            let figure = try #require(html.split(separator: "id=\"chart-why\"").last)
            let body = figure.prefix { $0 != "\u{0}" }.split(separator: "</figure>")[0]
            let values = body.matches(of: #/data-value="(-?[0-9]+)"/#).compactMap { Int($0.1) }
            let last = try #require(values.last)
            #expect(values.count >= 4)
            #expect(values.dropLast().reduce(0, +) == last)
        }
    }

    @Test func `what changed an asset is its movements and what they leave open`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/net-worth?period=12m")
            let parts = try #require(report["change"]?["parts"]?.items)
            for part in parts {
                let asset = try #require(part["asset"]?["id"]?.text)
                let trace = try await client.json(
                    "/v1/subjects/\(id)/net-worth/\(asset)?period=12m"
                )
                let sums = try #require(trace["sums"]?.items)
                let told = try sums.reduce(0) { try $0 + amount($1["amount"]) }
                let difference = try amount(trace["after"]) - amount(trace["before"])
                #expect(try told + amount(trace["rest"]) == difference)
                #expect(try difference == amount(part["difference"]))
                let page = try await client.send("/subjects/\(id)/wealth/\(asset)")
                #expect(page.status == .ok)
            }
            let other = String(repeating: "a", count: 32)
            let gone = try await client.send("/v1/subjects/\(id)/net-worth/\(other)")
            #expect(gone.status == .notFound)
        }
    }

    @Test func `an asset that was first seen is told from one that grew`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/net-worth?period=12m")
            let parts = try #require(report["change"]?["parts"]?.items)
            let appeared = parts.filter { $0["reason"] == .string("appeared") }
            #expect(appeared.compactMap { $0["kind"]?.text } == ["investments"])
            let html = try await page(client, "wealth?period=12m")
            #expect(html.contains("first seen"))
        }
    }

    @Test func `gaps are told with their days and what is missing`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/coverage")
            let assets = try #require(report["assets"]?.items)
            func asset(_ kind: String) throws -> Value {
                try #require(assets.first { $0["asset"]?["exact_kind"] == .string(kind) })
            }
            let chain = try #require(try asset("deposit")["continuity"]?.items?.first)
            let gap = try #require(chain["gaps"]?.items?.first)
            #expect(chain["gaps"]?.items?.count == 1)
            #expect(try amount(gap["missing"]) == -69_000)
            #expect(gap["from"] == .string("2025-06-10"))
            #expect(gap["through"] == .string("2025-06-14"))
            let hole = try #require(try asset("card")["uncovered"]?.items?.first)
            #expect(hole["from"] == .string("2025-10-01"))
            #expect(hole["through"] == .string("2025-10-14"))
            let html = try await page(client, "coverage")
            #expect(html.contains("2025-06-10 through 2025-06-14: transactions of -₩69,000"))
            #expect(html.contains("2025-10-01 through 2025-10-14: not received yet"))
            #expect(html.contains("There are 2 gaps"))
        }
    }

    @Test func `requests say in how many days they end, and what was deleted has a receipt`()
        async throws
    {
        try await Contract().run { client in
            let id = try await first(client)
            let register = try await client.json("/v1/subjects/\(id)/consents")
            let requests = try #require(register["requests"]?.items)
            #expect(requests.count == 4)
            #expect(requests.first?["days_left"] != .null)
            let soon = requests.first { $0["days_left"] == .integer(12) }
            #expect(soon?["state"] == .string("live"))
            let over = try #require(requests.last)
            #expect(over["state"] == .string("withdrawn"))
            #expect(over["days_left"] == .null)
            let receipt = try #require(register["deletions"]?.items?.first)
            #expect(receipt["completed_at_ms"] != .null)
            let html = try await page(client, "consents")
            #expect(html.contains("ends in 12 days (2026-03-30)"))
            #expect(html.contains("the keys of 1 assets were destroyed"))
            #expect(html.contains("비교나라"))
            #expect(html.contains("nothing to do, the next cycle tries again"))
            #expect(html.contains("1 sets, 0 rows, at the regular time"))
        }
    }

    @Test func `pages of the history continue where the last one ended, each once`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let base = "/v1/subjects/\(id)/transfers?period=12m&limit=7"
            var target = base
            var seen: [Value] = []
            while true {
                let answer = try await client.json(target)
                seen += answer["items"]?.items ?? []
                guard let next = answer["next_cursor"]?.text else { break }
                target = base + "&after=\(next)"
            }
            let whole = try await client.json(
                "/v1/subjects/\(id)/transfers?period=12m&limit=200"
            )
            #expect(seen == whole["items"]?.items)
            #expect(seen.count > 30)
        }
    }

    @Test func `the notice is the document's text, and the page has its parts`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let answer = try await client.send("/v1/subjects/\(id)/notice")
            let text = String(buffer: answer.body)
            #expect(text.hasPrefix("# 개인신용정보 전송·이용내역 통지"))
            #expect(text.contains("비교나라"))
            let html = try await page(client, "notice", language: "ko")
            for part in ["국민은행", "비교나라", "자산 조회"] { #expect(html.contains(part)) }
        }
    }

    @Test func `the lowest day of a forecast is the path's, inside its interval`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let report = try await client.json("/v1/subjects/\(id)/forecast?months=2")
            let path = try #require(report["path"]?.items)
            #expect(path.count > 55)
            let lowest = try amount(report["lowest"]?["expected"])
            #expect(try path.map { try amount($0["expected"]) }.min() == lowest)
            for day in path {
                let expected = try amount(day["expected"])
                #expect(try amount(day["low"]) <= expected)
                #expect(try expected <= amount(day["high"]))
            }
            let fixed = try #require(report["fixed_costs"])
            let monthly = try #require(fixed["items"]?.items).reduce(0) {
                try $0 + amount($1["monthly"])
            }
            #expect(try monthly == amount(fixed["monthly_total"]))
            #expect(monthly > 0)
            let html = try await page(client, "ahead?months=2")
            let shown = Money(thousandths: Int64(lowest) * 1_000, currency: .krw).text
            #expect(html.contains("Lowest on"))
            #expect(html.contains(shown))
        }
    }

    @Test func `a finding says why, and its transactions can be looked at`() async throws {
        try await Contract().run { client in
            let id = try await first(client)
            let feed = try await client.json("/v1/subjects/\(id)/insights")
            let items = try #require(feed["items"]?.items)
            let double = try #require(items.first { $0["kind"] == .string("double-charge") })
            #expect(double["severity"] == .string("warning"))
            let events = (double["events"]?.items ?? []).compactMap(\.text)
            #expect(events.count == 2)
            for event in events {
                let looked = try await client.send("/subjects/\(id)/events/\(event)")
                #expect(looked.status == .ok)
            }
            let html = try await page(client, "insights")
            #expect(html.contains("twice within minutes"))
            #expect(html.contains("Because"))
            #expect(html.contains("/events/\(events[0])"))
            let main = try #require(html.split(separator: "<main").last)
            #expect(!main.contains("{"))
        }
    }

    @Test func `a person of whom nothing is known has pages that say what will come`() async throws
    {
        try await Contract().run { client in
            let people = try await client.json("/v1/subjects")["items"]?.items
            let id = try #require(people?.last?["id"]?.text)
            for tab in ["wealth", "ahead", "insights", "consents", "coverage"] {
                let answer = try await client.send("/subjects/\(id)/\(tab)")
                let html = String(buffer: answer.body)
                #expect(!html.matches(of: #/data-empty>[^<]+<a /#).isEmpty, "\(tab)")
                #expect(!html.contains("data-chart"), "\(tab)")
            }
        }
    }

    @Test func `an unknown person is unknown at every address`() async throws {
        try await Contract().run { client in
            let nobody = String(repeating: "0", count: 32)
            for path in [
                "coverage", "consents", "transfers", "notice", "net-worth", "forecast", "insights",
            ] {
                let answer = try await client.send("/v1/subjects/\(nobody)/\(path)")
                #expect(answer.status == .notFound, "\(path)")
            }
        }
    }
}
