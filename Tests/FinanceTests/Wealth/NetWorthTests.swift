import Finance
import Foundation
import SwiftProtobuf
import Testing

@Suite struct NetWorthTests {
    private func state(_ events: [(UInt64, Event)]) throws -> NetWorthState {
        try WealthFixtures.fold(NetWorth(), events)
    }

    private func report(_ events: [(UInt64, Event)], months: Int = 3) throws -> NetWorthReport {
        try NetWorthReport(
            of: state(events),
            in: .krw,
            through: WealthFixtures.month(2025, 12),
            months: months
        )
    }

    @Test func `a month ends with its latest value, whatever came first`() throws {
        let early = (
            UInt64(1), WealthFixtures.balance(100, at: try WealthFixtures.noon(2025, 11, 3))
        )
        let late = (
            UInt64(1), WealthFixtures.balance(200, at: try WealthFixtures.noon(2025, 11, 30))
        )
        let next = (UInt64(1), WealthFixtures.balance(50, at: try WealthFixtures.noon(2025, 12, 1)))
        for events in [[early, late, next], [late, next, early], [next, late, early]] {
            let report = try report(events)
            #expect(report.months.map(\.net) == [200, 50])
            #expect(report.months.map(\.carriedCount) == [0, 0])
            #expect(report.newest.map(\.amount) == [50])
        }
    }

    @Test func `a month ends at midnight of the place where it happened`() throws {
        // 2025-11-30 23:30 in Seoul and, half an hour later, 15:00 on the same day in London.
        let seoul = WealthFixtures.balance(1, at: 1_764_513_000)
        var london = WealthFixtures.balance(2, at: 1_764_514_800)
        #expect(try report([(1, seoul), (1, london)]).months.map(\.net) == [1, 2])
        london.utcOffsetMinutes = 0
        #expect(try report([(1, seoul), (1, london)]).months.map(\.net) == [2, 2])
    }

    @Test func `a month without news has the value before it, and says so`() throws {
        let balance = WealthFixtures.balance(70, at: try WealthFixtures.noon(2025, 10, 5))
        let other = WealthFixtures.balance(30, at: try WealthFixtures.noon(2025, 12, 5))
        let report = try report([(1, balance), (2, other)])
        #expect(report.months.map(\.net) == [70, 70, 100])
        #expect(report.months.map(\.assetCount) == [1, 1, 2])
        #expect(report.months.map(\.carriedCount) == [0, 1, 1])
    }

    @Test func `what is owed is taken off, by kind, and points stand apart`() throws {
        let at = try WealthFixtures.noon(2025, 12, 1)
        let loan = WealthFixtures.event(at: at) { $0.loanBalanceReported.balance = 500 }
        let advance = WealthFixtures.event(at: at) {
            $0.cashAdvanceReported.balance = 40
            $0.cashAdvanceReported.amount = 60
        }
        let holding = WealthFixtures.event(at: at) {
            $0.holdingReported.value = 300
            $0.holdingReported.productCode = "KR7005930003"
        }
        let points = WealthFixtures.event(at: at) { $0.pointsReported.balance = 9 }
        let report = try report(
            [
                (1, WealthFixtures.balance(1_000, at: at)),
                (2, WealthFixtures.balance(-20, at: at)),
                (3, loan), (4, IntegratedFixtures.opened(4, .cardLoan, provider: "p")),
                (4, advance), (5, holding), (6, points),
            ],
            months: 1
        )
        let month = try #require(report.months.first)
        #expect(
            month.parts.map(\.kind) == [.deposits, .investments, .loans, .cardDebt, .overdrafts]
        )
        #expect(month.parts.map(\.amount) == [1_000, 300, -500, -40, -20])
        #expect(month.assets == 1_300 && month.liabilities == 560 && month.net == 740)
        #expect(month.points == 9_000)
        #expect(report.newest.map(\.amount) == [1_000, 300, -20, -40, -500])
    }

    @Test func `a closed asset ends with its month, unless something is reported later`() throws {
        let balance = WealthFixtures.balance(70, at: try WealthFixtures.noon(2025, 10, 5))
        let closed = WealthFixtures.closed(at: try WealthFixtures.noon(2025, 11, 5))
        #expect(try report([(1, closed), (1, balance)]).months.map(\.net) == [70, 0, 0])
        let again = WealthFixtures.balance(5, at: try WealthFixtures.noon(2025, 12, 5))
        #expect(
            try report([(1, balance), (1, closed), (1, again)]).months.map(\.net) == [70, 70, 5]
        )
    }

    @Test func `a retraction of another fact, or of nothing, changes nothing`() throws {
        let at = try WealthFixtures.noon(2025, 12, 1)
        var card = Event()
        card.occurredAt = at
        card.cardApproved.amount = 5
        let known = try state([(1, WealthFixtures.balance(9, at: at))])
        let after = try WealthFixtures.fold(
            NetWorth(),
            [(1, try WealthFixtures.retraction(of: card, at: at))],
            from: known
        )
        #expect(after.encoded == known.encoded)
        let empty = WealthFixtures.event(at: at) { $0.transactionRetracted.reason = .vanished }
        #expect(throws: FoldError.event(.factMissing)) { try state([(1, empty)]) }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `events of different times may come in any order`(seed: UInt64) throws {
        let events = try WealthFixtures.events(seed: seed).filter {
            if case .transactionRetracted = $0.1.fact { return false }
            return true
        }
        var random = FoldRandom(seed: seed &+ 1)
        let one = try state(events).encoded
        for _ in 0..<5 {
            #expect(try state(events.shuffled(using: &random)).encoded == one, "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `of more than ten years the latest months stay, in any order`(seed: UInt64) throws {
        let start = try WealthFixtures.month(2000, 1)
        let events = (0..<150).map { index in
            let day = start.adding(Int32(index)).day(15)
            return (
                UInt64(1),
                WealthFixtures.balance(Int64(index), at: Int64(day.daysSinceEpoch) * 86_400)
            )
        }
        var random = FoldRandom(seed: seed)
        let one = try state(events)
        #expect(try state(events.shuffled(using: &random)).encoded == one.encoded, "SEED=\(seed)")
        let report = try NetWorthReport(
            of: one,
            in: .krw,
            through: start.adding(149),
            months: 240
        )
        #expect(report.months.map(\.net) == (30..<150).map(Int64.init))
    }

    @Test(arguments: FoldFixtures.seeds)
    func `why it changed adds up to the difference`(seed: UInt64) throws {
        let state = try state(WealthFixtures.events(seed: seed))
        let last = try WealthFixtures.month(2023, 12)
        let months = try NetWorthReport(of: state, in: .krw, through: last, months: 60).months
        var random = FoldRandom(seed: seed &+ 9)
        for _ in 0..<40 {
            let one = months[random.below(months.count)]
            let other = months[random.below(months.count)]
            let change = try NetWorthChange(of: state, in: .krw, from: one.month, to: other.month)
            #expect(change.before == one.net && change.after == other.net, "SEED=\(seed)")
            let parts = change.parts.reduce(0) { $0 + $1.difference }
            let kinds = change.kinds.reduce(0) { $0 + $1.difference }
            #expect(parts == other.net - one.net && kinds == parts, "SEED=\(seed)")
        }
    }

    @Test func `what was seen first and what was closed are told from what moved`() throws {
        let events: [(UInt64, Event)] = [
            (1, WealthFixtures.balance(100, at: try WealthFixtures.noon(2025, 11, 1))),
            (1, WealthFixtures.balance(160, at: try WealthFixtures.noon(2025, 12, 1))),
            (2, WealthFixtures.balance(40, at: try WealthFixtures.noon(2025, 11, 1))),
            (2, WealthFixtures.closed(at: try WealthFixtures.noon(2025, 12, 1))),
            (3, WealthFixtures.balance(500, at: try WealthFixtures.noon(2025, 12, 1))),
            (4, WealthFixtures.balance(7, at: try WealthFixtures.noon(2025, 11, 1))),
        ]
        let change = try NetWorthChange(
            of: state(events),
            in: .krw,
            from: WealthFixtures.month(2025, 11),
            to: WealthFixtures.month(2025, 12)
        )
        #expect(change.parts.map(\.difference) == [500, 60, -40])
        #expect(change.parts.map(\.reason) == [.appeared, .moved, .ended])
        #expect(change.before == 147 && change.after == 667)
    }

    @Test func `the newest month is the integrated view's`() throws {
        for seed in FoldFixtures.seeds {
            let events = try WealthFixtures.events(seed: seed).filter {
                // The integrated view keeps figures of closed assets apart in its own way.
                switch $0.1.fact {
                case .transactionRetracted, .assetClosed: false
                default: true
                }
            }
            let view = try IntegratedReport(of: IntegratedFixtures.fold(events))
            let report = try NetWorthReport(
                of: state(events),
                in: .krw,
                through: WealthFixtures.month(2030, 1),
                months: 1
            )
            #expect(report.months.map(\.net) == view.totals.map(\.net), "SEED=\(seed)")
        }
    }
}

extension StateCodingTests {
    @Test(arguments: FoldFixtures.seeds)
    func `net worth is its bytes`(seed: UInt64) throws {
        let state = try WealthFixtures.fold(NetWorth(), WealthFixtures.events(seed: seed))
        try obeysLaws(NetWorthState.self, state.encoded, seed: seed)
        #expect(NetWorthState().encoded == [0])
    }
}
