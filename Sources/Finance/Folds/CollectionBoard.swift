internal import SwiftProtobuf

/// What was asked of providers for one person, how it went, and when it is due again.
///
/// Folded from consents, tokens and evidence alone; not a movement is looked at.
public struct CollectionBoard: Fold {
    /// Name of the read model.
    public static let name = "collection-board"
    /// Of fold and encoding.
    public static let version: UInt32 = 3

    /// A fold without constants.
    public init() {}

    /// Takes in consents, tokens, transfers and what was put aside; all else says nothing here.
    public func fold(
        _ event: borrowing EventView,
        into state: inout CollectionBoardState
    ) throws(FoldError) {
        let isOfRegister = ConsentRegister.types.contains(event.type)
        guard isOfRegister || CollectionBoard.types.contains(event.type) else { return }
        let message: Event
        // The decoder's reasons are many and its own; parked is parked.
        do { message = try event.message() } catch { throw .event(.truncated) }
        // A copy, so that an event that cannot be taken in leaves the state as it was.
        var next = state
        if isOfRegister { try next.register.evolve(by: message) }
        try next.take(message)
        state = next
    }

    /// The types that say something beside those of the register.
    static let types: Set<EventType> = [
        .transferCompleted, .transferFailed, .tokenIssued, .tokenEnded, .payloadQuarantined,
        .quarantineRetried, .quarantineReleased,
    ]
}

/// What is known of the collection of one person's data, without any of the data.
public struct CollectionBoardState: FoldState {
    /// One API of one provider.
    public struct Cell: Hashable, Sendable {
        /// What was asked and came.
        public internal(set) var counts = CallCounts()
        /// Calls that were given up, by `CollectionError`.
        public internal(set) var errors: [UInt32: UInt64] = [:]
        /// When it was last answered, in seconds since 1970-01-01 UTC; nil before the first time.
        public internal(set) var goodAt: Int64?
        /// When it last failed.
        public internal(set) var badAt: Int64?

        init() {}
    }

    /// A regular transfer that was made.
    public struct Made: Hashable, Sendable {
        /// The day in Korea.
        public internal(set) var on: CivilDate
        /// Days after it was due.
        public internal(set) var lateDays: UInt32
    }

    /// A provider.
    public struct Provider: Hashable, Sendable {
        /// What decides when a regular transfer is due.
        public internal(set) var standing = ProviderStanding()
        /// Transfers, made or given up.
        public internal(set) var transfers: UInt64 = 0
        /// When the last of them began, in seconds since 1970-01-01 UTC.
        var transferredAt: Int64?
        /// The last regular ones, oldest first.
        public internal(set) var made: [Made] = []
        /// Its APIs by number.
        public internal(set) var cells: [UInt32: Cell] = [:]

        init() {}
    }

    /// An answer that is put aside.
    public struct Aside: Hashable, Sendable {
        /// The provider's org_code.
        public internal(set) var provider: String
        /// Number of the API.
        public internal(set) var api: UInt32
        /// Why, as it was read last.
        public internal(set) var reason: QuarantineReason
        /// The field, in the standard's name.
        public internal(set) var field: String
        /// The row.
        public internal(set) var row: UInt32
        /// Bytes of the body.
        public internal(set) var size: UInt32
        /// When it was asked, in seconds since 1970-01-01 UTC.
        public internal(set) var askedAt: Int64
    }

    /// What the person allowed.
    public internal(set) var register = TransferRegister()
    /// Providers by org_code.
    public internal(set) var providers: [String: Provider] = [:]
    /// What is put aside now, by the answers' ids.
    public internal(set) var aside: [UInt64: Aside] = [:]

    static let providersMax = 1_000
    static let cellsMax = 256
    /// Regular transfers that are kept of a provider: two months of weeks.
    static let madeMax = 8
    /// Answers put aside of one person: more, and somebody has to look at the program.
    static let asideMax = 1_000
    static let codeBytesMax = 64

    /// Nothing asked.
    public init() {}
}

/// Why calls were given up, as a number: the standard's rsp_code, or the class of the HTTP status.
public enum CollectionError {
    /// No answer at all.
    public static let unanswered: UInt32 = 0
    /// A rsp_code that the standard does not have.
    public static let other: UInt32 = 99_999

    /// The standard's codes of failure.
    static let codes: Set<UInt32> = [
        40_001, 40_002, 40_003, 40_004, 40_101, 40_102, 40_103, 40_104, 40_105, 40_106, 40_301,
        40_302, 40_303, 40_304, 40_305, 40_401, 40_402, 40_403, 40_501, 42_901, 50_001, 50_002,
        50_003, 50_004, 50_005, 50_006, 50_007, 50_008, 50_009,
    ]

    /// The number: there are few of them, whatever providers answer.
    public static func number(code: UInt32, status: UInt32) -> UInt32 {
        if codes.contains(code) { return code }
        if code > 1 { return other }
        return (100..<600).contains(status) ? status / 100 * 100 : unanswered
    }
}

extension CollectionBoardState {
    mutating func take(_ message: Event) throws(FoldError) {
        let at = message.occurredAt
        switch message.fact {
        case .transferCompleted(let done): try take(done, at)
        case .transferFailed(let failed):
            try change(failed.provider) { provider throws(FoldError) in
                provider.count(at)
                try provider.standing.take(failed, at: at)
                let error = CollectionError.number(code: failed.code, status: failed.status)
                try provider.change(UInt32(clamping: failed.api.rawValue)) { cell in
                    cell.errors[error, default: 0] &+= 1
                    cell.badAt = max(cell.badAt ?? at, at)
                }
            }
        case .tokenIssued(let token):
            try change(token.provider) { provider throws(FoldError) in
                try provider.standing.take(token)
            }
        case .tokenEnded(let end):
            try change(end.provider) { provider throws(FoldError) in
                try provider.standing.take(end)
            }
        case .payloadQuarantined(let payload): try take(payload, at)
        case .quarantineRetried(let retried):
            aside[retried.id]?.reason = retried.reason.known
            aside[retried.id]?.field = retried.field.cut(to: Self.codeBytesMax)
            aside[retried.id]?.row = retried.row
        case .quarantineReleased(let released): aside[released.id] = nil
        default: return
        }
    }

    private mutating func take(_ done: TransferCompleted, _ at: Int64) throws(FoldError) {
        guard let day = CivilDate(secondsSinceEpoch: at) else { throw .unrepresentable }
        let request = register.liveRequest(of: done.provider)
        try change(done.provider) { provider throws(FoldError) in
            provider.count(at)
            let due = request?.cycleDay(after: provider.standing)
            let before = provider.standing.scheduledOn
            try provider.standing.take(done, at: at)
            // The days of a regular transfer, once, however many lists it has.
            if let due, provider.standing.scheduledOn != before {
                // On the day of the request the provider's slots may be over: it has the next too.
                let last = before == nil ? due.adding(days: 1) : due
                let late = max(0, day.daysSinceEpoch - last.daysSinceEpoch)
                provider.made.append(Made(on: day, lateDays: UInt32(late)))
                provider.made.removeFirst(max(0, provider.made.count - Self.madeMax))
            }
            for call in done.calls where call.code <= 1 {
                try provider.change(UInt32(clamping: call.api.rawValue)) { cell in
                    cell.counts.calls &+= 1
                    cell.counts.pages &+= UInt64(call.pages)
                    cell.counts.rows &+= UInt64(call.rows)
                    cell.counts.bytes &+= call.bytes
                    cell.counts.milliseconds &+= UInt64(call.milliseconds)
                    cell.goodAt = max(cell.goodAt ?? at, at)
                }
            }
        }
    }

    private mutating func take(_ payload: PayloadQuarantined, _ at: Int64) throws(FoldError) {
        guard payload.part == 0, aside[payload.id] == nil else { return }
        guard aside.count < Self.asideMax else { throw .full }
        let api = UInt32(clamping: payload.api.rawValue)
        try change(payload.provider) { provider throws(FoldError) in
            try provider.change(api) { cell in
                cell.counts.quarantined &+= 1
                cell.badAt = max(cell.badAt ?? at, at)
            }
        }
        aside[payload.id] = Aside(
            provider: payload.provider,
            api: api,
            reason: payload.reason.known,
            field: payload.field.cut(to: Self.codeBytesMax),
            row: payload.row,
            size: payload.size,
            askedAt: payload.askedAt
        )
    }

    private mutating func change(
        _ code: String,
        _ body: (inout Provider) throws(FoldError) -> Void
    ) throws(FoldError) {
        guard code.utf8.count <= Self.codeBytesMax else { throw .unrepresentable }
        guard providers[code] != nil || providers.count < Self.providersMax else { throw .full }
        try body(&providers[code, default: Provider()])
    }
}

extension CollectionBoardState.Provider {
    /// Counts a transfer, of which each asset has its own evidence with the same time.
    fileprivate mutating func count(_ at: Int64) {
        guard transferredAt != at else { return }
        transfers &+= 1
        transferredAt = at
    }

    fileprivate mutating func change(
        _ api: UInt32,
        _ body: (inout CollectionBoardState.Cell) -> Void
    ) throws(FoldError) {
        guard cells[api] != nil || cells.count < CollectionBoardState.cellsMax else {
            throw .full
        }
        body(&cells[api, default: CollectionBoardState.Cell()])
    }
}

extension QuarantineReason {
    /// What a later version may say is unspecified here.
    var known: QuarantineReason {
        if case .UNRECOGNIZED = self { return .unspecified }
        return self
    }
}
