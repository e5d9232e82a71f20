public import Finance

/// One question to a provider: an API and what it is asked about.
///
/// What every call has (org_code, limit, next_page, search_timestamp, the period) is not in it: the
/// collector adds these by the API's shape.
public struct StandardCall: Hashable, Sendable {
    /// Which API.
    public var api: ProviderAPI
    /// Parameters by the standard's names (`account_num`), those of the path too (`card_id`).
    public var parameters: [Parameter]

    /// One parameter.
    public struct Parameter: Hashable, Sendable {
        /// The standard's name.
        public var name: String
        /// Its value as it is sent.
        public var value: String

        /// A name with a value.
        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// A call.
    public init(_ api: ProviderAPI, _ parameters: [Parameter] = []) {
        (self.api, self.parameters) = (api, parameters)
    }

    /// The parameter's value, or nil.
    public subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
}

/// What a complete answer speaks for: which of the events known before it must be in it.
public enum AnswerCoverage: Hashable, Sendable {
    /// All movements of these days, in Korea, inclusive.
    case days(ClosedRange<CivilDate>)
    /// The whole state of the asset, as far as the API tells it.
    case state
    /// Nothing is complete: it can only add.
    case part
}

/// An asset that a provider listed.
public struct ListedAsset: Hashable, Sendable {
    /// Natural key at the provider, with what must be said beside it (`seqno`) after a slash
    /// (`AssetKey`).
    public var key: String
    /// Day of issue where a key is used again, YYYYMMDD; 0 elsewhere, which is all lists so far.
    public var issuedOn: UInt32
    /// What it is; decides which calls are made for it.
    public var kind: AssetKind
    /// Whether the transfer request names it: without that it may be listed and nothing more.
    public var isRequested: Bool
    /// Of a card, which: of a minor's only debit cards are asked about.
    public var card: CardType
    /// What the calls need to know.
    public var calls: [StandardCall]
    /// What the list says of it: encoded events, each with its length before it as a varint.
    public var events: [UInt8]

    /// An asset.
    public init(
        key: String,
        issuedOn: UInt32 = 0,
        kind: AssetKind,
        isRequested: Bool,
        card: CardType = .unspecified,
        calls: [StandardCall],
        events: [UInt8]
    ) {
        (self.key, self.issuedOn, self.kind, self.card) = (key, issuedOn, kind, card)
        (self.isRequested, self.calls, self.events) = (isRequested, calls, events)
    }
}

/// What one page of an answer says, checked.
public struct Answer: Sendable {
    /// rsp_code: 0 or 1 when it succeeded.
    public var code: UInt32 = 0
    /// The cursor of the next page, if there is one.
    public var nextPage: String?
    /// The provider's mark of this state.
    public var searchTimestamp: String?
    /// Rows in its list.
    public var rowCount = 0
    /// Assets, of a list API.
    public var assets: [ListedAsset] = []
    /// What it says of the asset that was asked about: encoded events with lengths.
    public var events: [UInt8] = []
    /// Calls that follow from it, such as the lines of a bill.
    public var calls: [StandardCall] = []
    /// Digest of the list, by which a page that comes twice is known.
    public var listDigest: UInt64 = 0
    /// What breaks the standard in it and changes nothing: each field once for all rows.
    public var deviations: [AnswerDeviation] = []
    /// Fields beside a list that the standard does not have; no row's event can carry them.
    public var unmapped: [Unmapped] = []

    /// Terms of the transfer request, of 정보제공-공통-002.
    public var terms: TransferTerms?
    /// The provider's own APIs, of 정보제공-공통-001.
    public var offer = ProviderOffer()

    /// An answer that says nothing yet.
    public init() {}

    /// Forgets what it says and keeps its memory.
    mutating func reset() {
        (code, nextPage, searchTimestamp, rowCount, listDigest) = (0, nil, nil, 0, 0)
        assets.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        calls.removeAll(keepingCapacity: true)
        deviations.removeAll(keepingCapacity: true)
        unmapped.removeAll(keepingCapacity: true)
        (terms, offer) = (nil, ProviderOffer())
    }

    /// 00001: nothing changed since the search_timestamp that was sent.
    public var isUnchanged: Bool { code == 1 }
}
