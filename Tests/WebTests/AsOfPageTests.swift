import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

/// A person's pages as of a day: a form in the head, a banner, and one time in all of the page.
struct AsOfPageTests {
    private static let tabs = ["", "/wealth", "/ahead", "/insights", "/coverage"]
    /// Half a year before the test's today; the end of a month.
    private static let then = "2025-09-30"

    private func page(
        _ client: Contract.Client,
        _ target: String,
        _ headers: HTTPFields = [:]
    ) async throws -> String {
        let answer = try await client.send(target, headers: headers)
        #expect(answer.status == .ok, "\(target)")
        return String(buffer: answer.body)
    }

    @Test(arguments: tabs) func `every page has the form, and says so when it shows the past`(
        tab: String
    ) async throws {
        try await Contract().run { client in
            let path = "/subjects/" + (try await client.firstPerson()) + tab
            let now = try await page(client, path)
            #expect(now.contains("name=\"as_of\""))
            #expect(now.contains("max=\"2026-03-18\""))
            #expect(!now.contains("data-past"))
            // A form's field that is left empty is now.
            #expect(try await page(client, path + "?as_of=").contains("data-past") == false)
            let past = try await page(client, path + "?as_of=" + Self.then)
            #expect(past.contains("data-past"))
            #expect(past.contains("value=\"\(Self.then)\""))
            #expect(past.contains("기록된 것만 보여주고 있어요"))
            // What leads to another page of now is no link.
            #expect(past.matches(of: #/href="[^"]*\/events\/[^"]*"/#).isEmpty)
            for link in past.matches(of: #/<a href="(\/subjects\/[^"?]*)\?([^"]*)"/#) {
                let query = String(link.output.2)
                let isBack =
                    query == "period=12m&amp;currency=KRW"
                    || query == "months=3&amp;currency=KRW" || query == "currency=KRW"
                #expect(query.contains("as_of=\(Self.then)") != isBack, "\(link.output.0)")
            }
        }
    }

    @Test func `nothing on the page is later than the day, and periods count from it`() async throws
    {
        try await Contract().run { client in
            let id = try await client.firstPerson()
            let past = try await page(client, "/subjects/\(id)?period=3m&as_of=\(Self.then)")
            #expect(past.contains("2025-07부터 2025-09까지"))
            for day in past.matches(of: #/<td class="day">([0-9-]+)</#) {
                #expect(day.output.1 <= Self.then)
            }
            #expect(past.matches(of: #/<td class="day">/#).count > 10)
            // How connections stand, and who looked, is of now alone.
            #expect(!past.contains("id=\"sources\"") && !past.contains("id=\"accesses\""))
            let wealth = try await page(client, "/subjects/\(id)/wealth?as_of=\(Self.then)")
            #expect(wealth.contains("2025-09") && !wealth.contains("2025-10"))
        }
    }

    @Test func `an operator may ask for the ends of months alone`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let id = try await client.firstPerson()
            let own: HTTPFields = [.cookie: try contract.server.cookie(for: .localOperator)]
            let end = try await page(client, "/subjects/\(id)?as_of=\(Self.then)", own)
            #expect(end.contains("달의 마지막 날만"))
            for tab in ["", "/wealth", "/coverage"] {
                let within = try await client.send(
                    "/subjects/\(id)\(tab)?as_of=2025-09-29",
                    headers: own
                )
                #expect(within.status == .forbidden)
            }
        }
    }

    @Test func `the next page and both legs of a transfer keep each other`() async throws {
        try await Contract().run { client in
            let id = try await client.firstPerson()
            let path = "/subjects/\(id)?period=24m&limit=20"
            let first = try await page(client, path + "&links=apart")
            let next = try #require(first.firstMatch(of: #/href="([^"]*&amp;after=[^"#]*)#/#))
            #expect(next.output.1.contains("links=apart"))
        }
    }
}
