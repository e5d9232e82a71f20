internal import FoundationEssentials
internal import SwiftProtobuf

/// What a person allowed, folded from the events of consent and from the evidence of deletions.
///
/// An event that the register's state does not allow changes nothing: what has ended stays ended.
public struct ConsentRegister: Fold {
    /// Name of the read model.
    public static let name = "consent-register"
    /// Of fold and encoding.
    public static let version: UInt32 = 1

    /// A fold without constants.
    public init() {}

    /// Takes in membership, requests, agreements, hand-overs, deletions, purges and notices.
    public func fold(
        _ event: borrowing EventView,
        into state: inout TransferRegister
    ) throws(FoldError) {
        guard ConsentRegister.types.contains(event.type) else { return }
        let message: Event
        // The decoder's reasons are many and its own; parked is parked, and the bytes are kept.
        do { message = try event.message() } catch { throw .event(.truncated) }
        try state.evolve(by: message)
    }

    /// The types that say something to the register.
    static let types: Set<EventType> = [
        .transferRequested, .transferRequestChanged, .transferRequestExtended,
        .transferRequestExpired, .transferRequestWithdrawn, .consentGranted, .consentWithdrawn,
        .thirdPartyProvided, .tokenEnded, .deletionRequested, .deletionCompleted, .dataPurged,
        .serviceJoined, .serviceLeft, .personSignedIn, .noticeSent,
    ]
}

extension TransferRegister {
    /// Takes in one event.
    ///
    /// - Throws: `.unrepresentable` for an id or a day that is none, `.full` beyond a bound. The
    ///   register is then as it was.
    public mutating func evolve(by event: Event) throws(FoldError) {
        guard let fact = event.fact else { throw .event(.factMissing) }
        let at = event.occurredAt
        switch fact {
        case .transferRequested, .transferRequestChanged, .transferRequestExtended,
            .transferRequestExpired, .transferRequestWithdrawn, .tokenEnded:
            try takeRequest(fact, at)
        case .consentGranted, .consentWithdrawn, .thirdPartyProvided:
            try takeAgreement(fact, at)
        case .deletionRequested, .deletionCompleted, .dataPurged, .noticeSent:
            try takeDuty(fact, at)
        case .serviceJoined(let joined):
            guard let until = CivilDate(digits: joined.endsOn) else { throw .unrepresentable }
            membership = .joined(at: at, until: until, age: joined.ageBand.known)
        case .serviceLeft:
            if case .joined = membership { membership = .left(at: at) }
        case .personSignedIn: lastSignInAt = max(lastSignInAt ?? at, at)
        default: break
        }
    }

    private mutating func takeRequest(
        _ fact: Event.OneOf_Fact,
        _ at: Int64
    ) throws(FoldError) {
        switch fact {
        case .transferRequested(let asked):
            let request = TransferRequest(
                id: try id(Array(asked.request)),
                provider: asked.provider.cut(to: Self.codeBytesMax),
                terms: try RequestTerms(asked.terms),
                requestedAt: at
            )
            try replaceLive(by: request)
        case .transferRequestChanged(let changed):
            let request = TransferRequest(
                id: try id(Array(changed.request)),
                provider: changed.provider.cut(to: Self.codeBytesMax),
                terms: try RequestTerms(changed.terms),
                requestedAt: at
            )
            try replaceLive(by: request)
        case .transferRequestExtended(let extended):
            let id = try id(Array(extended.request))
            guard let endsOn = CivilDate(digits: extended.endsOn) else { throw .unrepresentable }
            guard requests[id]?.state == .live else { return }
            requests[id]?.terms.endsOn = endsOn
            requests[id]?.extendedAt = at
        case .transferRequestExpired(let expired):
            end(try id(Array(expired.request)), .expired(at: at))
        case .transferRequestWithdrawn(let withdrawn):
            end(try id(Array(withdrawn.request)), .withdrawn(withdrawn.reason.known, at: at))
        case .tokenEnded(let ended) where ended.reason == .duplicate:
            let id = try id(Array(ended.request))
            guard requests[id]?.state == .live, requests[id]?.suspendedAt == nil else { return }
            requests[id]?.suspendedAt = at
        default: break
        }
    }

    private mutating func takeAgreement(
        _ fact: Event.OneOf_Fact,
        _ at: Int64
    ) throws(FoldError) {
        switch fact {
        case .consentGranted(let granted):
            let id = try id(Array(granted.consent))
            try grant(Agreement(id: id, terms: try AgreementTerms(granted), grantedAt: at))
        case .consentWithdrawn(let withdrawn):
            step(try id(Array(withdrawn.consent)), to: withdrawn.status, at: at)
        case .thirdPartyProvided(let provided):
            let id = try id(Array(provided.consent))
            guard let agreement = agreements[id] else { return }
            agreements[id]?.handOverCount &+= 1
            agreements[id]?.lastHandOverAt = max(agreement.lastHandOverAt ?? at, at)
        default: break
        }
    }

    private mutating func takeDuty(
        _ fact: Event.OneOf_Fact,
        _ at: Int64
    ) throws(FoldError) {
        switch fact {
        case .deletionRequested(let asked):
            let scope = DeletionScope(
                provider: asked.provider.cut(to: Self.codeBytesMax),
                assets: try assets(asked.compartments.map { Array($0) })
            )
            try ask(Deletion(scope: scope, reason: asked.reason.known, askedAt: at))
        case .deletionCompleted(let done):
            let assets = try assets(done.compartments.map { Array($0) })
            complete(
                done.provider.cut(to: Self.codeBytesMax),
                done.reason.known,
                Deletion.Completion(
                    at: at,
                    compartments: assets,
                    throughRevision: done.throughRevision
                )
            )
        case .dataPurged(let purged):
            guard purged.fromAt <= purged.toAt else { throw .unrepresentable }
            purges.append(
                Purge(
                    request: try id(Array(purged.request)),
                    provider: purged.provider.cut(to: Self.codeBytesMax),
                    received: purged.fromAt...purged.toAt,
                    events: purged.events,
                    at: at
                )
            )
            if purges.count > Self.endedMax { purges.removeFirst() }
        case .noticeSent(let sent):
            guard let from = CivilDate(digits: sent.fromOn), let to = CivilDate(digits: sent.toOn),
                from <= to
            else { throw .unrepresentable }
            notices.append(Notice(kind: sent.kind.cut(to: 64), days: from...to, at: at))
            if notices.count > Self.endedMax { notices.removeFirst() }
        default: break
        }
    }

    private func id(_ bytes: [UInt8]) throws(FoldError) -> ConsentID {
        guard let id = ConsentID(bytes) else { throw .unrepresentable }
        return id
    }

    private func assets(_ all: [[UInt8]]) throws(FoldError) -> [AssetID] {
        guard all.count <= RequestTerms.assetsMax else { throw .unrepresentable }
        var assets: [AssetID] = []
        for bytes in all {
            guard let id = AssetID(bytes.span) else { throw .unrepresentable }
            assets.append(id)
        }
        return assets
    }

    /// An org_code has ten letters; longer names are cut.
    static let codeBytesMax = 64
}

extension AgeBand {
    /// Who is not known to be an adult is treated as a minor.
    var known: AgeBand { self == .adult ? .adult : .teenager }
}

extension WithdrawalReason {
    var known: WithdrawalReason {
        if case .UNRECOGNIZED = self { return .unspecified }
        return self
    }
}

extension ShredReason {
    var known: ShredReason {
        if case .UNRECOGNIZED = self { return .unspecified }
        return self
    }
}
