internal import Finance
internal import SwiftProtobuf

/// Movements on the accounts of the Berka data set.
///
/// Amounts are positive, the type gives the direction. `k_symbol` says what it was for. A
/// counterparty account of 0 without a bank is none. `loan_id` in the file of loan accounts follows
/// from the account and is not kept.
public struct BerkaTransactions: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// The bank's number of the row.
        case number
        /// Account.
        case account
        /// Day.
        case day
        /// PRIJEM in, VYDAJ out, VYBER out in cash.
        case type
        /// How it was done.
        case operation
        /// Amount, positive.
        case amount
        /// Balance after it.
        case balance
        /// What it was for.
        case purpose
        /// Bank at the other end.
        case bank
        /// Account at the other end.
        case counterparty

        /// The name in the header.
        public var name: String {
            switch self {
            case .number: "trans_id"
            case .account: "account_id"
            case .day: "date"
            case .type: "type"
            case .operation: "operation"
            case .amount: "amount"
            case .balance: "balance"
            case .purpose: "k_symbol"
            case .bank: "bank"
            case .counterparty: "account"
            }
        }
    }

    /// Name of the importer.
    public static let name = "berka"
    /// The loan that the account has.
    public static let ignored: Set<String> = ["loan_id"]
    private let owners: BerkaOwners

    /// An importer for accounts of these owners.
    public init(owners: BerkaOwners) { self.owners = owners }

    /// What went in or out.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        let money = try row.amount(.amount, .czk)
        guard money.thousandths >= 0 else { throw RowFault(.amount, .amount) }
        switch try row.text(.type) {
        case "PRIJEM": return Movement(.bankIn, money)
        case "VYDAJ", "VYBER": return Movement(.bankOut, money)
        default: throw RowFault(.type, .word)
        }
    }

    /// The movement.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        guard let movement else { throw RowFault(.amount, .missing) }
        let account = try row.number(.account, in: Berka.ids)
        guard let subject = owners.subject(ofAccount: account) else {
            throw RowFault(.account, .unknownReference)
        }
        var event = LocalClock.prague.envelope(try row.shortDay(.day), .day)
        var posted = BankTransactionPosted()
        posted.amount = movement.money.thousandths
        posted.currency = UInt32(.czk)
        posted.kind = movement.direction == .bankIn ? .deposited : .withdrawn
        posted.balanceAfter = try row.amount(.balance, .czk).thousandths
        posted.channel = try row.text(.operation)
        posted.purpose = try row.text(.purpose)
        posted.counterpartyBank = try row.text(.bank)
        let counterparty = try row.text(.counterparty)
        posted.counterpartyAccount =
            counterparty == "0" && posted.counterpartyBank.isEmpty ? "" : counterparty
        posted.transactionNumber = String(try row.number(.number, in: Berka.ids))
        event.bankTransactionPosted = posted
        return MappedRow(subject: subject, asset: Berka.account(account), event: event)
    }
}
