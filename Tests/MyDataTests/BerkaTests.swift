import Finance
import MyData
import SwiftProtobuf
import Testing

@Suite(.enabled(if: Checkout.berka != nil, "needs the Berka data set at JANGBU_DATA"))
struct BerkaTests {
    private func source(_ name: String) throws -> ByteSource {
        try ByteSource(path: (try #require(Checkout.berka)) + "/" + name)
    }

    private func owners() throws -> BerkaOwners {
        try BerkaOwners(source(BerkaOwners.fileName))
    }

    @Test func `transactions reconcile with another program's sums`() throws {
        let outcome = try read(
            source("trans_union.csv.zst"),
            BerkaTransactions(owners: owners())
        )
        #expect(outcome.summary.rows == 97_005)
        #expect(outcome.rejected.isEmpty)
        #expect(outcome.summary.isReconciled)
        #expect(outcome.summary.sums[.czk]?.rows.bankIn == 405_260_913_500)
        #expect(outcome.summary.sums[.czk]?.rows.bankOut == 344_071_697_700)
        #expect(Set(outcome.rows.map(\.asset)).count == 1_751)
    }

    @Test func `the two parts of the table hold the rows of the whole, by identity`() throws {
        var known: Set<Identity> = []
        let importer = BerkaTransactions(owners: try owners())
        let head = try read(source("trans_1993_to_1994q1.csv.zst"), importer, known: &known)
        let loans = try read(source("trans_preloan.csv.zst"), importer, known: &known)
        #expect(head.summary.events + loans.summary.events == 97_005)
        #expect(loans.summary.duplicates == 6_791)
        let whole = try read(source("trans_union.csv.zst"), importer, known: &known)
        #expect(whole.summary.duplicates == 97_005)
    }

    @Test func `accounts, loans and standing orders are read to the last row`() throws {
        let owners = try owners()
        let accounts = try read(source("account.asc"), BerkaAccounts(owners: owners))
        #expect(accounts.summary.events == 4_500)
        let loans = try read(source("loan.asc"), BerkaLoans(owners: owners))
        #expect(loans.summary.events == 682)
        let orders = try read(source("order.asc"), BerkaOrders(owners: owners))
        #expect(orders.summary.events == 6_471)
        for outcome in [accounts, loans, orders] { #expect(outcome.rejected.isEmpty) }
        let bad = try loans.rows.count { row in
            let status = try Event(serializedBytes: try #require(row.further.first))
            return [.defaulted, .runningInDebt].contains(status.loanStatusReported.status)
        }
        #expect(bad == 76)
    }

    @Test func `a day is midnight in Czechia, in summer too`() throws {
        let header =
            "trans_id,account_id,date,type,operation,amount,balance,k_symbol,bank,account\n"
        let rows = [
            "1,576,930101,PRIJEM,VKLAD,900.00,900.00,,,", "2,576,930701,VYBER,,1.00,899.00, ,,0",
        ]
        let bytes = Array((header + rows.joined(separator: "\n")).utf8)
        let outcome = try read(ByteSource(bytes), BerkaTransactions(owners: owners()))
        let events = try outcome.rows.map { try Event(serializedBytes: $0.event) }
        #expect(events.map(\.occurredAt) == [725_842_800, 741_477_600])
        #expect(events.map(\.utcOffsetMinutes) == [60, 120])
        #expect(events.map(\.bankTransactionPosted.counterpartyAccount) == ["", ""])
        #expect(events.map(\.bankTransactionPosted.kind) == [.deposited, .withdrawn])
    }
}
