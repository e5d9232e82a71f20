import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// A person as they were known: the log's beginning folded anew, with what can still be opened.
extension LedgerService {
    func subject(_ id: String, asOf: AsOf) async throws -> SubjectView? {
        guard let subject = live(id) else { return nil }
        let revision = try revision(of: subject, asOf: asOf)
        return try view(
            subject,
            services.integrated.read(subject, asOf: revision),
            services.counters.read(subject, asOf: revision)?.state
        )
    }

    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf
    ) async throws -> SpendingView? {
        guard let subject = live(id) else { return nil }
        let revision = try revision(of: subject, asOf: asOf)
        let state = try services.spending.read(subject, asOf: revision)?.state
        return try view(
            of: state ?? SpendingState(),
            from: from,
            through: through,
            currency: currency
        )
    }

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        guard let subject = live(id) else { return nil }
        let revision = try revision(of: subject, asOf: asOf)
        return try transactions(
            of: subject,
            Selection(from: from, through: through, category: category, limit: limit),
            after: cursor,
            size: revision,
            profile: try services.spending.read(subject, asOf: revision)?.state
        )
    }

    /// Frames of the person's log that were there.
    ///
    /// Of a day, those before the first that was recorded after it: recorded-at is data, and only
    /// the order of the log is order.
    private func revision(of subject: SubjectID, asOf: AsOf) throws -> UInt64 {
        let size = try services.log.durableSize(of: subject)
        switch asOf {
        case .frames(let count): return min(count, size)
        case .day(let day):
            // Midnight in Korea after it, in microseconds.
            let end = (Int64(day.daysSinceEpoch) + 1) * 86_400_000_000 - 32_400_000_000
            var revision: UInt64 = 0
            var isAfter = false
            while revision < size, !isAfter {
                let next = try services.log.read(subject, from: revision, limit: 256) { frame in
                    guard !isAfter else { return }
                    // A tombstone tells no time; it is as old as its neighbours.
                    if !frame.isTombstone {
                        isAfter = try FrameHeader(frame.bytes).recordedAt >= end
                    }
                    if !isAfter { revision += 1 }
                }
                guard isAfter || next == revision else { break }
            }
            return revision
        }
    }
}
