internal import SwiftProtobuf

/// How the collection of one person's data at one provider stands: all that decides when a regular
/// transfer is due.
///
/// It is part of each state that has to know, so that there is one rule. An answer that was put
/// aside may be taken in long after it was asked for, so nothing here goes back in time.
public struct ProviderStanding: Hashable, Sendable {
    /// The transfer request that a token opens now; nil without a token.
    public internal(set) var served: ConsentID?
    /// Day in Korea on which the last regular transfer was begun; nil before the first.
    public internal(set) var scheduledOn: CivilDate?
    /// When calls of it were last left open that are still due, in seconds since 1970-01-01 UTC;
    /// nil when there are none.
    public internal(set) var stillDueAt: Int64?
    /// Times in a row that a transfer was given up.
    public internal(set) var failures: UInt32 = 0
    /// When the last of them was, in seconds since 1970-01-01 UTC.
    public internal(set) var failedAt: Int64 = 0
    /// Day in Korea on which the provider last said that the week's share is used (42901); nil is
    /// never.
    public internal(set) var quotaUsedOn: CivilDate?

    /// Nothing happened.
    public init() {}

    mutating func take(_ token: TokenIssued) throws(FoldError) {
        guard let request = ConsentID(Array(token.request)) else { throw .unrepresentable }
        served = request
    }

    mutating func take(_ end: TokenEnded) throws(FoldError) {
        guard let request = ConsentID(Array(end.request)) else { throw .unrepresentable }
        if served == request { served = nil }
    }

    /// Each call that was given up has its own evidence, all of them with the transfer's time.
    mutating func take(_ failed: TransferFailed, at now: Int64) throws(FoldError) {
        if failed.trigger == .scheduled { leave(failed.stillDue, at: now) }
        guard !failed.isNotOffered else { return }
        if failed.code == ProviderStanding.quotaIsUsed, failed.trigger == .scheduled {
            guard let day = CivilDate(secondsSinceEpoch: now) else { throw .unrepresentable }
            quotaUsedOn = max(quotaUsedOn ?? day, day)
        }
        if now > failedAt || failures == 0 { failures &+= 1 }
        failedAt = max(failedAt, now)
    }

    /// rsp_code of a transfer over the quota.
    private static let quotaIsUsed: UInt32 = 42_901

    mutating func take(_ done: TransferCompleted, at now: Int64) throws(FoldError) {
        let day = try done.begun(at: now)
        if now >= failedAt { failures = 0 }
        guard done.trigger == .scheduled else { return }
        leave(done.stillDue, at: now)
        // Of assets too: in weeks without a list only they are asked.
        guard done.calls.contains(where: { $0.code <= 1 }) else { return }
        scheduledOn = max(scheduledOn ?? day, day)
    }

    /// What a regular transfer leaves open; its evidence is several events with its time, and one
    /// that was taken in later than another began says nothing of that.
    private mutating func leave(_ isStillDue: Bool, at now: Int64) {
        if let last = stillDueAt, now > last { stillDueAt = nil }
        if isStillDue { stillDueAt = max(stillDueAt ?? now, now) }
    }
}

extension TransferCompleted {
    /// The day in Korea of which it is as a regular transfer: what goes on with one that was begun
    /// before belongs to that one's cycle.
    func begun(at now: Int64) throws(FoldError) -> CivilDate {
        guard let day = CivilDate(secondsSinceEpoch: now) else { throw .unrepresentable }
        guard begunOn > 0 else { return day }
        guard let begun = CivilDate(digits: begunOn), begun <= day else { throw .unrepresentable }
        return begun
    }
}

extension TransferFailed {
    /// Whether the provider does not have what was asked, or the request does not open it (40104,
    /// 40301, 40401, 40501): asking again would bring nothing, and nothing is wrong.
    public var isNotOffered: Bool {
        switch code {
        case 40_104, 40_301, 40_401, 40_501: true
        default: false
        }
    }
}

extension StateWriter {
    mutating func standing(_ standing: ProviderStanding) {
        number(standing.served == nil ? 0 : 1)
        if let served = standing.served {
            fixed(served.high)
            fixed(served.low)
        }
        optional(standing.scheduledOn.map { Int64($0.daysSinceEpoch) })
        optional(standing.stillDueAt)
        number(UInt64(standing.failures))
        signed(standing.failedAt)
        optional(standing.quotaUsedOn.map { Int64($0.daysSinceEpoch) })
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    mutating func standing() throws(FoldError) -> ProviderStanding {
        var standing = ProviderStanding()
        if try number(through: 1) == 1 {
            standing.served = ConsentID(high: try fixed(), low: try fixed())
        }
        standing.scheduledOn = try optionalDay()
        standing.stillDueAt = try optional()
        standing.failures = UInt32(try number(through: UInt64(UInt32.max)))
        standing.failedAt = try signed()
        standing.quotaUsedOn = try optionalDay()
        return standing
    }

    @_lifetime(self: copy self)
    private mutating func optionalDay() throws(FoldError) -> CivilDate? {
        guard let day = try optional() else { return nil }
        guard let days = Int32(exactly: day), abs(Int64(days)) < 4_000_000 else {
            throw .malformedState
        }
        return CivilDate(daysSinceEpoch: days)
    }
}
