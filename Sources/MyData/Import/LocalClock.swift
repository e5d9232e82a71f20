internal import Finance

/// Clocks of the places that the sources are from: what a wall said, as an instant.
enum LocalClock {
    /// Britain: UTC, in summer an hour more.
    case london
    /// Czechia: an hour before UTC, in summer two.
    case prague
    /// The source does not say where; its times are taken as UTC's.
    case utc

    /// The envelope of what happened `minute` minutes into `day`.
    func envelope(_ day: CivilDate, minute: Int = 0, _ precision: TimePrecision) -> Event {
        let offset = offsetMinutes(on: day)
        var event = Event()
        event.occurredAt =
            Int64(day.daysSinceEpoch) * 86_400 + Int64(minute) * 60 - Int64(offset) * 60
        // +540 is what an event without the field means.
        if offset != EventView.utcOffsetMinutesDefault { event.utcOffsetMinutes = offset }
        event.precision = precision
        return event
    }

    /// Minutes east of UTC at the beginning of a day; the clocks change later in the night.
    private func offsetMinutes(on day: CivilDate) -> Int32 {
        let (year, month, _) = day.components
        guard self != .utc, year >= 1981 else { return self == .prague ? 60 : 0 }
        // From 1996 on, both followed the directive 97/44/EC; before, the autumn change was the
        // Sunday after the fourth Saturday of October in Britain and the last Sunday of September
        // in Czechia.
        let lastMonth = year < 1996 && self == .prague ? 9 : 10
        let begins = LocalClock.lastSunday(of: 3, year)
        var ends = LocalClock.lastSunday(of: lastMonth, year)
        if year < 1996, self == .london, let first = CivilDate(year: year, month: 10, day: 23) {
            ends = first.adding(days: Int32(6 - first.weekday))
        }
        let isSummer = month >= 3 && day > begins && day <= ends
        return (self == .prague ? 60 : 0) + (isSummer ? 60 : 0)
    }

    private static func lastSunday(of month: Int, _ year: Int) -> CivilDate {
        guard let month = Month(year: year, month: month) else {
            preconditionFailure("a year of a civil date is 1...9999")
        }
        let last = month.day(31)
        return last.adding(days: -Int32((last.weekday + 1) % 7))
    }
}

extension UInt32 {
    /// The code of a currency as a fact has it: the won is left out.
    init(_ currency: Currency) {
        self = currency == .krw ? 0 : UInt32(currency.numericCode)
    }
}
