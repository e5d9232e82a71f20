import Finance

extension AssetTitle {
    var json: JSON {
        [
            "id": .string(id),
            "exact_kind": .string(kind.word),
            "provider": .string(provider),
            "name": .maybe(name, JSON.string),
        ]
    }
}

extension CivilDate {
    var json: JSON { .string(description) }
}

extension ClosedRange<CivilDate> {
    var json: JSON { ["from": lowerBound.json, "through": upperBound.json] }
}

/// Amounts of one currency, from the thousandths that folds count in.
struct Amounts {
    let currency: Currency
    let titles: AssetTitles

    func money(_ thousandths: Int64) -> Money {
        Money(thousandths: thousandths, currency: currency)
    }

    func json(_ thousandths: Int64) -> JSON { money(thousandths).json }

    /// An estimate, which is not exact anyway: without digits that the currency does not have.
    func estimate(_ thousandths: Int64) -> Money { money(thousandths).rounded }

    func title(_ asset: AssetID) -> JSON { .maybe(titles[asset], \.json) }
}

extension CoverageView {
    var json: JSON {
        [
            "day": day.json,
            "assets": .array(report.assets.map(asset)),
        ]
    }

    private func asset(_ asset: CoverageReport.Asset) -> JSON {
        [
            "asset": .maybe(titles[asset.id], \.json),
            "covered": .array((asset.coveredDays ?? []).map(\.json)),
            "uncovered": .array(asset.uncoveredDays.map(\.json)),
            "answers": .array(
                asset.answers.map {
                    [
                        "api": .unsigned(UInt64($0.apiCode)),
                        "last_good_at_ms": .integer($0.lastAt.milliseconds),
                        "days": .array($0.days.map(\.json)),
                    ]
                }
            ),
            "unanswered": .array(asset.unanswered.map { .unsigned(UInt64($0)) }),
            "continuity": .array(asset.continuity.map(\.json)),
        ]
    }
}

extension CoverageReport.Continuity {
    var json: JSON {
        [
            "currency": .string(currency.description),
            "since": .maybe(since, \.json),
            "proven": .array(proven.map(\.json)),
            "gaps": .array(
                gaps.map { gap in
                    [
                        "from": gap.first.json,
                        "through": gap.last.json,
                        "missing": .maybe(gap.missing) {
                            Money(thousandths: $0, currency: currency).json
                        },
                    ]
                }
            ),
        ]
    }
}

extension Int64 {
    /// Milliseconds of seconds; held within 64 bits, as clocks of others may say anything.
    var milliseconds: Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: 1_000)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}

extension WealthView {
    var json: JSON {
        let amounts = Amounts(currency: report.currency, titles: titles)
        return [
            "currency": .string(report.currency.description),
            "currencies": .array(currencies.map { .string($0.description) }),
            "months": .array(report.months.map { month($0, amounts) }),
            "change": change(amounts),
        ]
    }

    private func month(_ month: NetWorthReport.MonthEnd, _ amounts: Amounts) -> JSON {
        [
            "month": .string(month.month.description),
            "assets": amounts.json(month.assets),
            "liabilities": amounts.json(month.liabilities),
            "net": amounts.json(month.net),
            "by_kind": .object(month.parts.map { ($0.kind.word, amounts.json($0.amount)) }),
            "points": .integer(month.points / 1_000),
            "asset_count": .integer(Int64(month.assetCount)),
            "carried_count": .integer(Int64(month.carriedCount)),
        ]
    }

    private func change(_ amounts: Amounts) -> JSON {
        [
            "from": .string(change.from.description),
            "to": .string(change.to.description),
            "before": amounts.json(change.before),
            "after": amounts.json(change.after),
            "kinds": .array(
                change.kinds.map {
                    ["kind": .string($0.kind.word), "difference": amounts.json($0.difference)]
                }
            ),
            "parts": .array(
                change.parts.map { part in
                    [
                        "asset": amounts.title(part.asset),
                        "kind": .string(part.kind.word),
                        "before": amounts.json(part.before),
                        "after": amounts.json(part.after),
                        "difference": amounts.json(part.difference),
                        "reason": .string(part.reason.word),
                    ]
                }
            ),
        ]
    }
}
