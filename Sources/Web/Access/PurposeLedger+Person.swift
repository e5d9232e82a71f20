import Finance

/// What a purpose sees of one person's reports.
extension PurposeLedger {
    func coverage(_ id: String, asOf: AsOf?) async throws -> CoverageView? {
        let rules = try await rules(for: id, asOf)
        return rules.masked(try await base.coverage(id, asOf: asOf))
    }

    func consents(_ id: String) async throws -> ConsentView? {
        // How data came, and nothing of what is in it.
        try await require(.operational, of: id)
        return try await base.consents(id)
    }

    func transfers(
        _ id: String,
        in days: ClosedRange<CivilDate>,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> TransferView? {
        try await require(.operational, of: id)
        return try await base.transfers(id, in: days, after: cursor, limit: limit)
    }

    func notice(_ id: String, of days: ClosedRange<CivilDate>) async throws -> NoticeView? {
        try await require(.operational, of: id)
        return try await base.notice(id, of: days)
    }

    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> WealthView? {
        let rules = try await rules(for: id, asOf)
        return rules.masked(
            try await base.netWorth(
                id,
                from: from,
                through: through,
                currency: currency,
                asOf: asOf
            )
        )
    }

    func trace(
        _ id: String,
        of asset: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> TraceView? {
        // It goes down to single movements.
        try await require(.restricted, of: id)
        return try await base.trace(
            id,
            of: asset,
            from: from,
            through: through,
            currency: currency
        )
    }

    func forecast(
        _ id: String,
        months: Int,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> ForecastView? {
        // It names who is paid regularly.
        try await require(.restricted, of: id)
        return try await base.forecast(id, months: months, currency: currency, asOf: asOf)
    }

    func insights(_ id: String, currency: Currency?, asOf: AsOf?) async throws -> InsightView? {
        try await require(.restricted, of: id)
        return try await base.insights(id, currency: currency, asOf: asOf)
    }
}

/// A person's transactions as a history: quoted from the passbook, so whole or not at all.
extension PurposeLedger {
    func categories() async -> [CategoryChoice] { await base.categories() }

    func previewCorrection(
        _ id: String,
        _ order: CorrectionOrder
    ) async throws -> CorrectionPreview? {
        try await require(.restricted, of: id)
        return try await base.previewCorrection(id, order)
    }

    func correct(
        _ id: String,
        _ order: CorrectionOrder,
        request: PersonRequest
    ) async throws -> Answered<CorrectionLine>? {
        try requireOwn()
        return try await base.correct(id, order, request: request)
    }

    func withdrawCorrection(
        _ id: String,
        correction: EventID
    ) async throws -> Answered<CorrectionLine>? {
        try requireOwn()
        return try await base.withdrawCorrection(id, correction: correction)
    }

    func corrections(
        _ id: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<CorrectionLine>? {
        try await require(.restricted, of: id)
        return try await base.corrections(id, after: cursor, limit: limit)
    }

    func export(_ id: String, _ format: ExportFormat) async throws -> PersonExport? {
        try await require(.restricted, of: id)
        return try await base.export(id, format)
    }

    func changes(
        _ id: String,
        after cursor: Cursor?,
        through last: Cursor?,
        limit: Int
    ) async throws -> ChangeListing? {
        try await require(.restricted, of: id)
        return try await base.changes(id, after: cursor, through: last, limit: limit)
    }

    func links(_ id: String, after cursor: Cursor?, limit: Int) async throws -> Listing<LinkLine>? {
        try await require(.restricted, of: id)
        return try await base.links(id, after: cursor, limit: limit)
    }

    func decideLink(
        _ id: String,
        _ order: LinkOrder,
        request: PersonRequest
    ) async throws -> Answered<DecisionLine>? {
        try requireOwn()
        return try await base.decideLink(id, order, request: request)
    }

    /// Before anything is recorded: what a person says, only they say.
    private func requireOwn() throws(Problem) {
        guard purpose == .ownView else { throw Problem(.useRefused) }
    }
}

/// The collection is about providers. An answer that was put aside is somebody's, so a look at one
/// is recorded, and nobody is told what is in it: provider, interface, where it breaks the standard
/// and how much of it can be read. That much is needed to mend it, whoever it is of.
extension PurposeLedger {
    func collection() async throws -> CollectionReport { try await base.collection() }

    func quarantine(after cursor: Cursor?, limit: Int) async throws -> Listing<QuarantineLine> {
        try requireLists()
        return try await base.quarantine(after: cursor, limit: limit)
    }

    func quarantined(_ id: String) async throws -> (QuarantineLine, QuarantineResult) {
        try requireLists()
        return try await base.quarantined(id)
    }

    func redrive(_ id: String, by actor: String) async throws -> QuarantineResult {
        try requireLists()
        return try await base.redrive(id, by: actor)
    }

    func discard(_ id: String, note: String, by actor: String) async throws -> QuarantineResult {
        try requireLists()
        return try await base.discard(id, note: note, by: actor)
    }
}
