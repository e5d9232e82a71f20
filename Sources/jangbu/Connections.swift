import Collector
import Finance
import Frame
import Synchronization
import Web

/// What is known of people's connections to providers: their names and time slots, and how far each
/// person's data is collected.
final class Connections: Sendable {
    private let services: Services
    private let state = Mutex(State())

    /// What the read models have of a provider.
    struct Received {
        var events: UInt64 = 0
        /// Newest business time of its answers, seconds since 1970 UTC.
        var lastAt: Int64?
    }

    private struct State {
        var providers: Providers?
        var books: SubjectBooks?
    }

    init(_ services: Services) { self.services = services }

    /// Learns names and slots; until then a provider is called by its org_code.
    func know(_ providers: Providers) { state.withLock { $0.providers = providers } }

    func name(of code: String) -> String { provider(code)?.name ?? code }

    /// Names by org_code.
    var names: [String: String] {
        let all = state.withLock { $0.providers }?.all ?? []
        return Dictionary(all.map { ($0.code, $0.name) }) { first, _ in first }
    }

    private func provider(_ code: String) -> Provider? {
        state.withLock { $0.providers }?[code]
    }

    /// Requests, tokens, days covered.
    func book(of subject: SubjectID) throws -> SubjectBook {
        let books = try state.withLock { state throws(BookError) in
            if let books = state.books { return books }
            // A page's reader comes back for the same person; thousands need not be kept.
            let books = try SubjectBooks(log: services.log, vault: services.vault, keptMax: 4_096)
            state.books = books
            return books
        }
        return try books.book(of: subject)
    }

    /// The connection under each provider's newest request, by name.
    ///
    /// `failures` are the last transfers given up, by provider.
    func sources(
        of subject: SubjectID,
        _ book: SubjectBook,
        received: [String: Received],
        failures: [String: TransferHistory.Failure],
        at now: Int64
    ) -> [SourceLine] {
        var newest: [String: TransferRequest] = [:]
        for request in book.register.requests.values {
            let known = newest[request.provider]
            guard known?.state != .live else { continue }
            let isLater = known.map { $0.requestedAt <= request.requestedAt } ?? true
            if request.state == .live || isLater { newest[request.provider] = request }
        }
        let codes = Set(newest.keys).union(book.state.providers.keys).union(received.keys)
        let lines = codes.map { code in
            line(
                subject,
                code,
                newest[code],
                book,
                received[code] ?? Received(),
                failures[code],
                at: now
            )
        }
        return lines.sorted { ($0.provider, $0.events) < ($1.provider, $1.events) }
    }

    private func line(
        _ subject: SubjectID,
        _ code: String,
        _ request: TransferRequest?,
        _ book: SubjectBook,
        _ received: Received,
        _ failure: TransferHistory.Failure?,
        at now: Int64
    ) -> SourceLine {
        let progress = book.state.providers[code]
        let lists = (progress?.lists.values).map { $0.map(\.answeredAt) } ?? []
        let calls = book.state.assets.values.filter { $0.provider == code }
            .flatMap { $0.calls.values.map(\.answeredAt) }
        // What was imported from a file was never asked for.
        let lastGood = (lists + calls).max() ?? received.lastAt
        let live = request.flatMap { $0.holds(on: KoreanClock.day(at: now)) ? $0 : nil }
        let due = live.flatMap {
            DueTime.next(
                under: $0,
                after: progress?.standing,
                in: provider(code)?.slots ?? [],
                spread: DueTime.spread(of: subject, at: code),
                now: now
            )
        }
        var state = SourceLine.State.good
        if let trouble = Connections.trouble(request, progress, failure, at: now) {
            state = .failed(reason: trouble.rawValue)
        } else if let live, live.isStale(since: lastGood, at: now) {
            state = .stale
        }
        return SourceLine(
            provider: name(of: code),
            state: state,
            lastGoodAt: lastGood.map { $0 * 1_000 },
            nextDueAt: due.map { $0 * 1_000 },
            consentEndsOn: live?.terms.endsOn,
            events: received.events
        )
    }

    private static func trouble(
        _ request: TransferRequest?,
        _ progress: CollectionState.Provider?,
        _ failure: TransferHistory.Failure?,
        at now: Int64
    ) -> TransferTrouble? {
        if let request {
            guard request.holds(on: KoreanClock.day(at: now)) else { return .consentExpired }
            if request.suspendedAt != nil { return .suspended }
        }
        guard let progress, progress.standing.failures > 0 else { return nil }
        guard let failure else { return .refused }
        return TransferTrouble(failure)
    }
}

extension TransferRequest {
    /// Whether two cycles of its regular transfer passed without data.
    fileprivate func isStale(since lastGood: Int64?, at now: Int64) -> Bool {
        let cycles = [terms.basicCycleDays, terms.additionalCycleDays].filter { $0 > 0 }
        guard terms.isScheduled, let cycle = cycles.min() else { return false }
        return now - (lastGood ?? requestedAt) > 2 * Int64(cycle) * 86_400
    }
}
