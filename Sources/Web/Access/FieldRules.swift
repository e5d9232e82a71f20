import Finance

/// What one purpose may see of one person, applied to what is shown.
///
/// The class of each field is that of `Schemas/catalog`; where a view has one text for fields of
/// several classes, the highest counts.
struct FieldRules: Sendable {
    let purpose: UsePurpose
    let age: AgeBand

    func use(of sensitivity: SensitivityClass) -> Use {
        UseRules.use(of: sensitivity, for: purpose, age: age)
    }

    /// Whether days, categories and what belongs together are shown as they are.
    private var seesDays: Bool { use(of: .personal) == .allowed }

    /// A text of a class: as it is, its first letter, or nothing.
    func text(_ text: String?, _ sensitivity: SensitivityClass) -> String? {
        guard let text else { return nil }
        switch use(of: sensitivity) {
        case .allowed: return text
        case .masked: return text.prefix(1) + "••"
        case .refused: return nil
        }
    }

    /// Refuses a filter that would tell the category that is hidden.
    func checkFilter(_ category: String?) throws(Problem) {
        guard category == nil || seesDays else { throw Problem(.useRefused) }
    }

    /// Refuses a point of the log, or a day, by which the days that are hidden could be told.
    func check(_ asOf: AsOf) throws(Problem) {
        guard !seesDays else { return }
        guard case .day(let day) = asOf, day == day.month.end else {
            throw Problem(.useRefused, parameter: "as_of")
        }
    }

    func masked(_ view: SubjectView?) -> SubjectView? {
        guard var view else { return nil }
        for place in view.assets.indices {
            // A product's name with the number of the account behind it.
            view.assets[place].name = text(view.assets[place].name, .identifying)
            if !seesDays { view.assets[place].balanceOn = nil }
        }
        return view
    }

    func masked(_ view: SpendingView?) -> SpendingView? {
        guard var view, use(of: .restricted) != .allowed else { return view }
        // Where a person goes and what they buy there; the sums of months stay.
        view.merchants = []
        view.recurring = []
        guard !seesDays else { return view }
        view.categories = []
        for place in view.months.indices { view.months[place].byCategory = [:] }
        return view
    }

    func masked(_ lines: Listing<TransactionLine>?) -> Listing<TransactionLine>? {
        guard var lines else { return nil }
        for place in lines.items.indices { apply(to: &lines.items[place]) }
        return lines
    }

    func masked(_ view: CoverageView?) -> CoverageView? {
        guard var view else { return nil }
        apply(to: &view.titles)
        // The days between which balances do not follow are days of movements, and what is missing
        // is the amount of one.
        if !seesDays { view.report = view.report.byMonths() }
        return view
    }

    func masked(_ view: WealthView?) -> WealthView? {
        guard var view else { return nil }
        apply(to: &view.titles)
        return view
    }

    private func apply(to line: inout TransactionLine) {
        // A merchant of a card, or what stands on the passbook.
        line.merchant = text(line.merchant, .restricted)
        guard !seesDays else { return }
        line.day = line.day.month.day(1)
        line.category = nil
        line.categoryName = nil
        line.link = nil
    }

    private func apply(to titles: inout AssetTitles) {
        for (asset, title) in titles {
            titles[asset]?.name = text(title.name, .identifying)
        }
    }
}
