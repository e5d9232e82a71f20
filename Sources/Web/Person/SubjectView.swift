public import Finance

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
public struct SubjectView: Sendable {
    /// The subject's id: 32 hexadecimal digits.
    public var id: String
    /// Frames of the subject's log that are in this view; the cursor of its feed.
    public var frames: UInt64
    /// Assets, in the order to show.
    public var assets: [AssetLine]
    /// One for each currency, largest first.
    public var totals: [CurrencyTotal]
    /// One for each provider.
    public var sources: [SourceLine]

    /// An integrated view.
    public init(
        id: String,
        frames: UInt64,
        assets: [AssetLine],
        totals: [CurrencyTotal],
        sources: [SourceLine]
    ) {
        self.id = id
        self.frames = frames
        self.assets = assets
        self.totals = totals
        self.sources = sources
    }
}

/// What kind of thing an asset is; decides its name on the page.
public enum AssetGroup: String, Sendable, CaseIterable {
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

    /// The word for a registered kind of asset.
    public init(_ kind: AssetKind) {
        self =
            switch kind {
            case .deposit, .dormantAccount, .paymentAccount: .account
            case .card, .cardBill: .card
            case .loan, .cardLoan, .capitalLoan, .operatingLease: .loan
            case .fund, .isa, .investmentAccount, .retirementAccount, .definedContribution,
                .definedBenefit:
                .investment
            case .policy: .insurance
            case .prepaidWallet: .wallet
            case .cardPoints: .points
            case .unspecified, .UNRECOGNIZED: .other
            }
    }
}

/// One account, card, policy or wallet at one provider.
public struct AssetLine: Sendable {
    /// The compartment's id: 32 hexadecimal digits.
    public var id: String
    /// What it is.
    public var kind: AssetGroup
    /// What it is exactly; its name where the provider gave none.
    public var exactKind: AssetKind
    /// Name of the provider, as it is shown.
    public var provider: String
    /// Name of the product, or masked number; `nil` when the provider gave none.
    public var name: String?
    /// What is there; owed amounts are negative; `nil` when no balance was received.
    public var balance: Money?
    /// Day of the balance; `nil` without one.
    public var balanceOn: CivilDate?
    /// Points, in whole ones; `nil` of what has none.
    public var points: Int64?
    /// Transactions received.
    public var transactions: UInt64

    /// An asset.
    public init(
        id: String,
        kind: AssetGroup,
        exactKind: AssetKind = .unspecified,
        provider: String,
        name: String?,
        balance: Money?,
        balanceOn: CivilDate?,
        points: Int64? = nil,
        transactions: UInt64
    ) {
        self.id = id
        self.kind = kind
        self.exactKind = exactKind
        self.points = points
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
    public var has: Money
    /// Sum of what is owed.
    public var owes: Money
    /// Both together.
    public var net: Money

    /// A currency's totals.
    public init(has: Money, owes: Money, net: Money) {
        self.has = has
        self.owes = owes
        self.net = net
    }
}

/// A provider's connection: when it last worked, and what is wrong if it does not.
public struct SourceLine: Sendable {
    /// How the connection is.
    public enum State: Sendable, Equatable {
        /// Data came when it was due.
        case good
        /// Two or more cycles late.
        case stale
        /// The last try failed; a word of `TransferTrouble`.
        case failed(reason: String)
    }

    /// Name of the provider, as it is shown.
    public var provider: String
    /// How the connection is.
    public var state: State
    /// When data last came, milliseconds since 1970 UTC; `nil` when never.
    public var lastGoodAt: Int64?
    /// When data will be asked for by itself, milliseconds since 1970 UTC; `nil` when it will not.
    public var nextDueAt: Int64?
    /// Last day of the request under which it is asked for; `nil` without one.
    public var consentEndsOn: CivilDate?
    /// Events received from it.
    public var events: UInt64

    /// A provider's connection.
    public init(
        provider: String,
        state: State,
        lastGoodAt: Int64?,
        nextDueAt: Int64? = nil,
        consentEndsOn: CivilDate? = nil,
        events: UInt64
    ) {
        self.provider = provider
        self.state = state
        self.lastGoodAt = lastGoodAt
        self.nextDueAt = nextDueAt
        self.consentEndsOn = consentEndsOn
        self.events = events
    }
}
