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
        points.pointsReported.balance = 9_000_000
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
