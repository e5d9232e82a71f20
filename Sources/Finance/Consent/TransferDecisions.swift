internal import FoundationEssentials
internal import SwiftProtobuf

// Each decision is of what the register knows, the time (seconds since 1970-01-01 UTC) and the day
// in Korea; it gives the events that record it, all of one moment, to be recorded together.

extension TransferRegister {
    /// Asks a provider to send data.
    ///
    /// - Throws: why it may not be asked.
    public func decide(
        _ command: RequestTransfer,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        let age = try member(on: today)
        try check(command, age: age, on: today)
        guard requests[command.id] == nil else { throw .idTaken }
        guard !isDeletionOwed(of: command.provider) else { throw .deletionOwed }
        guard let live = liveRequest(of: command.provider) else {
            guard liveRequests.count < Self.liveMax else { throw .tooMany }
            return [Event(command, at: now)]
        }
        guard live.holds(on: today) else {
            return [.expired(live, at: now), Event(command, at: now)]
        }
        guard live.terms != command.terms || live.suspendedAt != nil else {
            throw .nothingToChange
        }
        return [Event(command, replacing: live.id, at: now)]
    }

    /// Changes a live request.
    ///
    /// - Throws: `.notRequested` and the like when there is none, and what a request throws.
    public func decide(
        _ command: ChangeTransfer,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        _ = try liveToday(command.request.provider, on: today)
        return try decide(command.request, at: now, on: today)
    }

    /// Extends live requests.
    ///
    /// - Throws: `.tooEarlyToExtend` until a month before the first of all live requests ends.
    public func decide(
        _ command: ExtendTransfers,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        _ = try member(on: today)
        let live = liveRequests.filter { $0.holds(on: today) }
        guard let first = live.map(\.terms.endsOn).min(), !command.signed.isEmpty else {
            throw .notRequested
        }
        guard today >= first.adding(months: -1) else { throw .tooEarlyToExtend }
        guard command.until <= today.adding(months: 12) else { throw .endDateOutOfRange }
        var events: [Event] = []
        for (provider, digest) in command.signed.sorted(by: { $0.key < $1.key }) {
            let request = try liveToday(provider, on: today)
            guard digest.count == 32 else { throw .notSigned }
            guard command.until > request.terms.endsOn else { throw .endDateOutOfRange }
            guard request.terms.keptUntil >= command.until else { throw .retentionTooShort }
            events.append(
                .consent(now) { event in
                    event.transferRequestExtended.request = Data(request.id.bytes)
                    event.transferRequestExtended.provider = provider
                    event.transferRequestExtended.endsOn = command.until.digits
                    event.transferRequestExtended.signedDigest = Data(digest)
                }
            )
        }
        return events
    }

    /// Ends a live request.
    ///
    /// - Throws: `.notRequested` and the like when none is live today.
    public func decide(
        _ command: WithdrawTransfer,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        let request = try liveToday(command.provider, on: today)
        guard command.isDeleting else { return [.withdrawn(request, .asked, at: now)] }
        return [
            .withdrawn(request, .askedWithDeletion, at: now),
            .deletion(.provider(command.provider), .withdrawnWithDeletion, at: now),
        ]
    }

    /// The provider's request that holds today.
    func liveToday(
        _ provider: String,
        on today: CivilDate
    ) throws(ConsentRefusal) -> TransferRequest {
        guard let request = liveRequest(of: provider) else { throw ended(provider) }
        guard request.holds(on: today) else { throw .requestExpired }
        return request
    }

    private func check(
        _ command: RequestTransfer,
        age: AgeBand,
        on today: CivilDate
    ) throws(ConsentRefusal) {
        let terms = command.terms
        guard (1...10).contains(command.provider.utf8.count),
            command.provider.utf8.allSatisfy({ $0.isCodeLetter })
        else { throw .providerMalformed }
        guard let industry = terms.scope.industry else { throw .scopeMalformed }
        guard terms.endsOn >= today, terms.endsOn <= today.adding(months: 12) else {
            throw .endDateOutOfRange
        }
        guard terms.keptUntil >= terms.endsOn else { throw .retentionTooShort }
        guard !terms.purpose.isEmpty else { throw .textMissing }
        // AH(150) of 정보제공-공통-002.
        guard terms.purpose.utf8.count <= 150 else { throw .textTooLong }
        guard command.signed.digest.count == 32 else { throw .notSigned }
        guard terms.areCyclesInRange else { throw .cycleOutOfRange }
        guard terms.assets.count <= RequestTerms.askedAssetsMax else { throw .tooMany }
        guard terms.assets.allSatisfy({ terms.scope.opens($0.kind) }) else {
            throw .assetOutsideScope
        }
        guard
            age == .adult
                || terms.scope.classes.allSatisfy({ MinorRules.allows($0, in: industry) })
        else { throw .notForMinors }
    }
}

extension RequestTerms {
    /// Daily, or every 1 to 4 weeks, when there is regular transfer; no cycle when there is none.
    fileprivate var areCyclesInRange: Bool {
        let cycles = [basicCycleDays, additionalCycleDays]
        guard isScheduled else { return cycles == [0, 0] }
        return cycles.allSatisfy { [1, 7, 14, 21, 28].contains($0) }
    }
}

extension UInt8 {
    /// A to Z, a to z, 0 to 9.
    fileprivate var isCodeLetter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

extension Event {
    /// An event of one moment in Korea.
    static func consent(_ now: Int64, _ fill: (inout Event) -> Void) -> Event {
        var event = Event()
        event.occurredAt = now
        fill(&event)
        return event
    }

    init(_ command: RequestTransfer, at now: Int64) {
        self = .consent(now) { event in
            event.transferRequested.request = Data(command.id.bytes)
            event.transferRequested.provider = command.provider
            event.transferRequested.terms = command.terms.message
            event.transferRequested.transaction = command.signed.transaction
            event.transferRequested.signatureTransaction = command.signed.signatureTransaction
            event.transferRequested.certificateTransaction = command.signed.certificateTransaction
            event.transferRequested.authority = command.signed.authority
            event.transferRequested.signedDigest = Data(command.signed.digest)
        }
    }

    init(_ command: RequestTransfer, replacing old: ConsentID, at now: Int64) {
        self = .consent(now) { event in
            event.transferRequestChanged.request = Data(command.id.bytes)
            event.transferRequestChanged.replaced = Data(old.bytes)
            event.transferRequestChanged.provider = command.provider
            event.transferRequestChanged.terms = command.terms.message
            event.transferRequestChanged.signedDigest = Data(command.signed.digest)
        }
    }

    static func expired(_ request: TransferRequest, at now: Int64) -> Event {
        .consent(now) { event in
            event.transferRequestExpired.request = Data(request.id.bytes)
            event.transferRequestExpired.provider = request.provider
        }
    }

    static func withdrawn(
        _ request: TransferRequest,
        _ reason: WithdrawalReason,
        at now: Int64
    ) -> Event {
        .consent(now) { event in
            event.transferRequestWithdrawn.request = Data(request.id.bytes)
            event.transferRequestWithdrawn.provider = request.provider
            event.transferRequestWithdrawn.reason = reason
        }
    }

    static func deletion(
        _ scope: DeletionScope,
        _ reason: ShredReason,
        at now: Int64
    ) -> Event {
        .consent(now) { event in
            event.deletionRequested.provider = scope.provider
            event.deletionRequested.compartments = scope.assets.map { Data($0.bytes) }
            event.deletionRequested.reason = reason
        }
    }
}
