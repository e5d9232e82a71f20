import Finance
import Web

// What tests ask of now.

extension Ledger {
    /// The integrated view of one person.
    func subject(_ id: String) async throws -> SubjectView? {
        try await subject(id, asOf: nil)
    }

    /// Spending of one person.
    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> SpendingView? {
        try await spending(id, from: from, through: through, currency: currency, asOf: nil)
    }

    /// A person's transactions.
    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        try await transactions(
            id,
            from: from,
            through: through,
            category: category,
            asOf: nil,
            after: cursor,
            limit: limit
        )
    }
}

extension PersonReports {
    /// Which days are proven complete.
    func coverage(_ id: String) async throws -> CoverageView? {
        try await coverage(id, asOf: nil)
    }

    /// Net worth, and why it changed.
    func netWorth(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> WealthView? {
        try await netWorth(id, from: from, through: through, currency: currency, asOf: nil)
    }

    /// What is expected.
    func forecast(
        _ id: String,
        months: Int,
        currency: Currency?
    ) async throws -> ForecastView? {
        try await forecast(id, months: months, currency: currency, asOf: nil)
    }

    /// What is worth telling.
    func insights(_ id: String, currency: Currency?) async throws -> InsightView? {
        try await insights(id, currency: currency, asOf: nil)
    }
}
