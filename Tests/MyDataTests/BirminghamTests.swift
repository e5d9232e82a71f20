import Finance
import MyData
import SwiftProtobuf
import Testing

@Suite struct BirminghamTests {
    @Test func `the whole data set reconciles, and importing it again adds nothing`() throws {
        var known: Set<Identity> = []
        let first = try read(ByteSource(path: Checkout.birmingham), Birmingham(), known: &known)
        #expect(first.summary.rows == 181_335)
        #expect(first.summary.events == 181_335)
        #expect(first.rejected.isEmpty)
        #expect(first.summary.isReconciled)
        #expect(Set(first.rows.map(\.subject)).count == 1_523)
        let second = try read(ByteSource(path: Checkout.birmingham), Birmingham(), known: &known)
        #expect(second.summary.events == 0)
        #expect(second.summary.duplicates == 181_335)
        #expect(second.summary.isReconciled)
        // Summed by another program from the same file (decimal, by original_cur, empty is GBP).
        #expect(first.summary.sums[.gbp]?.rows.card == Self.pounds)
        #expect(first.summary.sums.count == 19)
    }

    /// Sum of original_gross_amt in pounds, thousandths.
    private static let pounds: Int128 = 31_367_962_800

    @Test func `equal rows keep their number`() throws {
        let row = BirminghamTable.row()
        let outcome = try BirminghamTable.read([row, row, BirminghamTable.row(amount: "1"), row])
        #expect(outcome.rows.map(\.ordinal) == [1, 2, 1, 3])
    }

    @Test func `a row becomes an approval that says all of it`() throws {
        let row = BirminghamTable.row(
            day: "2017-07-01",
            amount: "-12.5",
            currency: "EUR",
            billed: "-10.07,GBP",
            merchant: "\"a \"\"b\"\", c\""
        )
        let outcome = try BirminghamTable.read([row])
        let event = try Event(serializedBytes: try #require(outcome.rows.first).event)
        // Midnight of the first of July in British summer time.
        #expect(event.occurredAt == 1_498_863_600)
        #expect(event.utcOffsetMinutes == 60)
        #expect(event.precision == .day)
        let approval = event.cardApproved
        #expect(approval.amount == -12_500)
        #expect(approval.currency == 978)
        #expect(approval.billedAmount == -10_070)
        #expect(approval.billedCurrency == 826)
        #expect(approval.merchantName == "a \"b\", c")
        #expect(approval.costCentre == "RE Hall")
        #expect(approval.payerUnit == "CYP")
    }

    @Test(arguments: [
        (BirminghamTable.row(amount: "1.0001"), "original_gross_amt", RejectionReason.amount),
        (BirminghamTable.row(amount: ""), "original_gross_amt", .missing),
        (BirminghamTable.row(amount: "1e3"), "original_gross_amt", .amount),
        (BirminghamTable.row(amount: "9999999999999999999"), "original_gross_amt", .amountTooLarge),
        // The one amount of 64 bits that has no opposite, and the first beyond the bound.
        (
            BirminghamTable.row(amount: "-9223372036854775.808"), "original_gross_amt",
            .amountTooLarge
        ),
        (BirminghamTable.row(amount: "1000000000000.001"), "original_gross_amt", .amountTooLarge),
        (BirminghamTable.row(day: "2017-02-29"), "trans_date", .time),
        (BirminghamTable.row(day: "29/02/2016"), "trans_date", .time),
        (BirminghamTable.row(currency: "ZZZ"), "original_cur", .currency),
        (BirminghamTable.row(card: ""), "card_number", .missing),
        (BirminghamTable.row(card: "************abcd"), "card_number", .word),
        (
            BirminghamTable.row(merchant: String(repeating: "x", count: 257)), "merchant_name",
            .tooLong
        ),
    ])
    func `a bad row is reported by line, field and reason, and the rest goes on`(
        bad: String,
        field: String,
        reason: RejectionReason
    ) throws {
        let good = BirminghamTable.row()
        let outcome = try BirminghamTable.read([good, bad, good])
        #expect(outcome.rows.map(\.line) == [2, 4])
        let rejected = try #require(outcome.rejected.first)
        #expect(rejected.line == 3)
        #expect(rejected.field == field)
        #expect(rejected.reason == reason)
        #expect(outcome.summary.isReconciled)
        #expect(outcome.summary.rows == 3)
        #expect(outcome.summary.rejectedWithoutAmount == (rejected.movement == nil ? 1 : 0))
    }

    @Test func `four decimals pass when they are zeros`() throws {
        let outcome = try BirminghamTable.read([BirminghamTable.row(amount: "1.0010000")])
        #expect(outcome.rows.first?.movement?.money.thousandths == 1_001)
    }

    @Test func `a rejected row whose amount can be read is in the sums`() throws {
        let outcome = try BirminghamTable.read([
            BirminghamTable.row(), BirminghamTable.row(day: "never", amount: "0.88"),
        ])
        let sums = try #require(outcome.summary.sums[.gbp])
        #expect(sums.rows.card == 30_000)
        #expect(sums.events.card == 29_120)
        #expect(sums.rejected.card == 880)
    }

    @Test func `text that is not UTF-8 is refused by its field`() throws {
        let row = BirminghamTable.row(merchant: "@")
        let bytes = Array((BirminghamTable.header + row).utf8).map {
            $0 == UInt8(ascii: "@") ? 0xFF : $0
        }
        let outcome = try read(ByteSource(bytes), Birmingham())
        #expect(outcome.rejected.first?.field == "merchant_name")
        #expect(outcome.rejected.first?.reason == .encoding)
    }

    @Test func `a ragged row is refused`() throws {
        let outcome = try BirminghamTable.read(["2016-06-23,VZ,1\n", BirminghamTable.row()])
        #expect(outcome.rejected.first?.reason == .line(.columns(found: 3, expected: 15)))
        #expect(outcome.rows.count == 1)
    }

    @Test func `the header must be the importer's, whole and in any order`() throws {
        func error(_ header: String) -> ImportError? {
            do {
                _ = try ImportReader(ByteSource(Array(header.utf8)), Birmingham())
                return nil
            } catch { return error }
        }
        let header = BirminghamTable.header
        #expect(error(header) == nil)
        #expect(error("") == .empty)
        #expect(
            error(header.replacing("directorate", with: "x")) == .columnMissing("directorate")
        )
        #expect(error("fee," + header) == .columnUnknown(1))
        #expect(error("trans_date," + header) == .columnRepeated("trans_date"))
        let turned = header.dropLast().split(separator: ",").reversed().joined(separator: ",")
        #expect(error(turned) == nil)
    }

    @Test func `a packed file that is cut or altered is refused, never misread`() throws {
        let whole = try Checkout.bytes(Checkout.birmingham)
        for length in [5, 1_000, whole.count / 2, whole.count - 1] {
            #expect(throws: ImportError.self) {
                _ = try read(ByteSource(Array(whole[..<length])), Birmingham())
            }
        }
    }
}
