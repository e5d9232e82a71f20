extension CoverageReport {
    /// The same for who may know months and no days of movements: what balances prove and miss in
    /// whole months, and no amount of what is missing.
    ///
    /// The days that providers were asked for stay: they tell of the asking.
    public func byMonths() -> CoverageReport {
        var copy = self
        copy.assets = assets.map { asset in
            Asset(
                id: asset.id,
                answers: asset.answers,
                unanswered: asset.unanswered,
                continuity: asset.continuity.map { $0.byMonths() }
            )
        }
        return copy
    }
}

extension CoverageReport.Continuity {
    fileprivate func byMonths() -> Self {
        Self(
            currency: currency,
            proven: proven.map { $0.lowerBound.month.day(1)...$0.upperBound.month.day(31) },
            gaps: gaps.map { gap in
                CoverageReport.Gap(
                    first: gap.first.month.day(1),
                    last: gap.last.month.day(31),
                    missing: nil
                )
            },
            since: since?.month.day(1),
            isWhole: isWhole
        )
    }
}
