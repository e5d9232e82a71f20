/// The terms of a transfer request as its provider holds them (정보제공-공통-002).
public struct TransferTerms: Hashable, Sendable {
    /// Whether data is sent regularly.
    public var isScheduled = false
    /// How often basic data is sent, such as `1/1w`; empty if it is not said.
    public var basicCycle = ""
    /// How often additional data is sent.
    public var additionalCycle = ""
    /// Last day of the request, YYYYMMDD.
    public var endsOn: UInt32 = 0
    /// Its purpose in words.
    public var purpose = ""
    /// Until when data may be kept, YYYYMMDD; 99991231 until the service ends.
    public var keptUntil: UInt32 = 0
    /// Whether passbook texts are sent; nil where the industry has none.
    public var includesMemo: Bool?
    /// Whether merchants' names and numbers are sent.
    public var includesMerchant: Bool?
    /// Whether categories of purchases are sent.
    public var includesCategory: Bool?

    /// Terms that say nothing yet.
    public init() {}
}

/// What a provider says of its own APIs (정보제공-공통-001).
public struct ProviderOffer: Hashable, Sendable {
    /// Current version, such as `v2`.
    public var version = ""
    /// Oldest version that is still served; empty if it is not said.
    public var versionMin = ""
    /// Its APIs.
    public var apis: [OfferedAPI] = []

    /// An offer that says nothing yet.
    public init() {}
}

/// One API that a provider serves.
public struct OfferedAPI: Hashable, Sendable {
    /// Code in statistics, such as BA04.
    public var code: String
    /// Path as the provider writes it.
    public var path: String

    /// An API.
    public init(code: String, path: String) { (self.code, self.path) = (code, path) }
}
