/// Why a file cannot be imported at all; single rows are `RejectedRow`s.
///
/// Carries no content.
public enum ImportError: Error, Equatable, Sendable {
    /// It cannot be opened or read: the call and the system's reason.
    ///
    /// Check path and permissions.
    case unreadable(String)
    /// It is packed and the packing is damaged or cut short; what came before was imported.
    case damaged(String)
    /// It holds nothing, not even a header.
    case empty
    /// Its first line is no header: why.
    case headerMalformed(CSVFault.Reason)
    /// A column that the importer needs is not there. Is it the right importer?
    case columnMissing(String)
    /// A column stands in the header twice.
    case columnRepeated(String)
    /// A column, counted from 1, that the importer does not know: its data would be lost silently.
    case columnUnknown(Int)
    /// More rows than `ImportLimits.rowsMax`; split the file.
    case tooManyRows
    /// Another file of the data set that this one needs lacks an entry or cannot be used: its name.
    case companionUnusable(String)
}

extension ImportError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .unreadable(let reason): "the file cannot be read (\(reason))"
        case .damaged(let reason): "the file is damaged (\(reason))"
        case .empty: "the file is empty"
        case .headerMalformed(let reason): "the header line cannot be read: \(reason)"
        case .columnMissing(let name): "the column \(name) is missing"
        case .columnRepeated(let name): "the column \(name) is there twice"
        case .columnUnknown(let number): "column \(number) is unknown to this importer"
        case .tooManyRows: "the file has more than \(ImportLimits.rowsMax) rows"
        case .companionUnusable(let name): "it needs \(name) beside it, which cannot be used"
        }
    }
}
