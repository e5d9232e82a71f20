internal import Finance

extension Berka {
    /// Who may do what with which account, from `disp.asc`; read for the owners only.
    struct Dispositions: Importer {
        enum Column: Int, ImportColumn {
            case disposition
            case client
            case account
            case type

            var name: String {
                switch self {
                case .disposition: "disp_id"
                case .client: "client_id"
                case .account: "account_id"
                case .type: "type"
                }
            }
        }

        static let name = "berka-dispositions"
        static let separator = UInt8(ascii: ";")

        func movement(
            _ row: borrowing ImportRow<Column>
        ) throws(RowFault<Column>) -> Movement? { nil }

        /// A disposition says nothing that an event is made of.
        func map(
            _ row: borrowing ImportRow<Column>,
            moving movement: Movement?
        ) throws(RowFault<Column>) -> MappedRow {
            throw RowFault(.type, .word)
        }
    }
}
