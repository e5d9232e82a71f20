import EventLog
import Finance
import Frame
import Projections
import Simulation
import Testing
import Web

@testable import jangbu

/// Lists over a real ledger, from cursors that nobody gave and over frames that are erased.
@Suite struct CursorTests {
    @Test(arguments: [[UInt64.max], [.max, .max], [0, .max], [1, .max], [.max, 0]])
    func `a cursor that nobody gave ends a list`(counts: [UInt64]) async throws {
        let world = try LedgerWorld()
        let id = try await world.record([
            LedgerWorld.approved(1_000), CollectionServiceTests.aside(1),
        ])
        try await world.record([CollectionServiceTests.aside(2)], of: "another")
        try world.services.projections.checkpoint()
        let cursor = Web.Cursor(counts)
        let month = try #require(Month(year: 2026, month: 3))
        let days = month.day(1)...month.day(31)
        let ledger = world.ledger
        _ = try await ledger.quarantine(after: cursor, limit: 5)
        _ = try await ledger.subjects(after: cursor, limit: 5)
        _ = try await ledger.frames(after: cursor, limit: 5)
        _ = try await ledger.corrections(id, after: cursor, limit: 5)
        _ = try await ledger.links(id, after: cursor, limit: 5)
        _ = try await ledger.changes(id, after: cursor, through: cursor, limit: 5)
        _ = try await ledger.accesses(of: id, after: cursor, limit: 5)
        _ = try await ledger.transfers(id, in: days, after: cursor, limit: 5)
        _ = try await ledger.transactions(
            id,
            from: month,
            through: month,
            category: nil,
            after: cursor,
            limit: 5
        )
        try world.close()
    }

    @Test func `the feed of frames goes past erased ones, and ends`() async throws {
        let directory = try TemporaryDirectory()
        let log: String
        do {
            let world = try LedgerWorld(in: directory, eventsPerFrame: 1)
            try await world.record((1...40).map { LedgerWorld.approved($0) })
            log = world.services.directory.log
            try world.close()
        }
        let report = try EventLog.compact(log, isDropped: { $0.kind == .provider })
        #expect(report.dropped == 40)
        let world = try LedgerWorld(in: directory, eventsPerFrame: 1)
        let partitions = world.services.log.layout.partitions
        let all = (0..<partitions).reduce(UInt64(0)) {
            $0 + world.services.log.nextPosition(partition: $1)
        }
        var seen: UInt64 = 0
        var cursor: Web.Cursor?
        var pages = 0
        repeat {
            let page = try await world.ledger.frames(after: cursor, limit: 3)
            seen += UInt64(page.items.count)
            cursor = page.next
            pages += 1
        } while cursor != nil && pages < 100
        #expect(cursor == nil)
        #expect(seen == all - 40)
        try world.close()
    }
}
