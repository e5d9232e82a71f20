/// Whether a regular transfer is due and allowed: once in each cycle of whole weeks, Sunday to
/// Saturday, per customer and asset, basic and additional data apart.
public enum Quota {
    /// Whether data last transferred regularly on `last` may be asked for on `today`.
    ///
    /// `cycleDays` is 1, 7, 14, 21 or 28; anything else counts as the whole weeks in it, at least
    /// one.
    public static func isDue(last: CivilDate?, cycleDays: UInt32, today: CivilDate) -> Bool {
        guard let last else { return true }
        return today >= nextDay(after: last, cycleDays: cycleDays)
    }

    /// The first day on which it is due again: a Sunday, but of a daily cycle.
    public static func nextDay(after last: CivilDate, cycleDays: UInt32) -> CivilDate {
        guard cycleDays != 1 else { return last.adding(days: 1) }
        let weeks = Int64(max(1, min(cycleDays / 7, 52)))
        return CivilDate(daysSinceEpoch: Int32(clamping: (week(of: last) + weeks) * 7 - 4))
    }

    /// Number of the week of a day.
    private static func week(of day: CivilDate) -> Int64 {
        // 1970-01-01 was a Thursday, the fifth day of such a week.
        let (week, rest) = (Int64(day.daysSinceEpoch) + 4).quotientAndRemainder(dividingBy: 7)
        return rest < 0 ? week - 1 : week
    }
}

extension TransferRequest {
    /// The day in Korea from which a regular transfer is due, whether past or to come: the next
    /// one, or what the last one left open.
    ///
    /// Nil when there is none: it is not asked for, suspended or ended, no token opens it, or the
    /// day would be after the request's last.
    public func regularDay(after standing: ProviderStanding) -> CivilDate? {
        guard var day = nextBegin(after: standing) else { return nil }
        // What is open is due since its transfer was begun.
        if standing.stillDueAt != nil, let begun = standing.scheduledOn {
            day = min(day, free(begun, standing))
        }
        return day <= terms.endsOn ? day : nil
    }

    /// The day in Korea from which the next regular transfer is to be begun, whatever the last one
    /// left open; nil as `regularDay`.
    public func cycleDay(after standing: ProviderStanding) -> CivilDate? {
        nextBegin(after: standing).flatMap { $0 <= terms.endsOn ? $0 : nil }
    }

    /// The day in Korea on which the regular transfer was begun that one made `today` goes on with;
    /// nil when it begins one.
    public func begunDay(after standing: ProviderStanding, on today: CivilDate) -> CivilDate? {
        guard standing.stillDueAt != nil, let next = nextBegin(after: standing), today < next
        else { return nil }
        return standing.scheduledOn
    }

    private func nextBegin(after standing: ProviderStanding) -> CivilDate? {
        guard state == .live, terms.isScheduled, suspendedAt == nil, standing.served == id,
            let cycle = shorterCycle
        else { return nil }
        let due = standing.scheduledOn.map { Quota.nextDay(after: $0, cycleDays: UInt32(cycle)) }
        return (due ?? CivilDate(secondsSinceEpoch: requestedAt)).map { free($0, standing) }
    }

    /// Days of the shorter of its cycles.
    private var shorterCycle: Int? {
        [terms.basicCycleDays, terms.additionalCycleDays].filter { $0 > 0 }.min()
    }

    /// `day`, or the first after it on which the week's share is no longer used: the provider
    /// counts otherwise, and is asked again when its next week or day begins.
    private func free(_ day: CivilDate, _ standing: ProviderStanding) -> CivilDate {
        guard let used = standing.quotaUsedOn, let cycle = shorterCycle else { return day }
        return max(day, Quota.nextDay(after: used, cycleDays: UInt32(min(cycle, 7))))
    }
}
