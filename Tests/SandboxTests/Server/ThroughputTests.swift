import AsyncHTTPClient
import Foundation
import MyData
import Simulation
import Testing

@testable import Sandbox

/// How fast pages come, at a size for every run; the figures are printed.
struct ThroughputTests {
    private static let pages = 64
    private static let streams = 16

    @Test func `pages over HTTP/2 carry all rows`() async throws {
        let fixture = try DeskFixture()
        let (person, bank, token, account) = try await fixture.deposit()
        let whole = await fixture.movements(bank, account, token: token, from: "20250101")
        let rows = TrafficCounters.rows(whole.body)
        let pages =
            Int(ProcessInfo.processInfo.environment["JANGBU_SANDBOX_PAGES"] ?? "")
            ?? ThroughputTests.pages
        let clock = ContinuousClock()
        let alone = try await clock.measure {
            for _ in 0..<pages {
                let ask = fixture.movementsAsk(bank, account, token: token, from: "20250101")
                try #require(await fixture.desk.reply(to: ask).status == 200)
            }
        }
        try await withServer(fixture, .automatic) { wire in
            // The server has tokens of its own.
            let form = try fixture.tokenForm(person, bank, consent: try fixture.consent(bank))
            let issued = try await wire.send(
                fixture.oauthAsk(bank, "token", form)
            )
            let token = try #require(issued.json["access_token"]?.scalar)
            let asks = (0..<pages).map { _ in
                fixture.movementsAsk(bank, account, token: token, from: "20250101")
            }
            let begin = clock.now
            let bytes = try await withThrowingTaskGroup(of: Int.self) { group in
                for stream in 0..<ThroughputTests.streams {
                    let own = stride(from: stream, to: asks.count, by: ThroughputTests.streams)
                        .map { asks[$0] }
                    group.addTask {
                        var bytes = 0
                        for ask in own { bytes += try await wire.send(ask).byteCount }
                        return bytes
                    }
                }
                return try await group.reduce(0, +)
            }
            let seconds = (clock.now - begin) / .seconds(1)
            #expect(bytes == whole.body.count * pages)
            print(
                "\(pages) pages of \(rows) rows and \(whole.body.count) bytes:",
                "desk \(Int(alone / .microseconds(1)) / pages) us a page,",
                "wire \(Int(Double(pages * rows) / seconds)) rows/s both sides in one process"
            )
        }
    }

    @Test func `a transfer request is signed and checked`() async throws {
        let fixture = try DeskFixture()
        let (person, bank) = try fixture.customer()
        let consent = try fixture.consent(bank)
        let clock = ContinuousClock()
        var forms: [String] = []
        let signing = try clock.measure {
            for _ in 0..<ThroughputTests.pages {
                forms.append(try fixture.tokenForm(person, bank, consent: consent))
            }
        }
        let checking = try await clock.measure {
            for form in forms {
                try #require(await fixture.oauth(bank, "token", form).status == 200)
            }
        }
        print(
            "\(forms.count) transfer requests:",
            "signing \(Int(signing / .microseconds(1)) / forms.count) us,",
            "token \(Int(checking / .microseconds(1)) / forms.count) us each"
        )
    }
}
