import SwiftProtobuf
import Testing

@testable import Finance

@Suite struct PaymentBookTests {
    private let at = Int64(1_763_500_000)

    /// Amounts of the payments that a history leaves, by size.
    private func amounts(_ events: [Event]) throws -> [Int64] {
        try book(events).payments.map(\.amount).sorted()
    }

    /// Each event is a frame of its own.
    private func book(_ events: [Event]) throws -> PaymentBook {
        let first = try #require(CivilDate(secondsSinceEpoch: at)).adding(days: -30)
        var book = PaymentBook(rules: FoldFixtures.rules, from: first)
        for (index, event) in events.enumerated() {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset())
            try book.take(view, at: Payment.Place(revision: UInt64(index), index: 0))
        }
        return book
    }

    private func retracted(_ event: Event, revision: UInt64) throws -> Event {
        try WealthFixtures.retraction(of: event, at: at + 900, revision: revision)
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
            #expect(try amounts(events + [retracted(row.change, revision: 1)]) == [row.whole])
            // What was no payment after all is gone, whatever became of it.
            #expect(try amounts(events + [retracted(row.payment, revision: 0)]) == [])
            #expect(try amounts([row.payment, retracted(row.payment, revision: 0)]) == [])
        }
    }

    @Test func `of two alike the one that is taken back goes`() throws {
        let (first, second) = (row(.withdrawn, at: at), row(.withdrawn, at: at + 60))
        let cancellation = row(.withdrawalCancelled, at: at + 600)
        #expect(try amounts([first, second, cancellation]) == [7_000])
        // As if the one that is taken back had never been: the cancellation is of the other.
        let events = [first, second, cancellation]
        #expect(try amounts(events + [retracted(second, revision: 1)]) == [])
        #expect(try amounts(events + [retracted(first, revision: 0)]) == [])
    }

    @Test func `of an approval that is told otherwise what is told now stands`() throws {
        var abroad = approved
        abroad.cardApproved.country = "US"
        let told = [approved, abroad, try retracted(approved, revision: 0)]
        let payment = try #require(try book(told).payments.first)
        #expect(payment.country == "US")
        #expect(payment.place == Payment.Place(revision: 1, index: 0))
        // What became of the first became of it too, whether it is told again or not.
        let history = [approved, cancelled, abroad]
        #expect(try amounts(history + [retracted(approved, revision: 0)]) == [])
        let gone = try [retracted(approved, revision: 0), retracted(cancelled, revision: 1)]
        #expect(try amounts(history + [cancelled] + gone) == [])
    }

    @Test func `of however many payments the latest are kept, whatever came first`() throws {
        let count = 3 * PaymentBook.entriesMax
        let rows = (0..<count).map { row(.withdrawn, at: at + Int64($0)) }
        for events in [rows, rows.reversed()] {
            let book = try book(events)
            #expect(book.entries.count < 2 * PaymentBook.entriesMax)
            let latest = (count - PaymentBook.countMax)..<count
            #expect(book.payments.map(\.at) == latest.map { at + Int64($0) })
        }
    }
}
