// What a provider's answer changes against what the log holds: docs/mydata.md, "Identity and
// change".

internal import Cryptography
internal import Finance
internal import Frame
internal import Vault

extension SubjectDraft {
    /// Which rows of an answer the log does not hold as often as the answer does, and which parts
    /// of a state it holds otherwise.
    ///
    /// Afterwards `desk.answer` has what is in the answer so far.
    mutating func decide(
        _ piece: Piece,
        of statement: Statement,
        _ outcome: inout Outcome,
        _ desk: inout Desk
    ) {
        desk.answer.begin(covering: covered(by: statement))
        if piece.firstRow > 0, let first = piece.rows.first {
            // Another batch had the rows before; rarely, as they fill half of one.
            look(at: statement.events.span.extracting(0..<first.bounds.lowerBound), &desk)
        }
        for row in piece.rows where row.kind == .outcome {
            let bytes = statement.events.span.extracting(row.bounds)
            desk.answer.note(outcome: bytes, with: &desk.hash)
        }
        model.withRows(of: outcome.compartment) { known in
            known.reserve(piece.rows.count)
            for (index, row) in piece.rows.enumerated() {
                let bytes = statement.events.span.extracting(row.bounds)
                let learnt =
                    switch row.kind {
                    case .movement:
                        known.learn(movement: bytes, row.place, &desk.answer, &desk.hash)
                    case .outcome:
                        known.learn(outcome: bytes, row.place, &desk.answer, &desk.hash)
                    case .state: known.learn(part: bytes, row.place, &desk.answer, &desk.hash)
                    }
                switch learnt {
                case .known: continue
                case .new: break
                case .newOccurrence(let number):
                    outcome.occurrences[piece.firstRow + index] = number
                }
                outcome.rows.append(piece.firstRow + index)
            }
        }
    }

    /// Notes in `desk.answer` what is in it before a piece.
    private func look(at events: Span<UInt8>, _ desk: inout Desk) {
        var nothing = KnownRows()
        var cursor = Frame.EventCursor()
        do throws(FrameError) {
            while let bounds = try cursor.next(in: events) {
                let bytes = events.extracting(bounds)
                guard let event = RowHash.event(bytes) else { continue }
                _ =
                    RowHash.kind(of: event) == .state
                    ? nothing.learn(part: bytes, .none, &desk.answer, &desk.hash)
                    : nothing.learn(movement: bytes, .none, &desk.answer, &desk.hash)
            }
        } catch {
            // What is before a piece ends with the length of the piece's first row.
        }
    }

    /// Takes back or ends what an answer should have and does not.
    mutating func takeMissing(
        _ outcome: inout Outcome,
        of statement: Statement,
        at target: CompartmentKey,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        guard case .answer(let apiCode, let scope) = statement.origin else { return }
        let missing = model.withRows(of: target.id) { $0.missing(in: desk.answer) }
        if !missing.isEmpty {
            try retract(
                missing,
                &outcome,
                of: statement,
                at: target,
                with: &desk,
                into: &frames
            )
        }
        guard scope == .state else { return }
        let ended = model.withRows(of: target.id) { $0.missingParts(apiCode, in: desk.answer) }
        guard !ended.isEmpty else { return }
        try end(ended, &outcome, of: statement, at: target, with: &desk, into: &frames)
    }

    /// The days that an answer covers and that are over, or the bill whose lines it has.
    private func covered(by statement: Statement) -> ClosedRange<RowPlace>? {
        if case .answer(let apiCode, .bill(let month, let number)) = statement.origin {
            let bill = RowPlace(apiCode: apiCode, billOf: month, number: number)
            return bill.isSomewhere ? bill...bill : nil
        }
        guard case .answer(let apiCode, .days(let days)) = statement.origin,
            let settled = CollectionState.lastWholeDay(at: now / 1_000_000)
        else { return nil }
        let last = min(days.upperBound, settled)
        guard days.lowerBound <= last else { return nil }
        let first = RowPlace(apiCode: apiCode, day: days.lowerBound.daysSinceEpoch)
        return first...RowPlace(apiCode: apiCode, day: last.daysSinceEpoch)
    }

    private mutating func retract(
        _ missing: [UInt64: UInt32],
        _ outcome: inout Outcome,
        of statement: Statement,
        at target: CompartmentKey,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        let found = try loader.movements(
            Set(missing.keys),
            in: target.id,
            of: opening.subject,
            below: opening.revision,
            using: &desk
        )
        let keys = naturalKeys(of: statement, &desk.hash)
        // In the log's order, so that the same answer gives the same frames.
        var taken: [PlacedEvent] = []
        for (content, count) in missing {
            // The last recorded of equal rows go first.
            taken += (found[content] ?? []).suffix(Int(count))
        }
        taken.sort { ($0.revision, $0.index) < ($1.revision, $1.index) }
        for row in rows(taken, target.id, keys, missing, &desk) {
            guard frames.bytes.count < RecordLimit.bytesPerBatchMax else {
                outcome.isWhole = false
                break
            }
            let retraction = RetractionView(
                of: row.place.bytes.span,
                reason: row.isChanged ? .changed : .vanished,
                revision: row.place.revision,
                index: row.place.index
            )
            let envelope = EventEnvelope(
                occurredAt: now / 1_000_000,
                api: ProviderAPI(rawValue: Int(row.apiCode)) ?? .unspecified
            )
            try put(
                row.place.bytes.count + SubjectDraft.retractionBytes,
                at: target,
                statement.hasCounterpartyText,
                with: &desk,
                into: &frames
            ) { EventWriter.append(retraction, at: envelope, to: &$0) }
            model.withRows(of: target.id) { $0.remove(row.place.bytes.span, with: &desk.hash) }
            outcome.retracted += 1
        }
    }

    /// A row that an answer takes back.
    private struct TakenRow {
        let place: PlacedEvent
        /// Another row of the answer takes its place; else it vanished.
        let isChanged: Bool
        let at: Int64
        let apiCode: UInt32
    }

    /// Which of `taken`, in the log's order, no longer stand, in the order in which they go.
    ///
    /// Those whose place another takes go in the log's order, as the others came. What vanished
    /// goes newest first: each then gives way to a balance that is told by a row that still stands
    /// (`NetWorth`).
    private func rows(
        _ taken: [PlacedEvent],
        _ compartment: CompartmentID,
        _ keys: Set<UInt64>,
        _ missing: [UInt64: UInt32],
        _ desk: inout Desk
    ) -> [TakenRow] {
        var lastOfKey: [UInt64: PlacedEvent.Position] = [:]
        for place in taken {
            guard let event = RowHash.event(place.bytes.span),
                let key = desk.hash.outcomeKey(of: event)
            else { continue }
            lastOfKey[key] = place.position
        }
        var (changed, vanished): ([TakenRow], [TakenRow]) = ([], [])
        for place in taken {
            guard let event = RowHash.event(place.bytes.span) else { continue }
            var isChanged = desk.hash.key(of: event).map { keys.contains($0) } ?? false
            // Some providers list a cancelled approval on the day of its cancellation only: of what
            // it said at different times, that which was recorded last.
            if !isChanged, let key = desk.hash.outcomeKey(of: event),
                hasOutcome(key, compartment, missing)
            {
                guard let last = lastOfKey[key], last != place.position else { continue }
                isChanged = true
            }
            let row = TakenRow(
                place: place,
                isChanged: isChanged,
                at: event.occurredAt,
                apiCode: event.apiCode
            )
            if isChanged { changed.append(row) } else { vanished.append(row) }
        }
        vanished.sort {
            ($0.at, $0.place.revision, $0.place.index) > ($1.at, $1.place.revision, $1.place.index)
        }
        return changed + vanished
    }

    /// Whether something became of an approval that still stands.
    private func hasOutcome(
        _ key: UInt64,
        _ compartment: CompartmentID,
        _ missing: [UInt64: UInt32]
    ) -> Bool {
        guard let standing = model.known[compartment]?.outcomes[key] else { return false }
        return missing[standing.content] == nil
    }

    /// What a retraction takes beside the event in it, at most.
    private static let retractionBytes = 64

    private func naturalKeys(of statement: Statement, _ hash: inout RowHash) -> Set<UInt64> {
        var keys: Set<UInt64> = []
        var cursor = Frame.EventCursor()
        do throws(FrameError) {
            while let bounds = try cursor.next(in: statement.events.span) {
                let bytes = statement.events.span.extracting(bounds)
                if let event = RowHash.event(bytes), let key = hash.key(of: event) {
                    keys.insert(key)
                }
            }
        } catch {
            preconditionFailure("the statement's bytes were checked when it was split")
        }
        return keys
    }

    private mutating func end(
        _ missing: Set<UInt64>,
        _ outcome: inout Outcome,
        of statement: Statement,
        at target: CompartmentKey,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        let found = try loader.parts(
            missing,
            in: target.id,
            of: opening.subject,
            below: opening.revision,
            using: &desk
        )
        for (key, bytes) in found.sorted(by: { $0.value.lexicographicallyPrecedes($1.value) }) {
            guard let event = RowHash.event(bytes.span) else { continue }
            var gone: [UInt8] = []
            let isSaid = SubjectDraft.append(goneAfter: event, at: now / 1_000_000, to: &gone)
            model.withRows(of: target.id) { $0.parts[key]?.canEnd = false }
            guard isSaid else { continue }
            let content = SubjectDraft.contentOfPart(gone, desk.hash)
            model.withRows(of: target.id) { $0.parts[key]?.content = content }
            try put(gone.count, at: target, false, with: &desk, into: &frames) { $0 += gone }
            outcome.gone += 1
        }
    }

    private static func append(
        goneAfter event: borrowing EventView,
        at seconds: Int64,
        to body: inout [UInt8]
    ) -> Bool {
        do throws(EventError) {
            return try GonePart.append(event, at: seconds, to: &body)
        } catch {
            return false
        }
    }

    /// Hash of an event with its length before it, but its time.
    private static func contentOfPart(_ body: [UInt8], _ hash: RowHash) -> UInt64 {
        var cursor = Frame.EventCursor()
        do throws(FrameError) {
            guard let bounds = try cursor.next(in: body.span),
                let event = RowHash.event(body.span.extracting(bounds))
            else { return 0 }
            return hash.row(event.bytesWithoutTime())
        } catch {
            return 0
        }
    }
}
