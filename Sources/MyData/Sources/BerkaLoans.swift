internal import Finance
internal import SwiftProtobuf

/// Loans of the Berka data set, from `loan.asc`: an asset each, beside the account that repays it.
///
/// How a loan stands is an event of its own, as of the data set's last day, so that nothing sees it
/// early.
public struct BerkaLoans: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// Loan.
        case loan
        /// Account that repays it.
        case account
        /// Day on which it was granted.
        case day
        /// Amount granted.
        case amount
        /// Months.
        case duration
        /// Monthly payment.
        case payment
        /// A and B are finished, C and D running; B and D are bad.
        case status

        /// The name in the header.
        public var name: String {
            switch self {
            case .loan: "loan_id"
            case .account: "account_id"
            case .day: "date"
            case .amount: "amount"
            case .duration: "duration"
            case .payment: "payments"
            case .status: "status"
            }
        }
    }

    /// Name of the importer.
    public static let name = "berka-loans"
    /// A semicolon.
    public static let separator = UInt8(ascii: ";")
    private let owners: BerkaOwners

    /// An importer for accounts of these owners.
    public init(owners: BerkaOwners) { self.owners = owners }

    /// Terms move no money; the loan's payment into the account is a transaction.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        nil
    }

    /// The loan's terms, and how it stands.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        let loan = try row.number(.loan, in: Berka.ids)
        let account = try row.number(.account, in: Berka.ids)
        guard let subject = owners.subject(ofAccount: account) else {
            throw RowFault(.account, .unknownReference)
        }
        let day = try row.shortDay(.day)
        let amount = try row.amount(.amount, .czk)
        let payment = try row.amount(.payment, .czk)
        let months = UInt32(try row.number(.duration, in: 1...600))
        let status = try BerkaLoans.status(row)
        var granted = LocalClock.prague.envelope(day, .day)
        granted.loanTermsReported = .with {
            $0.openedOn = day.digits
            $0.maturesOn = day.adding(months: Int32(months)).digits
            $0.repaymentAccount = "account-\(account)"
            $0.amount = amount.thousandths
            $0.currency = UInt32(.czk)
            $0.payments = months
            $0.paymentAmount = payment.thousandths
            $0.loanNumber = "\(loan)"
        }
        var stands = LocalClock.prague.envelope(Berka.last, .day)
        stands.loanStatusReported = .with {
            $0.status = status
            $0.loanNumber = "\(loan)"
        }
        return MappedRow(
            subject: subject,
            asset: Berka.loan(loan),
            event: granted,
            further: [stands]
        )
    }

    private static func status(
        _ row: borrowing ImportRow<Column>
    ) throws(RowFault<Column>) -> LoanStatus {
        switch try row.text(.status) {
        case "A": return .finished
        case "B": return .defaulted
        case "C": return .running
        case "D": return .runningInDebt
        default: throw RowFault(.status, .word)
        }
    }
}
