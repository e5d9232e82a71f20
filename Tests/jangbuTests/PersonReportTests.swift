import Finance
import Foundation
import SwiftProtobuf
import Testing
import Web

@testable import jangbu

/// Reports about a person over the real log, vault and projections.
@Suite struct PersonReportTests {
    private static func moved(_ won: Int64, after: Int64, day: Int64, _ memo: String) -> Event {
        LedgerWorld.event(day) { event in
            event.bankTransactionPosted = .with {
                $0.amount = abs(won) * 1_000
                $0.kind = won < 0 ? .withdrawn : .deposited
                $0.balanceAfter = after * 1_000
                $0.memo = memo
            }
        }
    }

    @Test func `balances that do not follow are a gap with what is missing`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(
            [
                Self.moved(-100, after: 900, day: -40, "월세"),
                Self.moved(-50, after: 820, day: -30, "통신"),
                Self.moved(30, after: 850, day: -20, "이자"),
            ],
            kind: .deposit
        )
        world.ledger.advance(to: LedgerWorld.noon)
        let view = try #require(try await world.ledger.coverage(id))
        let asset = try #require(view.report.assets.first)
        let chain = try #require(asset.continuity.first)
        #expect(chain.gaps.map(\.missing) == [-30_000])
        #expect(view.titles[asset.id]?.kind == .deposit)
        try world.close()
    }

    @Test func `net worth changes by what the account's movements come to`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(
            [
                Self.moved(1_000, after: 5_000, day: -60, "급여"),
                Self.moved(-1_200, after: 3_800, day: -3, "월세"),
            ],
            kind: .deposit
        )
        world.ledger.advance(to: LedgerWorld.noon)
        let view = try await world.ledger.netWorth(
            id,
            from: #require(Month(year: 2026, month: 2)),
            through: #require(Month(year: 2026, month: 3)),
            currency: nil
        )
        let change = try #require(view?.change)
        #expect(change.before == 5_000_000 && change.after == 3_800_000)
        #expect(change.parts.map(\.difference) == [-1_200_000])
        #expect(view?.currencies == [.krw])
        let line = try #require(try await world.ledger.subject(id)?.assets.first)
        #expect(line.balance?.thousandths == 3_800_000)
        #expect(line.exactKind == .deposit)
        let trace = try await world.ledger.trace(
            id,
            of: line.id,
            from: #require(Month(year: 2026, month: 2)),
            through: #require(Month(year: 2026, month: 3)),
            currency: nil
        )
        let found = try #require(trace)
        #expect(found.rest.thousandths == 0)
        #expect(found.sums.map(\.amount.thousandths) == [-1_200_000])
        #expect(found.events.map(\.merchant) == ["월세"])
        try world.close()
    }

    @Test func `a double charge is found in the log, with the places of both events`()
        async throws
    {
        let world = try LedgerWorld()
        let twins = (0..<2).map { number in
            var event = LedgerWorld.approved(12_000, day: -1)
            event.occurredAt += Int64(number) * 60
            return event
        }
        let id = try await world.record(twins)
        world.ledger.advance(to: LedgerWorld.noon)
        let view = try #require(try await world.ledger.insights(id, currency: nil))
        let found = try #require(view.insights.first)
        #expect(found.kind == .doubleCharge)
        #expect(found.places.count == 2)
        for place in found.places {
            let event = EventID(revision: place.revision, index: place.index)
            #expect(try await world.ledger.explanation(id, event: event) != nil)
        }
        try world.close()
    }

    @Test func `who is unknown has no report, and of whom nothing is known an empty one`()
        async throws
    {
        let world = try LedgerWorld()
        let nobody = String(repeating: "7", count: 32)
        let days = world.ledger.day.adding(days: -30)...world.ledger.day
        #expect(try await world.ledger.coverage(nobody) == nil)
        #expect(try await world.ledger.consents(nobody) == nil)
        #expect(try await world.ledger.insights(nobody, currency: nil) == nil)
        #expect(try await world.ledger.forecast(nobody, months: 3, currency: nil) == nil)
        #expect(
            try await world.ledger.transfers(nobody, in: days, after: nil, limit: 5) == nil
        )
        let id = try await world.record([LedgerWorld.approved(1)])
        let forecast = try #require(
            try await world.ledger.forecast(id, months: 3, currency: nil)
        )
        #expect(forecast.forecast == nil)
        let transfers = try #require(
            try await world.ledger.transfers(id, in: days, after: nil, limit: 5)
        )
        #expect(transfers.entries.isEmpty && transfers.next == nil)
        #expect(transfers.sources.map(\.provider) == ["C0001"])
        #expect(try await world.ledger.consents(id)?.register.requests.isEmpty == true)
        try world.close()
    }
}
