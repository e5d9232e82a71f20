/// One finding about a person's money, with what it rests on.
public struct Insight: Hashable, Sendable {
    /// What was found.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Two equal payments at one merchant within minutes.
        case doubleCharge = 1
        /// A payment far above this merchant's own history.
        case farAboveUsual = 2
        /// A regular cost went up.
        case priceRise = 3
        /// The greatest payment in months, at a merchant never seen before.
        case firstTimeLarge = 4
        /// A purchase abroad in the night at home, while the person was at home.
        case overseasAtNight = 5
        /// A bank took a fee.
        case bankFee = 6
        /// Interest for being late or overdrawn.
        case lateInterest = 7
        /// A regular income is late.
        case incomeLate = 8
        /// A regular income did not come.
        case incomeMissing = 9
        /// A card bill is much above the usual.
        case billAboveUsual = 10
        /// A category is much above its usual month.
        case categoryAboveUsual = 11
        /// The balance is expected, or may, fall below zero.
        case balanceBelowZero = 12
        /// A loan matures soon.
        case loanMatures = 13
    }

    /// How much it matters.
    public enum Severity: UInt8, CaseIterable, Comparable, Sendable {
        /// Good to know.
        case info = 1
        /// Worth a look.
        case notice = 2
        /// Look now.
        case warning = 3

        /// Less before more.
        public static func < (left: Severity, right: Severity) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What was found.
    public let kind: Kind
    /// How much it matters.
    public let severity: Severity
    /// Day since when it is so.
    public let since: CivilDate
    /// What it is about, thousandths.
    public let amount: Int64
    /// What would be usual, thousandths; nil where nothing is.
    public let usual: Int64?
    /// What both amounts are of.
    public let currency: Currency
    /// Merchant or counterparty, as the source writes it; empty if it is about none.
    public let merchant: String
    /// Category, if it is about one.
    public let category: Category?
    /// Asset, if it is about one.
    public let asset: AssetID?
    /// Payments or months that it rests on.
    public let evidenceCount: Int
    /// The events that it is about; empty where it rests on sums.
    public let places: [Payment.Place]

    init(
        _ kind: Kind,
        _ severity: Severity,
        since: CivilDate,
        amount: Int64,
        usual: Int64? = nil,
        currency: Currency,
        merchant: String = "",
        category: Category? = nil,
        asset: AssetID? = nil,
        evidenceCount: Int,
        places: [Payment.Place] = []
    ) {
        self.kind = kind
        self.severity = severity
        self.since = since
        self.amount = amount
        self.usual = usual
        self.currency = currency
        self.merchant = merchant
        self.category = category
        self.asset = asset
        self.evidenceCount = evidenceCount
        self.places = places
    }

    /// The same for the same finding at every look, so that a person can put it away: kind, day,
    /// and what it is about.
    public var key: String {
        let asset = asset.map { String($0.high, radix: 16) + String($0.low, radix: 16) } ?? ""
        let category = category.map { String($0.rawValue) } ?? ""
        let events = places.map { "\($0.revision).\($0.index)" }.joined(separator: "/")
        let about = AssetUpdate.hash([merchant, category, asset, events].joined(separator: "/"))
        return "\(kind.rawValue)-\(since)-\(String(about, radix: 16))"
    }
}

extension Insight {
    /// The words for a finding; `{merchant}`, `{amount}`, `{usual}` and `{day}` are filled in by
    /// whoever shows it, in the reader's way of writing them.
    public struct Wording: Hashable, Sendable {
        /// Stable name, to be translated by.
        public let key: String
        /// Korean.
        public let korean: String
        /// English.
        public let english: String
    }

    /// The words for this finding.
    public var wording: Wording {
        switch kind {
        case .doubleCharge:
            Wording(
                key: "insight.double-charge",
                korean: "{merchant}에서 {amount}이 몇 분 사이에 두 번 결제됐어요.",
                english: "{merchant} charged {amount} twice within minutes."
            )
        case .farAboveUsual:
            Wording(
                key: "insight.far-above-usual",
                korean: "{merchant} 결제 {amount}은 평소({usual})보다 훨씬 많아요.",
                english: "{amount} at {merchant} is far above the usual {usual}."
            )
        case .priceRise:
            Wording(
                key: "insight.price-rise",
                korean: "{merchant} 요금이 {usual}에서 {amount}으로 올랐어요.",
                english: "{merchant} went up from {usual} to {amount}."
            )
        case .firstTimeLarge:
            Wording(
                key: "insight.first-time-large",
                korean: "처음 이용한 {merchant}에서 {amount}을 결제했어요.",
                english: "{amount} at {merchant}, where you never paid before."
            )
        case .overseasAtNight:
            Wording(
                key: "insight.overseas-at-night",
                korean: "밤사이 해외 {merchant}에서 {amount}이 결제됐어요.",
                english: "{amount} was paid abroad at {merchant} during the night."
            )
        case .bankFee:
            Wording(
                key: "insight.bank-fee",
                korean: "수수료 {amount}이 나갔어요.",
                english: "A fee of {amount} was taken."
            )
        case .lateInterest:
            Wording(
                key: "insight.late-interest",
                korean: "연체·마이너스 이자 {amount}이 나갔어요.",
                english: "{amount} of late or overdraft interest was taken."
            )
        default: laterWording
        }
    }

    private var laterWording: Wording {
        switch kind {
        case .incomeLate:
            Wording(
                key: "insight.income-late",
                korean: "{day}에 들어올 {merchant} {usual}이 아직 안 들어왔어요.",
                english: "{merchant}, {usual} expected on {day}, is late."
            )
        case .incomeMissing:
            Wording(
                key: "insight.income-missing",
                korean: "{day}에 들어올 {merchant} {usual}이 들어오지 않았어요.",
                english: "{merchant}, {usual} expected on {day}, did not come."
            )
        case .billAboveUsual:
            Wording(
                key: "insight.bill-above-usual",
                korean: "{day} 카드값 {amount}은 평소({usual})보다 많아요.",
                english: "The card bill of {day}, {amount}, is above the usual {usual}."
            )
        case .categoryAboveUsual:
            Wording(
                key: "insight.category-above-usual",
                korean: "{category}에 {amount}을 썼어요. 평소에는 {usual}이에요.",
                english: "{amount} went to {category}; {usual} is usual."
            )
        case .balanceBelowZero:
            Wording(
                key: "insight.balance-below-zero",
                korean: "{day}에 잔액이 {amount}까지 내려갈 수 있어요.",
                english: "The balance may fall to {amount} on {day}."
            )
        default:
            Wording(
                key: "insight.loan-matures",
                korean: "대출 {amount}의 만기가 {day}이에요.",
                english: "A loan of {amount} matures on {day}."
            )
        }
    }
}
