internal import Cryptography
internal import Finance
internal import Frame
internal import Vault

/// What one piece came to.
struct Outcome: Sendable {
    let statement: Int
    /// Its compartment.
    let compartment: CompartmentID
    /// Indexes in the statement of the rows that are new.
    var rows: [Int] = []
    /// Of some of them: which of the parts with the same natural key they are.
    var occurrences: [Int: UInt32] = [:]
    /// Parts that are gone.
    var gone = 0
    /// Movements that were taken back.
    var retracted = 0
    /// Whether the batch took all of it; if not, deciding it again brings the rest.
    var isWhole = true
}

/// The frames of one subject in a batch, as they are decided.
struct SubjectDraft {
    let opening: Opening
    let loader: ModelLoader
    var model: WriteModel
    /// Microseconds since 1970-01-01 UTC.
    let now: Int64
    var schemaSet: UInt32 = 1
    var eventsPerFrame = RecordLimit.eventsPerFrameMax
    /// Revision of the next frame.
    private(set) var next: UInt64
    private var body: [UInt8] = []
    private var count = 0
    /// Where the events in `body` go, when there are any.
    private var place: Place?
    /// Compartments and APIs that an answer was taken of.
    private var answered: Set<RowOrigin> = []

    private struct Place {
        let target: CompartmentKey
        let hasText: Bool

        func isSame(as target: CompartmentKey, _ hasText: Bool) -> Bool {
            self.hasText == hasText && self.target.id == target.id
                && self.target.epoch == target.epoch
        }
    }

    private struct RowOrigin: Hashable {
        let compartment: CompartmentID
        let apiCode: UInt32
    }

    init(opening: Opening, loader: ModelLoader, model: WriteModel, now: Int64) {
        (self.opening, self.loader, self.model, self.now) = (opening, loader, model, now)
        next = opening.revision
    }

    /// Whether a piece can be decided in this batch: what an answer takes back is looked up in the
    /// log, so an earlier answer of the same API must be there.
    mutating func admits(
        _ piece: Piece,
        of statement: Statement,
        at target: CompartmentKey
    ) -> Bool {
        guard case .answer(let apiCode, let scope) = statement.origin else { return true }
        let origin = RowOrigin(compartment: target.id, apiCode: apiCode)
        let isFirst = answered.insert(origin).inserted
        let looksUp = scope != .part || piece.rows.contains { $0.kind == .outcome }
        return isFirst || piece.firstRow > 0 || !looksUp
    }

    /// Decides a piece and takes what the log does not have; `finish` seals the last of it.
    mutating func take(
        _ piece: Piece,
        of statement: Statement,
        at target: CompartmentKey,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) -> Outcome {
        var outcome = Outcome(statement: piece.statement, compartment: target.id)
        switch statement.origin {
        case .file(let ordinals):
            outcome.rows = decide(piece, of: statement, ordinals, target.id, &desk)
        case .answer: decide(piece, of: statement, &outcome, &desk)
        }
        let hasText = statement.hasCounterpartyText
        for row in outcome.rows {
            let event = statement.events.span.extracting(
                piece.rows[row - piece.firstRow].bounds
            )
            try makeRoom(event.count + 8, at: target, hasText, with: &desk, into: &frames)
            if let occurrence = outcome.occurrences[row] {
                let suffix = KnownRows.suffix(occurrence: occurrence)
                EventBytes.append(length: event.count + suffix.count, to: &body)
                body.append(span: event)
                body += suffix
            } else {
                EventBytes.append(length: event.count, to: &body)
                body.append(span: event)
            }
            count += 1
        }
        if piece.isLast {
            try takeMissing(&outcome, of: statement, at: target, with: &desk, into: &frames)
        }
        return outcome
    }

    /// Takes events that are recorded whatever the log has.
    mutating func take(
        evidence events: [UInt8],
        at target: CompartmentKey,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        var cursor = Frame.EventCursor()
        while let bounds = try RecordError.framing({ () throws(FrameError) in
            try cursor.next(in: events.span)
        }) {
            try makeRoom(bounds.count, at: target, false, with: &desk, into: &frames)
            EventBytes.append(length: bounds.count, to: &body)
            body.append(span: events.span.extracting(bounds))
            count += 1
        }
    }

    /// Seals what is not sealed yet.
    ///
    /// Answers about one asset share frames: most calls bring fewer rows than fill one.
    mutating func finish(
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        guard count > 0, let place else { return }
        try seal(place.target, place.hasText, with: &desk, into: &frames)
    }

    /// Appends an event that `write` makes, of about `byteCount` bytes with its length.
    mutating func put(
        _ byteCount: Int,
        at target: CompartmentKey,
        _ hasText: Bool,
        with desk: inout Desk,
        into frames: inout FrameBatch,
        _ write: (inout [UInt8]) -> Void
    ) throws(RecordError) {
        try makeRoom(byteCount, at: target, hasText, with: &desk, into: &frames)
        write(&body)
        count += 1
    }

    private mutating func makeRoom(
        _ byteCount: Int,
        at target: CompartmentKey,
        _ hasText: Bool,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        let fits =
            count < eventsPerFrame
            && (count == 0 || body.count + byteCount + 4 <= RecordLimit.bytesPerFrameMax)
        if !fits || place.map({ !$0.isSame(as: target, hasText) }) ?? false {
            try finish(with: &desk, into: &frames)
        }
        place = Place(target: target, hasText: hasText)
    }

    /// Which rows of a file the log does not hold as often as the file does.
    private mutating func decide(
        _ piece: Piece,
        of statement: Statement,
        _ ordinals: [UInt32],
        _ compartment: CompartmentID,
        _ desk: inout Desk
    ) -> [Int] {
        var new: [Int] = []
        model.withRows(of: compartment) { known in
            known.reserve(piece.rows.count)
            for (index, row) in piece.rows.enumerated() {
                let number = piece.firstRow + index
                let content = desk.hash.row(statement.events.span.extracting(row.bounds))
                guard ordinals[number] > known.movements[content]?.count ?? 0 else { continue }
                known.add(content, at: row.place)
                new.append(number)
            }
        }
        return new
    }

    private mutating func seal(
        _ target: CompartmentKey,
        _ hasText: Bool,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) {
        defer {
            wipe(&body)
            body.removeAll(keepingCapacity: true)
            count = 0
        }
        do {
            if next == opening.revision, let control = opening.control {
                try control.seal(
                    with: &desk.sealer,
                    at: next,
                    recordedAt: now,
                    schemaSet: schemaSet,
                    salt: SubjectDraft.newSalt(),
                    into: &frames
                )
                next += 1
            }
            let content = FrameContent(
                kind: target.role.frameKind,
                subject: opening.subject,
                compartment: target.id,
                keyEpoch: target.epoch,
                revision: next,
                command: command(target),
                recordedAt: now,
                schemaSet: schemaSet,
                eventCount: count,
                counterpartyText: hasText
            )
            try desk.sealer.seal(
                body.span,
                as: content,
                key: target.key,
                salt: SubjectDraft.newSalt(),
                into: &frames
            )
            next += 1
        } catch let error as FrameError {
            throw .frame(error)
        } catch let error as CryptographyError {
            throw .vault(.cryptography(error))
        } catch {
            preconditionFailure("neither call throws anything else")
        }
    }

    /// The same rows at the same revision of the same asset are the same command.
    private func command(_ target: CompartmentKey) -> CommandID {
        var asked = target.id.bytes
        asked.appendLittleEndian(next)
        SHA256.hash(body.span).append(to: &asked)
        return loader.vault.command(asked.span)
    }

    private static func newSalt() throws(CryptographyError) -> (UInt64, UInt64) {
        let salt = try Random.bytes(16)
        return (salt.span.bigEndian(UInt64.self, at: 0), salt.span.bigEndian(UInt64.self, at: 8))
    }
}

extension CompartmentRole {
    var frameKind: FrameKind {
        switch self {
        case .asset: .provider
        case .consent: .consent
        case .decision: .decision
        case .preference: .preference
        case .own: .personal
        case .evidence, .view, .credential, .quarantine: .control
        }
    }
}
