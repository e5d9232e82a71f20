/// What one service did in one week, Sunday to Saturday in Korea: counts that add up over persons.
///
/// A call with all its pages counts once, as it does for quotas; its time is from the first request
/// to the last answer. A transfer that was given up counts as many failures as it had attempts.
public struct WeeklyStatistics: Hashable, Sendable {
    /// Which transfers a report is of.
    public enum Kind: Int, CaseIterable, Sendable {
        /// 정기적 전송.
        case scheduled = 1
        /// 비정기적 전송.
        case irregular = 2
        /// 목록 전송, which v2 counts apart: the list of assets that a transfer begins with.
        case list = 3
    }

    /// The part of a day that a call was made in.
    enum Slot: Int, CaseIterable, Comparable, Sendable {
        /// 09:00:00 to 17:59:59.
        case daytime = 0
        case rest = 1

        static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }
    }

    struct CallKey: Hashable, Sendable {
        let day: CivilDate
        let provider: String
        let kind: Kind
        let code: String
        let slot: Slot
    }

    /// Calls of one kind: sums that any order of adding gives.
    struct CallSums: Hashable, Sendable {
        var succeeded: UInt64 = 0
        var failed: UInt64 = 0
        var milliseconds: UInt64 = 0
        var squares: UInt64 = 0
        /// By rsp_code, or HTTP status where there was none.
        var failures: [UInt32: UInt64] = [:]

        static func += (sums: inout CallSums, other: CallSums) {
            sums.succeeded &+= other.succeeded
            sums.failed &+= other.failed
            sums.milliseconds &+= other.milliseconds
            sums.squares &+= other.squares
            sums.failures.merge(other.failures, uniquingKeysWith: &+)
        }

        /// Mean of the calls that succeeded, half up.
        var mean: UInt64 {
            succeeded == 0 ? 0 : (2 * milliseconds + succeeded) / (2 * succeeded)
        }

        /// Standard deviation over all of them, half up; by integers, so that machines agree.
        var deviation: UInt64 {
            guard succeeded > 0 else { return 0 }
            let count = UInt128(succeeded)
            let sum = UInt128(milliseconds)
            let spread = count * UInt128(squares) - sum * sum
            return (CallSums.root(4 * spread / (count * count)) + 1) / 2
        }

        private static func root(_ value: UInt128) -> UInt64 {
            var (low, high): (UInt128, UInt128) = (0, UInt128(UInt64.max))
            while low < high {
                let middle = low + (high - low + 1) / 2
                if middle <= value / middle { low = middle } else { high = middle - 1 }
            }
            return UInt64(low)
        }
    }

    struct ConsentKey: Hashable, Sendable {
        let day: CivilDate
        let provider: String
    }

    /// Requests made, ended by the person, and live at the end of the day.
    struct ConsentSums: Hashable, Sendable {
        var new: UInt64 = 0
        var revoked: UInt64 = 0
        var own: UInt64 = 0
    }

    /// The Sunday that it begins with.
    public let firstDay: CivilDate
    var calls: [CallKey: CallSums] = [:]
    var consents: [ConsentKey: ConsentSums] = [:]
    /// Members, and members with a live request, at the end of each of the seven days.
    var members: [UInt64] = Array(repeating: 0, count: 7)
    var askingMembers: [UInt64] = Array(repeating: 0, count: 7)
    /// Calls of APIs that have no statistics code; they are in no report.
    public internal(set) var callsWithoutCode: UInt64 = 0

    /// A week in which nothing happened; the one that `day` is in.
    public init(of day: CivilDate) {
        // 0 is Monday, so Sunday is 6.
        firstDay = day.adding(days: -Int32((day.weekday + 1) % 7))
    }

    /// Its seven days.
    public var days: [CivilDate] { (0..<7).map { firstDay.adding(days: $0) } }

    /// Adds what other persons did in the same week.
    public mutating func merge(_ other: WeeklyStatistics) {
        precondition(firstDay == other.firstDay, "statistics of one week")
        for (key, sums) in other.calls { calls[key, default: CallSums()] += sums }
        for (key, sums) in other.consents {
            consents[key, default: ConsentSums()].new &+= sums.new
            consents[key, default: ConsentSums()].revoked &+= sums.revoked
            consents[key, default: ConsentSums()].own &+= sums.own
        }
        for day in 0..<7 {
            members[day] &+= other.members[day]
            askingMembers[day] &+= other.askingMembers[day]
        }
        callsWithoutCode &+= other.callsWithoutCode
    }
}

/// One person's part in a week, from their events of consent and evidence in the order of the log.
public struct PersonWeek: Sendable {
    private var statistics: WeeklyStatistics
    private var register = TransferRegister()
    /// Days of the week that are over, as far as the events came.
    private var closed = 0

    /// A person of whom nothing is known yet.
    public init(of day: CivilDate) { statistics = WeeklyStatistics(of: day) }

    /// Takes in the person's next event.
    ///
    /// - Throws: as the register's fold.
    public mutating func take(_ event: Event) throws(FoldError) {
        guard let fact = event.fact, let day = CivilDate(secondsSinceEpoch: event.occurredAt)
        else { throw .event(.factMissing) }
        close(before: day)
        try register.evolve(by: event)
        guard day >= statistics.firstDay, day < statistics.firstDay.adding(days: 7) else { return }
        switch fact {
        case .transferRequested(let asked):
            add(asked.provider, day) { $0.new &+= 1 }
        case .transferRequestChanged(let changed):
            add(changed.provider, day) { $0.new &+= 1 }
        case .transferRequestWithdrawn(let withdrawn):
            add(withdrawn.provider, day) { $0.revoked &+= 1 }
        case .transferCompleted(let completed):
            for call in completed.calls {
                var sums = WeeklyStatistics.CallSums()
                sums.succeeded = 1
                sums.milliseconds = UInt64(call.milliseconds)
                sums.squares = UInt64(call.milliseconds) * UInt64(call.milliseconds)
                let kind = WeeklyStatistics.Kind(
                    completed.trigger,
                    isList: completed.compartment.isEmpty
                )
                add(call.api, completed.provider, kind, day, event.occurredAt, sums)
            }
        case .transferFailed(let failed):
            var sums = WeeklyStatistics.CallSums()
            sums.failed = UInt64(max(1, failed.attempts))
            sums.failures[failed.code != 0 ? failed.code : failed.status] = sums.failed
            let kind = WeeklyStatistics.Kind(failed.trigger, isList: failed.compartment.isEmpty)
            add(failed.api, failed.provider, kind, day, event.occurredAt, sums)
        default: break
        }
    }

    /// The person's week, whole.
    public consuming func finish() -> WeeklyStatistics {
        close(before: statistics.firstDay.adding(days: 7))
        return statistics
    }

    /// Counts what is live at the end of each day before `day`.
    private mutating func close(before day: CivilDate) {
        while closed < 7, statistics.firstDay.adding(days: Int32(closed)) < day {
            let today = statistics.firstDay.adding(days: Int32(closed))
            if case .joined(at: _, let until, age: _) = register.membership, today <= until {
                let live = register.liveRequests.filter { $0.holds(on: today) }
                for request in live { add(request.provider, today) { $0.own &+= 1 } }
                statistics.members[closed] &+= 1
                if !live.isEmpty { statistics.askingMembers[closed] &+= 1 }
            }
            closed += 1
        }
    }

    private mutating func add(
        _ provider: String,
        _ day: CivilDate,
        _ change: (inout WeeklyStatistics.ConsentSums) -> Void
    ) {
        let key = WeeklyStatistics.ConsentKey(day: day, provider: provider)
        change(&statistics.consents[key, default: WeeklyStatistics.ConsentSums()])
    }

    private mutating func add(
        _ api: ProviderAPI,
        _ provider: String,
        _ kind: WeeklyStatistics.Kind,
        _ day: CivilDate,
        _ seconds: Int64,
        _ sums: WeeklyStatistics.CallSums
    ) {
        guard let code = StatisticsCode.code(of: api) else {
            statistics.callsWithoutCode &+= sums.succeeded &+ sums.failed
            return
        }
        let second = seconds + 540 * 60 - Int64(day.daysSinceEpoch) * 86_400
        let key = WeeklyStatistics.CallKey(
            day: day,
            provider: provider,
            kind: kind,
            code: code,
            slot: (9 * 3_600..<18 * 3_600).contains(second) ? .daytime : .rest
        )
        statistics.calls[key, default: WeeklyStatistics.CallSums()] += sums
    }
}

extension WeeklyStatistics.Kind {
    fileprivate init(_ trigger: TransferTrigger, isList: Bool) {
        self = isList ? .list : trigger == .scheduled ? .scheduled : .irregular
    }
}
