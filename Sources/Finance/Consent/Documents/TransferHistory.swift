/// What was sent, received, asked for, handed on and deleted about one person within some days,
/// from their events of consent and evidence in the order of the log.
///
/// Sums are over all of it; of single entries the last `entriesMax` are kept.
public struct TransferHistory: Sendable {
    /// One thing that happened.
    public struct Entry: Hashable, Sendable {
        /// What it was.
        public enum Kind: String, Sendable {
            /// A request was made or changed.
            case requested
            /// A request was extended.
            case extended
            /// A request ended.
            case ended
            /// Data was received.
            case received
            /// Data was asked for in vain.
            case failed
            /// Access ended at the provider.
            case accessEnded = "access-ended"
            /// Data was handed to a third party.
            case provided
            /// Deletion was asked for.
            case deletionAsked = "deletion-asked"
            /// Data was deleted.
            case deleted
            /// Data received by mistake was removed.
            case purged
        }

        /// What came of asking for data.
        public enum Detail: Hashable, Sendable {
            /// So many rows, at the regular time or because somebody asked.
            case received(rows: UInt64, isScheduled: Bool)
            /// Nothing.
            case failed(Failure)
        }

        /// When, in seconds since 1970-01-01 UTC.
        public let at: Int64
        /// What.
        public let kind: Kind
        /// The provider's org_code, or of a hand-over the recipient's name; empty is all.
        public let party: String
        /// Details in Korean.
        public let text: String
        /// The same for programs, where data was asked for.
        public let detail: Detail?
    }

    /// A transfer that was given up.
    public struct Failure: Hashable, Sendable {
        /// When, in seconds since 1970-01-01 UTC.
        public let at: Int64
        /// HTTP status; 0 when nothing was answered.
        public let status: UInt32
        /// rsp_code of the standard; 0 when there was none.
        public let code: UInt32
    }

    /// What one provider sent.
    public struct Sums: Hashable, Sendable {
        /// Regular transfers that were received.
        public var scheduled: UInt64 = 0
        /// Other transfers that were received.
        public var irregular: UInt64 = 0
        /// Transfers that were given up.
        public var failed: UInt64 = 0
        /// Events that came of them.
        public var events: UInt64 = 0
        /// The first and the last of them, in seconds since 1970-01-01 UTC.
        public var firstAt = Int64.max
        /// The last.
        public var lastAt = Int64.min
        /// The last transfer that was given up, other than for what the provider does not have.
        public var lastFailure: Failure?
    }

    /// Days in Korea that it covers.
    public let days: ClosedRange<CivilDate>
    /// The last entries, in their order.
    public private(set) var entries: [Entry] = []
    /// Entries that were dropped because there were more.
    public private(set) var droppedCount: UInt64 = 0
    /// By provider.
    public private(set) var sums: [String: Sums] = [:]
    /// Hand-overs to third parties, the last `entriesMax`.
    public private(set) var handOvers: [HandOver] = []

    /// A document of some hundred pages; the log has the rest.
    public static let entriesMax = 10_000

    /// Nothing yet, of these days.
    public init(_ days: ClosedRange<CivilDate>) { self.days = days }

    /// The number of the first of `entries`, counted from the first that ever was.
    public var firstNumber: UInt64 { droppedCount }

    /// Takes in the person's next event; one of another day or of another kind changes nothing.
    public mutating func take(_ event: Event) {
        guard let day = CivilDate(secondsSinceEpoch: event.occurredAt), days.contains(day),
            let fact = event.fact
        else { return }
        let at = event.occurredAt
        switch fact {
        case .transferRequested(let asked):
            add(at, .requested, asked.provider, Self.text(asked.terms))
        case .transferRequestChanged(let changed):
            add(at, .requested, changed.provider, "변경: " + Self.text(changed.terms))
        case .transferRequestExtended(let extended):
            add(at, .extended, extended.provider, "종료일 \(Self.date(extended.endsOn))")
        case .transferRequestExpired(let expired): add(at, .ended, expired.provider, "기간 만료")
        case .transferRequestWithdrawn(let ended):
            add(at, .ended, ended.provider, Self.text(ended.reason))
        case .transferCompleted(let completed): take(completed, at)
        case .transferFailed(let failed):
            sums[failed.provider, default: Sums()].failed &+= 1
            let failure = Failure(at: at, status: failed.status, code: failed.code)
            if !failed.isNotOffered { sums[failed.provider]?.lastFailure = failure }
            let code = failed.code != 0 ? failed.code : failed.status
            let api = StatisticsCode.code(of: failed.api) ?? "-"
            let text = "\(api), 응답코드 \(code), \(failed.attempts)회 시도"
            add(at, .failed, failed.provider, text, .failed(failure))
        case .tokenEnded(let ended): add(at, .accessEnded, ended.provider, "접근토큰 종료")
        case .thirdPartyProvided(let provided): take(provided, event)
        case .deletionRequested(let asked):
            add(at, .deletionAsked, asked.provider, Self.text(asked.reason))
        case .deletionCompleted(let done):
            add(
                at,
                .deleted,
                done.provider,
                "자산 \(done.compartments.count)건, " + Self.text(done.reason)
            )
        case .dataPurged(let purged): add(at, .purged, purged.provider, "\(purged.events)건")
        default: break
        }
    }

    private mutating func take(_ completed: TransferCompleted, _ at: Int64) {
        var known = sums[completed.provider] ?? Sums()
        let isScheduled = completed.trigger == .scheduled
        if isScheduled { known.scheduled &+= 1 } else { known.irregular &+= 1 }
        known.events &+= UInt64(completed.added)
        (known.firstAt, known.lastAt) = (min(known.firstAt, at), max(known.lastAt, at))
        sums[completed.provider] = known
        let apis = completed.calls.map { StatisticsCode.code(of: $0.api) ?? "-" }
        let rows = completed.calls.reduce(UInt64(0)) { $0 &+ UInt64($1.rows) }
        add(
            at,
            .received,
            completed.provider,
            (isScheduled ? "정기" : "비정기") + " 전송, \(apis.joined(separator: " ")), \(rows)건",
            .received(rows: rows, isScheduled: isScheduled)
        )
    }

    private mutating func take(_ provided: ThirdPartyProvided, _ event: Event) {
        add(
            event.occurredAt,
            .provided,
            provided.recipientName,
            "\(provided.purpose): \(provided.items)"
        )
        guard let handOver = HandOver(event) else { return }
        handOvers.append(handOver)
        if handOvers.count > Self.entriesMax { handOvers.removeFirst() }
    }

    private mutating func add(
        _ at: Int64,
        _ kind: Entry.Kind,
        _ party: String,
        _ text: String,
        _ detail: Entry.Detail? = nil
    ) {
        entries.append(Entry(at: at, kind: kind, party: party, text: text, detail: detail))
        guard entries.count >= 2 * Self.entriesMax else { return }
        // Seldom, so that each entry is moved once at most.
        droppedCount &+= UInt64(entries.count - Self.entriesMax)
        entries.removeFirst(entries.count - Self.entriesMax)
    }
}

extension TransferHistory {
    static func date(_ digits: UInt32) -> String {
        CivilDate(digits: digits)?.description ?? "-"
    }

    private static func text(_ terms: TransferTerms) -> String {
        "\(terms.scope), \(date(terms.endsOn))까지, \(terms.purpose)"
    }

    static func text(_ reason: WithdrawalReason) -> String {
        switch reason {
        case .asked: "철회"
        case .askedWithDeletion: "철회(삭제 포함)"
        case .dataDeleted: "정보 삭제 요구에 따른 철회"
        case .leftService: "서비스 탈퇴"
        case .inactive: "장기 미접속"
        case .providerRevoked: "정보제공자의 종료"
        case .unspecified, .UNRECOGNIZED: "종료"
        }
    }

    static func text(_ reason: ShredReason) -> String {
        switch reason {
        case .withdrawnWithDeletion: "전송요구 철회에 따른 삭제"
        case .deletionAsked: "삭제 요구"
        case .leftService: "서비스 탈퇴"
        case .retentionEnded: "보유기간 경과"
        case .inactive: "1년간 미접속"
        case .receivedByMistake: "오수신 정보 삭제"
        case .operatorTest: "점검"
        case .unspecified, .UNRECOGNIZED: "삭제"
        }
    }

    static func text(_ kind: Entry.Kind) -> String {
        switch kind {
        case .requested: "전송요구"
        case .extended: "전송요구 연장"
        case .ended: "전송요구 종료"
        case .received: "수신"
        case .failed: "수신 실패"
        case .accessEnded: "접근 종료"
        case .provided: "제3자 제공"
        case .deletionAsked: "삭제 요구"
        case .deleted: "삭제 완료"
        case .purged: "오수신 정보 제거"
        }
    }
}
