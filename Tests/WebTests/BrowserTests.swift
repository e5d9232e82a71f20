// The pages in a real headless Chromium, driven by Browser/claims.py (Python's standard library
// only).
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Web

@Suite(.serialized)
struct BrowserTests {
    /// One line of the script: a claim, and what breaks it.
    struct Claim: Decodable {
        var claim: String
        var faults: [String]
    }

    /// Claims the script makes; fewer lines mean that it ended early.
    static let claimCount = 18

    /// Secrets of sessions by subject, the local operator's under nothing, as JSON.
    static func sessions(_ contract: Contract) throws -> String {
        var secrets = ["": try contract.server.newSession(for: .localOperator)]
        for id in contract.ledger.ids {
            secrets[id] = try contract.server.newSession(for: .person(id))
        }
        return String(decoding: try JSONEncoder().encode(secrets), as: UTF8.self)
    }

    @Test func `the pages keep their claims in Chromium`() async throws {
        guard let browser = Checkout.tool("chromium", "chromium-browser", "google-chrome"),
            let python = Checkout.tool("python3")
        else {
            return Checkout.skip("chromium and python3 are needed for the pages' claims")
        }
        let contract = try Contract()
        contract.ledger.change { $0.ticksWhenAsked = true }
        contract.ledger.tick()
        let script = Checkout.root.appending(path: "Tests/WebTests/Browser/claims.py").path
        let pictures = Checkout.root.appending(path: ".build/web-pictures").path
        try await contract.server.application().test(.live) { client in
            let port = try #require(client.port)
            let address = "http://127.0.0.1:\(port)"
            let sessions = try BrowserTests.sessions(contract)
            let link = try #require(try contract.server.operatorLink())
            let run = try await Checkout.runInBackground(
                python,
                ["-B", script, browser, address, pictures, sessions, link]
            )
            let claims = try run.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
                try JSONDecoder().decode(Claim.self, from: Data($0.utf8))
            }
            for claim in claims {
                #expect(claim.faults.isEmpty, "\(claim.claim): \(claim.faults.prefix(10))")
            }
            #expect(claims.count == BrowserTests.claimCount, "\(run.output.suffix(2000))")
            #expect(run.status == 0)
        }
    }
}
