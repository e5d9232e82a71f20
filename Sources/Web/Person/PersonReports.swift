public import Finance

/// What is told about one person beyond what they have and spend now: `Ledger` has all of it.
///
/// Every function gives `nil` for a person who is unknown or erased, and an empty report for one of
/// whom nothing is known yet. `asOf` is a point of the past: what was known then, seen from that
/// day, or from today when frames are named; `nil` is now.
public protocol PersonReports: Sendable {
    /// Which days are proven complete, which are covered, where the gaps are.
    func coverage(_ id: String, asOf: AsOf?) async throws -> CoverageView?

    /// Membership, transfer requests, agreements, deletions, purges and notices.
    func consents(_ id: String) async throws -> ConsentView?

    /// How each provider's connection is, and what happened in these days, the newest first.
    ///
    /// Pages go back from the newest entry that there was when the first was asked for.
    func transfers(
        _ id: String,
        in days: ClosedRange<CivilDate>,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> TransferView?

    /// The yearly notice about these days.
    func notice(_ id: String, of days: ClosedRange<CivilDate>) async throws -> NoticeView?

    /// Net worth at the ends of the months, and why it changed from the end of the month before
    /// them; `nil` for the currency is the one with most in it.
    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> WealthView?

    /// Why one asset changed from the end of the month before `from` to that of `through`, down to
    /// its events; also `nil` for an asset that the person does not have. `asset` is the
    /// compartment's id, 32 hexadecimal digits.
    func trace(
        _ id: String,
        of asset: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> TraceView?

    /// What is expected in the next `months`, 1...3.
    func forecast(
        _ id: String,
        months: Int,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> ForecastView?

    /// What is worth telling the person today.
    func insights(_ id: String, currency: Currency?, asOf: AsOf?) async throws -> InsightView?
}

/// Names an asset where it is one of many.
public struct AssetTitle: Sendable, Hashable {
    /// The compartment's id: 32 hexadecimal digits.
    public var id: String
    /// What it is.
    public var kind: AssetKind
    /// Name of the provider, as it is shown.
    public var provider: String
    /// Name of the product, or masked number; `nil` when the provider gave none.
    public var name: String?

    /// An asset's title.
    public init(id: String, kind: AssetKind, provider: String, name: String?) {
        (self.id, self.kind, self.provider, self.name) = (id, kind, provider, name)
    }
}

/// Titles of a person's assets.
public typealias AssetTitles = [AssetID: AssetTitle]

/// What is known to be complete of one person's data.
public struct CoverageView: Sendable {
    /// The day of the report.
    public var day: CivilDate
    /// What is proven, covered and missing; closed assets too.
    public var report: CoverageReport
    /// Titles of the assets in it.
    public var titles: AssetTitles

    /// A report with titles.
    public init(day: CivilDate, report: CoverageReport, titles: AssetTitles) {
        (self.day, self.report, self.titles) = (day, report, titles)
    }
}

/// What one person allowed, and what its end deleted.
public struct ConsentView: Sendable {
    /// The day of the report; what holds is as of it.
    public var day: CivilDate
    /// All of it.
    public var register: TransferRegister
    /// Names of providers by org_code, as far as they are known.
    public var names: [String: String]

    /// A register with names.
    public init(day: CivilDate, register: TransferRegister, names: [String: String]) {
        (self.day, self.register, self.names) = (day, register, names)
    }
}

/// One page of a person's transfer history, with the state of each connection.
public struct TransferView: Sendable {
    /// Days that it is about.
    public var days: ClosedRange<CivilDate>
    /// One for each provider.
    public var sources: [SourceLine]
    /// Newest first.
    public var entries: [TransferHistory.Entry]
    /// Goes on with older entries; `nil` at the end.
    public var next: Cursor?
    /// Names of providers by org_code, as far as they are known.
    public var names: [String: String]

    /// A page of history.
    public init(
        days: ClosedRange<CivilDate>,
        sources: [SourceLine],
        entries: [TransferHistory.Entry],
        next: Cursor?,
        names: [String: String]
    ) {
        (self.days, self.sources, self.entries) = (days, sources, entries)
        (self.next, self.names) = (next, names)
    }
}

/// What the yearly notice is made from.
public struct NoticeView: Sendable {
    /// What happened in its days.
    public var history: TransferHistory
    /// What stands now.
    public var register: TransferRegister
    /// Names of providers by org_code, as far as they are known.
    public var names: [String: String]

    /// The parts of a notice.
    public init(history: TransferHistory, register: TransferRegister, names: [String: String]) {
        (self.history, self.register, self.names) = (history, register, names)
    }
}

/// Net worth by month, and why it changed.
public struct WealthView: Sendable {
    /// Every currency that the person has or owes something in.
    public var currencies: [Currency]
    /// Net worth at the ends of the months.
    public var report: NetWorthReport
    /// From the end of the month before the first to that of the last.
    public var change: NetWorthChange
    /// Titles of the assets in it.
    public var titles: AssetTitles

    /// A report with its explanation.
    public init(
        currencies: [Currency],
        report: NetWorthReport,
        change: NetWorthChange,
        titles: AssetTitles
    ) {
        (self.currencies, self.report) = (currencies, report)
        (self.change, self.titles) = (change, titles)
    }
}

/// What is expected of one person's money.
public struct ForecastView: Sendable {
    /// The day on which it is made.
    public var day: CivilDate
    /// Every currency that the person has or owes something in.
    public var currencies: [Currency]
    /// The balance to come; `nil` when less than three whole months are known.
    public var forecast: CashFlowForecast?
    /// What goes out regularly.
    public var fixed: FixedCostReport
    /// Card bills to come, and what remains of instalments; in won.
    public var bills: CardBillOutlook
    /// What falls due in the months of the forecast.
    public var dues: [Due]
    /// Titles of the assets in it.
    public var titles: AssetTitles
    /// Names of the categories in it.
    public var taxonomy: Taxonomy

    /// All that is expected.
    public init(
        day: CivilDate,
        currencies: [Currency],
        forecast: CashFlowForecast?,
        fixed: FixedCostReport,
        bills: CardBillOutlook,
        dues: [Due],
        titles: AssetTitles,
        taxonomy: Taxonomy
    ) {
        (self.day, self.currencies, self.forecast) = (day, currencies, forecast)
        (self.fixed, self.bills, self.dues) = (fixed, bills, dues)
        (self.titles, self.taxonomy) = (titles, taxonomy)
    }
}

/// What is worth telling one person.
public struct InsightView: Sendable {
    /// The day of the feed.
    public var day: CivilDate
    /// Every currency that the person has or owes something in.
    public var currencies: [Currency]
    /// The currency of the feed.
    public var currency: Currency
    /// Most severe and newest first.
    public var insights: [Insight]
    /// Titles of the assets in it.
    public var titles: AssetTitles
    /// Names of the categories in it.
    public var taxonomy: Taxonomy

    /// A feed with names.
    public init(
        day: CivilDate,
        currencies: [Currency],
        currency: Currency,
        insights: [Insight],
        titles: AssetTitles,
        taxonomy: Taxonomy
    ) {
        (self.day, self.currencies, self.currency) = (day, currencies, currency)
        (self.insights, self.titles, self.taxonomy) = (insights, titles, taxonomy)
    }
}
