import Finance
import SwiftProtobuf
import Testing

/// Providers write days that are none and sums that no one has: reports leave them out and go on.
@Suite struct HostileObligationsTests {
    /// 2025-11-20.
    private static let day = CivilDate(daysSinceEpoch: 20_412)

    /// Makes every report; a total beyond 64 bits may refuse.
    @discardableResult
    private func look(_ state: ObligationsState) -> (dues: [Due], bills: [CardBillOutlook.Bill]) {
        let day = HostileObligationsTests.day
        let spending = SpendingState()
        let dues = state.dues(in: .krw, from: day, through: day.adding(days: 400))
        #expect(dues.allSatisfy { $0.amount > 0 })
        #expect(dues.allSatisfy { $0.day >= day && $0.day <= day.adding(days: 400) })
        let bills = CardBillOutlook(of: state, after: day).bills
        #expect(bills.allSatisfy { $0.paysOn > day })
        do throws(FoldError) {
            _ = try FixedCostReport(
                of: spending,
                state,
                in: .krw,
                on: day,
                taxonomy: FoldFixtures.rules.taxonomy
            )
        } catch { #expect(error == .overflow) }
        _ = InsightFeed(
            InsightFeed.Basis(
                spending: spending,
                netWorth: NetWorthState(),
                obligations: state,
                payments: [],
                taxonomy: FoldFixtures.rules.taxonomy
            ),
            in: .krw,
            on: day
        )
        return (dues, bills)
    }

    private static let days: [UInt32] = [
        0, 1, 20_250_231, 20_251_131, 99_991_231, 20_251_214, 21_391_231, .max,
    ]
    private static let amounts: [Int64] = [.min, -1, 0, 1, .max]

    @Test(arguments: days)
    func `odd days and sums of bills, loans and terms are left out`(day: UInt32) throws {
        for amount in HostileObligationsTests.amounts {
            var events = [
                ObligationFixtures.due(amount, on: day, at: 1),
                ObligationFixtures.bill(amount, month: day / 100, paysOn: day, at: 1),
                ObligationFixtures.premium(amount, day: day, endsOn: day, at: 1),
                ObligationFixtures.loan(amount, next: day, at: 1),
                ObligationFixtures.loanTerms(day: day, amount: amount, matures: day, at: 1),
                ObligationFixtures.standing(amount, .everyWeek, day: day),
                ObligationFixtures.approval(amount, on: 1_763_000_000, instalments: day),
                WealthFixtures.event(at: 1) {
                    $0.leaseTermsReported.nextPaymentOn = day
                    $0.leaseTermsReported.maturesOn = day
                },
            ]
            for number in [0, 1, 7, UInt32.max] {
                events.append(
                    ObligationFixtures.line(1, number, of: 6, month: 202_511, at: 1)
                )
            }
            let payable = amount > 0 && day == 20_251_214
            for (index, event) in events.enumerated() {
                let (dues, bills) = look(try WealthFixtures.fold(Obligations(), [(1, event)]))
                // The first two are a payment that is announced and a bill.
                guard index < 2 else { continue }
                #expect(dues.count == (payable ? 1 : 0), "\(amount)")
                #expect(bills.isEmpty == ![20_251_214, 21_391_231].contains(day), "\(amount)")
            }
            let all = look(try WealthFixtures.fold(Obligations(), events.map { (1, $0) }))
            #expect(all.dues.contains { $0.kind == .cardPayment } == payable, "\(amount)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `reports on a damaged state that decodes never trap`(seed: UInt64) throws {
        let bytes = try WealthFixtures.fold(
            Obligations(),
            ObligationFixtures.events(seed: seed, count: 60)
        ).encoded
        var random = FoldRandom(seed: seed)
        var looked = 0
        for _ in 0..<3_000 {
            var damaged = bytes
            for _ in 0..<(random.below(4) + 1) {
                damaged[random.below(damaged.count)] = UInt8(random.below(256))
            }
            do throws(FoldError) {
                look(try ObligationsState(decoding: damaged.span))
                looked += 1
            } catch { #expect(error == .malformedState) }
        }
        #expect(looked > 100, "SEED=\(seed)")
    }
}
