import Finance
import Testing

/// A fold with a mistake that no type checker sees: cancellations are dropped.
private struct ForgetsCancellations: Fold {
    static let name = "forgets-cancellations"
    static let version: UInt32 = 1
    let whole: SpendingProfile

    func fold(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        guard event.type != .cardApprovalCancelled else { return }
        try whole.fold(event, into: &state)
    }
}

@Suite struct SpendingProfileTests {
    let profile = SpendingProfile(rules: FoldFixtures.rules)

    @Test(arguments: FoldFixtures.seeds)
    func `each month, category and currency is the sum of its payments`(seed: UInt64) throws {
        for (months, merchants) in [(3, 10), (30, 40), (90, 60), (20, 900)] {
            let cases = FoldCase.history(
                seed: seed,
                count: 1_500,
                months: months,
                merchantCount: merchants
            )
            let state = try profile.folded(cases)
            let oracle = SpendingOracle(cases, FoldFixtures.rules)
            #expect(try oracle.differences(from: state) == [], "SEED=\(seed) months \(months)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a fold that drops cancellations is caught`(seed: UInt64) throws {
        let cases = FoldCase.history(seed: seed, count: 1_500)
        let state = try ForgetsCancellations(whole: profile).folded(cases)
        let oracle = SpendingOracle(cases, FoldFixtures.rules)
        #expect(try oracle.differences(from: state) != [], "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `totals do not depend on the order of payments`(seed: UInt64) throws {
        var random = FoldRandom(seed: seed)
        for merchants in [40, 900] {
            let cases = FoldCase.history(
                seed: seed,
                count: 1_200,
                months: 60,
                merchantCount: merchants
            )
            let expected = try profile.folded(cases).monthlyTotals()
            let shuffled = try profile.folded(cases.shuffled(using: &random)).monthlyTotals()
            let reversed = try profile.folded(cases.reversed()).monthlyTotals()
            #expect(shuffled == expected, "SEED=\(seed)")
            #expect(reversed == expected, "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `the whole state does not depend on the order of purchases that fit`(seed: UInt64) throws {
        var random = FoldRandom(seed: seed)
        let cases = FoldCase.history(seed: seed, count: 1_200, months: 60, mistakes: false)
        let expected = try profile.folded(cases).encoded
        #expect(try profile.folded(cases.shuffled(using: &random)).encoded == expected, "\(seed)")
        #expect(try profile.folded(cases.reversed()).encoded == expected, "\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a state that was stored in between goes on as if it had not been`(seed: UInt64) throws {
        let cases = FoldCase.history(seed: seed, count: 900, months: 60, merchantCount: 200)
        let whole = try profile.folded(cases).encoded
        for split in [1, 300, 600, 899] {
            let half = try profile.folded(Array(cases[..<split]))
            let stored = try SpendingState(decoding: half.encoded.span)
            #expect(stored.encoded == half.encoded, "SEED=\(seed)")
            let rest = try profile.folded(Array(cases[split...]), from: stored)
            #expect(rest.encoded == whole, "SEED=\(seed) split \(split)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a restart after each payment changes nothing, whoever has to leave`(seed: UInt64) throws {
        // Equal amounts, so that only the order of leaving tells who stays; and payments taken back
        // in full, of which a stored state has nothing.
        var random = FoldRandom(seed: seed)
        var cases: [FoldCase] = []
        for _ in 0..<900 {
            var one = FoldCase(merchant: "가게 \(random.below(500))")
            if random.below(4) == 0, let earlier = cases.randomElement(using: &random),
                earlier.kind == .approval
            {
                one = earlier
                one.kind = .cancellation
                one.approvedAt = earlier.at
            }
            cases.append(one)
        }
        var (whole, stored) = (SpendingState(), SpendingState())
        for (row, one) in cases.enumerated() {
            whole = try profile.folded([one], from: whole)
            stored = try profile.folded([one], from: SpendingState(decoding: stored.encoded.span))
            guard whole.encoded == stored.encoded else {
                Issue.record("SEED=\(seed) row \(row)")
                return
            }
        }
    }

    @Test func `a cancellation is taken off the month of its approval`() throws {
        let approval = FoldCase(at: 1_700_000_000)
        var cancellation = approval
        cancellation.kind = .cancellation
        cancellation.approvedAt = approval.at
        cancellation.at = approval.at + 40 * 86_400
        #expect(try profile.folded([approval]).monthlyTotals().map(\.count) == [1])
        #expect(try profile.folded([approval, cancellation]).monthlyTotals() == [])
        #expect(try profile.folded([cancellation, approval]).monthlyTotals() == [])
    }

    @Test func `what is no spending is in no spending`() throws {
        let cases = ["카드대금", "내계좌 이체", "적금", "홍길동"].map {
            FoldCase(kind: .bank, merchant: $0)
        }
        let report = try report(of: profile.folded(cases))
        #expect(report.spending == [])
        #expect(report.transfers.map(\.sum).reduce(0, +) == 4 * 4_500_000)
    }

    @Test func `a wallet's payments count, its charges do not`() throws {
        let table: [(EmoneyTransactionKind, Int64, Int64)] = [
            (.paid, 3_000_000, 1), (.paymentCancelled, -3_000_000, -1), (.feePaid, 3_000_000, 1),
            (.chargedByAccount, 0, 0), (.paidByCard, 0, 0), (.sentToMember, 0, 0),
        ]
        for (kind, sum, count) in table {
            var event = Event()
            event.occurredAt = 1_700_000_000
            event.emoneyTransactionPosted.amount = 3_000_000
            event.emoneyTransactionPosted.kind = kind
            event.emoneyTransactionPosted.merchantName = "쿠팡"
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset())
            var state = SpendingState()
            try profile.fold(view, into: &state)
            let totals = try state.monthlyTotals()
            #expect(totals.map(\.sum).reduce(0, +) == sum)
            #expect(totals.map(\.count).reduce(0, +) == count)
        }
    }

    @Test func `an event that cannot be taken in changes nothing`() throws {
        let state = try profile.folded(FoldCase.history(seed: 9, count: 300))
        let most = FoldCase(at: 1_690_000_000, amount: .max - 10, merchant: "넘침")
        let full = try profile.folded([most], from: state)
        let table: [(FoldCase, FoldError)] = [
            (FoldCase(at: 1_690_000_000, amount: 11, merchant: "넘침"), .overflow),
            (FoldCase(at: -86_400 * 3), .unrepresentable),
            (FoldCase(at: 5_500_000_000), .unrepresentable),
            (FoldCase(currency: 1_000), .unrepresentable),
            (FoldCase(kind: .bank, bankKind: .unspecified), .unrepresentable),
            (FoldCase(kind: .correction, amount: .max, before: -1), .overflow),
        ]
        for (one, expected) in table {
            let event = try FoldFixtures.encoded(one.event())
            let view = try EventView(event.span, of: FoldFixtures.asset())
            var here = full
            #expect(throws: expected) { try profile.fold(view, into: &here) }
            #expect(here.encoded == full.encoded)
        }
    }

    @Test func `a person's two years take at most five kilobytes`() throws {
        // 20 payments a month, two thirds of them at 60 merchants with an even hand.
        let cases = FoldCase.history(
            seed: 5,
            count: 24 * 20,
            months: 24,
            merchantCount: 60,
            mistakes: false
        ).map { one in
            var one = one
            one.currency = 410
            one.mcc = 5812
            return one
        }
        let state = try profile.folded(cases)
        #expect(state.encoded.count <= 5_000, "\(state.encoded.count)")
    }

    private func report(of state: SpendingState) throws -> SpendingReport {
        let last = Month(index: 646)
        return try SpendingReport(
            of: state,
            in: .krw,
            over: SpendingReport.Period(last: last, months: 24),
            taxonomy: FoldFixtures.rules.taxonomy
        )
    }
}
