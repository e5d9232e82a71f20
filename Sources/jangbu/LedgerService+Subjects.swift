import EventLog
import Finance
import Foundation
import Frame
import Projections
import Vault
import Web

/// Persons, their assets and their spending.
extension LedgerService {
    func subjects(
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<SubjectSummary> {
        let all = services.vault.subjects
        let start = Int(clamping: cursor?.counts.first ?? 0)
        guard start < all.count else { return Listing(items: [], next: nil) }
        let end = min(all.count, start + limit)
        let items = try all[start..<end].map { subject in
            let size = try services.log.durableSize(of: subject)
            var recordedAt: Int64?
            if size > 0 {
                _ = try services.log.read(subject, from: size - 1, limit: 1) { frame in
                    guard !frame.isTombstone else { return }
                    recordedAt = try FrameHeader(frame.bytes).recordedAt / 1_000
                }
            }
            return SubjectSummary(
                id: subject.description,
                frames: size,
                assets: try services.vault.assets(of: subject).count,
                lastRecordedAt: recordedAt
            )
        }
        return Listing(
            items: items,
            next: end < all.count ? Web.Cursor([UInt64(end)]) : nil
        )
    }

    func live(_ id: String) -> SubjectID? {
        guard let subject = SubjectID(hexadecimal: id), !subject.isPlatform,
            services.vault.state(of: subject) == .live
        else { return nil }
        return subject
    }

    func subject(_ id: String, asOf: AsOf?) async throws -> SubjectView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        guard let reading = try read(services.integrated, subject, at: point) else {
            return SubjectView(id: "\(subject)", frames: 0, assets: [], totals: [], sources: [])
        }
        let counts = try read(services.counters, subject, at: point)?.state
        let report = try IntegratedReport(of: reading.state)
        let assets = report.assets.filter { !$0.isClosed }.map { asset in
            AssetLine(
                asset,
                provider: connections.name(of: asset.provider),
                transactions: counts?.eventCount(of: asset.id) ?? 0
            )
        }
        return SubjectView(
            id: "\(subject)",
            frames: reading.revision,
            assets: assets,
            totals: try report.totals.map { total in
                let owes = Money(thousandths: total.liabilities, currency: total.currency)
                return CurrencyTotal(
                    has: Money(thousandths: total.assets, currency: total.currency),
                    owes: try owes.negated(),
                    net: Money(thousandths: total.net, currency: total.currency)
                )
            }.sorted { $0.has.thousandths > $1.has.thousandths },
            // How connections stand is known of now alone.
            sources: asOf == nil ? try sources(of: subject, report, counts) : []
        )
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> SpendingView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let state = try read(services.spending, subject, at: point)?.state ?? SpendingState()
        return try view(of: state, from: from, through: through, currency: currency, on: point.day)
    }

    private func view(
        of state: SpendingState,
        from: Month,
        through: Month,
        currency: Currency?,
        on day: CivilDate
    ) throws -> SpendingView {
        let totals = try state.monthlyTotals()
        let taxonomy = services.rules.taxonomy
        var spentBy: [Currency: Int128] = [:]
        for total in totals where taxonomy[total.category]?.kind == .expense {
            spentBy[total.currency, default: 0] += Int128(total.sum)
        }
        for known in state.currencies { spentBy[known, default: 0] += 0 }
        let currencies = spentBy.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let chosen = currency ?? currencies.first ?? .krw
        let count = Int(through.index - from.index) + 1
        let report = try SpendingReport(
            of: state,
            in: chosen,
            over: .init(last: through, months: count, lastComplete: day.month.adding(-1)),
            taxonomy: taxonomy
        )
        var view = SpendingView(from: from, through: through, currency: chosen)
        if !currencies.isEmpty { view.currencies = currencies }
        try view.fill(report, taxonomy, on: day)
        view.spentBefore = try spentBefore(state, from, count, chosen)
        return view
    }

    /// Spending in the months just before, if anything is known of the first of them or earlier.
    private func spentBefore(
        _ state: SpendingState,
        _ from: Month,
        _ count: Int,
        _ currency: Currency
    ) throws -> Money? {
        let last = from.adding(-1)
        let first = from.adding(Int32(-count))
        let oldest = try state.monthlyTotals().filter { $0.currency == currency }.map(\.month).min()
        guard let oldest, oldest <= first else { return nil }
        let report = try SpendingReport(
            of: state,
            in: currency,
            over: .init(last: last, months: count),
            taxonomy: services.rules.taxonomy
        )
        return try Money.sum(report.months.map(\.spent), of: currency)
    }
}

extension Money {
    /// The sum of amounts in thousandths.
    fileprivate static func sum(_ thousandths: [Int64], of currency: Currency) throws -> Money {
        try thousandths.reduce(.zero(currency)) { sum, amount in
            try sum.adding(Money(thousandths: amount, currency: currency))
        }
    }
}

extension AssetLine {
    init(_ asset: IntegratedReport.Asset, provider: String, transactions: UInt64) {
        // Of several currencies, the one with most in it.
        let worth = asset.worth.max {
            $0.amount.thousandths.magnitude < $1.amount.thousandths.magnitude
        }
        let kind = AssetKind(rawValue: asset.kind) ?? .unspecified
        self.init(
            id: asset.id.text,
            kind: AssetGroup(kind),
            exactKind: kind,
            provider: provider,
            name: asset.shownName,
            balance: worth?.amount,
            balanceOn: worth.flatMap { CivilDate(secondsSinceEpoch: $0.asOf) },
            points: asset.points.first.map { $0.amount.thousandths / 1_000 },
            transactions: transactions
        )
    }
}

extension IntegratedReport.Asset {
    /// Product and masked number, as far as the provider gave them.
    var shownName: String? {
        let names = [name, number].filter { !$0.isEmpty }
        return names.isEmpty ? nil : names.joined(separator: " ")
    }
}

extension AssetID {
    /// 32 hexadecimal digits, as the compartment's id.
    var text: String { CompartmentID(high: high, low: low).description }
}

extension SpendingView {
    mutating func fill(_ report: SpendingReport, _ taxonomy: Taxonomy, on day: CivilDate) throws {
        let currency = report.currency
        func money(_ thousandths: Int64) -> Money {
            Money(thousandths: thousandths, currency: currency)
        }
        months = report.months.enumerated().map { index, month in
            var byCategory: [String: Money] = [:]
            for category in report.spending where category.series[index] != 0 {
                guard let slug = taxonomy[category.category]?.slug else { continue }
                byCategory[slug] = money(category.series[index])
            }
            return MonthSpending(
                month: month.month,
                spent: money(month.spent),
                income: money(month.income),
                byCategory: byCategory
            )
        }
        spent = try Money.sum(report.months.map(\.spent), of: currency)
        income = try Money.sum(report.months.map(\.income), of: currency)
        spentTrend = SpendingTrend(report.spendingTrend, of: currency)
        incomeTrend = SpendingTrend(report.incomeTrend, of: currency)
        categories = report.spending.compactMap { total in
            guard let entry = taxonomy[total.category] else { return nil }
            return CategorySpending(
                id: entry.slug,
                name: LocalizedName(ko: entry.korean, en: entry.english),
                spent: money(total.sum),
                count: UInt64(max(0, total.count))
            )
        }
        merchants = report.merchants.map {
            MerchantSpending(name: $0.name, spent: money($0.sum), count: UInt64(max(0, $0.count)))
        }
        recurring = try report.recurring.prefix(50).map { payment in
            let amount = money(payment.amount)
            return RecurringLine(
                merchant: payment.name,
                isIncoming: payment.isIncoming,
                amount: payment.amount < 0 ? try amount.negated() : amount,
                interval: payment.interval,
                count: UInt64(payment.evidenceCount),
                lastOn: payment.last,
                nextOn: payment.isActive(on: day) ? payment.next : nil
            )
        }
    }
}

extension SpendingTrend {
    fileprivate init(_ trend: Trend, of currency: Currency) {
        self.init(
            months: trend.months,
            average: Money(thousandths: trend.average, currency: currency),
            slope: Money(thousandths: trend.slope, currency: currency)
        )
    }
}
