import Collector
import Commands
import Finance
import Frame
import Projections
import Vault
import Web

/// What a person allowed, how their connections are, what was sent and deleted.
extension LedgerService {
    func consents(_ id: String) async throws -> ConsentView? {
        guard let subject = live(id) else { return nil }
        return ConsentView(
            day: day,
            register: try services.desk.register(of: subject),
            names: connections.names
        )
    }

    func transfers(
        _ id: String,
        in days: ClosedRange<CivilDate>,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> TransferView? {
        guard let subject = live(id) else { return nil }
        let history = try history(of: subject, days)
        let first = history.firstNumber
        let end = first + UInt64(history.entries.count)
        // Counted from the oldest, so that what comes meanwhile moves nothing.
        let upper = min(end, max(first, cursor?.counts.first ?? end))
        let lower = upper - min(upper - first, UInt64(limit))
        let counts = try services.counters.read(subject)?.state
        let report = try services.integrated.read(subject).map {
            try IntegratedReport(of: $0.state)
        }
        return TransferView(
            days: days,
            sources: connections.sources(
                of: subject,
                try connections.book(of: subject),
                received: LedgerService.received(report, counts),
                failures: history.sums.compactMapValues(\.lastFailure),
                at: nowSeconds
            ),
            entries: history.entries[Int(lower - first)..<Int(upper - first)].reversed(),
            next: lower > first ? Web.Cursor([lower]) : nil,
            names: connections.names
        )
    }

    func notice(_ id: String, of days: ClosedRange<CivilDate>) async throws -> NoticeView? {
        guard let subject = live(id) else { return nil }
        return NoticeView(
            history: try history(of: subject, days),
            register: try services.desk.register(of: subject),
            names: connections.names
        )
    }

    /// The connections as the integrated view's page shows them.
    func sources(
        of subject: SubjectID,
        _ report: IntegratedReport,
        _ counts: SubjectCountersState?
    ) throws -> [SourceLine] {
        let book = try connections.book(of: subject)
        var failures: [String: TransferHistory.Failure] = [:]
        // Why is asked of the evidence only where something failed.
        if book.state.providers.values.contains(where: { $0.standing.failures > 0 }) {
            let last = day.adding(days: 1)
            failures = try history(of: subject, last.adding(months: -12)...last).sums
                .compactMapValues(\.lastFailure)
        }
        return connections.sources(
            of: subject,
            book,
            received: LedgerService.received(report, counts),
            failures: failures,
            at: nowSeconds
        )
    }

    /// What came of open assets, by provider.
    private static func received(
        _ report: IntegratedReport?,
        _ counts: SubjectCountersState?
    ) -> [String: Connections.Received] {
        var received: [String: Connections.Received] = [:]
        for asset in report?.assets ?? [] where !asset.isClosed {
            var known = received[asset.provider] ?? Connections.Received()
            known.events += counts?.eventCount(of: asset.id) ?? 0
            // What a provider's clock says may be any number; beyond all years it is no time.
            if let last = asset.lastGood, CivilDate(secondsSinceEpoch: last) != nil {
                known.lastAt = max(known.lastAt ?? last, last)
            }
            received[asset.provider] = known
        }
        return received
    }

    private func history(
        of subject: SubjectID,
        _ days: ClosedRange<CivilDate>
    ) throws -> TransferHistory {
        try histories.history(of: subject, days, from: services.desk)
    }

    /// Seconds since 1970-01-01 UTC, by the simulated clock where there is one.
    var nowSeconds: Int64 { now / 1_000_000 }
}
