/// A line of the list of persons; nothing in it names anyone.
public struct SubjectSummary: Sendable {
    /// The subject's id: 32 hexadecimal digits, random, no meaning outside.
    public var id: String
    /// Frames in the subject's log.
    public var frames: UInt64
    /// Assets connected.
    public var assets: Int
    /// Recorded-at of the newest frame, milliseconds since 1970 UTC.
    public var lastRecordedAt: Int64?

    /// A person's line.
    public init(id: String, frames: UInt64, assets: Int, lastRecordedAt: Int64?) {
        self.id = id
        self.frames = frames
        self.assets = assets
        self.lastRecordedAt = lastRecordedAt
    }
}

/// Everything one person has and owes, from all providers: the integrated view.
public struct SubjectReport: Sendable {
    /// The subject's id: 32 hexadecimal digits.
    public var id: String
    /// Frames of the subject's log that are in this view; the cursor of its feed.
    public var frames: UInt64
    /// Assets, in the order to show.
    public var assets: [Asset]
    /// One for each currency, largest first.
    public var totals: [CurrencyTotal]
    /// One for each provider.
    public var sources: [Source]

    /// An integrated view.
    public init(
        id: String,
        frames: UInt64,
        assets: [Asset],
        totals: [CurrencyTotal],
        sources: [Source]
    ) {
        self.id = id
        self.frames = frames
        self.assets = assets
        self.totals = totals
        self.sources = sources
    }
}

/// What kind of thing an asset is; decides its name on the page.
public enum AssetKind: String, Sendable, CaseIterable {
    /// Deposit or current account.
    case account
    /// Credit or debit card.
    case card
    /// Loan or instalment.
    case loan
    /// Securities account.
    case investment
    /// Insurance policy.
    case insurance
    /// Prepaid balance.
    case wallet
    /// Points.
    case points
    /// What no other word fits.
    case other
}

/// One account, card, policy or wallet at one provider.
public struct Asset: Sendable {
    /// The compartment's id: 32 hexadecimal digits.
    public var id: String
    /// What it is.
    public var kind: AssetKind
    /// Name of the provider, as it is shown.
    public var provider: String
    /// Name of the product, or masked number; `nil` when the provider gave none.
    public var name: String?
    /// What is there; owed amounts are negative; `nil` when no balance was received.
    public var balance: Amount?
    /// Day of the balance; `nil` without one.
    public var balanceOn: CivilDate?
    /// Transactions received.
    public var transactions: UInt64

    /// An asset.
    public init(
        id: String,
        kind: AssetKind,
        provider: String,
        name: String?,
        balance: Amount?,
        balanceOn: CivilDate?,
        transactions: UInt64
    ) {
        self.id = id
        self.kind = kind
        self.provider = provider
        self.name = name
        self.balance = balance
        self.balanceOn = balanceOn
        self.transactions = transactions
    }
}

/// What a person has, owes, and is left with in one currency; `owes` is zero or negative.
public struct CurrencyTotal: Sendable {
    /// Sum of what is there.
    public var has: Amount
    /// Sum of what is owed.
    public var owes: Amount
    /// Both together.
    public var net: Amount

    /// A currency's totals.
    public init(has: Amount, owes: Amount, net: Amount) {
        self.has = has
        self.owes = owes
        self.net = net
    }
}

/// A provider's connection: when it last worked, and what is wrong if it does not.
public struct Source: Sendable {
    /// How the connection is.
    public enum State: Sendable, Equatable {
        /// Data came when it was due.
        case good
        /// Two or more cycles late.
        case stale
        /// The last try failed; a stable word such as `consent-expired`.
        case failed(reason: String)
    }

    /// Name of the provider, as it is shown.
    public var provider: String
    /// How the connection is.
    public var state: State
    /// When data last came, milliseconds since 1970 UTC; `nil` when never.
    public var lastGoodAt: Int64?
    /// Events received from it.
    public var events: UInt64

    /// A provider's connection.
    public init(provider: String, state: State, lastGoodAt: Int64?, events: UInt64) {
        self.provider = provider
        self.state = state
        self.lastGoodAt = lastGoodAt
        self.events = events
    }
}
