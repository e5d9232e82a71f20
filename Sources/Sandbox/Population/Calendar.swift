internal import Finance

/// Korea's clock: seconds since 1970-01-01T00:00 there, so that days are whole.
enum KoreanClock {
    /// Seconds that Korea is ahead of UTC.
    static let ahead: Int64 = 32_400

    /// Korea's clock when UTC's says `now`.
    static func seconds(atUTC now: Int64) -> Int64 { now + ahead }

    /// The day in which a second of Korea's clock lies.
    @inline(__always)
    static func day(of second: Int64) -> Int32 {
        Int32(truncatingIfNeeded: second >= 0 ? second / 86_400 : (second - 86_399) / 86_400)
    }

    /// The first second of a day.
    @inline(__always)
    static func start(of day: Int32) -> Int64 { Int64(day) * 86_400 }
}

extension CivilDate {
    /// Whether banks work: no weekend and none of the holidays that have a fixed day.
    var isBusinessDay: Bool {
        guard weekday < 5 else { return false }
        let (_, month, day) = components
        return ![101, 301, 505, 606, 815, 1_003, 1_009, 1_225].contains(month * 100 + day)
    }

    /// This day or the next on which banks work: when a debit is taken.
    var orNextBusinessDay: CivilDate {
        var day = self
        while !day.isBusinessDay { day = day.adding(days: 1) }
        return day
    }

    /// This day or the last on which banks worked: when a salary is paid.
    var orBusinessDayBefore: CivilDate {
        var day = self
        while !day.isBusinessDay { day = day.adding(days: -1) }
        return day
    }
}

extension Month {
    /// As the standard writes it, YYYYMM.
    var number: Int {
        let (year, month) = components
        return year * 100 + month
    }
}
