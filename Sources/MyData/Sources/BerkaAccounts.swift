internal import Finance
internal import SwiftProtobuf

/// Accounts of the Berka data set, from `account.asc`.
public struct BerkaAccounts: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// Account.
        case account
        /// District of the branch.
        case district
        /// How often statements are issued.
        case frequency
        /// Day on which it was opened.
        case day

        /// The name in the header.
        public var name: String {
            switch self {
            case .account: "account_id"
            case .district: "district_id"
            case .frequency: "frequency"
            case .day: "date"
            }
        }
    }

    /// Name of the importer.
    public static let name = "berka-accounts"
    /// A semicolon.
    public static let separator = UInt8(ascii: ";")
    private let owners: BerkaOwners

    /// An importer for accounts of these owners.
    public init(owners: BerkaOwners) { self.owners = owners }

    /// An account moves no money.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        nil
    }

    /// The account's listing and its terms.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        let account = try row.number(.account, in: Berka.ids)
        guard let subject = owners.subject(ofAccount: account) else {
            throw RowFault(.account, .unknownReference)
        }
        let day = try row.shortDay(.day)
        let frequency = try row.requiredText(.frequency)
        let district = UInt32(try row.number(.district, in: 1...9_999))
        var listed = LocalClock.prague.envelope(day, .day)
        var terms = listed
        listed.accountListed = .with {
            $0.productName = "Account"
            $0.accountType = 1_001
            $0.status = .active
            $0.requested = true
        }
        terms.depositTermsReported = .with {
            $0.openedOn = day.digits
            $0.currency = UInt32(.czk)
            $0.savingMethod = .demand
            $0.statementFrequency = frequency
            $0.district = district
        }
        return MappedRow(
            subject: subject,
            asset: Berka.account(account),
            event: listed,
            further: [terms]
        )
    }
}
