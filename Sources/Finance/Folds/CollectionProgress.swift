internal import SwiftProtobuf

/// How far a person's data has been collected: what to send with the next call, and when.
///
/// Folded from evidence, tokens and openings alone; not a movement is looked at.
public struct CollectionProgress: Fold {
    /// Name of the read model.
    public static let name = "collection"
    /// Of fold and encoding.
    public static let version: UInt32 = 2

    /// A fold without constants.
    public init() {}

    /// Takes in transfers, tokens, openings and closures; all else says nothing here.
    public func fold(
        _ event: borrowing EventView,
        into state: inout CollectionState
    ) throws(FoldError) {
        switch event.type {
        case .transferCompleted, .transferFailed, .tokenIssued, .tokenEnded, .compartmentOpened,
            .assetClosed:
            break
        default: return
        }
        let message: Event
        // The decoder's reasons are many and its own; parked is parked.
        do { message = try event.message() } catch { throw .event(.truncated) }
        switch message.fact {
        case .transferCompleted(let done): try state.take(done, at: event.occurredAt)
        case .transferFailed(let failed): try state.take(failed, at: event.occurredAt)
        case .tokenIssued(let token): try state.take(token)
        case .tokenEnded(let end): try state.take(end)
        case .compartmentOpened(let opened): try state.take(opened)
        case .assetClosed: state.close(event.asset, at: event.occurredAt)
        default: return
        }
    }
}

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
        /// The provider's org_code.
        public internal(set) var provider: String
        /// Its natural key there.
        public internal(set) var key: String
        /// Day of issue where keys are used again, YYYYMMDD; 0 elsewhere.
        public internal(set) var issuedOn: UInt32
        /// Number of its `AssetKind`.
        public internal(set) var kind: UInt32
        /// When it was last found closed, in seconds since 1970-01-01 UTC; nil while it is there.
        public internal(set) var closedAt: Int64?
        /// Its APIs by number.
        public internal(set) var calls: [UInt32: Call] = [:]
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

extension CollectionState {
    mutating func take(_ opened: CompartmentOpened) throws(FoldError) {
        guard opened.purpose == .asset else { return }
        guard let id = AssetID(Array(opened.compartment).span) else { throw .unrepresentable }
        guard assets[id] != nil || assets.count < CollectionState.assetsMax else { throw .full }
        assets[id] = Asset(
            provider: try bounded(opened.provider),
            key: try bounded(opened.assetKey),
            issuedOn: opened.assetIssuedOn,
            kind: UInt32(clamping: opened.assetKind.rawValue)
        )
    }

    mutating func close(_ id: AssetID, at now: Int64) { assets[id]?.closedAt = now }

    mutating func take(_ token: TokenIssued) throws(FoldError) {
        var provider = try provider(token.provider)
        let request = Array(token.request)
        // A renewal brings no second refresh token: the first goes on.
        let earlier = provider.token.flatMap { $0.request == request ? $0 : nil }
        let isRenewal = token.refreshToken.isEmpty
        provider.token = Token(
            request: request,
            access: try bounded(token.accessToken),
            expiresAt: token.expiresAt,
            refresh: isRenewal ? earlier?.refresh ?? "" : try bounded(token.refreshToken),
            refreshExpiresAt: isRenewal
                ? earlier?.refreshExpiresAt ?? 0 : token.refreshExpiresAt,
            scope: token.scope.isEmpty ? earlier?.scope ?? "" : try bounded(token.scope),
            end: .unspecified
        )
        try provider.standing.take(token)
        providers[token.provider] = provider
    }

    mutating func take(_ end: TokenEnded) throws(FoldError) {
        try providers[end.provider]?.standing.take(end)
        guard var token = providers[end.provider]?.token, token.request == Array(end.request)
        else { return }
        // What nobody uses any more is not kept.
        (token.access, token.refresh) = ("", "")
        token.end = end.reason
        providers[end.provider]?.token = token
    }

    mutating func take(_ failed: TransferFailed, at now: Int64) throws(FoldError) {
        var provider = try provider(failed.provider)
        provider.standing.take(failed, at: now)
        providers[failed.provider] = provider
    }

    mutating func take(_ done: TransferCompleted, at now: Int64) throws(FoldError) {
        var provider = try provider(done.provider)
        try provider.standing.take(done, at: now)
        guard !done.compartment.isEmpty else {
            try CollectionState.take(done, at: now, into: &provider.lists)
            providers[done.provider] = provider
            return
        }
        providers[done.provider] = provider
        guard let id = AssetID(Array(done.compartment).span) else { throw .unrepresentable }
        guard var asset = assets[id] else { return }
        try CollectionState.take(done, at: now, into: &asset.calls)
        if let at = asset.closedAt, at <= now { asset.closedAt = nil }
        assets[id] = asset
    }

    private static func take(
        _ done: TransferCompleted,
        at now: Int64,
        into calls: inout [UInt32: Call]
    ) throws(FoldError) {
        guard let today = CivilDate(secondsSinceEpoch: now),
            let settled = CollectionState.lastWholeDay(at: now)
        else { throw .unrepresentable }
        for made in done.calls where made.code <= 1 {
            let api = UInt32(clamping: made.api.rawValue)
            guard calls[api] != nil || calls.count < callsMax else { throw .full }
            var call = calls[api] ?? Call()
            let isNewest = now >= call.answeredAt
            call.answeredAt = max(call.answeredAt, now)
            if done.trigger == .scheduled {
                call.scheduledOn = max(call.scheduledOn ?? today, today)
            }
            if isNewest, !made.searchTimestamp.isEmpty {
                guard made.searchTimestamp.utf8.count <= textBytesMax else { throw .full }
                call.searchTimestamp = made.searchTimestamp
            }
            try call.cover(made, through: settled)
            calls[api] = call
        }
    }

    private func provider(_ code: String) throws(FoldError) -> Provider {
        guard code.utf8.count <= 64 else { throw .unrepresentable }
        if let known = providers[code] { return known }
        guard providers.count < CollectionState.providersMax else { throw .full }
        return Provider()
    }

    private func bounded(_ text: String) throws(FoldError) -> String {
        guard text.utf8.count <= CollectionState.textBytesMax else { throw .full }
        return text
    }
}

extension CollectionState.Call {
    /// Adds the days of a call, up to the last that was over.
    fileprivate mutating func cover(
        _ made: TransferCall,
        through settled: CivilDate
    ) throws(FoldError) {
        guard made.fromOn > 0 else { return }
        guard let from = CivilDate(digits: made.fromOn), let to = CivilDate(digits: made.toOn)
        else { throw .unrepresentable }
        let last = min(to, settled)
        guard from <= last else { return }
        var merged: [ClosedRange<CivilDate>] = []
        for range in (covered + [from...last]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let end = merged.last, range.lowerBound <= end.upperBound.adding(days: 1) {
                merged[merged.count - 1] =
                    end.lowerBound...max(end.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        guard merged.count <= CollectionState.rangesMax else { throw .full }
        covered = merged
    }
}
