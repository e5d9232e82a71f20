import Commands
import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// What a person says of their own transactions, over the log.
extension LedgerService {
    /// A view is waited for at most so long after what a person said is durable; it follows by
    /// itself then.
    private static let foldingMax: Duration = .seconds(5)

    func categories() async -> [CategoryChoice] {
        let taxonomy = services.rules.taxonomy
        return taxonomy.entries.compactMap { entry in
            guard entry.category != entry.primary, let group = taxonomy[entry.primary] else {
                return nil
            }
            return CategoryChoice(
                id: entry.slug,
                name: LocalizedName(ko: entry.korean, en: entry.english),
                group: LocalizedName(ko: group.korean, en: group.english)
            )
        }
    }

    func previewCorrection(
        _ id: String,
        _ order: CorrectionOrder
    ) async throws -> CorrectionPreview? {
        guard let subject = live(id) else { return nil }
        let book = try services.preferences.book(of: subject)
        let moves = try LedgerService.refusing { () throws(PreferenceRefusal) in
            try book.moves(order.command)
        }
        let newest = moves.sorted {
            let (one, other) = (book.entries[$0.number], book.entries[$1.number])
            return (other.movement.day, other.id) < (one.movement.day, one.id)
        }
        return CorrectionPreview(
            count: UInt64(moves.count),
            moves: newest.prefix(CorrectionPreview.movesMax).compactMap { move in
                let entry = book.entries[move.number]
                guard let before = named(move.before), let after = named(move.after) else {
                    return nil
                }
                return CorrectionPreview.Move(
                    event: EventID(entry.id),
                    day: entry.movement.day,
                    merchant: entry.movement.counterparty.isEmpty
                        ? nil : entry.movement.counterparty,
                    amount: Money(
                        thousandths: entry.movement.change,
                        currency: entry.movement.currency
                    ),
                    before: before,
                    after: after
                )
            },
            cursor: Web.Cursor([book.frameCount])
        )
    }

    func correct(
        _ id: String,
        _ order: CorrectionOrder,
        request: PersonRequest
    ) async throws -> Answered<CorrectionLine>? {
        guard let subject = live(id) else { return nil }
        return try await carryOut(of: subject, request) { book throws(PreferenceRefusal) in
            try book.decide(order.command)
        }
    }

    func withdrawCorrection(
        _ id: String,
        correction: EventID
    ) async throws -> Answered<CorrectionLine>? {
        guard let subject = live(id) else { return nil }
        let place = EventPlace(correction)
        let book = try services.preferences.book(of: subject)
        // What was taken back stays so: the same again is answered as it was.
        if let known = book.corrections.first(where: { $0.id == place }),
            case .withdrawn(let by) = known.state, let line = line(by, in: book)
        {
            return Answered(line, isReplayed: true)
        }
        return try await carryOut(of: subject, nil) { book throws(PreferenceRefusal) in
            try book.decide(WithdrawCorrection(place))
        }
    }

    func corrections(
        _ id: String,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<CorrectionLine>? {
        guard let subject = live(id) else { return nil }
        let book = try services.preferences.book(of: subject)
        // Counted from the oldest, so that one that comes meanwhile moves none.
        let end = min(
            book.corrections.count,
            Int(clamping: cursor?.counts.first ?? UInt64(book.corrections.count))
        )
        let start = max(0, end - limit)
        return Listing(
            items: book.corrections[start..<end].reversed().map(line),
            next: start > 0 ? Web.Cursor([UInt64(start)]) : nil
        )
    }

    func changes(
        _ id: String,
        after cursor: Web.Cursor?,
        through last: Web.Cursor?,
        limit: Int
    ) async throws -> ChangeListing? {
        guard let subject = live(id) else { return nil }
        let counts = cursor?.counts ?? []
        let first = ChangeCursor(
            revision: counts.first ?? 0,
            offset: Int(clamping: counts.dropFirst().first ?? 0)
        )
        var page = ChangePage(after: first, limit: limit)
        let end = min(
            try services.log.durableSize(of: subject),
            last?.counts.first ?? .max
        )
        _ = try services.preferences.book(of: subject, through: end) { revision, changes in
            page.take(changes, revision: revision)
        }
        var slugs: [Finance.Category: String] = [:]
        for entry in services.rules.taxonomy.entries { slugs[entry.category] = entry.slug }
        let next =
            page.next.offset > 0
            ? Web.Cursor([page.next.revision, UInt64(page.next.offset)])
            : Web.Cursor([page.next.revision])
        return ChangeListing(
            items: page.changes,
            next: next,
            hasMore: page.next.revision < end,
            rules: services.rules.digest,
            slugs: slugs
        )
    }

    /// Records what a person says and answers once the views have it.
    private func carryOut(
        of subject: SubjectID,
        _ request: PersonRequest?,
        _ decide: @escaping PreferenceDesk.Decision
    ) async throws -> Answered<CorrectionLine>? {
        let outcome: PreferenceDesk.Outcome
        do {
            outcome = try await services.preferences.carryOut(
                of: subject,
                at: Clock.now,
                request: request.map { RequestName($0.name, asking: $0.content) },
                decide
            )
        } catch {
            throw LedgerService.refusal(error)
        }
        try await waitUntilFolded(subject, outcome.place.revision)
        let book = try services.preferences.book(of: subject)
        // A decision about a link under the name of a correction's request.
        guard let line = line(outcome.place, in: book) else { throw PersonRefusal.requestReused }
        return Answered(line, isReplayed: outcome.isReplayed)
    }

    private func waitUntilFolded(_ subject: SubjectID, _ revision: UInt64) async throws {
        let until = ContinuousClock.now + LedgerService.foldingMax
        while ContinuousClock.now < until {
            if try isFolded(subject, revision) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func isFolded(_ subject: SubjectID, _ revision: UInt64) throws -> Bool {
        // Not do-catch: swift 6.3.1 does not compile a pattern on this typed error.
        switch Result(catching: { try services.spending.read(subject)?.revision ?? 0 }) {
        case .success(let next): return next > revision
        case .failure(let error as ProjectionError):
            if case .catchingUp = error { return false }
            throw error
        case .failure(let error): throw error
        }
    }

    private func line(_ place: EventPlace, in book: TransactionBook) -> CorrectionLine? {
        book.corrections.first { $0.id == place }.map(line)
    }

    private func line(_ correction: Correction) -> CorrectionLine {
        let scope: CorrectionLine.Scope =
            switch correction.scope {
            case .transaction(let place): .transaction(EventID(place))
            case .merchant: .merchant(correction.merchantName)
            }
        var state: CorrectionLine.State =
            switch correction.state {
            case .inForce: .inForce
            case .replaced: .replaced
            case .withdrawn: .withdrawn
            }
        if correction.withdrawn != nil { state = .withdrawal }
        return CorrectionLine(
            event: EventID(correction.id),
            scope: scope,
            category: correction.category.flatMap(named),
            before: named(correction.categoryBefore),
            moved: UInt64(correction.changedCount),
            saidAt: correction.seconds * 1_000,
            withdrawn: correction.withdrawn.map { EventID($0) },
            state: state
        )
    }

    private func named(_ slug: String) -> NamedCategory? {
        services.rules.taxonomy.category(slug: slug).flatMap(named)
    }

    private func named(_ category: Finance.Category) -> NamedCategory? {
        services.rules.taxonomy[category].map {
            NamedCategory(id: $0.slug, name: LocalizedName(ko: $0.korean, en: $0.english))
        }
    }

    private static func refusing<R>(
        _ body: () throws(PreferenceRefusal) -> R
    ) throws -> R {
        do throws(PreferenceRefusal) { return try body() } catch {
            throw PersonRefusal(error)
        }
    }

    static func refusal(_ error: PreferenceError) -> any Error {
        switch error {
        case .refused(let refusal): PersonRefusal(refusal)
        case .requestReused: PersonRefusal.requestReused
        case .requestInFlight: PersonRefusal.requestInFlight
        case .logTooLong: error
        case .record(let error): error
        }
    }
}

extension PersonRefusal {
    fileprivate init(_ refusal: PreferenceRefusal) {
        self =
            switch refusal {
            case .transactionUnknown: .transactionUnknown
            case .categoryUnknown: .categoryUnknown
            case .merchantUnnamed: .merchantUnnamed
            case .correctionUnknown: .correctionUnknown
            case .correctionNotInForce: .correctionNotInForce
            case .linkUnknown: .linkUnknown
            case .full: .full
            }
    }
}

extension CorrectionOrder {
    fileprivate var command: CorrectCategory {
        CorrectCategory(
            transaction: EventPlace(event),
            isForMerchant: isForMerchant,
            category: category
        )
    }
}
