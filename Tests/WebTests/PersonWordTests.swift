import Finance
import Testing

@testable import Web

/// Words for what the folds and providers say by number.
struct PersonWordTests {
    @Test func `every word that a fold can say has its text`() throws {
        let wording = try Wording(yaml: Resource.wording)
        func has(_ prefix: String, _ word: String) {
            let key = prefix + word.replacing("-", with: "_")
            #expect(wording.keys.contains(key), "\(key)")
        }
        for kind in AssetKind.allCases { has("product_", kind.word) }
        for kind in WealthKind.allCases { has("wealth_kind_", kind.word) }
        for reason in NetWorthChange.Reason.allCases { has("wealth_reason_", reason.word) }
        for source in CashFlowForecast.Source.allCases { has("expected_", source.word) }
        for source in CardBillOutlook.Source.allCases { has("bill_", source.word) }
        for kind in FixedCostReport.Kind.allCases { has("fixed_", kind.word) }
        for kind in Due.Kind.allCases { has("due_", kind.word) }
        for severity in Insight.Severity.allCases { has("severity_", severity.word) }
        for kind in ConsentKind.allCases { has("agreement_", kind.word) }
        for status in ProvisionStatus.allCases { has("agreement_state_", status.word) }
        for reason in WithdrawalReason.allCases { has("withdrawn_", reason.word) }
        for reason in ShredReason.allCases { has("deletion_", reason.word) }
        for trouble in TransferTrouble.allCases { has("source_reason_", trouble.rawValue) }
        for tab in PersonTab.allCases { has("tab_", tab.rawValue) }
        for kind in [
            "double-charge", "far-above-usual", "price-rise", "first-time-large",
            "overseas-at-night", "bank-fee", "late-interest", "income-late", "income-missing",
            "bill-above-usual", "category-above-usual", "balance-below-zero", "loan-matures",
        ] { has("why_", kind) }
        #expect(Insight.Kind.allCases.count == 13)
    }

    @Test(arguments: [
        (UInt32(40_106), UInt32(401), TransferTrouble?.some(.accessLost)),
        (40_303, 403, .operatorRefused), (40_403, 404, .notCustomer), (42_901, 429, .quotaUsed),
        (50_001, 500, .providerDown), (0, 0, .providerDown), (0, 503, .providerDown),
        (40_001, 400, .refused), (40_305, 403, nil),
    ])
    func `a provider's code becomes one thing to do`(
        code: UInt32,
        status: UInt32,
        trouble: TransferTrouble?
    ) {
        var history = TransferHistory(TestPerson.today...TestPerson.today)
        var event = Event()
        event.occurredAt = Int64(TestPerson.today.daysSinceEpoch) * 86_400
        event.transferFailed.provider = "A"
        event.transferFailed.code = code
        event.transferFailed.status = status
        history.take(event)
        let failure = history.sums["A"]?.lastFailure
        #expect(failure.flatMap(TransferTrouble.init) == trouble)
    }

    @Test(arguments: [UInt32(40_104), 40_301, 40_401, 40_501])
    func `what a provider does not have is told, and its connection is well`(code: UInt32) {
        var history = TransferHistory(TestPerson.today...TestPerson.today)
        var event = Event()
        event.occurredAt = Int64(TestPerson.today.daysSinceEpoch) * 86_400
        event.transferFailed.provider = "A"
        event.transferFailed.code = code
        event.transferFailed.status = code / 100
        history.take(event)
        #expect(history.sums["A"]?.failed == 1)
        #expect(history.sums["A"]?.lastFailure == nil)
        guard case .failed(let failure)? = history.entries.first?.detail else {
            Issue.record("nothing is told")
            return
        }
        #expect(TransferTrouble(failure) == .notOffered)
    }
}
