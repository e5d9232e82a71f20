/// Why a line is no record of the table; carries no content.
public struct CSVFault: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// A quoted field does not end within `ImportLimits.rowBytesMax`, or with the file.
        case quoteUnclosed
        /// Something other than a separator or a line's end follows a closing quote.
        case quoteFollowed
        /// A quote stands inside a field that does not begin with one.
        case quoteInside
        /// A carriage return without a line feed after it.
        case carriageReturnAlone
        /// The record is longer than `ImportLimits.rowBytesMax`.
        case tooLong
        /// The record has another number of fields than the header.
        case columns(found: Int, expected: Int)
    }

    /// What is wrong.
    public let reason: Reason
    /// Index of the field where it is wrong, from 0.
    public let field: Int
}

extension CSVFault.Reason: CustomStringConvertible {
    /// A few words without content.
    public var description: String {
        switch self {
        case .quoteUnclosed: "a quoted field has no end"
        case .quoteFollowed: "text after a closing quote"
        case .quoteInside: "a quote inside an unquoted field"
        case .carriageReturnAlone: "a carriage return without a line feed"
        case .tooLong: "longer than \(ImportLimits.rowBytesMax) bytes"
        case .columns(let found, let expected): "\(found) fields instead of \(expected)"
        }
    }
}
