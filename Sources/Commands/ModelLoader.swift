internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Vault

/// Brings a model up to a revision by opening the subject's frames.
struct ModelLoader {
    let vault: Vault
    let log: EventLog

    /// Adds what is missing of `compartments` below `revision`.
    func catchUp(
        _ model: inout WriteModel,
        of subject: SubjectID,
        with compartments: [CompartmentID],
        to revision: UInt64,
        using desk: inout Desk
    ) throws(RecordError) {
        let missing = compartments.filter { model.known[$0] == nil }
        for id in missing { model.known[id] = KnownRows() }
        if !missing.isEmpty, model.scannedTo > 0 {
            try load(0..<model.scannedTo, of: subject, Set(missing), into: &model, using: &desk)
        }
        if model.scannedTo < revision {
            let all = Set(model.known.keys)
            try load(model.scannedTo..<revision, of: subject, all, into: &model, using: &desk)
            model.scannedTo = revision
        }
    }

    private func load(
        _ range: Range<UInt64>,
        of subject: SubjectID,
        _ compartments: Set<CompartmentID>,
        into model: inout WriteModel,
        using desk: inout Desk
    ) throws(RecordError) {
        try scan(range, of: subject, compartments, using: &desk) {
            (header, events, hash) throws(FrameError) in
            var cursor = Frame.EventCursor()
            try model.withRows(of: header.compartment) { (rows) throws(FrameError) in
                while let event = try cursor.next(in: events) {
                    rows.take(events.extracting(event), with: &hash)
                }
            }
        }
    }

    /// Opens the subject's frames of some compartments one after another.
    func scan(
        _ range: Range<UInt64>,
        of subject: SubjectID,
        _ compartments: Set<CompartmentID>,
        using desk: inout Desk,
        _ body: (FrameHeader, Span<UInt8>, inout RowHash) throws(FrameError) -> Void
    ) throws(RecordError) {
        var from = range.lowerBound
        // Of its own: the opener's bytes are lent for as long as it is changed.
        var hash = desk.hash
        do {
            while from < range.upperBound {
                let limit = min(256, Int(range.upperBound - from))
                let next = try log.read(subject, from: from, limit: limit) { frame in
                    guard !frame.isTombstone else { return }
                    let header = try FrameHeader(frame.bytes)
                    guard compartments.contains(header.compartment) else { return }
                    let key = try vault.key(
                        of: subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch,
                        for: .collection
                    )
                    _ = try desk.opener.open(frame.bytes, key: key)
                    defer { desk.opener.close() }
                    try body(header, desk.opener.events, &hash)
                }
                // Frames that are committed and not durable yet: decided again when they are.
                guard next > from else { throw RecordError.vault(.notYetDurable) }
                from = next
            }
        } catch let error as RecordError {
            throw error
        } catch let error as VaultError {
            throw .vault(error)
        } catch let error as FrameError {
            throw .frame(error)
        } catch let error as LogError {
            throw .log(error)
        } catch {
            throw .log(.damaged(file: "the log", place: "a block"))
        }
    }
}

/// An event of the log with its place.
struct PlacedEvent {
    let revision: UInt64
    let index: UInt32
    let bytes: [UInt8]

    /// Where in the subject's log.
    struct Position: Hashable {
        let revision: UInt64
        let index: UInt32
    }

    var position: Position { Position(revision: revision, index: index) }
}

extension ModelLoader {
    /// The rows with these contents that were not taken back, by content, in the log's order.
    func movements(
        _ contents: Set<UInt64>,
        in compartment: CompartmentID,
        of subject: SubjectID,
        below revision: UInt64,
        using desk: inout Desk
    ) throws(RecordError) -> [UInt64: [PlacedEvent]] {
        var found: [UInt64: [PlacedEvent]] = [:]
        var taken: [UInt64: [(UInt64, UInt32)]] = [:]
        try scan(0..<revision, of: subject, [compartment], using: &desk) {
            (header, events, hash) throws(FrameError) in
            var cursor = Frame.EventCursor()
            var index: UInt32 = 0
            while let bounds = try cursor.next(in: events) {
                let bytes = events.extracting(bounds)
                let content = hash.row(bytes)
                if contents.contains(content) {
                    let place = PlacedEvent(
                        revision: header.revision,
                        index: index,
                        bytes: bytes.array
                    )
                    found[content, default: []].append(place)
                } else if let event = RowHash.event(bytes), event.type == .transactionRetracted {
                    if let (content, place) = ModelLoader.taken(event, hash),
                        contents.contains(content)
                    {
                        taken[content, default: []].append(place)
                    }
                }
                index += 1
            }
        }
        for (content, places) in taken {
            found[content]?.removeAll { one in
                places.contains { $0 == (one.revision, one.index) }
            }
        }
        return found
    }

    private static func taken(
        _ event: borrowing EventView,
        _ hash: RowHash
    ) -> (UInt64, (UInt64, UInt32))? {
        do throws(EventError) {
            guard let retraction = try event.retraction() else { return nil }
            return (hash.row(retraction.event), (retraction.revision, retraction.index))
        } catch {
            return nil
        }
    }

    /// The last reports of these parts, by hash of their natural keys.
    func parts(
        _ keys: Set<UInt64>,
        in compartment: CompartmentID,
        of subject: SubjectID,
        below revision: UInt64,
        using desk: inout Desk
    ) throws(RecordError) -> [UInt64: [UInt8]] {
        var found: [UInt64: [UInt8]] = [:]
        try scan(0..<revision, of: subject, [compartment], using: &desk) {
            (_, events, hash) throws(FrameError) in
            var cursor = Frame.EventCursor()
            while let bounds = try cursor.next(in: events) {
                let bytes = events.extracting(bounds)
                guard let event = RowHash.event(bytes), RowHash.kind(of: event) == .state,
                    let key = hash.key(of: event),
                    keys.contains(key)
                else { continue }
                found[key] = bytes.array
            }
        }
        return found
    }
}
