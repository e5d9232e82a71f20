import Finance

/// What a purpose sees of one person's reports.
extension PurposeLedger {
    func coverage(_ id: String) async throws -> CoverageView? {
        guard var view = try await base.coverage(id) else { return nil }
        try await rules(for: id).apply(to: &view.titles)
        return view
    }

    func consents(_ id: String) async throws -> ConsentView? {
        try await operational(id) { try await base.consents(id) }
    }

    func transfers(
        _ id: String,
        in days: ClosedRange<CivilDate>,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> TransferView? {
        try await operational(id) {
            try await base.transfers(id, in: days, after: cursor, limit: limit)
        }
    }

    func notice(_ id: String, of days: ClosedRange<CivilDate>) async throws -> NoticeView? {
        try await operational(id) { try await base.notice(id, of: days) }
    }

    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> WealthView? {
        let found = try await base.netWorth(id, from: from, through: through, currency: currency)
        guard var view = found else { return nil }
        try await rules(for: id).apply(to: &view.titles)
        return view
    }

    func trace(
        _ id: String,
        of asset: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> TraceView? {
        // It goes down to single movements.
        try await whole(id) {
            try await base.trace(id, of: asset, from: from, through: through, currency: currency)
        }
    }

    func forecast(_ id: String, months: Int, currency: Currency?) async throws -> ForecastView? {
        // It names who is paid regularly.
        try await whole(id) { try await base.forecast(id, months: months, currency: currency) }
    }

    func insights(_ id: String, currency: Currency?) async throws -> InsightView? {
        try await whole(id) { try await base.insights(id, currency: currency) }
    }

    /// What says how data came, and nothing of what is in it.
    private func operational<Report: Sendable>(
        _ id: String,
        _ read: () async throws -> Report?
    ) async throws -> Report? {
        guard let report = try await read() else { return nil }
        guard try await rules(for: id).use(of: .operational) == .allowed else {
            throw Problem(.useRefused)
        }
        return report
    }
}

/// A person's transactions as a history: quoted from the passbook, so whole or not at all.
extension PurposeLedger {
    func categories() async -> [CategoryChoice] { await base.categories() }

    func previewCorrection(
        _ id: String,
        _ order: CorrectionOrder
    ) async throws -> CorrectionPreview? {
        try await whole(id) { try await base.previewCorrection(id, order) }
    }

    func correct(
        _ id: String,
        _ order: CorrectionOrder,
        request: PersonRequest
    ) async throws -> Answered<CorrectionLine>? {
        try await own(id)
        return try await base.correct(id, order, request: request)
    }

    func withdrawCorrection(
        _ id: String,
        correction: EventID
    ) async throws -> Answered<CorrectionLine>? {
        try await own(id)
        return try await base.withdrawCorrection(id, correction: correction)
    }

    func corrections(
        _ id: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<CorrectionLine>? {
        try await whole(id) { try await base.corrections(id, after: cursor, limit: limit) }
    }

    func export(_ id: String, _ format: ExportFormat) async throws -> PersonExport? {
        try await whole(id) { try await base.export(id, format) }
    }

    func changes(
        _ id: String,
        after cursor: Cursor?,
        through last: Cursor?,
        limit: Int
    ) async throws -> ChangeListing? {
        try await whole(id) {
            try await base.changes(id, after: cursor, through: last, limit: limit)
        }
    }

    func links(_ id: String, after cursor: Cursor?, limit: Int) async throws -> Listing<LinkLine>? {
        try await whole(id) { try await base.links(id, after: cursor, limit: limit) }
    }

    func decideLink(
        _ id: String,
        _ order: LinkOrder,
        request: PersonRequest
    ) async throws -> Answered<DecisionLine>? {
        try await own(id)
        return try await base.decideLink(id, order, request: request)
    }

    /// Before anything is recorded: what a person says, only they say.
    private func own(_ id: String) async throws {
        guard purpose == .ownView else { throw Problem(.useRefused) }
    }
}

/// What was known then is shown as what is known now.
extension PurposeLedger {
    func subject(_ id: String, asOf: AsOf) async throws -> SubjectView? {
        guard var view = try await base.subject(id, asOf: asOf) else { return nil }
        try await rules(for: id).apply(to: &view)
        return view
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf
    ) async throws -> SpendingView? {
        let found = try await base.spending(
            id,
            from: from,
            through: through,
            currency: currency,
            asOf: asOf
        )
        guard var view = found else { return nil }
        try await rules(for: id).apply(to: &view)
        return view
    }

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        let found = try await base.transactions(
            id,
            from: from,
            through: through,
            category: category,
            asOf: asOf,
            after: cursor,
            limit: limit
        )
        guard let lines = found else { return nil }
        return try await rules(for: id).masked(lines, isFiltered: category != nil)
    }
}

/// The collection is about providers; who looks at it is told no person's content.
extension PurposeLedger {
    func collection() async throws -> CollectionReport { try await base.collection() }

    func quarantine(after cursor: Cursor?, limit: Int) async throws -> Listing<QuarantineLine> {
        try await base.quarantine(after: cursor, limit: limit)
    }

    func quarantined(_ id: String) async throws -> (QuarantineLine, QuarantineResult) {
        try await base.quarantined(id)
    }

    func redrive(_ id: String, by actor: String) async throws -> QuarantineResult {
        try await base.redrive(id, by: actor)
    }

    func discard(_ id: String, note: String, by actor: String) async throws -> QuarantineResult {
        try await base.discard(id, note: note, by: actor)
    }
}
