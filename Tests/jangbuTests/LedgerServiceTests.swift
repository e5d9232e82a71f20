import EventLog
import Files
import Finance
import Projections
import Simulation
import SwiftProtobuf
import Testing
import Vault
import Web

@testable import jangbu

@Suite struct LedgerServiceTests {
    @Test func `pay that comes every month is shown, with average and trend`() async throws {
        let world = try LedgerWorld()
        let first = try #require(Month(year: 2025, month: 10))
        let today = try #require(CivilDate(secondsSinceEpoch: LedgerWorld.noon))
        let pay = (0..<6).map { month in
            let payday = first.adding(Int32(month)).day(1).daysSinceEpoch
            return LedgerWorld.event(Int64(payday - today.daysSinceEpoch)) { event in
                event.bankTransactionPosted = .with {
                    $0.amount = 3_000_000_000
                    $0.kind = .deposited
                    $0.memo = "급여"
                }
            }
        }
        let id = try await world.record(pay, kind: .deposit)
        world.ledger.advance(to: LedgerWorld.noon)
        let report = try await world.ledger.spending(
            id,
            from: first,
            through: #require(Month(year: 2026, month: 3)),
            currency: nil
        )
        let view = try #require(report)
        let line = try #require(view.recurring.first)
        #expect(line.isIncoming)
        #expect(line.amount.thousandths == 3_000_000_000)
        // March still runs; of the five months before, all have their pay.
        #expect(view.incomeTrend.months == 5)
        #expect(view.incomeTrend.average.thousandths == 3_000_000_000)
        #expect(view.spentTrend.average.thousandths == 0)
        try world.close()
    }

    @Test func `the simulated day is Korea's, as the real one`() throws {
        let world = try LedgerWorld()
        // Midnight of the first of July in Britain.
        world.ledger.advance(to: 1_467_327_600)
        #expect("\(world.ledger.day)" == "2016-07-01")
        try world.close()
    }

    @Test func `lag is counted once, however many environments there are`() async throws {
        let world = try LedgerWorld(environments: 2, eventsPerFrame: 1)
        for person in 0..<24 {
            try await world.record([LedgerWorld.approved(1)], of: "person \(person)")
        }
        try world.services.projections.stop()
        let before = try world.services.counters.status()
        #expect(before.lagFrames == 0)
        var added: UInt64 = 0
        for person in 0..<24 {
            let more = (2...5).map { LedgerWorld.approved($0) }
            try await world.record(more, of: "person \(person)", isFolded: false)
            added += UInt64(more.count)
        }
        let after = try world.services.counters.status()
        #expect(after.lagFrames == added)
        #expect(after.lagEvents == added)
        world.services.log.close()
    }

    @Test func `a damaged slot is a figure, not a reason to send nobody here`() async throws {
        let directory = try TemporaryDirectory()
        do {
            let world = try LedgerWorld(in: directory)
            for person in 0..<40 {
                try await world.record([LedgerWorld.approved(1)], of: "person \(person)")
            }
            try world.close()
        }
        let slots = directory.path + "/vault/slots"
        var bytes = try Files.read(slots)
        bytes[bytes.count / 2] ^= 1
        try Files.replace(slots, with: bytes)
        let world = try LedgerWorld(in: directory)
        #expect(world.services.vault.damagedSlots.count == 1)
        #expect(try await world.ledger.overview().damagedSlots == 1)
        let checks = await world.ledger.readiness().checks
        #expect(!checks.contains { $0.name == "vault" })
        try world.close()
    }

    @Test(arguments: [
        ("/b", true), ("/b/one/two", true), ("/b/", true), ("/bb", false), ("/", false),
        ("b", false), ("/b/../etc", false), ("/b/link/x", false), ("", false),
    ])
    func `a backup goes into the allowed folder or nowhere`(
        folder: String,
        isInside: Bool
    ) throws {
        let directory = try TemporaryDirectory()
        try Files.makeDirectories(directory.path + "/b")
        try Files.makeDirectories(directory.path + "/elsewhere")
        try FileLink.make(directory.path + "/b/link", to: directory.path + "/elsewhere")
        let base = directory.path + "/b"
        let full = folder.hasPrefix("/") ? directory.path + folder : folder
        #expect(BackupDesk.isInside(full, base) == isInside)
        #expect(!BackupDesk.isInside(full, ""))
    }
}
