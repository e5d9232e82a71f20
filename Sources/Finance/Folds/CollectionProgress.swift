internal import FoundationEssentials
internal import SwiftProtobuf

/// How far a person's data has been collected: what to send with the next call, and when.
///
/// Folded from evidence, tokens and openings alone; not a movement is looked at.
public struct CollectionProgress: Fold {
    /// Name of the read model.
    public static let name = "collection"
    /// Of fold and encoding.
    public static let version: UInt32 = 4

    /// A fold without constants.
    public init() {}

    /// Takes in transfers, tokens, openings and deletions; all else says nothing here.
    public func fold(
        _ event: borrowing EventView,
        into state: inout CollectionState
    ) throws(FoldError) {
        switch event.type {
        case .transferCompleted, .transferFailed, .tokenIssued, .tokenEnded, .compartmentOpened,
            .deletionCompleted:
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
        case .deletionCompleted(let done): try state.take(done)
        default: return
        }
    }
}

extension CollectionState {
    mutating func take(_ opened: CompartmentOpened) throws(FoldError) {
        guard opened.purpose == .asset else { return }
        let id = try CollectionState.id(opened.compartment)
        var asset = try asset(id)
        asset.provider = try bounded(opened.provider)
        asset.key = try bounded(opened.assetKey)
        asset.issuedOn = opened.assetIssuedOn
        asset.kind = UInt32(clamping: opened.assetKind.rawValue)
        assets[id] = asset
    }

    /// Forgets what went, and the marks of the lists that led to it: 00001 would not name it again.
    mutating func take(_ done: DeletionCompleted) throws(FoldError) {
        for compartment in done.compartments {
            assets[try CollectionState.id(compartment)] = nil
        }
        for code in providers.keys where done.provider.isEmpty || done.provider == code {
            providers[code]?.forgetMarks()
        }
    }

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
        // What an earlier request did not open was listed and left.
        if earlier == nil { provider.forgetMarks() }
        providers[token.provider] = provider
    }

    mutating func take(_ end: TokenEnded) throws(FoldError) {
        try providers[end.provider]?.standing.take(end)
        guard var token = providers[end.provider]?.token, token.request == Array(end.request)
        else { return }
        // What nobody uses any more is not kept.
        (token.access, token.refresh) = ("", "")
        token.end = end.reason.known
        providers[end.provider]?.token = token
    }

    mutating func take(_ failed: TransferFailed, at now: Int64) throws(FoldError) {
        var provider = try provider(failed.provider)
        try provider.standing.take(failed, at: now)
        if !failed.compartment.isEmpty {
            let id = try CollectionState.id(failed.compartment)
            try miss(failed, of: id)
            if failed.code == CollectionState.assetIsClosed { try close(id, at: now) }
        }
        providers[failed.provider] = provider
    }

    /// Keeps in mind that an asset was asked about in vain: a list without news does not say so
    /// again.
    ///
    /// What the provider says to be none of the asset's is forgotten.
    private mutating func miss(_ failed: TransferFailed, of id: AssetID) throws(FoldError) {
        let api = UInt32(clamping: failed.api.rawValue)
        var asset = try asset(id)
        switch failed.code {
        case 40_105, 40_402: asset.unanswered.remove(api)
        default:
            guard asset.calls[api] == nil, failed.api != .unspecified else { return }
            guard asset.unanswered.count < CollectionState.callsMax else { throw .full }
            asset.unanswered.insert(api)
        }
        assets[id] = asset
    }

    /// rsp_code of an asset that is no longer in a normal state.
    private static let assetIsClosed: UInt32 = 40_305

    private mutating func close(_ id: AssetID, at now: Int64) throws(FoldError) {
        var asset = try asset(id)
        asset.closedAt = max(asset.closedAt ?? now, now)
        assets[id] = asset
    }

    mutating func take(_ done: TransferCompleted, at now: Int64) throws(FoldError) {
        var provider = try provider(done.provider)
        try provider.standing.take(done, at: now)
        guard !done.compartment.isEmpty else {
            try CollectionState.take(done, at: now, into: &provider.lists)
            for gone in done.closed { try close(CollectionState.id(gone), at: now) }
            providers[done.provider] = provider
            return
        }
        let id = try CollectionState.id(done.compartment)
        var asset = try asset(id)
        try CollectionState.take(done, at: now, into: &asset.calls)
        asset.unanswered.subtract(asset.calls.keys)
        // An answer that was put aside may be taken in long after it was asked for.
        if let at = asset.closedAt, at <= now, done.calls.contains(where: { $0.code <= 1 }) {
            asset.closedAt = nil
        }
        assets[id] = asset
        providers[done.provider] = provider
    }

    private static func id(_ compartment: Data) throws(FoldError) -> AssetID {
        guard let id = AssetID(Array(compartment).span) else { throw .unrepresentable }
        return id
    }

    private static func take(
        _ done: TransferCompleted,
        at now: Int64,
        into calls: inout [UInt32: Call]
    ) throws(FoldError) {
        let begun = try done.begun(at: now)
        guard let settled = CollectionState.lastWholeDay(at: now) else { throw .unrepresentable }
        for made in done.calls where made.code <= 1 {
            let api = UInt32(clamping: made.api.rawValue)
            guard calls[api] != nil || calls.count < callsMax else { throw .full }
            var call = calls[api] ?? Call()
            let isNewest = now >= call.answeredAt
            call.answeredAt = max(call.answeredAt, now)
            if done.trigger == .scheduled {
                call.scheduledOn = max(call.scheduledOn ?? begun, begun)
            }
            if isNewest, !made.searchTimestamp.isEmpty, !made.unsettled {
                guard made.searchTimestamp.utf8.count <= textBytesMax else { throw .full }
                call.searchTimestamp = made.searchTimestamp
            }
            if !made.unsettled { try call.cover(made, through: settled) }
            calls[api] = call
        }
    }

    private func provider(_ code: String) throws(FoldError) -> Provider {
        guard code.utf8.count <= 64 else { throw .unrepresentable }
        if let known = providers[code] { return known }
        guard providers.count < CollectionState.providersMax else { throw .full }
        return Provider()
    }

    /// What is known of an asset, whether or not its opening was read.
    private func asset(_ id: AssetID) throws(FoldError) -> Asset {
        if let known = assets[id] { return known }
        guard assets.count < CollectionState.assetsMax else { throw .full }
        return Asset()
    }

    private func bounded(_ text: String) throws(FoldError) -> String {
        guard text.utf8.count <= CollectionState.textBytesMax else { throw .full }
        return text
    }
}

extension CollectionState.Provider {
    /// Has its lists say all of themselves again.
    fileprivate mutating func forgetMarks() {
        for api in lists.keys { lists[api]?.searchTimestamp = "" }
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

extension TokenEnd {
    /// A reason without a name here ends a token too, and `unspecified` is one that lives.
    fileprivate var known: TokenEnd {
        switch self {
        case .unspecified, .UNRECOGNIZED: .refused
        case .withdrawn, .replaced, .refused, .duplicate: self
        }
    }
}
