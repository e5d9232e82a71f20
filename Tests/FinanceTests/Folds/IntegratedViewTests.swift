import Finance
import Foundation
import SwiftProtobuf
import Testing

enum IntegratedFixtures {
    static func opened(_ asset: UInt64, _ kind: AssetKind, provider: String) -> Event {
        var event = Event()
        event.occurredAt = 1_700_000_000
        event.compartmentOpened.compartment = Data(
            [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, UInt8(asset)])
        event.compartmentOpened.assetKind = kind
        event.compartmentOpened.provider = provider
        event.compartmentOpened.assetKey = "1002-123-456789"
        return event
    }

    static func balance(_ amount: Int64, currency: UInt32 = 410, at: Int64) -> Event {
        var event = Event()
        event.occurredAt = at
        event.balanceReported.balance = amount
        event.balanceReported.currency = currency
        event.balanceReported.available = amount
        return event
    }

    static func fold(
        _ events: [(UInt64, Event)],
        from start: IntegratedState = IntegratedState()
    ) throws -> IntegratedState {
        var state = start
        for (asset, event) in events {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset(asset))
            try IntegratedView().fold(view, into: &state)
        }
        return state
    }

    static func events(seed: UInt64) -> [(UInt64, Event)] {
        var random = FoldRandom(seed: seed)
        return (0..<60).map { index in
            let asset = UInt64(random.below(5))
            var event = balance(
                Int64(random.below(1_000_000)) - 200_000,
                currency: [410, 826][random.below(2)],
                at: 1_700_000_000 + Int64(index)
            )
            switch random.below(4) {
            case 0: event = opened(asset, .deposit, provider: "bank\(asset)")
            case 1:
                event.loanBalanceReported.balance = Int64(random.below(1_000_000))
            case 2:
                event.holdingReported.value = Int64(random.below(1_000_000))
                event.holdingReported.productCode = "KR\(random.below(4))"
            default: break
            }
            return (asset, event)
        }
    }

    static func state(seed: UInt64) throws -> IntegratedState { try fold(events(seed: seed)) }
}

@Suite struct IntegratedViewTests {
    @Test func `totals are assets less what is owed, by currency`() throws {
        var overdraft = IntegratedFixtures.balance(-70_000, at: 5)
        overdraft.balanceReported.clearAvailable()
        var loan = Event()
        loan.occurredAt = 6
        loan.loanBalanceReported.balance = 500_000
        var holding = Event()
        holding.occurredAt = 7
        holding.holdingReported.value = 30_000
        holding.holdingReported.productCode = "KR7005930003"
        var points = Event()
        points.pointsReported.balance = 9_000
        let state = try IntegratedFixtures.fold([
            (1, IntegratedFixtures.balance(1_000_000, at: 1)),
            (1, IntegratedFixtures.balance(12_340, currency: 826, at: 1)),
            (2, overdraft), (3, loan), (4, holding), (5, points),
        ])
        let report = try IntegratedReport(of: state)
        #expect(report.totals.map(\.currency) == [.krw, .gbp])
        #expect(report.totals.map(\.assets) == [1_030_000, 12_340])
        #expect(report.totals.map(\.liabilities) == [570_000, 0])
        #expect(report.totals.map(\.net) == [460_000, 12_340])
        #expect(report.assets.count == 5)
    }

    @Test func `the later report holds, whichever came first`() throws {
        let early = (UInt64(1), IntegratedFixtures.balance(100, at: 10))
        let late = (UInt64(1), IntegratedFixtures.balance(200, at: 20))
        let one = try IntegratedFixtures.fold([early, late])
        let other = try IntegratedFixtures.fold([late, early])
        #expect(one.encoded == other.encoded)
        #expect(try IntegratedReport(of: one).totals.map(\.net) == [200])
    }

    @Test(arguments: FoldFixtures.seeds)
    func `assets may be collected in any order`(seed: UInt64) throws {
        let events = IntegratedFixtures.events(seed: seed)
        let byAsset = events.enumerated().sorted {
            ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
        }.map(\.element)
        let one = try IntegratedFixtures.fold(events).encoded
        #expect(try IntegratedFixtures.fold(byAsset).encoded == one, "SEED=\(seed)")
    }

    @Test func `what a provider listed holds against an opening, in any order`() throws {
        var listed = Event()
        listed.occurredAt = 800_000_000
        listed.cardListed.cardName = "card"
        var numbered = listed
        numbered.occurredAt = 800_000_001
        numbered.cardListed.maskedNumber = "****1111"
        let opened = (UInt64(1), IntegratedFixtures.opened(1, .card, provider: "source"))
        let unnumbered = try IntegratedFixtures.fold([opened, (1, listed)])
        let report = try IntegratedReport(of: unnumbered)
        #expect(report.assets.map(\.name) == ["card"])
        #expect(report.assets.map(\.number) == ["••••6789"])
        #expect(report.assets.map(\.kind) == [AssetKind.card.rawValue])
        #expect(report.assets.map(\.provider) == ["source"])
        #expect(report.assets.map(\.lastGood) == [800_000_000])
        let one = try IntegratedFixtures.fold([opened, (1, listed), (1, numbered)])
        let other = try IntegratedFixtures.fold([(1, listed), (1, numbered), opened, opened])
        #expect(one.encoded == other.encoded)
        #expect(try IntegratedReport(of: one).assets.map(\.number) == ["****1111"])
    }

    @Test func `an opening names its asset and is no event about it`() throws {
        var state = SubjectCountersState()
        for event in [
            IntegratedFixtures.opened(1, .card, provider: "source"),
            IntegratedFixtures.balance(5, at: 800_000_000),
        ] {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset(1))
            try SubjectCounters().fold(view, into: &state)
        }
        #expect(state.eventCount(of: FoldFixtures.asset(1)) == 1)
        #expect(state.contribution.byProvider == ["source": 1])
        #expect(state.contribution.byType.values.reduce(0, +) == 2)
    }

    @Test func `a closed asset is shown but not counted`() throws {
        var closed = Event()
        closed.occurredAt = 2_000_000_000
        closed.assetClosed.sign = .missingFromList
        let state = try IntegratedFixtures.fold([
            (1, IntegratedFixtures.opened(1, .deposit, provider: "bank1")),
            (1, IntegratedFixtures.balance(1_000, at: 1_700_000_001)), (1, closed),
        ])
        let report = try IntegratedReport(of: state)
        #expect(report.assets.map(\.isClosed) == [true])
        #expect(report.assets.map(\.number) == ["••••6789"])
        #expect(report.totals == [])
        #expect(report.sources.map(\.provider) == ["bank1"])
        #expect(report.sources.map(\.assetCount) == [0])
    }

    @Test func `what is owed on one card adds up, and each report replaces its own`() throws {
        func advance(_ balance: Int64, lentAt: Int64, at: Int64) -> Event {
            var event = Event()
            event.occurredAt = at
            event.cashAdvanceReported.balance = balance
            event.cashAdvanceReported.amount = 900
            event.cashAdvanceReported.lentAt = lentAt
            return event
        }
        var revolving = Event()
        revolving.occurredAt = 5
        revolving.revolvingCreditReported.remaining = 1_000
        revolving.revolvingCreditReported.requestedOn = 20_240_101
        let state = try IntegratedFixtures.fold([
            (1, revolving), (1, advance(900, lentAt: 1, at: 6)),
            (1, advance(900, lentAt: 2, at: 6)), (1, advance(300, lentAt: 1, at: 7)),
        ])
        #expect(try IntegratedReport(of: state).totals.map(\.liabilities) == [2_200])
    }

    @Test func `a wallet's movement and its reports are one balance`() throws {
        func report(_ balance: Int64, account: String, at: Int64) -> Event {
            var event = Event()
            event.occurredAt = at
            event.prepaidBalanceReported.balance = balance
            event.prepaidBalanceReported.account = account
            return event
        }
        func movement(_ balance: Int64, at: Int64) -> Event {
            var event = Event()
            event.occurredAt = at
            event.emoneyTransactionPosted.balanceAfter = balance
            return event
        }
        let table: [([Event], Int64)] = [
            ([movement(700, at: 1)], 700),
            ([report(500, account: "a", at: 1), movement(400, at: 2)], 400),
            ([movement(700, at: 1), report(500, account: "a", at: 2)], 500),
            ([report(500, account: "a", at: 2), movement(400, at: 1)], 500),
            ([report(500, account: "a", at: 1), movement(700, at: 2)], 700),
            (
                [
                    report(500, account: "a", at: 1), report(100, account: "b", at: 1),
                    movement(400, at: 2),
                ], 600
            ),
        ]
        for (events, expected) in table {
            for order in [events, events.reversed()] {
                let state = try IntegratedFixtures.fold(order.map { (1, $0) })
                let report = try IntegratedReport(of: state)
                #expect(report.totals.map(\.assets) == [expected])
                #expect(report.assets[0].wallet.map(\.amount.thousandths) == [expected])
            }
        }
    }

    @Test(arguments: [99, 100, 101, 200])
    func `a long name is cut between letters`(count: Int) throws {
        var listed = Event()
        listed.accountListed.productName = "a" + String(repeating: "가", count: count)
        let state = try IntegratedFixtures.fold([(1, listed)])
        let expected = "a" + String(repeating: "가", count: min(count, 99))
        #expect(try IntegratedReport(of: state).assets.map(\.name) == [expected])
    }

    @Test func `an asset that is full still takes what it knows`() throws {
        func holding(_ number: Int, _ value: Int64) -> Event {
            var event = Event()
            event.occurredAt = value
            event.holdingReported.value = value
            event.holdingReported.productCode = "KR\(number)"
            return event
        }
        let state = try IntegratedFixtures.fold((0..<2_000).map { (1, holding($0, 1)) })
        let later = try IntegratedFixtures.fold([(1, holding(7, 5))], from: state)
        #expect(try IntegratedReport(of: later).totals.map(\.assets) == [2_004])
        #expect(throws: FoldError.full) {
            try IntegratedFixtures.fold([(1, holding(2_000, 5))], from: state)
        }
    }

    @Test func `an opening that cannot be named is not counted either`() throws {
        var state = SubjectCountersState()
        func take(_ asset: UInt64, _ event: Event) throws {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset(asset))
            try SubjectCounters().fold(view, into: &state)
        }
        for asset in 1_000..<3_000 { try take(UInt64(asset), IntegratedFixtures.balance(1, at: 1)) }
        let before = state.encoded
        let opened = IntegratedFixtures.opened(1, .deposit, provider: "bank1")
        #expect(throws: FoldError.full) { try take(1_000, opened) }
        #expect(state.encoded == before)
        var malformed = opened
        malformed.compartmentOpened.compartment = Data([1])
        #expect(throws: FoldError.unrepresentable) { try take(1_000, malformed) }
        #expect(state.encoded == before)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a subject's part is taken off the platform exactly`(seed: UInt64) throws {
        let parts = try (0..<5).map { number in
            try SubjectCounters().folded(
                FoldCase.history(seed: seed &+ UInt64(number), count: 80)
            ).contribution
        }
        var platform = PlatformCounters()
        for part in parts { platform.add(part) }
        var without = PlatformCounters()
        for part in parts where part != parts[2] { without.add(part) }
        platform.remove(parts[2])
        #expect(platform.encoded == without.encoded, "SEED=\(seed)")
        for part in parts where part != parts[2] { platform.remove(part) }
        #expect(platform.encoded == PlatformCounters().encoded, "SEED=\(seed)")
    }
}
