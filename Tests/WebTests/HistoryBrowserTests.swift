// Correcting a category in a real headless Chromium, driven by Browser/history.py.
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Web

@Suite(.serialized)
struct HistoryBrowserTests {
    @Test func `corrections keep their claims in Chromium`() async throws {
        guard let browser = Checkout.tool("chromium", "chromium-browser", "google-chrome"),
            let python = Checkout.tool("python3")
        else {
            return Checkout.skip("chromium and python3 are needed for the pages' claims")
        }
        let script = Checkout.root.appending(path: "Tests/WebTests/Browser/history.py").path
        let contract = try Contract()
        let sessions = try BrowserTests.sessions(contract)
        try await contract.server.application().test(.live) { client in
            let port = try #require(client.port)
            let run = try await Checkout.runInBackground(
                python,
                ["-B", script, browser, "http://127.0.0.1:\(port)", sessions]
            )
            let claims = try run.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
                try JSONDecoder().decode(BrowserTests.Claim.self, from: Data($0.utf8))
            }
            for claim in claims {
                #expect(claim.faults.isEmpty, "\(claim.claim): \(claim.faults.prefix(10))")
            }
            #expect(claims.count == 4, "\(run.output.suffix(2000))")
            #expect(run.status == 0)
        }
    }
}
