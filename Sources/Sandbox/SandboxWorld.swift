public import Finance
public import MyData

/// What one provider is asked about one of its customers, with all that the transport said.
public struct BookQuery: Sendable {
    /// Which person, from 0.
    public var person: Int
    /// The provider's org_code.
    public var provider: String
    /// API and parameters.
    public var call: StandardCall
    /// The period asked for, of a history.
    public var days: ClosedRange<CivilDate>?
    /// The cursor of the page asked for; nil is the first.
    public var page: String?
    /// Rows of a page at most.
    public var limit = 500
    /// What the caller sent as search_timestamp.
    public var searchTimestamp: String?
    /// Seconds since 1970-01-01 UTC by the sandbox's clock.
    public var now: Int64
    /// Keys of the assets that the transfer request names, as `ListedAsset.key`; nil is all.
    public var requested: Set<String>?
    /// Whether the transfer request lets passbook texts, merchants and purchase categories out.
    public var flags = DisclosureFlags()

    /// A query.
    public init(person: Int, provider: String, call: StandardCall, now: Int64) {
        (self.person, self.provider, self.call, self.now) = (person, provider, call, now)
    }
}

/// The three `is_consent_*` flags of 정보제공-공통-002.
public struct DisclosureFlags: Hashable, Sendable {
    /// `trans_memo` may be sent.
    public var memo = true
    /// `merchant_name` and `merchant_regno` may be sent.
    public var merchant = true
    /// `trans_category` may be sent.
    public var category = true

    /// All allowed.
    public init() {}
}

/// What a provider answers.
public enum BookAnswer: Sendable {
    /// A JSON body with rsp_code 00000 or 00001.
    case body([UInt8])
    /// A refusal by its rsp_code, such as 40402.
    case refused(UInt32)
}

/// One of the sandbox's providers.
public struct SandboxProvider: Hashable, Sendable {
    /// org_code, ten letters.
    public var code: String
    /// Its name, in Korean.
    public var name: String
    /// Its industry.
    public var industry: Industry

    /// A provider.
    public init(code: String, name: String, industry: Industry) {
        (self.code, self.name, self.industry) = (code, name, industry)
    }
}

/// What the sandbox's own ledger says of one asset, to reconcile by.
public struct AssetStatement: Hashable, Sendable {
    /// org_code.
    public var provider: String
    /// Natural key, as `ListedAsset.key`.
    public var key: String
    /// What it is.
    public var kind: AssetKind
    /// ISO 4217 numeric.
    public var currency: UInt16
    /// Movements that stand.
    public var movements: Int
    /// Sum of what came in, in thousandths.
    public var paidIn: Int64
    /// Sum of what went out, in thousandths; for a card what was approved and stands.
    public var paidOut: Int64
    /// Balance, value or debt at the end, in thousandths; nil where the asset has none.
    public var balance: Int64?
    /// What the products in it are worth at the last prices, in thousandths; nil where the asset
    /// has none.
    public var holdings: Int64?
    /// What the lines of all bills charge, in thousandths; nil but of bills.
    public var billLines: Int64?
    /// What is announced to be paid: bills that are not due yet, the premium of a policy; in
    /// thousandths, nil where nothing is ever announced.
    public var due: Int64?
    /// The day from which on the provider no longer lists it, if that day has come.
    public var closedOn: CivilDate?

    /// A statement without movements.
    public init(provider: String, key: String, kind: AssetKind, currency: UInt16) {
        (self.provider, self.key, self.kind) = (provider, key, kind)
        (self.currency, movements, paidIn, paidOut) = (currency, 0, 0, 0)
    }
}
