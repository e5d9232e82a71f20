/// A span of days as the address of a page names it: relative to today, or fixed.
///
/// In the query: `period=this-month`, `last-month`, `3m`, `12m`, `24m`, or `period=custom` with `from` and
/// `through`. The months count the one that is running.
public enum Period: Sendable, Hashable {
    /// From the first of this month.
    case thisMonth
    /// The month before this one.
    case lastMonth
    /// This many months with the running one.
    case months(Int)
    /// Two days, both included.
    case custom(from: CivilDate, through: CivilDate)

    /// Choices of the page, in its order; a custom one comes after them.
    static let choices: [Period] = [.thisMonth, .lastMonth, .months(3), .months(12), .months(24)]

    /// Longest custom period in months: what one page of bars still shows.
    static let monthsMax = 240

    /// The word in the query.
    var word: String {
        switch self {
        case .thisMonth: "this-month"
        case .lastMonth: "last-month"
        case .months(let count): "\(count)m"
        case .custom: "custom"
        }
    }

    /// First and last day, with `today` as the day that "this" means.
    func days(today: CivilDate) -> (from: CivilDate, through: CivilDate) {
        switch self {
        case .thisMonth: (today.monthStart, today.monthEnd)
        case .lastMonth: (today.monthStart(adding: -1), today.monthStart(adding: -1).monthEnd)
        case .months(let count): (today.monthStart(adding: 1 - count), today.monthEnd)
        case .custom(let from, let through): (from, through)
        }
    }

    /// The query that names it, without the question mark.
    var query: String {
        guard case .custom(let from, let through) = self else { return "period=" + word }
        return "period=custom&from=\(from)&through=\(through)"
    }

    /// Reads the three query parameters; without any, twelve months.
    static func read(
        period: Substring?,
        from: Substring?,
        through: Substring?
    ) throws(Problem) -> Period {
        guard let period, period != "custom" else {
            if period == nil, from == nil, through == nil { return .months(12) }
            return try custom(from: from, through: through)
        }
        guard let found = choices.first(where: { $0.word == period }) else {
            throw Problem(.parameterInvalid, parameter: "period")
        }
        return found
    }

    private static func custom(
        from: Substring?,
        through: Substring?
    ) throws(Problem) -> Period {
        guard let from, let first = CivilDate(text: from) else {
            throw Problem(.parameterInvalid, parameter: "from")
        }
        guard let through, let last = CivilDate(text: through), first <= last,
            first.months(through: last) <= monthsMax
        else { throw Problem(.parameterInvalid, parameter: "through") }
        return .custom(from: first, through: last)
    }
}
