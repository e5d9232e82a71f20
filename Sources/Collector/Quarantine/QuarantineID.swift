public import Frame

/// Names one answer that was put aside: the person and a random number of the answer.
///
/// Written as 32 hexadecimal digits, a hyphen and 16 more; it says nothing of the content.
public struct QuarantineID: Hashable, Sendable, CustomStringConvertible {
    /// Whose answer.
    public var subject: SubjectID
    /// Its number among the person's.
    public var number: UInt64

    /// An answer's name.
    public init(subject: SubjectID, number: UInt64) {
        (self.subject, self.number) = (subject, number)
    }

    /// Reads the text form; nil when it is not one.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 16,
            parts[1].utf8.allSatisfy({ 48...57 ~= $0 || 97...102 ~= $0 }),
            let subject = SubjectID(hexadecimal: String(parts[0])),
            let number = UInt64(parts[1], radix: 16)
        else { return nil }
        self.init(subject: subject, number: number)
    }

    /// The text form.
    public var description: String {
        let digits = String(number, radix: 16)
        return "\(subject)-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
