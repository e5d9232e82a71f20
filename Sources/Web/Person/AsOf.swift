public import Finance
import Hummingbird

/// What was known of a person at a point of their log, or by the end of a day.
///
/// `as_of=c5` is what the first five frames say; `as_of=2026-03-31` what had been recorded by the
/// end of that day in Korea, whenever it happened.
public enum AsOf: Sendable, Hashable {
    /// So many frames of the person's log: its cursor.
    case frames(UInt64)
    /// What was recorded by the end of the day in Korea.
    case day(CivilDate)

    /// Reads the text form; nil when it is none.
    init?(text: Substring) {
        if let counts = Cursor(text: text)?.counts, counts.count == 1 {
            self = .frames(counts[0])
            return
        }
        guard let day = CivilDate(text: text) else { return nil }
        self = .day(day)
    }
}

/// Views of a person as they were known.
public protocol PersonPast: Sendable {
    /// The integrated view as it was known then.
    func subject(_ id: String, asOf: AsOf) async throws -> SubjectView?

    /// Spending as it was known then.
    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf
    ) async throws -> SpendingView?

    /// Transactions as they were known then, each in the category that held then.
    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>?
}

extension Site {
    /// The point of the log that a request asks for; nil for now.
    func asOf(_ request: Request) throws(Problem) -> AsOf? {
        guard let text = request.uri.queryParameters["as_of"] else { return nil }
        guard let asOf = AsOf(text: text) else {
            throw Problem(.parameterInvalid, parameter: "as_of")
        }
        return asOf
    }
}
