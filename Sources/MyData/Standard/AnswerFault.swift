public import Finance

/// Why an answer breaks the standard so that nothing of it is taken in.
///
/// It never carries a value: what it is about is in quarantine, sealed.
public struct AnswerFault: Error, Hashable, Sendable {
    /// What is wrong.
    public var reason: QuarantineReason
    /// The standard's name of the field; empty when it is the body as a whole.
    public var field: String
    /// The row, from 0; 0 as well when it is in no row.
    public var row: UInt32

    /// A fault.
    public init(_ reason: QuarantineReason, _ field: String = "", row: Int = 0) {
        (self.reason, self.field, self.row) = (reason, field, UInt32(clamping: row))
    }
}

extension AnswerFault: CustomStringConvertible {
    /// Reason, field and row.
    public var description: String {
        let place = field.isEmpty ? "the body" : "\(field) of row \(row)"
        return "\(AnswerFault.sentence(reason)): \(place)"
    }

    private static func sentence(_ reason: QuarantineReason) -> String {
        switch reason {
        case .malformed: "no JSON, or cut short"
        case .fieldMissing: "a field without which a row says nothing is missing"
        case .fieldType: "a value is not of its field's type"
        case .fieldLength: "a value is longer than its field"
        case .codeUnknown: "a code without which a row says nothing is not the standard's"
        case .inconsistent: "parts contradict each other"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

/// What of an answer breaks the standard and takes nothing from its meaning.
public struct AnswerDeviation: Hashable, Sendable {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// A field that the standard asks for is left out.
        case missing
        /// null or "" where a field should be left out.
        case empty
        /// A field beside the list that the standard does not have.
        case unknown
        /// A count that is not that of its list, where that is tolerated.
        case count
    }

    /// What is wrong.
    public var kind: Kind
    /// The field, in the standard's name; of an unknown one nothing is said.
    public var field: String
}
