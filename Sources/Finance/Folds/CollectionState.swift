/// What is known of the collection of one person's data.
public struct CollectionState: FoldState, Equatable {
    /// One API of one asset, or a provider's list.
    public struct Call: Hashable, Sendable {
        /// The provider's mark of the state that was last taken in; empty if it gave none.
        public internal(set) var searchTimestamp = ""
        /// When it was last answered, in seconds since 1970-01-01 UTC.
        public internal(set) var answeredAt: Int64 = 0
        /// Day in Korea of the last regular transfer, as days since 1970-01-01; nil is none.
        public internal(set) var scheduledOn: CivilDate?
        /// Days that complete answers covered, apart from each other, in order.
        public internal(set) var covered: [ClosedRange<CivilDate>] = []

        init() {}
    }

    /// A token that a provider issued.
    public struct Token: Hashable, Sendable {
        /// Id of the transfer request, 16 bytes.
        public internal(set) var request: [UInt8]
        /// The token itself.
        public internal(set) var access: String
        /// When it ends, in seconds since 1970-01-01 UTC.
        public internal(set) var expiresAt: Int64
        /// The token that renews it, or empty.
        public internal(set) var refresh: String
        /// When that one ends.
        public internal(set) var refreshExpiresAt: Int64
        /// Classes of data that it opens.
        public internal(set) var scope: String
        /// Why it is no longer used; unspecified while it is.
        public internal(set) var end: TokenEnd
    }

    /// A provider.
    public struct Provider: Hashable, Sendable {
        /// The newest token.
        public internal(set) var token: Token?
        /// Its lists, by the number of their API.
        public internal(set) var lists: [UInt32: Call] = [:]
        /// What decides when a regular transfer is due.
        public internal(set) var standing = ProviderStanding()

        init() {}
    }

    /// An asset.
    public struct Asset: Hashable, Sendable {
        /// The provider's org_code; empty until the opening of its compartment is read, which an
        /// erasure of others says anew, after the evidence.
        public internal(set) var provider = ""
        /// Its natural key there.
        public internal(set) var key = ""
        /// Day of issue where keys are used again, YYYYMMDD; 0 elsewhere.
        public internal(set) var issuedOn: UInt32 = 0
        /// Number of its `AssetKind`.
        public internal(set) var kind: UInt32 = 0
        /// When it was last found closed, by 40305 or by a list without it, in seconds since
        /// 1970-01-01 UTC; nil while it is there.
        public internal(set) var closedAt: Int64?
        /// Its APIs by number.
        public internal(set) var calls: [UInt32: Call] = [:]
        /// Numbers of APIs that were asked about it and never answered.
        public internal(set) var unanswered: Set<UInt32> = []

        init() {}
    }

    /// Providers by org_code.
    public internal(set) var providers: [String: Provider] = [:]
    /// Assets by compartment.
    public internal(set) var assets: [AssetID: Asset] = [:]

    /// The last day, in Korea, that is over for every provider: their clocks may be an hour late.
    ///
    /// Nil for a time that is no day of the calendar. Seconds since 1970-01-01 UTC.
    public static func lastWholeDay(at now: Int64) -> CivilDate? {
        CivilDate(secondsSinceEpoch: now &- 3_600)?.adding(days: -1)
    }

    static let providersMax = 1_000
    static let assetsMax = 2_000
    static let callsMax = 128
    static let rangesMax = 64
    static let textBytesMax = 2_048

    /// Nothing collected.
    public init() {}
}
