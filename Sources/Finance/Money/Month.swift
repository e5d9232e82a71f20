/// A month of a year, as months since January 1970.
public struct Month: Hashable, Comparable, Sendable {
    /// Months since January 1970, negative before.
    public var index: Int32

    /// The month `index` months after January 1970.
    public init(index: Int32) { self.index = index }

    /// A month by year 1...9999 and month 1...12, or nil when there is no such month.
    public init?(year: Int, month: Int) {
        guard year >= 1, year <= 9_999, month >= 1, month <= 12 else { return nil }
        index = Int32((year - 1970) * 12 + month - 1)
    }

    /// The year, and the month 1...12.
    public var components: (year: Int, month: Int) {
        let years = Int(index).flooredQuotient(by: 12)
        return (1970 + years, Int(index) - years * 12 + 1)
    }

    /// Its length, 28...31 days.
    public var dayCount: Int {
        let (year, month) = components
        return CivilDate.days(inMonth: month, of: year)
    }

    /// The `day`-th day of this month, the last day when the month is shorter.
    public func day(_ day: Int) -> CivilDate {
        let (year, month) = components
        guard let date = CivilDate(year: year, month: month, day: max(1, min(day, dayCount))) else {
            preconditionFailure("a month outside the years 1...9999 has no days")
        }
        return date
    }

    /// The month `months` later, or earlier when negative.
    public func adding(_ months: Int32) -> Month { Month(index: index + months) }

    /// Earlier before later.
    public static func < (left: Month, right: Month) -> Bool { left.index < right.index }
}

extension Month: CustomStringConvertible {
    /// ISO 8601, `2026-11`.
    public var description: String {
        let (year, month) = components
        let digits = String(year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            + (month < 10 ? "-0" : "-") + String(month)
    }
}
