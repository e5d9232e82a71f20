public import Finance
internal import MyData

/// One period of a history that is asked for in one call.
public struct Window: Hashable, Sendable {
    /// Its days, in Korea, inclusive.
    public var days: ClosedRange<CivilDate>
    /// What the call says it is for; decides how far back it may go.
    public var trigger: TransferTrigger

    /// A window.
    public init(days: ClosedRange<CivilDate>, trigger: TransferTrigger) {
        (self.days, self.trigger) = (days, trigger)
    }
}

/// How long and how far back a history may be asked for (§2.5).
public enum Windows {
    /// Whether an API goes by days, or by months, or is one of the slow histories that regular
    /// transfers may ask three months of.
    public enum Reach: Hashable, Sendable {
        /// Days; 31 of them in a regular transfer.
        case days
        /// Days; three months of them in a regular transfer.
        case quarter
        /// Whole calendar months, three of them in a regular transfer: the month that is begun
        /// counts as one.
        case months
    }

    /// Days that are asked for again although they were covered: corrections, cancellations and
    /// late rows come up to a month after.
    public static let overlapDays: Int32 = 30

    /// The windows that bring what is wanted.
    ///
    /// - Parameters:
    ///   - history: the first day that is of interest.
    ///   - covered: days that complete answers covered, in order, apart from each other.
    ///   - reach: how the API counts.
    ///   - trigger: what the transfer is for.
    ///   - today: the day in Korea; what it has so far is asked for too.
    /// - Returns: newest first, to be asked one after the other.
    public static func plan(
        from history: CivilDate,
        covered: [ClosedRange<CivilDate>],
        reach: Reach,
        trigger: TransferTrigger,
        today: CivilDate
    ) -> [Window] {
        let oldest = max(
            reach.begin(of: history),
            first(of: .userSearch, reach, before: today)
        )
        let nearest = first(of: trigger, reach, before: today)
        // Back to where nothing is missing, and always over the overlap.
        var start = today.adding(days: -overlapDays)
        if trigger == .userSearch {
            // Somebody looks for what the rows of long ago are now.
            start = min(start, oldest)
        } else if let gap = firstGap(from: oldest, covered: covered, today: today) {
            start = min(start, gap)
        }
        start = reach.begin(of: start)
        var windows = [
            Window(days: max(start, nearest, min(oldest, today))...today, trigger: trigger)
        ]
        // Regular transfers go no further; what they cannot reach waits for the person.
        guard trigger == .userConsent || trigger == .userSearch else { return windows }
        let end = windows[0].days.lowerBound.adding(days: -1)
        if max(oldest, start) <= end {
            // Five years fit one window of a search; pages bound the answers.
            windows.append(Window(days: max(oldest, start)...end, trigger: .userSearch))
        }
        return windows
    }

    /// The first day that a call of this kind may ask for.
    public static func first(
        of trigger: TransferTrigger,
        _ reach: Reach,
        before today: CivilDate
    ) -> CivilDate {
        let months: Int32 =
            switch trigger {
            case .userConsent, .userRefresh: 12
            case .userSearch: 60
            case .scheduled, .unspecified, .UNRECOGNIZED: 3
            }
        switch reach {
        case .days where months == 3: return today.adding(days: -30)
        case .days, .quarter: return today.adding(months: -months).adding(days: 1)
        case .months: return reach.begin(of: today).adding(months: 1 - months)
        }
    }

    /// The first day of `from`...yesterday that is not covered.
    static func firstGap(
        from: CivilDate,
        covered: [ClosedRange<CivilDate>],
        today: CivilDate
    ) -> CivilDate? {
        var missing = from
        for range in covered where range.lowerBound <= missing && range.upperBound >= missing {
            missing = range.upperBound.adding(days: 1)
        }
        return missing < today ? missing : nil
    }
}

extension Windows.Reach {
    init(_ entry: StandardAPI) {
        self =
            switch (entry.shape, entry.scheduledWindow) {
            case (.months, _): .months
            case (_, .months): .quarter
            default: .days
            }
    }

    /// The first day that is asked for with a day.
    func begin(of day: CivilDate) -> CivilDate {
        self == .months ? day.adding(days: 1 - Int32(day.digits % 100)) : day
    }
}
