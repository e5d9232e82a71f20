import Finance

/// The ledger as a purpose lets it be seen.
///
/// Fields that it may not have are hidden, and what it may not have at all is refused (`UseRules`).
/// Handlers have no other ledger, and a new function of `Ledger` does not compile before it says
/// here what it shows of persons.
struct PurposeLedger: Ledger {
    let base: any Ledger
    let book: any AccessBook
    /// nil: nobody is known, and nothing about persons is shown.
    let purpose: UsePurpose?

    func rules(for subject: String) async throws -> FieldRules {
        guard let purpose else { throw Problem(.tokenNeeded) }
        // A person's own view needs no age: it is the one purpose that has everything.
        let age = purpose == .ownView ? .adult : try await book.age(of: subject)
        let rules = FieldRules(purpose: purpose, age: age)
        guard rules.use(of: .financial) == .allowed else { throw Problem(.useRefused) }
        return rules
    }

    func subjects(after cursor: Cursor?, limit: Int) async throws -> Listing<SubjectSummary> {
        guard let purpose else { throw Problem(.tokenNeeded) }
        // A person's own number is in their address; the list is others'.
        guard purpose != .ownView,
            UseRules.use(of: .operational, for: purpose, age: .adult) == .allowed
        else { throw Problem(.useRefused) }
        return try await base.subjects(after: cursor, limit: limit)
    }

    func subject(_ id: String) async throws -> SubjectView? {
        guard var view = try await base.subject(id) else { return nil }
        let rules = try await rules(for: id)
        rules.apply(to: &view)
        return view
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> SpendingView? {
        let found = try await base.spending(id, from: from, through: through, currency: currency)
        guard var view = found else { return nil }
        let rules = try await rules(for: id)
        rules.apply(to: &view)
        return view
    }

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        let found = try await base.transactions(
            id,
            from: from,
            through: through,
            category: category,
            after: cursor,
            limit: limit
        )
        guard let lines = found else { return nil }
        return try await rules(for: id).masked(lines, isFiltered: category != nil)
    }

    func explanation(_ id: String, event: EventID) async throws -> CategoryReason? {
        // It quotes what stands on the passbook.
        try await whole(id) { try await base.explanation(id, event: event) }
    }

    /// What is shown whole or not at all: reports that quote texts of any class.
    func whole<Report: Sendable>(
        _ id: String,
        _ read: () async throws -> Report?
    ) async throws -> Report? {
        guard let report = try await read() else { return nil }
        guard try await rules(for: id).use(of: .restricted) == .allowed else {
            throw Problem(.useRefused)
        }
        return report
    }
}

/// What is about nobody.
extension PurposeLedger {
    func overview() async throws -> Overview { try await base.overview() }
    func subscribe() async -> AsyncStream<Overview> { await base.subscribe() }
    func frames(after cursor: Cursor?, limit: Int) async throws -> Listing<FrameHead> {
        try await base.frames(after: cursor, limit: limit)
    }
    func readiness() async -> Readiness { await base.readiness() }
    func startBackup(to directory: String) async throws -> BackupState {
        try await base.startBackup(to: directory)
    }
    func backup() async -> BackupState? { await base.backup() }
    func today() async -> CivilDate { await base.today() }
}
