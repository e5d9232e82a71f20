public import Finance

/// Whether a regular transfer is due and allowed: once in each cycle of whole weeks, Sunday to
/// Saturday, per customer and asset, basic and additional data apart (§2.7).
public enum Quota {
    /// Whether data last transferred regularly on `last` may be asked for on `today`.
    ///
    /// `cycleDays` is 7, 14, 21 or 28; anything else counts as the whole weeks in it, at least one.
    public static func isDue(last: CivilDate?, cycleDays: UInt32, today: CivilDate) -> Bool {
        guard let last else { return true }
        return today >= nextDay(after: last, cycleDays: cycleDays)
    }

    /// The first day, a Sunday, on which it is due again.
    public static func nextDay(after last: CivilDate, cycleDays: UInt32) -> CivilDate {
        let weeks = Int64(max(1, min(cycleDays / 7, 52)))
        let week = KoreanClock.week(of: last) + weeks
        return CivilDate(daysSinceEpoch: Int32(clamping: week * 7 - 4))
    }
}
