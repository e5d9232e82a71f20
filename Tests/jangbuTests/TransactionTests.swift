import Finance
import Projections
import SwiftProtobuf
import Testing
import Web

@testable import jangbu

/// The list of single transactions over a real log, vault and read models.
@Suite struct TransactionTests {
    private func month(_ year: Int, _ month: Int) throws -> Month {
        try #require(Month(year: year, month: month))
    }

    private func page(
        _ world: LedgerWorld,
        _ id: String,
        after cursor: Web.Cursor? = nil,
        limit: Int = 200,
        year: Int = 2026
    ) async throws -> Listing<TransactionLine> {
        let listing = try await world.ledger.transactions(
            id,
            from: month(year, 1),
            through: month(year, 12),
            category: nil,
            after: cursor,
            limit: limit
        )
        return try #require(listing)
    }

    /// Everything a card, an account and a wallet can do to a month.
    private static let cards: [Event] = [
        LedgerWorld.approved(4_500, day: -20), LedgerWorld.approved(12_000),
        LedgerWorld.approved(-3_000), LedgerWorld.approved(9_900, at: "알 수 없는 곳"),
        LedgerWorld.event(3) { event in
            event.cardApprovalCancelled = .with {
                $0.amount = 4_500_000
                $0.merchantName = "스타벅스"
                $0.approvedAt = LedgerWorld.noon - 20 * 86_400
            }
        },
        LedgerWorld.event(4) { event in
            event.cardApprovalCorrected = .with {
                $0.amount = 10_000_000
                $0.amountBefore = 12_000_000
                $0.merchantName = "스타벅스"
                $0.approvedAt = LedgerWorld.noon
            }
        },
    ]

    private static let movements: [Event] = {
        let kinds: [BankTransactionKind] = [
            .deposited, .withdrawn, .withdrawalCancelled, .depositCancelled, .correctedIn,
            .correctedOut, .otherIn, .otherOut, .unspecified,
        ]
        return kinds.enumerated().flatMap { place, kind in
            ["급여", "관리비", "이체"].enumerated().map { other, memo in
                LedgerWorld.event(Int64(place)) { event in
                    event.bankTransactionPosted = .with {
                        $0.amount = Int64(1 + place * 10 + other) * 1_000_000
                        $0.kind = kind
                        $0.memo = memo
                    }
                }
            }
        }
    }()

    private static let payments: [Event] = {
        let kinds: [EmoneyTransactionKind] = [
            .paid, .paymentCancelled, .feePaid, .unspecified,
        ]
        return kinds.enumerated().map { place, kind in
            LedgerWorld.event(Int64(place)) { event in
                event.emoneyTransactionPosted = .with {
                    $0.amount = Int64(7 + place) * 1_000_000
                    $0.kind = kind
                    $0.merchantName = "쿠팡"
                }
            }
        }
    }()

    @Test func `lines add up to the profile, by month and category`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(TransactionTests.cards)
        try await world.record(TransactionTests.movements, kind: .deposit)
        try await world.record(TransactionTests.payments, kind: .prepaidWallet)
        let subject = try #require(world.ledger.live(id))
        let state = try #require(try world.services.spending.read(subject)?.state)
        let taxonomy = world.services.rules.taxonomy
        var wanted: [String: Int64] = [:]
        for total in try state.monthlyTotals() where total.sum != 0 {
            let entry = try #require(taxonomy[total.category])
            let isIn = entry.kind == .income || taxonomy[entry.primary]?.slug == "transfer-in"
            wanted["\(total.month) \(entry.slug)", default: 0] += isIn ? total.sum : -total.sum
        }
        var found: [String: Int64] = [:]
        let lines = try await page(world, id).items
        for line in lines {
            found["\(line.day.month) \(line.category ?? "")", default: 0] += line.amount.thousandths
        }
        #expect(found.filter { $0.value != 0 } == wanted)
        #expect(wanted.count > 5)
        #expect(Set(lines.map(\.kind)) == Set(TransactionLine.Kind.allCases))
        #expect(lines.map(\.day) == lines.map(\.day).sorted(by: >))
        try world.close()
    }

    @Test func `what was taken back is in no list, and nobody is asked about it`() async throws {
        let world = try LedgerWorld()
        let bought = LedgerWorld.approved(10_000)
        let bytes = try bought.serializedData()
        let id = try await world.record([bought, LedgerWorld.approved(4_500)])
        let gone = try #require(
            try await page(world, id).items.first { $0.amount.thousandths == -10_000_000 }
        ).event
        // As a provider that corrects a row is recorded: the new one, then the old one's end.
        try await world.record([
            LedgerWorld.approved(12_000),
            LedgerWorld.event { event in
                event.transactionRetracted = .with {
                    $0.event = bytes
                    $0.reason = .changed
                    $0.revision = gone.revision
                    $0.index = gone.index
                }
            },
        ])
        let lines = try await page(world, id).items
        #expect(Set(lines.map(\.amount.thousandths)) == [-12_000_000, -4_500_000])
        let subject = try #require(world.ledger.live(id))
        let state = try #require(try world.services.spending.read(subject)?.state)
        #expect(try state.monthlyTotals().map(\.sum).reduce(0, +) == 16_500_000)
        #expect(try await world.ledger.explanation(id, event: gone) == nil)
        // Before it was taken back it stood.
        let before = try await world.ledger.transactions(
            id,
            from: month(2026, 1),
            through: month(2026, 12),
            category: nil,
            asOf: .frames(gone.revision + 1),
            after: nil,
            limit: 200
        )
        #expect(before?.items.contains { $0.event == gone } == true)
        try world.close()
    }

    @Test func `pages hold each line once, whatever comes meanwhile`() async throws {
        let world = try LedgerWorld(eventsPerFrame: 2)
        let first = (0..<61).map { LedgerWorld.approved(1_000 + $0, day: $0 % 9) }
        let id = try await world.record(first)
        var amounts: [Int64] = []
        var cursor: Web.Cursor?
        var extra: Int64 = 0
        repeat {
            let listing = try await page(world, id, after: cursor, limit: 7)
            amounts += listing.items.map { -$0.amount.thousandths / 1_000 }
            cursor = listing.next
            extra += 1
            try await world.record([LedgerWorld.approved(500_000 + extra)])
        } while cursor != nil
        #expect(amounts.count == 61)
        #expect(Set(amounts) == Set(1_000..<1_061))
        try world.close()
    }

    @Test func `a list goes on to the log's beginning, however long it is`() async throws {
        let world = try LedgerWorld(eventsPerFrame: 1)
        let id = try await world.record((1...3).map { LedgerWorld.approved($0, day: -800) })
        try await world.record((1...4_600).map { LedgerWorld.approved($0) })
        var found = 0
        var pages = 0
        var cursor: Web.Cursor?
        repeat {
            let listing = try await page(world, id, after: cursor, year: 2023)
            found += listing.items.count
            pages += 1
            cursor = listing.next
        } while cursor != nil
        #expect(found == 3)
        #expect(pages == 2)
        try world.close()
    }

    @Test func `amounts beyond 64 bits end no request`() async throws {
        let world = try LedgerWorld()
        let shops = ["가", "나", "다"]
        var events = shops.map { shop in
            LedgerWorld.event { event in
                event.cardApproved = .with {
                    $0.amount = .min
                    $0.merchantName = shop
                }
            }
        }
        events.append(LedgerWorld.approved(7))
        // Two months that each fit and together do not.
        for day in [Int64(-40), 0] {
            events.append(
                LedgerWorld.event(day) { event in
                    event.cardApproved = .with {
                        $0.amount = .max / 4 * 3
                        $0.merchantName = "라"
                    }
                }
            )
        }
        let id = try await world.record(events)
        try await world.record(
            [
                LedgerWorld.event { event in
                    event.bankTransactionPosted = .with {
                        $0.amount = .min
                        $0.kind = .withdrawn
                    }
                }
            ],
            kind: .deposit
        )
        let lines = try await page(world, id).items
        #expect(lines.contains { $0.amount.thousandths == -7_000 })
        #expect(!lines.contains { $0.amount.thousandths == .min })
        _ = try await world.ledger.subject(id)
        await #expect(throws: (any Error).self) {
            try await world.ledger.spending(
                id,
                from: month(2026, 1),
                through: month(2026, 12),
                currency: nil
            )
        }
        try world.close()
    }

    @Test func `an explanation finds its event, and no event is no failure`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(TransactionTests.cards)
        let line = try #require(try await page(world, id).items.last)
        let why = try #require(try await world.ledger.explanation(id, event: line.event))
        #expect(why.transaction.event == line.event)
        #expect(why.others == 4)
        for event in [EventID(revision: .max, index: 0), EventID(revision: 0, index: .max)] {
            #expect(try await world.ledger.explanation(id, event: event) == nil)
        }
        try world.close()
    }
}
