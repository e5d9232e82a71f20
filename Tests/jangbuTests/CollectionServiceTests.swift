import Commands
import Files
import Finance
import Foundation
import Projections
import Simulation
import SwiftProtobuf
import Testing
import Vault
import Web

@testable import jangbu

/// The console over a real ledger: what it counts, and that no content of an answer leaves it.
@Suite struct CollectionServiceTests {
    static let canary = "김카나리 900101-1234567 을지로골뱅이"

    static func aside(_ id: UInt64, parts: UInt32 = 1, part: UInt32 = 0) -> Event {
        LedgerWorld.event { event in
            event.payloadQuarantined = .with {
                $0.id = id
                ($0.part, $0.parts) = (part, parts)
                $0.payload = Data(#"{"rsp_code":"00000","x":"\#(canary)"}"#.utf8)
                $0.query = Data(#"{"account_num":"\#(canary)"}"#.utf8)
                ($0.api, $0.provider) = (.bank004, "A1BK010000")
                ($0.industry, $0.version) = (.bank, 2)
                ($0.reason, $0.field, $0.row) = (.fieldMissing, "trans_dtime", 4)
                ($0.size, $0.askedAt) = (40, LedgerWorld.noon)
            }
        }
    }

    private func failed(_ code: UInt32) -> Event {
        LedgerWorld.event { event in
            event.transferFailed = .with {
                ($0.provider, $0.api) = ("A1BK010000", .bank004)
                ($0.code, $0.status) = (code, 500)
            }
        }
    }

    @Test func `the console counts from the log and shows no content`() async throws {
        let world = try LedgerWorld()
        let subject = try await world.record([Self.aside(1), Self.aside(2), failed(50_005)])
        try await world.record([Self.aside(3)], of: "another")
        try world.services.projections.checkpoint()
        let report = try await world.ledger.collection()
        let bank = try #require(report.providers.first)
        #expect(bank.code == "A1BK010000")
        #expect(bank.apis.map(\.id) == ["은행-004"])
        #expect(bank.apis.first?.aside == 3)
        #expect(bank.apis.first?.errors.map(\.code) == [50_005])
        #expect(bank.failing == 1)
        var lines: [QuarantineLine] = []
        var cursor: Web.Cursor?
        repeat {
            let page = try await world.ledger.quarantine(after: cursor, limit: 2)
            #expect(page.items.count <= 2)
            lines += page.items
            cursor = page.next
        } while cursor != nil
        #expect(lines.count == 3)
        #expect(Set(lines.map(\.id)).count == 3)
        let own = try #require(lines.first { $0.subject == subject })
        let (line, preview) = try await world.ledger.quarantined(own.id)
        #expect(line == own)
        // Nobody allowed anything here.
        #expect(preview == .refused)
        await #expect(throws: QuarantineRefusal.refused) {
            _ = try await world.ledger.redrive(own.id, by: "t")
        }
        let shown = "\(report) \(lines) \(line) \(preview)"
        for word in Self.canary.split(separator: " ") { #expect(!shown.contains(word)) }
        let gone = try await world.ledger.discard(own.id, note: "a test", by: "t")
        #expect(gone == .released("discarded"))
        try await world.services.waitUntilCaughtUp()
        try world.services.projections.checkpoint()
        #expect(try await world.ledger.quarantine(after: nil, limit: 9).items.count == 2)
        #expect(try await world.ledger.collection().providers.first?.apis.first?.aside == 2)
        let hash = try world.services.collection.recomputeStateHash()
        #expect(hash.isEqual)
        let before = try world.services.collection.totals()
        try world.services.collection.rebuild()
        #expect(try world.services.collection.totals() == before)
        try world.close()
    }

    @Test(arguments: ["", "x", "../etc", String(repeating: "0", count: 49)])
    func `what names no answer is unknown`(id: String) async throws {
        let world = try LedgerWorld()
        await #expect(throws: QuarantineRefusal.unknown) {
            _ = try await world.ledger.quarantined(id)
        }
        try world.close()
    }

    @Test func `the command lists without content, shows with a record of it, and discards`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let data = ["--data-directory", directory.path]
        do {
            let world = try LedgerWorld(in: directory)
            try await world.record([Self.aside(1), Self.aside(0xFEED)])
            try world.close()
        }
        func run(_ words: [String], exit: Int32 = 0) throws -> Command {
            let command = try Command(["mydata", "quarantine"] + words + data)
            #expect(command.exit == exit, "\(words): \(command.err)")
            return command
        }
        let list = try run(["list", "--json"])
        #expect(!list.out.contains("카나리") && !list.err.contains("카나리"))
        let value = try JSONSerialization.jsonObject(with: Data(list.out.utf8))
        let lines = try #require(value as? [[String: Any]])
        #expect(lines.count == 2)
        let id = try #require(
            lines.compactMap { $0["id"] as? String }.first { $0.hasSuffix("feed") }
        )
        #expect(try run(["show", id]).out.contains("카나리"))
        #expect(try run(["redrive", id, "--dry-run"], exit: 80).out.isEmpty)
        #expect(try run(["redrive", id], exit: 80).out.isEmpty)
        _ = try run(["discard", id, "--reason", ""], exit: 64)
        #expect(try run(["discard", id, "--reason", "a test"]).out == "discarded\n")
        #expect(try run(["redrive", id]).out == "discarded\n")
        #expect(try run(["list"]).out.split(separator: "\n").count == 1)
        _ = try run(["show", "x"], exit: 64)
        let other = id.dropLast(4) + "beef"
        _ = try run(["show", String(other)], exit: 66)
        let world = try LedgerWorld(in: directory)
        var looks = 0
        let subject = try #require(world.services.vault.subjects.first)
        try world.services.desk.forEachEvent(of: subject) { event in
            guard case .dataAccessed(let look)? = event.fact else { return }
            looks += 1
            #expect(look.purpose == "quarantine")
            #expect(look.actor == "command-line")
        }
        #expect(looks == 1)
        try world.close()
    }
}
