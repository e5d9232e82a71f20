// Reports about a made-up person, by the real folds over the person's story.
import Finance
import Synchronization
import Web

extension TestLedger {
    /// Stories by person: the same for every ledger of one seed, and dear to fold.
    private static let stories = Mutex<[String: TestStory]>([:])

    func story(_ id: String, _ asOf: AsOf? = nil) throws -> TestStory? {
        guard let person = try past(id, asOf) else { return nil }
        let last = day(asOf)
        var story = TestLedger.stories.withLock { stories in
            let key = "\(id) \(person.lines.count) \(last)"
            let story = stories[key] ?? TestStory(person, through: last)
            stories[key] = story
            return story
        }
        for event in revocations.withLock({ $0[id] ?? [] }) {
            try story.register.evolve(by: event)
        }
        return story
    }

    private func day(_ asOf: AsOf?) -> CivilDate {
        guard case .day(let day) = asOf else { return TestPerson.today }
        return day
    }

    private func titles(_ id: String) throws -> AssetTitles {
        TestStory.titles(try person(id)?.lines.isEmpty == false)
    }

    func coverage(_ id: String, asOf: AsOf?) async throws -> CoverageView? {
        guard let story = try story(id, asOf) else { return nil }
        return CoverageView(
            day: day(asOf),
            report: CoverageReport(of: story.coverage),
            titles: try titles(id)
        )
    }

    func consents(_ id: String) async throws -> ConsentView? {
        guard let story = try story(id) else { return nil }
        return ConsentView(
            day: TestPerson.today,
            register: story.register,
            names: TestStory.names
        )
    }

    func transfers(
        _ id: String,
        in days: ClosedRange<CivilDate>,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> TransferView? {
        guard let story = try story(id), let person = try person(id) else { return nil }
        var history = TransferHistory(days)
        for event in story.consentEvents { history.take(event) }
        let end = UInt64(history.entries.count)
        let upper = min(end, cursor?.counts.first ?? end)
        let lower = upper - min(upper, UInt64(limit))
        return TransferView(
            days: days,
            sources: person.report.sources,
            entries: history.entries[Int(lower)..<Int(upper)].reversed(),
            next: lower > 0 ? Cursor([lower]) : nil,
            names: TestStory.names
        )
    }

    func notice(_ id: String, of days: ClosedRange<CivilDate>) async throws -> NoticeView? {
        guard let story = try story(id) else { return nil }
        var history = TransferHistory(days)
        for event in story.consentEvents { history.take(event) }
        return NoticeView(history: history, register: story.register, names: TestStory.names)
    }

    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> WealthView? {
        guard let story = try story(id, asOf) else { return nil }
        let chosen = currency ?? .krw
        return WealthView(
            currencies: [.krw],
            report: try NetWorthReport(
                of: story.netWorth,
                in: chosen,
                through: through,
                months: Int(through.index - from.index) + 1
            ),
            change: try NetWorthChange(
                of: story.netWorth,
                in: chosen,
                from: from.adding(-1),
                to: through
            ),
            titles: try titles(id)
        )
    }

    func trace(
        _ id: String,
        of asset: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> TraceView? {
        guard let story = try story(id) else { return nil }
        let found = try titles(id).first { $0.value.id == asset }
        guard let (key, title) = found else { return nil }
        let worth = try NetWorthChange.worth(
            of: key,
            story.netWorth,
            in: currency ?? .krw,
            from: from.adding(-1),
            to: through
        )
        let isAccount = key == TestStory.Asset.account.id
        return try TraceView(
            title: title,
            from: from,
            through: through,
            before: Money(thousandths: worth.before, currency: currency ?? .krw),
            after: Money(thousandths: worth.after, currency: currency ?? .krw),
            movements: story.movements.filter {
                isAccount && from <= $0.day.month && $0.day.month <= through
            }
        )
    }

    func forecast(
        _ id: String,
        months: Int,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> ForecastView? {
        guard let story = try story(id, asOf) else { return nil }
        let chosen = currency ?? .krw
        let day = day(asOf)
        let taxonomy = TestStory.rules.taxonomy
        return ForecastView(
            day: day,
            currencies: [.krw],
            forecast: CashFlowForecast(
                CashFlowForecast.Basis(
                    spending: story.spending,
                    netWorth: story.netWorth,
                    obligations: story.obligations,
                    taxonomy: taxonomy
                ),
                in: chosen,
                on: day,
                months: months
            ),
            fixed: try FixedCostReport(
                of: story.spending,
                story.obligations,
                in: chosen,
                on: day,
                taxonomy: taxonomy
            ),
            bills: CardBillOutlook(of: story.obligations, after: day),
            dues: story.obligations.dues(
                in: chosen,
                from: day.adding(days: 1),
                through: day.adding(months: Int32(months))
            ),
            titles: try titles(id),
            taxonomy: taxonomy
        )
    }

    func insights(_ id: String, currency: Currency?, asOf: AsOf?) async throws -> InsightView? {
        guard let story = try story(id, asOf) else { return nil }
        let chosen = currency ?? .krw
        let taxonomy = TestStory.rules.taxonomy
        let feed = InsightFeed(
            InsightFeed.Basis(
                spending: story.spending,
                netWorth: story.netWorth,
                obligations: story.obligations,
                payments: story.payments.payments,
                taxonomy: taxonomy
            ),
            in: chosen,
            on: day(asOf)
        )
        return InsightView(
            day: day(asOf),
            currencies: [.krw],
            currency: chosen,
            insights: feed.insights,
            titles: try titles(id),
            taxonomy: taxonomy
        )
    }
}
