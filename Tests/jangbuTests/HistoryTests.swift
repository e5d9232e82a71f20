import Commands
import EventLog
import Finance
import Projections
import Simulation
import SwiftProtobuf
import Testing
import Web

@testable import jangbu

/// What a person says of their transactions, over a real log, vault and read models.
@Suite struct HistoryTests {
    private static let purchases: [Event] = [
        LedgerWorld.approved(4_500), LedgerWorld.approved(5_000, at: "스타벅스 역삼점"),
        LedgerWorld.approved(9_900, at: "이디야커피 논현점"), numbered(7_000),
    ]

    /// A purchase with a number, which a cancellation can name.
    private static func numbered(_ won: Int64) -> Event {
        LedgerWorld.event { event in
            event.cardApproved = .with {
                $0.amount = won * 1_000
                $0.merchantName = "교보문고"
                $0.approvalNumber = "30000001"
                $0.status = .approved
            }
        }
    }

    private func lines(_ world: LedgerWorld, _ id: String) async throws -> [TransactionLine] {
        let month = try #require(Month(year: 2026, month: 3))
        let listing = try await world.ledger.transactions(
            id,
            from: month,
            through: month,
            category: nil,
            after: nil,
            limit: 200
        )
        return try #require(listing).items
    }

    private func sums(_ world: LedgerWorld, _ id: String) throws -> [String: Int64] {
        let subject = try #require(world.ledger.live(id))
        let state = try #require(try world.services.spending.read(subject)?.state)
        var sums: [String: Int64] = [:]
        for total in try state.monthlyTotals() where total.sum != 0 {
            sums[try #require(world.services.rules.taxonomy[total.category]).slug] =
                total.sum / 1_000
        }
        return sums
    }

    private func request(_ name: String, _ content: String = "") -> PersonRequest {
        PersonRequest(name: name, content: Array(content.utf8))
    }

    @Test func `a merchant's correction moves what the preview showed, and undo moves it back`()
        async throws
    {
        let world = try LedgerWorld()
        let id = try await world.record(HistoryTests.purchases)
        let before = try sums(world, id)
        #expect(before["food.coffee"] == 19_400)
        let event = try #require(
            try await lines(world, id).first { $0.merchant == "스타벅스" }?.event
        )
        let order = CorrectionOrder(event: event, isForMerchant: true, category: "food.bar")
        let shown = try await world.ledger.previewCorrection(id, order)
        let preview = try #require(shown)
        #expect(preview.count == 2)
        #expect(preview.moves.map(\.before.id) == ["food.coffee", "food.coffee"])
        #expect(try sums(world, id) == before)
        let made = try await world.ledger.correct(id, order, request: request("a"))
        let line = try #require(made?.value)
        #expect(line.moved == 2 && line.before?.id == "food.coffee")
        #expect(try sums(world, id)["food.bar"] == 9_500)
        #expect(
            try await lines(world, id).filter { $0.category == "food.bar" }.count == 2
        )
        let undone = try await world.ledger.withdrawCorrection(id, correction: line.event)
        #expect(undone?.value.withdrawn == line.event)
        #expect(try sums(world, id) == before)
        let again = try await world.ledger.withdrawCorrection(id, correction: line.event)
        #expect(again?.value == undone?.value)
        #expect(again?.isReplayed == true)
        try world.close()
    }

    @Test func `taking back what was said last gives what was said before`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(HistoryTests.purchases)
        let event = try #require(
            try await lines(world, id).first { $0.merchant == "교보문고" }?.event
        )
        var made: [CorrectionLine] = []
        for (number, slug) in ["food.bar", "shopping.gifts"].enumerated() {
            let order = CorrectionOrder(event: event, isForMerchant: false, category: slug)
            let answer = try await world.ledger.correct(id, order, request: request("\(number)"))
            made.append(try #require(answer?.value))
        }
        await #expect(throws: PersonRefusal.correctionNotInForce) {
            try await world.ledger.withdrawCorrection(id, correction: made[0].event)
        }
        _ = try await world.ledger.withdrawCorrection(id, correction: made[1].event)
        #expect(try sums(world, id)["food.bar"] == 7_000)
        // What becomes of it follows it there.
        let cancelled = LedgerWorld.event(1) { event in
            event.cardApprovalCancelled = .with {
                $0.amount = 7_000_000
                $0.merchantName = "교보문고"
                $0.approvalNumber = "30000001"
                $0.approvedAt = LedgerWorld.noon
            }
        }
        try await world.record([cancelled])
        #expect(try sums(world, id)["food.bar"] == nil)
        let listed = try await lines(world, id).filter { $0.merchant == "교보문고" }
        #expect(listed.map(\.category) == ["food.bar", "food.bar"])
        _ = try await world.ledger.withdrawCorrection(id, correction: made[0].event)
        #expect(try sums(world, id)["food.bar"] == nil)
        let found = try await world.ledger.corrections(id, after: nil, limit: 3)
        let listing = try #require(found)
        #expect(listing.items.map(\.state) == [.withdrawal, .withdrawal, .withdrawn])
        let rest = try await world.ledger.corrections(id, after: listing.next, limit: 3)
        #expect(rest?.items.map(\.state) == [.withdrawn])
        try world.close()
    }

    @Test func `a request is carried out once, also when the process died in between`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let id: String
        let order: CorrectionOrder
        let first: CorrectionLine
        do {
            let world = try LedgerWorld(in: directory)
            id = try await world.record(HistoryTests.purchases)
            let event = try #require(try await lines(world, id).first).event
            order = CorrectionOrder(event: event, isForMerchant: true, category: "food.bar")
            let made = try await world.ledger.correct(id, order, request: request("a", "x"))
            first = try #require(made?.value)
            try world.close()
        }
        let world = try LedgerWorld(in: directory)
        try await world.services.waitUntilCaughtUp()
        let again = try await world.ledger.correct(id, order, request: request("a", "x"))
        #expect(again?.value == first)
        #expect(again?.isReplayed == true)
        await #expect(throws: PersonRefusal.requestReused) {
            try await world.ledger.correct(id, order, request: request("a", "y"))
        }
        // All at once: one is carried out, the others are answered alike or told to wait.
        try await withThrowingTaskGroup(of: EventID?.self) { group in
            for _ in 0..<8 {
                group.addTask { [ledger = world.ledger] in
                    do {
                        let answer = try await ledger.correct(
                            id,
                            order,
                            request: PersonRequest(name: "b", content: [])
                        )
                        return answer?.value.event
                    } catch PersonRefusal.requestInFlight {
                        return nil
                    }
                }
            }
            var events: Set<EventID> = []
            for try await event in group { if let event { events.insert(event) } }
            #expect(events.count == 1)
        }
        let all = try await world.ledger.corrections(id, after: nil, limit: 200)
        #expect(all?.items.count == 2)
        try world.close()
    }

    @Test func `changes tell of purchases, and of what the person said of them`() async throws {
        let world = try LedgerWorld()
        let id = try await world.record(HistoryTests.purchases)
        let read = try await world.ledger.changes(id, after: nil, through: nil, limit: 200)
        let first = try #require(read)
        #expect(first.items.count == 4 && !first.hasMore)
        let event = try #require(try await lines(world, id).first).event
        let order = CorrectionOrder(event: event, isForMerchant: false, category: "food.bar")
        let made = try await world.ledger.correct(id, order, request: request("a"))
        let correction = try #require(made?.value.event)
        let more = try await world.ledger.changes(
            id,
            after: first.next,
            through: nil,
            limit: 200
        )
        let change = try #require(more?.items.first)
        guard case .modified(let state, let fields) = change.change else {
            Issue.record("\(change)")
            return
        }
        #expect(EventID(state.id) == event && fields == [.category])
        #expect(state.correction.map { EventID($0) } == correction)
        // What was known then is the same now.
        let again = try await world.ledger.changes(
            id,
            after: nil,
            through: first.next,
            limit: 200
        )
        #expect(again?.items.map(\.change) == first.items.map(\.change))
        #expect(again?.next == first.next)
        try world.close()
    }

    @Test func `as of the newest revision is what is live, and before what was before`()
        async throws
    {
        let world = try LedgerWorld(eventsPerFrame: 1)
        let id = try await world.record(HistoryTests.purchases)
        try await world.record(
            [
                LedgerWorld.event { event in
                    event.balanceReported = .with { $0.balance = 7_000_000 }
                }
            ],
            kind: .deposit
        )
        let event = try #require(try await lines(world, id).first).event
        let order = CorrectionOrder(event: event, isForMerchant: true, category: "food.bar")
        _ = try await world.ledger.correct(id, order, request: request("a"))
        let subject = try #require(world.ledger.live(id))
        let size = try world.services.log.durableSize(of: subject)
        func check<F: Fold>(_ projection: Projection<F>) throws {
            let live = try #require(try projection.read(subject))
            #expect(live.revision == size)
            let past = try #require(try projection.read(subject, asOf: size))
            var (one, other): ([UInt8], [UInt8]) = ([], [])
            live.state.encode(into: &one)
            past.state.encode(into: &other)
            #expect(one == other && past.isIncomplete == live.isIncomplete, "\(F.name)")
        }
        try check(world.services.spending)
        try check(world.services.integrated)
        try check(world.services.counters)
        try check(world.services.netWorth)
        try check(world.services.obligations)
        try check(world.services.coverage)
        try check(world.services.consents)
        let now = try await world.ledger.subject(id)
        let same = try await world.ledger.subject(id, asOf: .frames(size))
        #expect(same?.frames == now?.frames && same?.totals.count == now?.totals.count)
        let early = try await world.ledger.subject(id, asOf: .frames(2))
        #expect(early?.frames == 2 && early?.totals.isEmpty == true)
        // All was recorded on the day of the noon, but what the person said today.
        let noon = try #require(CivilDate(secondsSinceEpoch: LedgerWorld.noon))
        let then = try await world.ledger.subject(id, asOf: .day(noon))
        #expect(then?.frames == size - 1 || then?.frames == size - 2)
        let before = try await world.ledger.subject(id, asOf: .day(noon.adding(days: -1)))
        #expect(before?.frames == 0)
        let month = noon.month
        let listing = try await world.ledger.transactions(
            id,
            from: month,
            through: month,
            category: nil,
            asOf: .day(noon),
            after: nil,
            limit: 200
        )
        #expect(listing?.items.count == 4)
        #expect(listing?.items.contains { $0.category == "food.bar" } == false)
        try world.close()
    }
}
