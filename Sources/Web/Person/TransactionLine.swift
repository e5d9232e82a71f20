public import Finance

/// One transaction as it is listed: the lines of a month and category add up to what the profile
/// has of them.
public struct TransactionLine: Sendable {
    /// What a line does.
    public enum Kind: String, CaseIterable, Sendable {
        /// Money moved.
        case payment
        /// Takes back an earlier line.
        case cancellation
        /// Changes an earlier line by its amount.
        case correction
    }

    /// The event it came from.
    public var event: EventID
    /// What it does.
    public var kind: Kind
    /// Day on which it happened, where it happened; of a card's cancellation or correction, the
    /// day of what it is about.
    public var day: CivilDate
    /// Other side, as the provider wrote it; `nil` when the provider gave none.
    public var merchant: String?
    /// Money out is negative.
    public var amount: Money
    /// Stable id of the category; `nil` when it has none, such as a transfer between own accounts.
    public var category: String?
    /// Name of the category to show; `nil` when it has none.
    public var categoryName: LocalizedName?
    /// What it belongs together with; `nil` when nothing is found.
    public var link: LinkLine?

    /// A transaction's line.
    public init(
        event: EventID,
        kind: Kind = .payment,
        day: CivilDate,
        merchant: String?,
        amount: Money,
        category: String?,
        categoryName: LocalizedName?,
        link: LinkLine? = nil
    ) {
        self.link = link
        self.event = event
        self.kind = kind
        self.day = day
        self.merchant = merchant
        self.amount = amount
        self.category = category
        self.categoryName = categoryName
    }
}

/// Why a transaction is in its category.
public struct CategoryReason: Sendable {
    /// One thing the rule looked at and what it found there.
    public struct Clue: Sendable {
        /// What was looked at.
        public var kind: Evidence
        /// What was there, or the words of it that matched.
        public var value: String

        /// A clue.
        public init(kind: Evidence, value: String) {
            self.kind = kind
            self.value = value
        }
    }

    /// The transaction.
    public var transaction: TransactionLine
    /// Stable id of the rule that chose.
    public var rule: String
    /// What the rule says, for people.
    public var ruleText: LocalizedName
    /// Version of the table of rules.
    public var version: String
    /// What the rule found, most telling first.
    public var evidence: [Clue]
    /// Other transactions of this person that the same rule put there.
    public var others: UInt64

    /// An explanation.
    public init(
        transaction: TransactionLine,
        rule: String,
        ruleText: LocalizedName,
        version: String,
        evidence: [Clue],
        others: UInt64
    ) {
        self.transaction = transaction
        self.rule = rule
        self.ruleText = ruleText
        self.version = version
        self.evidence = evidence
        self.others = others
    }
}
