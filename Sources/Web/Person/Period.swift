import Finance

/// Whole months as the address of a page names them: relative to today, or fixed.
///
/// In the query: `period=this-month`, `last-month`, `3m`, `12m`, `24m`, or `period=custom` with
/// `from` and `through`. The months count the one that is running.
enum Period: Sendable, Hashable {
    /// From the first of this month.
    case thisMonth
    /// The month before this one.
    case lastMonth
    /// This many months with the running one.
    case months(Int)
    /// From a month through another.
    case custom(from: Month, through: Month)

    /// Choices of the page, in its order; a custom one comes after them.
    static let choices: [Period] = [.thisMonth, .lastMonth, .months(3), .months(12), .months(24)]

    /// Longest custom period in months: what one page of bars still shows.
    static let monthsMax: Int32 = 240

    /// Months that a custom period may name: none is so near to the calendar's ends that the
    /// month before or after it would have no days.
    private static let nameable = Month(index: 0)...Month(index: (9_998 - 1970) * 12 + 11)

    /// The word in the query.
    var word: String {
        switch self {
        case .thisMonth: "this-month"
        case .lastMonth: "last-month"
        case .months(let count): "\(count)m"
        case .custom: "custom"
        }
    }

    /// First and last month, with `today` as the day that "this" means.
    func months(today: CivilDate) -> (from: Month, through: Month) {
        let this = today.month
        return switch self {
        case .thisMonth: (this, this)
        case .lastMonth: (this.adding(-1), this.adding(-1))
        case .months(let count): (this.adding(Int32(1 - count)), this)
        case .custom(let from, let through): (from, through)
        }
    }

    /// The parameters that name it.
    var fields: [(name: String, value: String)] {
        guard case .custom(let from, let through) = self else { return [("period", word)] }
        return [
            ("period", word), ("from", from.description), ("through", through.description),
        ]
    }

    /// The query that names it, without the question mark.
    var query: String { fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&") }

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
        guard let from, let first = Month(text: from), nameable.contains(first) else {
            throw Problem(.parameterInvalid, parameter: "from")
        }
        guard let through, let last = Month(text: through), nameable.contains(last),
            first <= last, last.index - first.index < monthsMax
        else { throw Problem(.parameterInvalid, parameter: "through") }
        return .custom(from: first, through: last)
    }
}
