import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

/// Transfers between own accounts and refunds, over the interface and the pages.
struct LinkTests {
    private static let legs = ["700000.0", "700001.0"]

    /// A ledger whose first person moved money from one own account to another today.
    private func contract() throws -> Contract {
        let ledger = TestLedger()
        ledger.change { state in
            for (number, amount) in [(0, Int64(-50_000_000)), (1, 50_000_000)] {
                let event = EventID(revision: 700_000 + UInt64(number), index: 0)
                var line = TransactionLine(
                    event: event,
                    day: TestPerson.today,
                    merchant: "김민준",
                    amount: Money(thousandths: amount, currency: .krw),
                    category: "transport",
                    categoryName: TestPerson.names["transport"]
                )
                line.link = LinkLine(
                    kind: .ownTransfer,
                    from: EventID(revision: 700_000, index: 0),
                    to: EventID(revision: 700_001, index: 0),
                    rule: "own-transfer",
                    version: 1,
                    decision: nil
                )
                state.people[0].lines.append(line)
            }
        }
        return try Contract(ledger)
    }

    private func person(_ client: Contract.Client) async throws -> String {
        let people = try await client.json("/v1/subjects")["items"]?.items
        return try #require(people?.first?["id"]?.text)
    }

    @Test func `both legs are one line, and two when they are wanted apart`() async throws {
        try await contract().run { client in
            let path = "/subjects/\(try await person(client))"
            let one = String(buffer: try await client.send(path + "?period=this-month").body)
            #expect(one.contains("⇄ 내 계좌 사이") && one.contains("따로 보기"))
            #expect(one.contains("-₩50,000") && !one.contains("<td class=\"number\">₩50,000"))
            let apart = try await client.send(path + "?period=this-month&links=apart")
            let two = String(buffer: apart.body)
            #expect(two.contains("-₩50,000") && two.contains("<td class=\"number\">₩50,000"))
        }
    }

    @Test func `a person takes a pair apart and puts it together again`() async throws {
        try await contract().run { client in
            let id = try await person(client)
            let links = "/v1/subjects/\(id)/links"
            #expect(try await client.json(links)["items"]?.items?.count == 1)
            let page = "/subjects/\(id)/events/\(Self.legs[0])"
            let text = String(buffer: try await client.send(page).body)
            #expect(text.contains("짝이 아니에요"))
            let form = "from=\(Self.legs[0])&to=\(Self.legs[1])&kind=own-transfer&cursor=c1"
            let done = try await client.send(
                page + "/links",
                method: .post,
                body: form + "&linked=no"
            )
            let place = try #require(done.headers[.location])
            let told = String(buffer: try await client.send(place).body)
            #expect(told.contains("따로 두었어요") && told.contains("되돌리기"))
            #expect(try await client.json(links)["items"]?.items?.isEmpty == true)
            let body = #"{"from":"700000.0","to":"700001.0","kind":"own-transfer","linked":true}"#
            let again = try await client.send(
                links,
                method: .post,
                headers: [.idempotencyKey: "k"],
                body: body
            )
            #expect(again.status == .created)
            #expect(try await client.json(links)["items"]?.items?.first?["rule"]?.text == "person")
            for (body, status) in [
                (body.replacing("700001", with: "5"), 201), (body.replacing("0.0", with: "9"), 422),
                ("{}", 400), (body.replacing("700001", with: "99999999"), 422),
            ] {
                let answer = try await client.send(
                    links,
                    method: .post,
                    headers: [.idempotencyKey: "n"],
                    body: body
                )
                #expect(Int(answer.status.code) == status, "\(body)")
            }
        }
    }
}
