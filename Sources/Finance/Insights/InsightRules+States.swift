// Rules about what comes back, bills, months and balances.

extension InsightRules {
    /// A regular cost of a kind with a fixed price that rose by three percent or more, first paid
    /// so within the last two months.
    func priceRises() -> [Insight] {
        histories.compactMap { history in
            guard let kind = FixedCostReport.Kind(history, basis.taxonomy),
                [.subscription, .telecom, .insurance, .housing].contains(kind),
                let run = RegularRun.leaping(endingIn: history.months, ratioMax: kind.ratioMax),
                run.isActive(on: day), let change = run.change,
                change.first.date.adding(days: 62) >= day,
                (Int128(run.amount) - Int128(change.before)) * 1_000 >= Int128(change.before) * 30
            else { return nil }
            return Insight(
                .priceRise,
                .notice,
                since: change.first.date,
                amount: run.amount,
                usual: change.before,
                currency: currency,
                merchant: history.name,
                category: history.category,
                evidenceCount: run.payments.count
            )
        }
    }

    /// A regular monthly income that is two days late, or missing beyond what weekends explain.
    ///
    /// Only when accounts are known to later than the day it was expected on, and for six weeks.
    func incomes() -> [Insight] {
        histories.compactMap { history in
            guard history.isIncoming, history.isOfAccount,
                ["income.salary", "income.pension", "income.benefit"].contains(
                    slug(history.category)
                ), let run = RegularRun.steady(endingIn: history.months), run.interval == .monthly
            else { return nil }
            let late = day.daysSinceEpoch - run.next.daysSinceEpoch
            guard late >= 2, late <= 42, basis.spending.lastDay > run.next.daysSinceEpoch else {
                return nil
            }
            let isMissing = late > run.interval.toleranceDays
            return Insight(
                isMissing ? .incomeMissing : .incomeLate,
                isMissing ? .warning : .notice,
                since: run.next,
                amount: 0,
                usual: run.amount,
                currency: currency,
                merchant: history.name,
                category: history.category,
                evidenceCount: run.evidenceCount
            )
        }
    }

    /// A bill to come of at least one and a half times the median of the six before it, and 100,000
    /// won above it; at least three are known.
    func bills() -> [Insight] {
        guard currency == .krw else { return [] }
        return CardBillOutlook(of: basis.obligations, after: day).bills.compactMap { bill in
            let before = basis.obligations.assets[bill.asset]?.all(.bill, in: 410)
                .map(\.record).filter { $0.on < bill.paysOn.digits }.sorted { $0.on < $1.on }
                .suffix(6).map(\.amount)
            guard let before, before.count >= 3, let usual = before.median,
                Int128(bill.known) * 2 >= Int128(usual) * 3,
                Int128(bill.known) - Int128(usual) >= Int128(amount(won: 100_000))
            else { return nil }
            return Insight(
                .billAboveUsual,
                .notice,
                since: bill.paysOn,
                amount: bill.known,
                usual: usual,
                currency: currency,
                asset: bill.asset,
                evidenceCount: before.count
            )
        }
    }

    /// A category of spending whose last complete month is at least one and a half times the median
    /// of the six before, and 100,000 won above it.
    func categories() -> [Insight] {
        let last = day.month.adding(-1)
        guard basis.spending.lastDay >= last.day(31).daysSinceEpoch else { return [] }
        let report: SpendingReport
        do throws(FoldError) {
            report = try SpendingReport(
                of: basis.spending,
                in: currency,
                over: SpendingReport.Period(last: last, months: 7, lastComplete: last),
                taxonomy: basis.taxonomy
            )
        } catch {
            // Sums beyond 64 bits are told about by the report itself.
            return []
        }
        return report.spending.compactMap { total in
            let before = Array(total.series.dropLast())
            guard let amount = total.series.last, let usual = before.median, usual > 0,
                Int128(amount) * 2 >= Int128(usual) * 3,
                Int128(amount) - Int128(usual) >= Int128(self.amount(won: 100_000))
            else { return nil }
            return Insight(
                .categoryAboveUsual,
                .info,
                since: last.day(1),
                amount: amount,
                usual: usual,
                currency: currency,
                category: total.category,
                evidenceCount: before.count
            )
        }
    }

    /// A liquid balance that is expected below zero in the next month, or whose interval is.
    ///
    /// Not when it is below zero now: that is an overdraft in use.
    func balance() -> [Insight] {
        let forecast = CashFlowForecast(
            CashFlowForecast.Basis(
                spending: basis.spending,
                netWorth: basis.netWorth,
                obligations: basis.obligations,
                taxonomy: basis.taxonomy
            ),
            in: currency,
            on: day,
            months: 1
        )
        guard let forecast, let balance = forecast.balance, balance >= 0 else { return [] }
        let isExpected = forecast.lowest.expected < 0
        let first = forecast.path.first { isExpected ? $0.expected < 0 : $0.low < 0 }
        guard let first else { return [] }
        return [
            Insight(
                .balanceBelowZero,
                isExpected ? .warning : .info,
                since: first.day,
                amount: isExpected ? forecast.lowest.expected : first.low,
                usual: first.expected,
                currency: currency,
                evidenceCount: forecast.accuracy.first?.count ?? 0
            )
        ]
    }

    /// A loan that is to be repaid whole within sixty days.
    func maturities() -> [Insight] {
        basis.obligations.assets.flatMap { id, asset -> [Insight] in
            guard !asset.isClosed else { return [] }
            return asset.all(.loanState, in: currency.numericCode).compactMap { state in
                guard let terms = asset.terms(ofLoan: state), state.record.amount > 0,
                    let matures = CivilDate(knownDigits: terms.on),
                    matures >= day, matures <= day.adding(days: 60)
                else { return nil }
                return Insight(
                    .loanMatures,
                    .notice,
                    since: matures,
                    amount: state.record.amount,
                    currency: currency,
                    asset: id,
                    evidenceCount: 1
                )
            }
        }
    }
}
