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
    /// Afterwards `desk.seen` has how often each row, and each part, is in the answer so far.
    mutating func decide(
        _ piece: Piece,
        of statement: Statement,
        _ compartment: CompartmentID,
        _ desk: inout Desk
    ) -> [Int] {
        desk.seen.removeAll(keepingCapacity: true)
        if piece.firstRow > 0, let first = piece.rows.first {
            // Another batch had the rows before; rarely, as they fill half of one.
            look(at: statement.events.span.extracting(0..<first.bounds.lowerBound), &desk)
        }
        var new: [Int] = []
        model.withRows(of: compartment) { known in
            for (index, row) in piece.rows.enumerated() {
                let bytes = statement.events.span.extracting(row.bounds)
                let isNew =
                    row.kind == .state
                    ? known.learn(part: bytes, row.place, &desk)
                    : known.learn(movement: bytes, row.place, &desk)
                if isNew { new.append(piece.firstRow + index) }
            }
        }
        return new
    }

    /// Notes in `desk.seen` what is in the answer before a piece of it.
    private func look(at events: Span<UInt8>, _ desk: inout Desk) {
        var nothing = KnownRows()
        var cursor = Frame.EventCursor()
        do throws(FrameError) {
            while let bounds = try cursor.next(in: events) {
                let bytes = events.extracting(bounds)
                guard let event = RowHash.event(bytes) else { continue }
                if NaturalKey.kind(of: event.type) == .state {
                    _ = nothing.learn(part: bytes, .none, &desk)
                } else {
                    _ = nothing.learn(movement: bytes, .none, &desk)
                }
            }
        } catch {
            // The part before a piece may end in the length of the piece's first row.
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
        switch scope {
        case .part: break
        case .days(let days):
            guard let covered = covered(days, apiCode) else { return }
            let missing = model.withRows(of: target.id) { $0.missing(covered, desk.seen) }
            guard !missing.isEmpty else { return }
            try retract(
                missing,
                &outcome,
                of: statement,
                at: target,
                with: &desk,
                into: &frames
            )
        case .state:
            let missing = model.withRows(of: target.id) { $0.missingParts(apiCode, desk.seen) }
            guard !missing.isEmpty else { return }
            try end(missing, &outcome, of: statement, at: target, with: &desk, into: &frames)
        }
    }

    /// The days that are over.
    private func covered(
        _ days: ClosedRange<CivilDate>,
        _ apiCode: UInt32
    ) -> ClosedRange<RowPlace>? {
        guard let today = CivilDate(secondsSinceEpoch: now / 1_000_000) else { return nil }
        let last = min(days.upperBound, today.adding(days: -1))
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
        var taken: [(content: UInt64, event: PlacedEvent)] = []
        for (content, count) in missing {
            // The last recorded of equal rows go first.
            taken += (found[content] ?? []).suffix(Int(count)).map { (content, $0) }
        }
        taken.sort {
            ($0.event.revision, $0.event.index) < ($1.event.revision, $1.event.index)
        }
        for (content, place) in taken {
            guard frames.bytes.count < RecordLimit.bytesPerBatchMax else {
                outcome.isWhole = false
                break
            }
            guard let event = RowHash.event(place.bytes.span) else { continue }
            let isChanged = desk.hash.key(of: event).map { keys.contains($0) } ?? false
            let retraction = RetractionView(
                of: place.bytes.span,
                reason: isChanged ? .changed : .vanished,
                revision: place.revision,
                index: place.index
            )
            let envelope = EventEnvelope(
                occurredAt: now / 1_000_000,
                api: ProviderAPI(rawValue: Int(event.apiCode)) ?? .unspecified
            )
            try put(
                place.bytes.count + SubjectDraft.retractionBytes,
                at: target,
                statement.hasCounterpartyText,
                with: &desk,
                into: &frames
            ) { EventWriter.append(retraction, at: envelope, to: &$0) }
            model.withRows(of: target.id) { $0.remove(content) }
            outcome.retracted += 1
        }
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
            // Of a type that cannot say so nothing is recorded, and it is not looked up again.
            model.withRows(of: target.id) { $0.parts[key]?.isGone = true }
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

extension KnownRows {
    /// Notes a row of an answer.
    /// - Returns: whether the log does not hold as many of it as the answer does so far.
    @inline(__always)
    fileprivate mutating func learn(
        movement bytes: Span<UInt8>,
        _ place: RowPlace,
        _ desk: inout Desk
    ) -> Bool {
        let content = desk.hash.row(bytes)
        let earlier = desk.seen[content, default: 0]
        // A row with a number that comes twice is on two pages: the list moved between them.
        if earlier > 0, let event = RowHash.event(bytes), NaturalKey.isNumbered(event) {
            return false
        }
        desk.seen[content] = earlier + 1
        guard earlier >= movements[content]?.count ?? 0 else { return false }
        add(content, at: place)
        return true
    }

    /// Notes a part of a state in an answer.
    /// - Returns: whether the log's last report of it says anything else.
    fileprivate mutating func learn(
        part bytes: Span<UInt8>,
        _ place: RowPlace,
        _ desk: inout Desk
    ) -> Bool {
        guard let event = RowHash.event(bytes), let key = desk.hash.key(of: event) else {
            return learn(movement: bytes, place, &desk)
        }
        desk.seen[key, default: 0] += 1
        let content = desk.hash.row(event.bytesWithoutTime())
        let isNew = parts[key]?.content != content
        parts[key] = Part(
            content: content,
            apiCode: event.apiCode,
            isGone: RowHash.isGone(event)
        )
        return isNew
    }

    /// Rows on covered days that there are more of than the answer has, and how many more.
    fileprivate func missing(
        _ covered: ClosedRange<RowPlace>,
        _ seen: [UInt64: UInt32]
    ) -> [UInt64: UInt32] {
        var missing: [UInt64: UInt32] = [:]
        for (content, row) in movements where row.place.isIn(covered) {
            let standing = seen[content] ?? 0
            if row.count > standing { missing[content] = row.count - standing }
        }
        return missing
    }

    /// Parts of the API's state that the answer does not have.
    fileprivate func missingParts(_ apiCode: UInt32, _ seen: [UInt64: UInt32]) -> Set<UInt64> {
        var missing: Set<UInt64> = []
        for (key, part) in parts where part.apiCode == apiCode && !part.isGone {
            if seen[key] == nil { missing.insert(key) }
        }
        return missing
    }
}
