/// What an asset's ledger says in one number.
///
/// Money is in thousandths of the currency, points in thousandths of a point.
public enum LedgerFigure: String, CaseIterable, Sendable {
    /// How many movements stand; of bills how many there are.
    case movements
    /// What came in.
    case paidIn = "paid_in"
    /// What went out; of a card what was approved and stands, of bills what they charge.
    case paidOut = "paid_out"
    /// What was moved, whichever way: for movements whose direction the standard does not give.
    case moved
    /// What is there, or is owed, at the end.
    case balance
    /// What the products in it are worth at the last price.
    case holdings
    /// What the lines of all bills charge.
    case billLines = "bill_lines"
    /// What is announced to fall due: bills that are not paid yet, the next premium.
    case due
}

/// One asset in one currency, as a ledger has it.
public struct AssetLedger: Hashable, Sendable {
    /// org_code.
    public var provider: String
    /// Natural key at the provider.
    public var key: String
    /// Number of its `AssetKind`.
    public var kind: UInt32
    /// ISO 4217 numeric.
    public var currency: UInt32
    /// Whether the provider no longer lists it.
    public var isClosed: Bool
    /// What is known of it; what is not said is not there.
    public var figures: [LedgerFigure: Int64]

    /// An asset of which nothing is known but what `figures` say.
    public init(
        provider: String,
        key: String,
        kind: UInt32,
        currency: UInt32,
        isClosed: Bool = false,
        figures: [LedgerFigure: Int64] = [:]
    ) {
        (self.provider, self.key, self.kind) = (provider, key, kind)
        (self.currency, self.isClosed, self.figures) = (currency, isClosed, figures)
    }

    /// Whether both are about one asset in one currency.
    public func isSame(as other: AssetLedger) -> Bool {
        key == other.key && provider == other.provider && kind == other.kind
            && currency == other.currency
    }
}

/// A number in which two ledgers differ, without a word of whose it is.
public struct LedgerDifference: Hashable, Comparable, Sendable {
    /// Where it was found.
    public enum Place: String, Sendable {
        /// The events.
        case log
        /// What a person has and owes now.
        case integratedView
        /// The same by kind, at the day.
        case netWorth
        /// What falls due.
        case obligations

        fileprivate var words: String {
            switch self {
            case .log: "The log has"
            case .integratedView: "The integrated view shows"
            case .netWorth: "Net worth has"
            case .obligations: "What falls due has"
            }
        }
    }

    /// Where.
    public var place: Place
    /// What it is about: a name of `AssetKind` or `WealthKind` in words.
    public var kind: String
    /// Which number.
    public var figure: LedgerFigure
    /// The provider's org_code; empty for a sum over providers.
    public var provider: String

    /// A difference.
    public init(
        _ place: Place,
        _ kind: String,
        _ figure: LedgerFigure,
        at provider: String = ""
    ) {
        (self.place, self.kind, self.figure, self.provider) = (place, kind, figure, provider)
    }

    /// A sentence.
    public var sentence: String {
        let origin = provider.isEmpty ? "" : " at \(provider)"
        let article = kind.first.map { "aeiou".contains($0) } == true ? "an" : "a"
        return "\(place.words) another \(figure.words) of \(article) \(kind)\(origin)."
    }

    /// By place, kind, figure and provider.
    public static func < (left: LedgerDifference, right: LedgerDifference) -> Bool {
        (left.place.rawValue, left.kind, left.figure.rawValue, left.provider)
            < (right.place.rawValue, right.kind, right.figure.rawValue, right.provider)
    }
}

extension LedgerFigure {
    /// As a sentence has it.
    var words: String {
        switch self {
        case .movements: "number of movements"
        case .paidIn: "sum paid in"
        case .paidOut: "sum paid out"
        case .moved: "sum moved"
        case .balance: "balance"
        case .holdings: "value of holdings"
        case .billLines: "sum of bill lines"
        case .due: "amount due"
        }
    }
}
