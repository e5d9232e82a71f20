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

    /// A text of a class: as it is, its first letter, or nothing.
    func text(_ text: String?, _ sensitivity: SensitivityClass) -> String? {
        guard let text else { return nil }
        switch use(of: sensitivity) {
        case .allowed: return text
        case .masked: return text.prefix(1) + "••"
        case .refused: return nil
        }
    }

    func apply(to view: inout SubjectView) {
        for place in view.assets.indices {
            // A product's name with the number of the account behind it.
            view.assets[place].name = text(view.assets[place].name, .identifying)
            if use(of: .personal) != .allowed { view.assets[place].balanceOn = nil }
        }
    }

    func apply(to view: inout SpendingView) {
        guard use(of: .restricted) != .allowed else { return }
        // Where a person goes and what they buy there; the sums of months stay.
        view.merchants = []
        view.recurring = []
        guard use(of: .personal) != .allowed else { return }
        view.categories = []
        for place in view.months.indices { view.months[place].byCategory = [:] }
    }

    func apply(to line: inout TransactionLine) {
        // A merchant of a card, or what stands on the passbook.
        line.merchant = text(line.merchant, .restricted)
        guard use(of: .personal) != .allowed else { return }
        line.day = line.day.month.day(1)
        line.category = nil
        line.categoryName = nil
        line.link = nil
    }

    func apply(to titles: inout AssetTitles) {
        for (asset, title) in titles {
            titles[asset]?.name = text(title.name, .identifying)
        }
    }

    /// Lines as they may be seen; a filter by category would tell the category that is hidden.
    func masked(
        _ lines: Listing<TransactionLine>,
        isFiltered: Bool
    ) throws(Problem) -> Listing<TransactionLine> {
        guard !isFiltered || use(of: .personal) == .allowed else { throw Problem(.useRefused) }
        var lines = lines
        for place in lines.items.indices { apply(to: &lines.items[place]) }
        return lines
    }
}
