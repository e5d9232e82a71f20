// The made-up people's past: a line is a frame, and was recorded on its own day.
import Finance
import Web

extension TestLedger {
    func past(_ id: String, _ asOf: AsOf?) throws -> TestPerson? {
        var found: TestPerson?
        var fails = false
        change { state in
            fails = state.fails
            found = state.people.first { $0.id == id }
        }
        guard !fails else { throw LedgerFault() }
        switch asOf {
        case nil: break
        case .frames(let count): found?.lines.removeAll { $0.event.revision >= count }
        case .day(let day): found?.lines.removeAll { $0.day > day }
        }
        return found
    }

    func subject(_ id: String, asOf: AsOf?) async throws -> SubjectView? {
        var view = try past(id, asOf)?.report
        if asOf != nil { view?.sources = [] }
        return view
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> SpendingView? {
        try past(id, asOf)?.spending(from: from, through: through, currency: currency)
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
        guard let person = try past(id, asOf) else { return nil }
        let lines = person.lines.reversed().filter {
            from <= $0.day.month && $0.day.month <= through
                && (category == nil || category == $0.category)
        }
        let begin = Int(clamping: cursor?.counts.first ?? 0)
        let rest = lines.dropFirst(begin)
        return Listing(
            items: Array(rest.prefix(limit)),
            next: rest.count > limit ? Cursor([UInt64(begin + limit)]) : nil
        )
    }
}
