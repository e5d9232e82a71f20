/// What one person allowed: membership, transfer requests, agreements, and the deletions, purges
/// and notices that they led to.
///
/// Only commands change it (`decide`), and nobody is asked for data without a permit that it gives.
/// At most one request a provider is live. What has ended is kept up to a bound, the oldest goes
/// first; the log has all of it.
public struct TransferRegister: FoldState {
    /// The person's place in the service.
    public internal(set) var membership = Membership.never
    /// The last sign-in, in seconds since 1970-01-01 UTC.
    public internal(set) var lastSignInAt: Int64?
    /// Transfer requests by id: live ones, and the last that ended.
    public internal(set) var requests: [ConsentID: TransferRequest] = [:]
    /// Other agreements by id: those in force, and the last that ended.
    public internal(set) var agreements: [ConsentID: Agreement] = [:]
    /// Deletions in the order in which they were asked for: those owed, and the last completed.
    public internal(set) var deletions: [Deletion] = []
    /// The last purges, in their order.
    public internal(set) var purges: [Purge] = []
    /// The last notices, in their order.
    public internal(set) var notices: [Notice] = []

    /// Live requests: more providers than there are in an industry's list of any person.
    static let liveMax = 1_000
    /// Ended requests, agreements, completed deletions, purges and notices kept, each.
    static let endedMax = 256
    /// Agreements in force.
    static let agreementsMax = 1_000
    /// Deletions owed.
    static let owedMax = 256

    /// Nobody asked for anything.
    public init() {}

    /// The provider's request that has not ended, whatever the day; see `holds(on:)`.
    public func liveRequest(of provider: String) -> TransferRequest? {
        requests.values.first { $0.provider == provider && $0.state == .live }
    }

    /// Requests that have not ended, by provider.
    public var liveRequests: [TransferRequest] {
        requests.values.filter { $0.state == .live }.sorted { $0.provider < $1.provider }
    }

    /// Deletions that were asked for and are not completed, in their order.
    public var owedDeletions: [Deletion] { deletions.filter { $0.completion == nil } }

    /// When the person last showed themselves: joined or signed in.
    var lastSeenAt: Int64? {
        guard case .joined(let at, until: _, age: _) = membership else { return lastSignInAt }
        return max(lastSignInAt ?? at, at)
    }

    /// The day of it, in Korea.
    var lastSeenOn: CivilDate? { lastSeenAt.flatMap { CivilDate(secondsSinceEpoch: $0) } }
}

extension TransferRegister {
    mutating func replaceLive(by request: TransferRequest) throws(FoldError) {
        guard requests[request.id] == nil else { return }
        let old = liveRequest(of: request.provider)
        guard old != nil || requests.values.count(where: { $0.state == .live }) < Self.liveMax
        else { throw .full }
        if let old { end(old.id, .replaced(by: request.id, at: request.requestedAt)) }
        requests[request.id] = request
    }

    /// Ends a live request; another is ended already and stays as it is.
    mutating func end(_ id: ConsentID, _ state: TransferRequest.State) {
        guard requests[id]?.state == .live else { return }
        requests[id]?.state = state
        let ended = requests.values.filter { $0.state != .live }
        guard ended.count > Self.endedMax else { return }
        let oldest = ended.min { ($0.state.endedAt ?? 0, $0.id) < ($1.state.endedAt ?? 0, $1.id) }
        if let oldest { requests[oldest.id] = nil }
    }

    mutating func grant(_ agreement: Agreement) throws(FoldError) {
        guard agreements[agreement.id] == nil else { return }
        let isFull = agreements.values.count { !$0.hasEnded } >= Self.agreementsMax
        guard !isFull else { throw .full }
        agreements[agreement.id] = agreement
    }

    mutating func step(_ id: ConsentID, to status: ProvisionStatus, at: Int64) {
        guard var agreement = agreements[id], agreement.status.leads(to: status) else { return }
        agreement.status = status
        if status == .withdrawing { agreement.withdrawnAt = at }
        agreements[id] = agreement
        let ended = agreements.values.filter(\.hasEnded)
        guard ended.count > Self.endedMax else { return }
        let oldest = ended.min { ($0.grantedAt, $0.id) < ($1.grantedAt, $1.id) }
        if let oldest { agreements[oldest.id] = nil }
    }

    mutating func ask(_ deletion: Deletion) throws(FoldError) {
        guard owedDeletions.count < Self.owedMax else { throw .full }
        deletions.append(deletion)
    }

    /// Completes the first owed deletion that this is the receipt of.
    mutating func complete(
        _ provider: String,
        _ reason: ShredReason,
        _ completion: Deletion.Completion
    ) {
        let place = deletions.firstIndex {
            $0.completion == nil && $0.isOfKind(provider, reason)
        }
        guard let place else { return }
        deletions[place].completion = completion
        guard deletions.count(where: { $0.completion != nil }) > Self.endedMax else { return }
        if let oldest = deletions.firstIndex(where: { $0.completion != nil }) {
            deletions.remove(at: oldest)
        }
    }
}

extension Deletion {
    func isOfKind(_ provider: String, _ reason: ShredReason) -> Bool {
        scope.provider == provider && self.reason == reason
    }
}

extension Agreement {
    /// Withdrawn or done.
    var hasEnded: Bool { status != .normal && status != .withdrawing }
}

extension ProvisionStatus {
    /// The steps of 지원-105: 01 to 02, 02 to 03 or 04.
    func leads(to next: ProvisionStatus) -> Bool {
        switch (self, next) {
        case (.normal, .withdrawing), (.withdrawing, .withdrawn), (.withdrawing, .workDone): true
        default: false
        }
    }
}
