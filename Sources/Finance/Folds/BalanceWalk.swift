/// Goes through an account's days in order, and tells what their balances prove.
struct BalanceWalk {
    private(set) var proven: [ClosedRange<CivilDate>] = []
    private(set) var gaps: [CoverageReport.Gap] = []
    /// First day of the run that the last day ends; nil when that day is in none.
    private(set) var since: CivilDate?
    /// Whether a day does not say its balances.
    private(set) var hasSilence = false
    /// The run under way, and the balance that it stands at; nil until a day told it.
    private var run: (first: Int32, last: Int32)?
    private var closing: Int64?

    init(_ days: [BalanceChain.Day]) {
        let readings = days.map(\.reading)
        let following = BalanceWalk.openings(after: readings)
        for (index, day) in days.enumerated() {
            take(readings[index], on: day.day, following[index])
        }
        since = run.map { CivilDate(daysSinceEpoch: $0.first) }
        close()
    }

    /// Of each day the balance that the next one opens with; nil where that is not told.
    private static func openings(after readings: [BalanceChain.Day.Reading]) -> [Int64?] {
        var openings: [Int64?] = []
        var next: Int64?
        for reading in readings.reversed() {
            openings.append(next)
            switch reading {
            case .whole(let opening, _): next = opening
            // Back where it began: what comes after tells what it opened with too.
            case .round: break
            case .broken, .silent: next = nil
            }
        }
        return openings.reversed()
    }

    private mutating func take(
        _ reading: BalanceChain.Day.Reading,
        on day: Int32,
        _ following: Int64?
    ) {
        switch reading {
        case .whole(let opening, let closing):
            if let known = self.closing, known != opening {
                guard following != known || closing == known else {
                    // Neither end fits and the days around it do: of a day that goes back to where
                    // it began, the rows on either side of missing ones leave these two balances,
                    // the one before them as its closing.
                    return gap(from: day, to: day, (closing, opening))
                }
                gap(from: run?.last ?? day, to: day, (known, opening))
            }
            extend(to: day)
            self.closing = closing
        case .round: extend(to: day)
        case .broken: gap(from: day, to: day, nil)
        case .silent:
            hasSilence = true
            close()
        }
    }

    /// Ends the run under way: what follows is not known to follow from it.
    private mutating func close() {
        if let run {
            proven.append(
                CivilDate(daysSinceEpoch: run.first)...CivilDate(daysSinceEpoch: run.last)
            )
        }
        (run, closing) = (nil, nil)
    }

    private mutating func extend(to day: Int32) { run = (run?.first ?? day, day) }

    /// What is missing takes the balance from one amount to another; nil when these are not told.
    private mutating func gap(
        from first: Int32,
        to last: Int32,
        _ balances: (before: Int64, after: Int64)?
    ) {
        let missing = balances.flatMap { before, after in
            let (missing, overflow) = after.subtractingReportingOverflow(before)
            return overflow ? nil : missing
        }
        gaps.append(
            CoverageReport.Gap(
                first: CivilDate(daysSinceEpoch: first),
                last: CivilDate(daysSinceEpoch: last),
                missing: missing
            )
        )
        close()
    }
}
