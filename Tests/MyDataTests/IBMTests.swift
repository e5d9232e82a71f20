import Finance
import MyData
import SwiftProtobuf
import Testing

@Suite struct IBMTests {
    private func importer() throws -> IBMTransactions {
        try IBMTransactions(cards: ByteSource(path: Checkout.ibmCards))
    }

    private static let header =
        "User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,"
        + "Merchant State,Zip,MCC,Errors?,Is Fraud?\n"

    private func event(_ row: String) throws -> (Outcome, Event) {
        let bytes = Array((IBMTests.header + row + "\n").utf8)
        let outcome = try read(ByteSource(bytes), importer())
        return (outcome, try Event(serializedBytes: try #require(outcome.rows.first).event))
    }

    @Test func `the sample reconciles with another program's sum`() throws {
        let outcome = try read(ByteSource(path: Checkout.ibm), importer())
        #expect(outcome.summary.rows == 19_963)
        #expect(outcome.rejected.isEmpty)
        #expect(outcome.summary.isReconciled)
        // Rows without an entry under Errors?.
        #expect(outcome.summary.sums[.usd]?.rows.card == 1_564_171_340)
        #expect(outcome.rows.count { $0.movement == nil } == 574)
        #expect(outcome.rows.count { !$0.further.isEmpty } == 27)
        #expect(Set(outcome.rows.map(\.subject)) == ["ibm:user:0"])
        #expect(Set(outcome.rows.map(\.asset)).count == 5)
    }

    @Test func `all cards are listed, with four digits of their numbers`() throws {
        let outcome = try read(ByteSource(path: Checkout.ibmCards), IBMCards())
        #expect(outcome.summary.rows == 6_146)
        #expect(outcome.rejected.isEmpty)
        let first = try #require(outcome.rows.first)
        let listed = try Event(serializedBytes: first.event)
        #expect(listed.cardListed.maskedNumber == "************0444")
        let terms = try Event(serializedBytes: try #require(first.further.first))
        #expect(terms.cardTermsReported.creditLimit == 24_295_000)
        #expect(terms.cardTermsReported.issuedOn == 20_020_901)
        let asText = String(describing: outcome.rows.prefix(10)) + "\(listed)"
        #expect(!asText.contains("4344676511950444"))
    }

    @Test func `a refund is negative, and a postal code gets its zeros back`() throws {
        let (_, event) = try event(
            "0,0,2002,9,11,13:17,$-99.00,Swipe Transaction,2027,Camden,NJ,8102.0,5541,,No"
        )
        #expect(event.cardApproved.amount == -99_000)
        #expect(event.cardApproved.currency == 840)
        #expect(event.cardApproved.merchantPostcode == "08102")
        #expect(event.cardApproved.payType == .debit)
        #expect(event.occurredAt == 1_031_750_220)
        #expect(event.precision == .minute)
    }

    @Test func `a declined purchase moves no money`() throws {
        let (outcome, event) = try event(
            "0,0,2002,9,11,13:17,$9.00,Online Transaction,2,ONLINE,,,5541,"
                + "\"Bad PIN,Insufficient Balance\",No"
        )
        #expect(event.cardDeclined.reason == "Bad PIN,Insufficient Balance")
        #expect(event.cardDeclined.amount == 9_000)
        #expect(outcome.summary.sums.isEmpty)
        #expect(outcome.summary.isReconciled)
    }

    @Test func `a card that the cards' file lacks is refused`() throws {
        let row = "0,77,2002,9,11,13:17,$9.00,Chip Transaction,2,X,CA,9.0,5541,,No\n"
        let outcome = try read(ByteSource(Array((IBMTests.header + row).utf8)), importer())
        #expect(outcome.rejected.first?.field == "Card")
        #expect(outcome.rejected.first?.reason == .unknownReference)
    }
}
