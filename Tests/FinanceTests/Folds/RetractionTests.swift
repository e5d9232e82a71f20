import SwiftProtobuf
import Testing

@testable import Finance

/// A fold with a mistake that no type checker sees: what is taken back stays.
private struct KeepsRetracted<Whole: Fold>: Fold {
    static var name: String { "keeps-retracted" }
    static var version: UInt32 { 1 }
    let whole: Whole

    func fold(
        _ event: borrowing EventView,
        into state: inout Whole.State
    ) throws(FoldError) {
        guard event.type != .transactionRetracted else { return }
        try whole.fold(event, into: &state)
    }
}

@Suite struct RetractionTests {
    /// What happens to a log: an event, or that an earlier one is taken back.
    private static func retraction(of event: Event) throws -> Event {
        var retraction = Event()
        retraction.occurredAt = 1_800_000_000
        retraction.transactionRetracted.event = try event.serializedBytes()
        retraction.transactionRetracted.reason = .vanished
        return retraction
    }

    /// A history in which some events are taken back later, and the same without these.
    private static func histories(
        _ events: [Event],
        _ seed: UInt64,
        replacing: (Event) -> Event? = { _ in nil }
    ) throws -> (with: [Event], without: [Event]) {
        var random = FoldRandom(seed: seed)
        var (with, without): ([Event], [Event]) = ([], [])
        var open: [Event] = []
        func settle() throws {
            guard let index = open.indices.randomElement(using: &random) else { return }
            let taken = open.remove(at: index)
            if let other = replacing(taken) {
                with.append(other)
                without.append(other)
            }
            with.append(try retraction(of: taken))
        }
        for event in events {
            with.append(event)
            if random.below(4) == 0 { open.append(event) } else { without.append(event) }
            if random.below(3) == 0 { try settle() }
        }
        while !open.isEmpty { try settle() }
        return (with, without)
    }

    private static func folded<F: Fold>(_ fold: F, _ events: [Event]) throws -> F.State {
        var state = F.State()
        for event in events {
            let bytes = try FoldFixtures.encoded(event)
            try fold.fold(try EventView(bytes.span, of: FoldFixtures.asset()), into: &state)
            // A restart now and then changes nothing.
            if bytes.count % 7 == 0 {
                var stored: [UInt8] = []
                state.encode(into: &stored)
                state = try F.State(decoding: stored.span)
            }
        }
        return state
    }

    private static func wallet(_ number: Int) -> Event {
        var event = Event()
        event.occurredAt = 1_600_000_000 + Int64(number) * 50_000
        event.emoneyTransactionPosted.amount = Int64(number % 17 + 1) * 1_000
        event.emoneyTransactionPosted.kind = [.paid, .paymentCancelled, .feePaid][number % 3]
        event.emoneyTransactionPosted.merchantName = "페이 가맹점 \(number % 5)"
        return event
    }

    private static func events(_ seed: UInt64, mistakes: Bool = true) -> [Event] {
        let cases = FoldCase.history(
            seed: seed,
            count: 500,
            months: 20,
            merchantCount: 40,
            mistakes: mistakes
        )
        return cases.map { $0.event() } + (0..<60).map(wallet)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `counters are as if what is taken back had never been`(seed: UInt64) throws {
        let (with, without) = try Self.histories(Self.events(seed), seed)
        let expected = try Self.folded(SubjectCounters(), without).encoded
        #expect(try Self.folded(SubjectCounters(), with).encoded == expected, "SEED=\(seed)")
        let wrong = KeepsRetracted(whole: SubjectCounters())
        #expect(try Self.folded(wrong, with).encoded != expected, "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `sums of spending are as if what is taken back had never been`(seed: UInt64) throws {
        let profile = SpendingProfile(rules: FoldFixtures.rules)
        let (with, without) = try Self.histories(Self.events(seed), seed)
        let expected = try Self.folded(profile, without).monthlyTotals()
        #expect(try Self.folded(profile, with).monthlyTotals() == expected, "SEED=\(seed)")
        let wrong = KeepsRetracted(whole: profile)
        #expect(try Self.folded(wrong, with).monthlyTotals() != expected, "SEED=\(seed)")
    }

    /// Without another row on its day a retraction leaves the day behind, see `SpendingProfile`.
    @Test(arguments: FoldFixtures.seeds)
    func `the whole spending state is, when a row of the same day comes instead`(
        seed: UInt64
    ) throws {
        let profile = SpendingProfile(rules: FoldFixtures.rules)
        let (with, without) = try Self.histories(Self.events(seed, mistakes: false), seed) {
            var other = $0
            switch $0.fact {
            case .cardApproved?: other.cardApproved.amount += 70
            case .bankTransactionPosted?: other.bankTransactionPosted.amount += 70
            default: other.emoneyTransactionPosted.amount += 70
            }
            return other
        }
        let expected = try Self.folded(profile, without).encoded
        var state = try Self.folded(profile, with)
        // Which rows were taken back is kept, so that a correction of one counts for nothing.
        #expect(!state.corrections.takenBack.isEmpty, "SEED=\(seed)")
        state.corrections = SpendingCorrections()
        #expect(state.encoded == expected, "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `coverage is as if what is taken back had never been, in any order`(
        seed: UInt64
    ) throws {
        var random = FoldRandom(seed: seed)
        var balance: Int64 = 1_000_000
        let events = (0..<700).map { number -> Event in
            var event = Event()
            event.occurredAt = 1_600_000_000 + Int64(number) * 40_000
            let amount = Int64(random.below(900) + 1)
            balance += number % 3 == 0 ? amount : -amount
            event.bankTransactionPosted.amount = amount
            event.bankTransactionPosted.kind = number % 3 == 0 ? .deposited : .withdrawn
            if random.below(50) > 0 { event.bankTransactionPosted.balanceAfter = balance }
            return event
        }
        let (with, without) = try Self.histories(events, seed)
        let expected = try Self.folded(Finance.Coverage(), without).encoded
        #expect(try Self.folded(Finance.Coverage(), with).encoded == expected, "SEED=\(seed)")
        let shuffled = without.shuffled(using: &random)
        #expect(try Self.folded(Finance.Coverage(), shuffled).encoded == expected, "SEED=\(seed)")
    }

    @Test func `what was never counted cannot be taken back`() throws {
        var event = Event()
        event.occurredAt = 1_700_000_000
        event.cardApproved.amount = 5
        let retraction = try Self.retraction(of: event)
        #expect(throws: FoldError.unrepresentable) {
            try Self.folded(SubjectCounters(), [retraction])
        }
    }
}
