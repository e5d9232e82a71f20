import Finance
import Foundation
import Testing

@Suite struct SpendingCorrectionTests {
    let profile = SpendingProfile(rules: FoldFixtures.rules)
    private static let saidAt: Int64 = 1_790_000_000

    /// A purchase or a correction, in one history.
    enum Step {
        case payment(FoldCase)
        case merchant(String, category: String)
        case single(FoldCase, place: UInt64, category: String, outcomes: [FoldCase] = [])
        case retracted(FoldCase, place: UInt64)

        func event() throws -> Event {
            if case .payment(let one) = self { return one.event() }
            var event = Event()
            event.occurredAt = SpendingCorrectionTests.saidAt
            switch self {
            case .payment: break
            case .retracted(let one, let place):
                event.transactionRetracted.event = Data(try FoldFixtures.encoded(one.event()))
                event.transactionRetracted.revision = place
            case .merchant(let name, let category):
                event.categoryCorrected.merchantName = name
                event.categoryCorrected.category = category
            case .single(let one, let place, let category, let outcomes):
                event.categoryCorrected.event.revision = place
                event.categoryCorrected.transaction = Data(try FoldFixtures.encoded(one.event()))
                event.categoryCorrected.category = category
                event.categoryCorrected.outcomes = try outcomes.map {
                    Data(try FoldFixtures.encoded($0.event()))
                }
            }
            return event
        }
    }

    func folded(_ steps: [Step], from start: SpendingState = SpendingState()) throws
        -> SpendingState
    {
        var state = start
        for step in steps {
            let bytes = try FoldFixtures.encoded(step.event())
            try profile.fold(EventView(bytes.span, of: FoldFixtures.asset()), into: &state)
        }
        return state
    }

    func sums(_ state: SpendingState) throws -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for total in try state.monthlyTotals() {
            let slug = FoldFixtures.rules.taxonomy[total.category]?.slug ?? ""
            sums[slug, default: 0] += total.sum
        }
        return sums
    }

    private static let corrections = [
        ("스타벅스 강남점", "food.restaurant"), ("이름 모를 가게", "shopping.gifts"), ("홍길동", "food.bar"),
        ("(주)스타벅스코리아", "education.academy"), ("행복약국", ""), ("쿠팡", "income.other"),
        ("이름 모를 가게 37", "care.hair"), ("행복약국", "leisure.games"), ("홍길동", ""),
    ].map { Step.merchant($0.0, category: $0.1) }

    /// Both in one history at random, each in its own order.
    private func mixed(_ left: [Step], _ right: [Step], _ random: inout FoldRandom) -> [Step] {
        var (left, right) = (left[...], right[...])
        var steps: [Step] = []
        while !left.isEmpty || !right.isEmpty {
            let isLeft =
                right.isEmpty
                || !left.isEmpty && random.below(left.count + right.count) < left.count
            steps.append(isLeft ? left.removeFirst() : right.removeFirst())
        }
        return steps
    }

    @Test(arguments: FoldFixtures.seeds)
    func `corrections of merchants and purchases come to the same in any order`(
        seed: UInt64
    ) throws {
        var random = FoldRandom(seed: seed)
        let payments = FoldCase.history(
            seed: seed,
            count: 400,
            months: 20,
            merchantCount: 20,
            mistakes: false
        )
        .map(Step.payment)
        let corrections = SpendingCorrectionTests.corrections
        let expected = try folded(payments + corrections).encoded
        #expect(try folded(corrections + payments).encoded == expected, "SEED=\(seed)")
        for _ in 0..<4 {
            let steps = mixed(payments.shuffled(using: &random), corrections, &random)
            #expect(try folded(steps).encoded == expected, "SEED=\(seed)")
        }
        #expect(try folded(payments).encoded != expected, "corrections change nothing")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a correction said first holds in all months, also those without detail`(
        seed: UInt64
    ) throws {
        let payments = FoldCase.history(seed: seed, count: 900, months: 90, mistakes: false)
            .filter { $0.kind == .approval && $0.merchant.hasPrefix("스타벅스") }
            .map(Step.payment)
        let before = try folded(payments).monthlyTotals()
        let after = try folded([Step.merchant("스타벅스", category: "food.bar")] + payments)
            .monthlyTotals()
        #expect(before.map(\.sum) == after.map(\.sum), "SEED=\(seed)")
        #expect(Set(after.map(\.category)).count == 1, "SEED=\(seed)")
        #expect(Set(before.map(\.category)) != Set(after.map(\.category)), "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a state that was stored in between goes on as if it had not been`(seed: UInt64) throws {
        var random = FoldRandom(seed: seed)
        let cases = FoldCase.history(seed: seed, count: 400, months: 40, merchantCount: 200)
        let singles = (0..<30).map { number in
            Step.single(
                cases[random.below(cases.count)],
                place: UInt64(number % 20),
                category: ["food.bar", "", "income.other"][number % 3]
            )
        }
        let steps = mixed(
            cases.map(Step.payment),
            mixed(singles, SpendingCorrectionTests.corrections, &random),
            &random
        )
        let whole = try folded(steps)
        for split in [0, 1, 150, 300, steps.count] {
            let half = try folded(Array(steps[..<split]))
            let stored = try SpendingState(decoding: half.encoded.span)
            #expect(stored.encoded == half.encoded, "SEED=\(seed)")
            let rest = try folded(Array(steps[split...]), from: stored)
            #expect(rest.encoded == whole.encoded, "SEED=\(seed) split \(split)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `corrections of single purchases move their amounts and nothing else`(
        seed: UInt64
    ) throws {
        var random = FoldRandom(seed: seed)
        let cases = FoldCase.history(seed: seed, count: 300, months: 20, mistakes: false)
            .filter { $0.kind == .approval }
        let singles = (0..<20).map {
            Step.single(cases[$0 * 3], place: UInt64($0), category: "leisure.games")
        }
        let payments = cases.map(Step.payment)
        var expected = try sums(folded(payments))
        let state = try folded(payments + singles)
        for number in 0..<20 {
            let one = cases[number * 3]
            let ruling = FoldFixtures.rules.card(
                merchant: Array(one.merchant.utf8).span,
                mcc: one.mcc
            )
            let slug = try #require(FoldFixtures.rules.taxonomy[ruling.category]?.slug)
            expected[slug, default: 0] -= one.amount
            expected["leisure.games", default: 0] += one.amount
        }
        #expect(try sums(state) == expected.filter { $0.value != 0 }, "SEED=\(seed)")
        let mixed = mixed(payments, singles, &random)
        #expect(try folded(mixed).monthlyTotals() == state.monthlyTotals(), "SEED=\(seed)")
        let undone = singles.indices.map {
            Step.single(cases[$0 * 3], place: UInt64($0), category: "")
        }
        #expect(try folded(payments + singles + undone).encoded == folded(payments).encoded)
    }

    @Test func `the later correction holds, undoing leaves no trace`() throws {
        let payments = [Step.payment(FoldCase()), .payment(FoldCase(merchant: "스타벅스 역삼점"))]
        let first = Step.merchant("스타벅스 강남점", category: "food.bar")
        let second = Step.merchant("스타벅스", category: "shopping.gifts")
        #expect(try sums(folded(payments + [first])) == ["food.bar": 9_000_000])
        #expect(try sums(folded(payments + [first, second])) == ["shopping.gifts": 9_000_000])
        let undone = Step.merchant("스타벅스 역삼점", category: "")
        let restored = try folded(payments + [first, second, undone])
        #expect(try sums(restored) == ["food.coffee": 9_000_000])
    }

    @Test func `one purchase put elsewhere stays there when its merchant is corrected`() throws {
        let one = FoldCase()
        let payments = [Step.payment(one), .payment(one)]
        let single = Step.single(one, place: 7, category: "shopping.gifts")
        let merchant = Step.merchant("스타벅스", category: "food.bar")
        let expected: [String: Int64] = ["shopping.gifts": 4_500_000, "food.bar": 4_500_000]
        #expect(try sums(folded(payments + [single, merchant])) == expected)
        #expect(try sums(folded([merchant] + payments + [single])) == expected)
        let again = Step.single(one, place: 7, category: "food.coffee")
        #expect(
            try sums(folded(payments + [single, merchant, again]))
                == ["food.coffee": 4_500_000, "food.bar": 4_500_000]
        )
        let back = Step.single(one, place: 7, category: "")
        #expect(
            try sums(folded(payments + [single, merchant, back])) == ["food.bar": 9_000_000]
        )
    }

    @Test func `a purchase that is taken back is taken from where the person put it`() throws {
        let payments = [Step.payment(FoldCase()), .payment(FoldCase())]
        let single = Step.single(FoldCase(), place: 7, category: "shopping.gifts")
        let expected = try folded([.payment(FoldCase())])
        let state = try folded(payments + [single, .retracted(FoldCase(), place: 7)])
        #expect(try sums(state) == sums(expected))
        #expect(!state.hasCorrections)
        let other = try folded(payments + [single, .retracted(FoldCase(), place: 8)])
        #expect(try sums(other) == ["shopping.gifts": 4_500_000])
    }

    @Test func `what came in counts against spending it is put into`() throws {
        var back = FoldCase(kind: .bank, amount: 1_000_000, merchant: "홍길동")
        back.bankKind = .deposited
        var out = back
        out.bankKind = .withdrawn
        out.amount = 3_000_000
        let steps = [
            Step.payment(back), .merchant("홍길동 ", category: "food.restaurant"), .payment(out),
        ]
        #expect(try sums(folded(steps)) == ["food.restaurant": 2_000_000])
    }

    @Test func `a profile tells what the person said and when`() throws {
        let rules = FoldFixtures.rules
        let state = try folded([
            .merchant("스타벅스", category: "food.bar"),
            .single(FoldCase(), place: 3, category: "shopping.gifts"),
        ])
        func said(_ revision: UInt64, _ name: String, isBank: Bool = false) -> String? {
            let correction = state.correction(
                of: EventPlace(revision: revision, index: 0),
                name: Array(name.utf8).span,
                isBank: isBank,
                rules: rules
            )
            #expect(correction.map { "\($0.day)" } ?? "2026-09-21" == "2026-09-21")
            return correction.flatMap { rules.taxonomy[$0.category]?.slug }
        }
        #expect(said(0, "(주)스타벅스코리아 강남R점") == "food.bar")
        #expect(said(3, "스타벅스 강남점") == "shopping.gifts")
        #expect(said(0, "이디야") == nil)
        #expect(said(0, "스타벅스", isBank: true) == "food.bar")
        #expect(said(0, "스타벅스급여", isBank: true) == nil)
    }

    @Test func `a correction that cannot be taken in changes nothing`() throws {
        let start = try folded([.payment(FoldCase())])
        var event = Event()
        event.occurredAt = SpendingCorrectionTests.saidAt
        event.categoryCorrected.event.revision = 1
        event.categoryCorrected.category = "food.bar"
        var unknown = event
        unknown.categoryCorrected.merchantName = "스타벅스"
        unknown.categoryCorrected.category = "food.tea"
        for event in [event, unknown] {
            var state = start
            let bytes = try FoldFixtures.encoded(event)
            #expect(throws: FoldError.self) {
                try profile.fold(EventView(bytes.span, of: FoldFixtures.asset()), into: &state)
            }
            #expect(state.encoded == start.encoded)
        }
    }
}
