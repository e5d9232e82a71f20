import Finance

/// The ledger as a purpose lets it be seen.
///
/// Fields that it may not have are hidden, and what it may not have at all is refused (`UseRules`)
/// before anything is read. Handlers have no other ledger, and a new function of `Ledger` does not
/// compile before it says here what it shows of persons.
struct PurposeLedger: Ledger {
    let base: any Ledger
    let book: any AccessBook
    /// nil: nobody is known, and nothing about persons is shown.
    let purpose: UsePurpose?

    func rules(for subject: String) async throws -> FieldRules {
        guard let purpose else { throw Problem(.tokenNeeded) }
        // A person's own view needs no age: it is the one purpose that has everything.
        guard purpose != .ownView else { return FieldRules(purpose: purpose, age: .adult) }
        guard let age = try await book.age(of: subject) else { throw Problem(.subjectUnknown) }
        let rules = FieldRules(purpose: purpose, age: age)
        guard rules.use(of: .financial) == .allowed else { throw Problem(.useRefused) }
        return rules
    }

    /// The same at a point of the person's log.
    ///
    /// Where days are hidden, only what was known at the
    /// end of a month: the days between would tell on which one a thing came.
    func rules(for subject: String, _ asOf: AsOf?) async throws -> FieldRules {
        let rules = try await rules(for: subject)
        if let asOf { try rules.check(asOf) }
        return rules
    }

    /// Refuses what may be seen in full or not at all.
    func require(_ sensitivity: SensitivityClass, of subject: String) async throws {
        guard try await rules(for: subject).use(of: sensitivity) == .allowed else {
            throw Problem(.useRefused)
        }
    }

    /// Refuses lists: numbers of persons, which say nothing outside, how much there is and came.
    ///
    /// A person's own number is in their address; lists are others'.
    func requireLists() throws(Problem) {
        guard let purpose else { throw Problem(.tokenNeeded) }
        guard seesLists(purpose) else { throw Problem(.useRefused) }
    }

    func subjects(after cursor: Cursor?, limit: Int) async throws -> Listing<SubjectSummary> {
        try requireLists()
        return try await base.subjects(after: cursor, limit: limit)
    }

    func subject(_ id: String, asOf: AsOf?) async throws -> SubjectView? {
        let rules = try await rules(for: id, asOf)
        return rules.masked(try await base.subject(id, asOf: asOf))
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> SpendingView? {
        let rules = try await rules(for: id, asOf)
        return rules.masked(
            try await base.spending(
                id,
                from: from,
                through: through,
                currency: currency,
                asOf: asOf
            )
        )
    }

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf?,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        let rules = try await rules(for: id, asOf)
        try rules.checkFilter(category)
        return rules.masked(
            try await base.transactions(
                id,
                from: from,
                through: through,
                category: category,
                asOf: asOf,
                after: cursor,
                limit: limit
            )
        )
    }

    func explanation(_ id: String, event: EventID) async throws -> CategoryReason? {
        // It quotes what stands on the passbook.
        try await require(.restricted, of: id)
        return try await base.explanation(id, event: event)
    }

    /// Who looked; it tells how a person's data is used, as consents do.
    func accesses(
        of subject: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<DataAccess>? {
        try await require(.operational, of: subject)
        return try await book.accesses(of: subject, after: cursor, limit: limit)
    }
}

/// Whether a purpose has lists of persons and what was put aside.
func seesLists(_ purpose: UsePurpose) -> Bool {
    purpose != .ownView && UseRules.use(of: .operational, for: purpose, age: .adult) == .allowed
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
