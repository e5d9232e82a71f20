import Finance
import SwiftProtobuf
import Testing

@Suite struct PaymentBookTests {
    private let at = Int64(1_763_500_000)

    /// Amounts of the payments that a history leaves, by size.
    private func amounts(_ events: [Event]) throws -> [Int64] {
        let first = try #require(CivilDate(secondsSinceEpoch: at)).adding(days: -30)
        var book = PaymentBook(rules: FoldFixtures.rules, from: first)
        for (index, event) in events.enumerated() {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset())
            try book.take(view, at: Payment.Place(revision: UInt64(index), index: 0))
        }
        return book.payments.map(\.amount).sorted()
    }

    private func retracted(_ event: Event) throws -> Event {
        try WealthFixtures.retraction(of: event, at: at + 900)
    }

    private var approved: Event {
        WealthFixtures.event(at: at) {
            $0.cardApproved.amount = 32_000
            $0.cardApproved.merchantName = "행복약국"
            $0.cardApproved.approvalNumber = "1"
        }
    }

    private var cancelled: Event {
        WealthFixtures.event(at: at + 600) {
            $0.cardApprovalCancelled.amount = 32_000
            $0.cardApprovalCancelled.approvalNumber = "1"
            $0.cardApprovalCancelled.approvedAt = at
        }
    }

    private var corrected: Event {
        WealthFixtures.event(at: at + 600) {
            $0.cardApprovalCorrected.amount = 30_000
            $0.cardApprovalCorrected.amountBefore = 32_000
            $0.cardApprovalCorrected.approvalNumber = "1"
            $0.cardApprovalCorrected.approvedAt = at
        }
    }

    private func row(_ kind: BankTransactionKind, at seconds: Int64) -> Event {
        WealthFixtures.movement(7_000, after: 1, at: seconds, kind: kind, memo: "김밥천국")
    }

    private func wallet(_ kind: EmoneyTransactionKind, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.emoneyTransactionPosted.amount = 500
            $0.emoneyTransactionPosted.kind = kind
            $0.emoneyTransactionPosted.merchantName = "페이 가맹점"
        }
    }

    @Test func `what a retraction takes back is undone: payment, cancellation or correction`()
        throws
    {
        let table: [(payment: Event, change: Event, left: [Int64], whole: Int64)] = [
            (approved, cancelled, [], 32_000), (approved, corrected, [30_000], 32_000),
            (
                row(.withdrawn, at: at), row(.withdrawalCancelled, at: at + 600), [], 7_000
            ),
            (wallet(.paid, at: at), wallet(.paymentCancelled, at: at + 600), [], 500),
        ]
        for row in table {
            let events = [row.payment, row.change]
            #expect(try amounts(events) == row.left)
            #expect(try amounts(events + [retracted(row.change)]) == [row.whole])
            // What was no payment after all is gone, whatever became of it.
            #expect(try amounts(events + [retracted(row.payment)]) == [])
            #expect(try amounts([row.payment, retracted(row.payment)]) == [])
        }
    }

    @Test func `of two alike the one that is taken back goes`() throws {
        let (first, second) = (row(.withdrawn, at: at), row(.withdrawn, at: at + 60))
        let cancellation = row(.withdrawalCancelled, at: at + 600)
        #expect(try amounts([first, second, cancellation]) == [7_000])
        // The cancelled one is the later; taking it back leaves the other.
        #expect(try amounts([first, second, cancellation, retracted(second)]) == [7_000])
        #expect(try amounts([first, second, cancellation, retracted(first)]) == [])
    }
}
