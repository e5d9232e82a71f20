import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct SpendingPageTests {
    private func page(_ client: Contract.Client, _ query: String = "") async throws -> String {
        let people = try await client.json("/v1/subjects?limit=1")
        let id = try #require(people["items"]?.items?.first?["id"]?.text)
        let headers: HTTPFields = [.acceptLanguage: "en"]
        let answer = try await client.send("/subjects/\(id)\(query)", headers: headers)
        return String(buffer: answer.body)
    }

    @Test func `what comes in again and what was taken back are shown as such`() async throws {
        try await Contract().run { client in
            let html = try await page(client, "?limit=200")
            #expect(html.contains("+₩3,850,000"))
            #expect(html.contains("cancelled"))
        }
    }

    @Test func `mean and trend of the page are the report's`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let people = try await client.json("/v1/subjects?limit=1")
            let id = try #require(people["items"]?.items?.first?["id"]?.text)
            let trend = try #require(
                try await client.json("/v1/subjects/\(id)/spending")["spent_trend"]
            )
            let average = try #require(trend["average"]?["amount"]?.text)
            let money = try Money(decimal: average, currency: .krw)
            let html = try await page(client)
            #expect(html.contains(money.rounded.text))
            #expect(html.contains(" a month"))
        }
    }

    @Test(arguments: [
        (1_499, 1_000), (1_500, 2_000), (2_500, 2_000), (2_501, 3_000), (-1_500, -2_000), (0, 0),
        (-2_500, -2_000),
    ])
    func `a mean is rounded half to even`(thousandths: Int64, rounded: Int64) {
        #expect(Money(thousandths: thousandths, currency: .krw).rounded.thousandths == rounded)
    }
}
