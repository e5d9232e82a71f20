internal import Finance

/// Standing orders of the Berka data set, from `order.asc`: monthly, as of the data set's last day.
public struct BerkaOrders: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// The bank's number of the order.
        case order
        /// Account that pays.
        case account
        /// Bank that receives.
        case bank
        /// Account that receives.
        case counterparty
        /// Amount of each transfer.
        case amount
        /// What it is for.
        case purpose

        /// The name in the header.
        public var name: String {
            switch self {
            case .order: "order_id"
            case .account: "account_id"
            case .bank: "bank_to"
            case .counterparty: "account_to"
            case .amount: "amount"
            case .purpose: "k_symbol"
            }
        }
    }

    /// Name of the importer.
    public static let name = "berka-orders"
    /// A semicolon.
    public static let separator = UInt8(ascii: ";")
    private let owners: BerkaOwners

    /// An importer for accounts of these owners.
    public init(owners: BerkaOwners) { self.owners = owners }

    /// An order moves no money until it runs.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        nil
    }

    /// The standing order.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        let account = try row.number(.account, in: Berka.ids)
        guard let subject = owners.subject(ofAccount: account) else {
            throw RowFault(.account, .unknownReference)
        }
        var scheduled = ScheduledTransferReported()
        scheduled.amount = try row.amount(.amount, .czk).thousandths
        scheduled.currency = UInt32(.czk)
        scheduled.cycle = .everyMonth
        scheduled.counterpartyBank = try row.text(.bank)
        scheduled.counterpartyAccount = try row.text(.counterparty)
        scheduled.purpose = try row.text(.purpose)
        scheduled.orderNumber = String(try row.number(.order, in: Berka.ids))
        var event = LocalClock.prague.envelope(Berka.last, .day)
        event.scheduledTransferReported = scheduled
        return MappedRow(subject: subject, asset: Berka.account(account), event: event)
    }
}
