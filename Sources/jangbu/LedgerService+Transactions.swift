import Commands
import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// Single transactions, read from the person's own log when they are asked for.
extension LedgerService {
    /// Frames of one person that a request looks at: bounds its time; a list goes on after them.
    private static let framesMax: UInt64 = 4_096
    /// Frames that are opened together going back: few at first, as most lists end soon.
    private static let spanFirst: UInt64 = 16
    private static let spanMax: UInt64 = 256

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf?,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        guard let subject = live(id) else { return nil }
        let point = try point(of: subject, asOf)
        let size = try point.revision ?? services.log.durableSize(of: subject)
        let reader = TransactionReader(
            try services.preferences.book(of: subject, through: size),
            profile: try read(services.spending, subject, at: point)?.state
        )
        return try transactions(
            of: subject,
            Selection(from: from, through: through, category: category, limit: limit),
            after: cursor,
            size: size,
            with: reader
        )
    }

    /// What a list is asked for.
    private struct Selection {
        let from: Month
        let through: Month
        let category: String?
        let limit: Int
    }

    /// A page of the transactions in the first `size` frames, of which `reader` knows what stands.
    private func transactions(
        of subject: SubjectID,
        _ selection: Selection,
        after cursor: Web.Cursor?,
        size: UInt64,
        with reader: TransactionReader
    ) throws -> Listing<TransactionLine> {
        let (from, through) = (selection.from, selection.through)
        let (category, limit) = (selection.category, selection.limit)
        var items: [TransactionLine] = []
        // Everything before this event is still to be listed.
        var place = Place(cursor, size: size)
        var looked: UInt64 = 0
        var span = LedgerService.spanFirst
        walk: while !place.isBeginning, looked < LedgerService.framesMax {
            let end = place.frameEnd
            let start = end - min(end, span)
            var found: [TransactionLine] = []
            try forEachTransaction(of: subject, in: start..<end, reader) { transaction in
                let line = transaction.line
                guard place.isAfter(line.event), line.day.month >= from, line.day.month <= through
                else { return }
                if category == nil || line.category == category { found.append(line) }
            }
            for line in found.reversed() {
                guard items.count < limit else { break walk }
                items.append(line)
                place = Place(revision: line.event.revision, index: line.event.index)
            }
            place = Place(revision: start, index: 0)
            looked += end - start
            span = min(LedgerService.spanMax, span * 2)
        }
        items.sort {
            ($1.day, $1.event.revision, $1.event.index)
                < ($0.day, $0.event.revision, $0.event.index)
        }
        items = linked(items, by: reader.book)
        return Listing(items: items, next: place.isBeginning ? nil : place.cursor)
    }

    /// A place between two events of a person's log.
    private struct Place {
        /// The event just after it.
        let revision: UInt64
        let index: UInt32

        init(revision: UInt64, index: UInt32) { (self.revision, self.index) = (revision, index) }

        /// Where a list goes on; the log's end without a cursor, or with one from elsewhere.
        init(_ cursor: Web.Cursor?, size: UInt64) {
            guard let counts = cursor?.counts, let revision = counts.first, revision < size else {
                self.init(revision: size, index: 0)
                return
            }
            self.init(revision: revision, index: UInt32(clamping: counts.dropFirst().first ?? 0))
        }

        var isBeginning: Bool { revision == 0 && index == 0 }
        /// After the last frame that has an event before this place.
        var frameEnd: UInt64 { index == 0 ? revision : revision + 1 }
        var cursor: Web.Cursor { Web.Cursor([revision, UInt64(index)]) }

        func isAfter(_ event: EventID) -> Bool {
            (event.revision, event.index) < (revision, index)
        }
    }

    func explanation(_ id: String, event: EventID) async throws -> CategoryReason? {
        guard let subject = live(id) else { return nil }
        let size = try services.log.durableSize(of: subject)
        guard event.revision < size else { return nil }
        var found: Transaction?
        let reader = TransactionReader(
            try services.preferences.book(of: subject, through: size),
            profile: try services.spending.read(subject)?.state
        )
        try forEachTransaction(of: subject, in: event.revision..<event.revision + 1, reader) {
            if $0.line.event == event { found = $0 }
        }
        guard var found, found.line.category != nil else { return nil }
        found.line = linked([found.line], by: reader.book)[0]
        if let correction = found.correction { return reason(found, correction) }
        let why = services.rules.explain(found.ruling, text: found.text.span)
        var others: UInt64 = 0
        let start = size - min(size, LedgerService.framesMax)
        try forEachTransaction(of: subject, in: start..<size, reader) { other in
            guard other.line.event != event else { return }
            if services.rules.explain(other.ruling).rule == why.rule { others += 1 }
        }
        let reason = why.reason.isEmpty ? why.rule : why.reason
        return CategoryReason(
            transaction: found.line,
            rule: why.rule,
            ruleText: LocalizedName(ko: reason, en: reason),
            version: "\(why.rulesVersion)-" + String(why.rulesDigest, radix: 16),
            evidence: evidence(found, why),
            others: others
        )
    }

    /// What the person said goes before any rule; what the rules had chosen is told along.
    private func reason(
        _ found: Transaction,
        _ correction: SpendingState.Correction
    ) -> CategoryReason {
        let why = services.rules.explain(found.ruling, text: found.text.span)
        return CategoryReason(
            transaction: found.line,
            rule: "person",
            ruleText: LocalizedName(
                ko: "\(correction.day)에 직접 고쳤어요.",
                en: "Corrected by you on \(correction.day)."
            ),
            version: "\(why.rulesVersion)-" + String(why.rulesDigest, radix: 16),
            evidence: [.init(kind: .person, value: "\(correction.day)")] + evidence(found, why),
            others: 0
        )
    }

    private func evidence(_ found: Transaction, _ why: Explanation) -> [CategoryReason.Clue] {
        var evidence: [CategoryReason.Clue] = []
        if !why.matched.isEmpty {
            evidence.append(.init(kind: why.evidence, value: why.matched))
        }
        if found.movement.mcc != 0, why.evidence != .mcc {
            evidence.append(.init(kind: .mcc, value: String(found.movement.mcc)))
        }
        if !found.movement.expense.isEmpty, why.evidence != .expense {
            evidence.append(.init(kind: .expense, value: found.movement.expense))
        }
        return evidence
    }

    /// Opens frames of a person, in order, for the purpose of showing them.
    private func forEachTransaction(
        of subject: SubjectID,
        in revisions: Range<UInt64>,
        _ reader: TransactionReader,
        _ body: (Transaction) -> Void
    ) throws {
        var revision = revisions.lowerBound
        var opener = try FrameOpener()
        while revision < revisions.upperBound {
            let limit = Int(min(LedgerService.spanMax, revisions.upperBound - revision))
            let next = try services.log.read(subject, from: revision, limit: limit) { frame in
                guard !frame.isTombstone else { return }
                let header = try FrameHeader(frame.bytes)
                guard header.kind == .provider else { return }
                do {
                    let key = try services.vault.key(
                        of: subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch,
                        for: .service
                    )
                    _ = try opener.open(frame.bytes, key: key)
                } catch VaultError.compartmentErased {
                    return
                }
                try reader.read(opener.events, header, body)
                opener.close()
            }
            guard next > revision else { break }
            revision = next
        }
    }
}
