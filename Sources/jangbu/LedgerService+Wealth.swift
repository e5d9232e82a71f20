import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// What is complete, what a person is worth, what is expected and worth telling.
extension LedgerService {
    /// Frames of one person that the payments of a feed are read from: the newest.
    private static let feedFramesMax: UInt64 = 4_096

    func coverage(_ id: String, asOf: AsOf?) async throws -> CoverageView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let state = try read(services.coverage, subject, at: point)?.state ?? CoverageState()
        return CoverageView(
            day: point.day,
            report: CoverageReport(of: state),
            titles: try holdings(of: subject, at: point).titles
        )
    }

    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> WealthView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let holdings = try holdings(of: subject, at: point)
        let state = try read(services.netWorth, subject, at: point)?.state ?? NetWorthState()
        let chosen = currency ?? holdings.currencies.first ?? .krw
        return WealthView(
            currencies: holdings.currencies,
            report: try NetWorthReport(
                of: state,
                in: chosen,
                through: through,
                months: Int(through.index - from.index) + 1
            ),
            change: try NetWorthChange(of: state, in: chosen, from: from.adding(-1), to: through),
            titles: holdings.titles
        )
    }

    func forecast(
        _ id: String,
        months: Int,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> ForecastView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let day = point.day
        let holdings = try holdings(of: subject, at: point)
        let chosen = currency ?? holdings.currencies.first ?? .krw
        let spending = try read(services.spending, subject, at: point)?.state ?? SpendingState()
        let obligations =
            try read(services.obligations, subject, at: point)?.state ?? ObligationsState()
        let taxonomy = services.rules.taxonomy
        let forecast = CashFlowForecast(
            CashFlowForecast.Basis(
                spending: spending,
                netWorth: try read(services.netWorth, subject, at: point)?.state ?? NetWorthState(),
                obligations: obligations,
                taxonomy: taxonomy
            ),
            in: chosen,
            on: day,
            months: months
        )
        return ForecastView(
            day: day,
            currencies: holdings.currencies,
            forecast: forecast,
            fixed: try FixedCostReport(
                of: spending,
                obligations,
                in: chosen,
                on: day,
                taxonomy: taxonomy
            ),
            bills: CardBillOutlook(of: obligations, after: day),
            dues: obligations.dues(
                in: chosen,
                from: day.adding(days: 1),
                through: day.adding(months: Int32(months))
            ),
            titles: holdings.titles,
            taxonomy: taxonomy
        )
    }

    func insights(_ id: String, currency: Currency?, asOf: AsOf?) async throws -> InsightView? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let day = point.day
        let holdings = try holdings(of: subject, at: point)
        let chosen = currency ?? holdings.currencies.first ?? .krw
        let taxonomy = services.rules.taxonomy
        let feed = InsightFeed(
            InsightFeed.Basis(
                spending: try read(services.spending, subject, at: point)?.state ?? SpendingState(),
                netWorth: try read(services.netWorth, subject, at: point)?.state ?? NetWorthState(),
                obligations: try read(services.obligations, subject, at: point)?.state
                    ?? ObligationsState(),
                payments: try payments(of: subject, at: point),
                taxonomy: taxonomy
            ),
            in: chosen,
            on: day
        )
        return InsightView(
            day: day,
            currencies: holdings.currencies,
            currency: chosen,
            insights: feed.insights,
            titles: holdings.titles,
            taxonomy: taxonomy
        )
    }

    /// Titles of a person's assets, and the currencies in them, the one with most first.
    private func holdings(
        of subject: SubjectID,
        at point: Point
    ) throws -> (titles: AssetTitles, currencies: [Currency]) {
        guard let reading = try read(services.integrated, subject, at: point) else {
            return ([:], [.krw])
        }
        let report = try IntegratedReport(of: reading.state)
        var titles: AssetTitles = [:]
        for asset in report.assets {
            titles[asset.id] = AssetTitle(
                id: asset.id.text,
                kind: AssetKind(rawValue: asset.kind) ?? .unspecified,
                provider: connections.name(of: asset.provider),
                name: asset.shownName
            )
        }
        let totals = report.totals.sorted {
            ($1.assets.magnitude, $0.currency) < ($0.assets.magnitude, $1.currency)
        }
        // Amounts of different currencies do not compare; won is what people here live in.
        let others = totals.map(\.currency).filter { $0 != .krw }
        let hasWon = totals.isEmpty || totals.contains { $0.currency == .krw }
        return (titles, (hasWon ? [.krw] : []) + others)
    }

    /// Payments of the days that a feed looks at, from the person's own log.
    private func payments(of subject: SubjectID, at point: Point) throws -> [Payment] {
        var book = PaymentBook(
            rules: services.rules,
            from: point.day.adding(days: -InsightFeed.daysMax)
        )
        let size = try point.revision ?? services.log.durableSize(of: subject)
        var revision = size - min(size, LedgerService.feedFramesMax)
        var opener = try FrameOpener()
        while revision < size {
            let limit = Int(min(256, size - revision))
            let next = try services.log.read(subject, from: revision, limit: limit) { frame in
                guard !frame.isTombstone else { return }
                let header = try FrameHeader(frame.bytes)
                guard header.kind == .provider else { return }
                do {
                    let key = try services.vault.key(
                        of: subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch,
                        for: .service
                    )
                    _ = try opener.open(frame.bytes, key: key)
                } catch VaultError.compartmentErased {
                    return
                }
                defer { opener.close() }
                try LedgerService.take(opener.events, header, into: &book)
            }
            guard next > revision else { break }
            revision = next
        }
        return book.payments
    }

    private static func take(
        _ events: Span<UInt8>,
        _ header: FrameHeader,
        into book: inout PaymentBook
    ) throws {
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while let event = try cursor.next() {
            try book.take(event, at: Payment.Place(revision: header.revision, index: index))
            index += 1
        }
    }
}
