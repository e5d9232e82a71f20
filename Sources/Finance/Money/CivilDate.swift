/// A day of the proleptic Gregorian calendar, as days since 1970-01-01; no time, no zone.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, negative before.
    public var daysSinceEpoch: Int32

    /// The day `daysSinceEpoch` days after 1970-01-01.
    public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

    /// The day on which `secondsSinceEpoch` (UTC) falls at a place `utcOffsetMinutes` east of
    /// Greenwich.
    ///
    /// Nil when the day is outside the years 1...9999, which no provider means.
    public init?(secondsSinceEpoch: Int64, utcOffsetMinutes: Int32 = 540) {
        // 9999-12-31 is 253,402,300,799 s: with this bound neither the sum nor the day can
        // overflow.
        guard secondsSinceEpoch > -62_135_683_200, secondsSinceEpoch < 253_402_387_200,
            utcOffsetMinutes > -1_440, utcOffsetMinutes < 1_440
        else { return nil }
        let local = secondsSinceEpoch + Int64(utcOffsetMinutes) * 60
        let days = Int32(truncatingIfNeeded: local.flooredQuotient(by: 86_400))
        guard days >= CivilDate.least, days <= CivilDate.greatest else { return nil }
        daysSinceEpoch = days
    }

    /// A day by year 1...9999, month 1...12 and day of that month, or nil when there is no such
    /// day.
    public init?(year: Int, month: Int, day: Int) {
        guard year >= 1, year <= 9_999, month >= 1, month <= 12, day >= 1,
            day <= CivilDate.days(inMonth: month, of: year)
        else { return nil }
        // Years begin in March here, so that the leap day is the last of a year and needs no case.
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// 0001-01-01.
    static let least: Int32 = -719_162
    /// 9999-12-31.
    static let greatest: Int32 = 2_932_896

    /// Year, month 1...12 and day 1...31 (civil_from_days of the same source).
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(daysSinceEpoch) + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The month this day is in.
    public var month: Month {
        let (year, month, _) = components
        return Month(index: Int32((year - 1970) * 12 + month - 1))
    }

    /// Day of the week, 0 is Monday and 6 is Sunday.
    public var weekday: Int {
        let shifted = Int(daysSinceEpoch) + 3
        return shifted - shifted.flooredQuotient(by: 7) * 7
    }

    /// The day `days` later, or earlier when negative.
    public func adding(days: Int32) -> CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    /// The same day of the month `months` later, or that month's last day when it is shorter.
    public func adding(months: Int32) -> CivilDate {
        let target = month.adding(months)
        return target.day(components.day)
    }

    /// Length of a month, 28...31 days.
    static func days(inMonth month: Int, of year: Int) -> Int {
        if month == 2 {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    /// Earlier before later.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }
}

extension CivilDate {
    /// A day as providers write it, YYYYMMDD; nil for 0 and what is no day.
    public init?(digits: UInt32) {
        self.init(
            year: Int(digits / 10_000),
            month: Int(digits / 100 % 100),
            day: Int(digits % 100)
        )
    }

    /// YYYYMMDD.
    public var digits: UInt32 {
        let (year, month, day) = components
        return UInt32(year * 10_000 + month * 100 + day)
    }
}

extension CivilDate: CustomStringConvertible {
    /// ISO 8601, `2026-11-21`.
    public var description: String {
        let day = components.day
        return "\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

extension FixedWidthInteger {
    /// Quotient rounded towards minus infinity; `divisor` is positive.
    func flooredQuotient(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
