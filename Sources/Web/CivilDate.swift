/// A day of the calendar, without a time or a zone.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Year, 1...9999.
    public let year: Int
    /// Month, 1...12.
    public let month: Int
    /// Day of the month, from 1.
    public let day: Int

    /// A day; `nil` when the calendar has none such.
    public init?(year: Int, month: Int, day: Int) {
        guard 1...9999 ~= year, 1...12 ~= month, day >= 1,
            day <= CivilDate.days(inMonth: month, of: year)
        else { return nil }
        self.init(checkedYear: year, month: month, day: day)
    }

    /// Reads `YYYY-MM-DD`; `nil` when it is not one.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }), let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private init(checkedYear year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    /// `YYYY-MM`.
    public var monthText: String { padded(year, 4) + "-" + padded(month, 2) }

    /// The first day of its month.
    public var monthStart: CivilDate { CivilDate(checkedYear: year, month: month, day: 1) }

    /// The last day of its month.
    public var monthEnd: CivilDate {
        CivilDate(
            checkedYear: year,
            month: month,
            day: CivilDate.days(inMonth: month, of: year)
        )
    }

    /// The first day of the month `count` months away; stays inside years 1...9999.
    public func monthStart(adding count: Int) -> CivilDate {
        let months = min(max(year * 12 + month - 1 + count, 12), 9999 * 12 + 11)
        return CivilDate(checkedYear: months / 12, month: months % 12 + 1, day: 1)
    }

    /// Months from its month to `other`'s, both counted.
    public func months(through other: CivilDate) -> Int {
        (other.year * 12 + other.month) - (year * 12 + month) + 1
    }

    /// Earlier days come first.
    public static func < (one: CivilDate, other: CivilDate) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A number with zeros before it up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
