extension CoverageReport.Asset {
    /// Days for which every API over a period that was asked was answered in full; nil of an asset
    /// that has none.
    ///
    /// Rising, neither touching nor overlapping.
    public var coveredDays: [ClosedRange<CivilDate>]? {
        let all = answers.filter(\.isOverPeriod).map(\.days)
        guard unanswered.isEmpty else { return [] }
        guard let first = all.first else { return nil }
        return all.dropFirst().reduce(first) { CoverageReport.common($0, $1) }
    }

    /// Days between the covered ones.
    public var uncoveredDays: [ClosedRange<CivilDate>] {
        let covered = coveredDays ?? []
        return zip(covered, covered.dropFirst()).compactMap { before, after in
            let first = before.upperBound.adding(days: 1)
            let last = after.lowerBound.adding(days: -1)
            return first <= last ? first...last : nil
        }
    }

    /// When its provider last answered anything about it, seconds since 1970 UTC.
    public var lastAnsweredAt: Int64? { answers.map(\.lastAt).max() }

    /// Whether the balances of every currency follow from each other to the last movement.
    public var isProven: Bool { !continuity.isEmpty && continuity.allSatisfy(\.isWhole) }
}

extension CoverageReport.Answers {
    /// Whether a day can be without an answer of it.
    fileprivate var isOverPeriod: Bool {
        !days.isEmpty || ProviderAPI(rawValue: Int(apiCode))?.isOverPeriod ?? false
    }
}

extension CoverageReport {
    /// Days that are in both lists of rising runs.
    static func common(
        _ left: [ClosedRange<CivilDate>],
        _ right: [ClosedRange<CivilDate>]
    ) -> [ClosedRange<CivilDate>] {
        var days: [ClosedRange<CivilDate>] = []
        var (here, there) = (0, 0)
        while here < left.count, there < right.count {
            let first = max(left[here].lowerBound, right[there].lowerBound)
            let last = min(left[here].upperBound, right[there].upperBound)
            if first <= last { days.append(first...last) }
            if left[here].upperBound < right[there].upperBound { here += 1 } else { there += 1 }
        }
        return days
    }
}
