/// What kind of evidence decided a category.
public enum Evidence: UInt8, CaseIterable, Sendable {
    /// The source's own code or the kind of a bank transaction.
    case bankKind = 1
    /// The text beside a bank transaction.
    case bankMemo = 2
    /// A merchant's text that names one business.
    case merchantText = 3
    /// The merchant category code.
    case mcc = 4
    /// The Korean industry code.
    case ksic = 5
    /// A common noun in a merchant's text.
    case merchantWord = 6
    /// What the payer booked it under.
    case expense = 7
    /// Nothing: it is in a category of last resort.
    case fallback = 8
    /// Only who took the payment on is known: how it was paid, not what for.
    case payment = 9
    /// A person said so.
    case person = 10
}

/// A category with the rule that chose it, small enough to keep by the million.
public struct Ruling: Hashable, Sendable {
    /// The category chosen.
    public let category: Category
    /// What kind of evidence chose it.
    public let evidence: Evidence
    /// Number of the rule in its rules; `CategoryRules.explain` gives its name.
    let rule: Int32
    /// Bytes of the normalised text that matched; empty when no text did.
    let matched: Range<Int32>

    init(_ category: Category, _ evidence: Evidence, rule: Int, matched: Range<Int> = 0..<0) {
        self.category = category
        self.evidence = evidence
        self.rule = Int32(truncatingIfNeeded: rule)
        self.matched = Int32(matched.lowerBound)..<Int32(matched.upperBound)
    }
}

/// Why something is in its category: enough to show, to check and to change.
public struct Explanation: Hashable, Sendable {
    /// The category chosen.
    public let category: Category
    /// What kind of evidence chose it.
    public let evidence: Evidence
    /// The rule's id, such as `text:contains:스타벅스`, `mcc:5814` or `fallback`.
    public let rule: String
    /// Why the rule's author wrote it, empty where the rule says it itself.
    public let reason: String
    /// Version of the file the rule is in; 0 for a fallback.
    public let rulesVersion: UInt32
    /// Digest of all rules together: equal digests decide everything equally.
    public let rulesDigest: UInt64
    /// The code or the part of the normalised text that matched, if one did.
    public let matched: String
}
