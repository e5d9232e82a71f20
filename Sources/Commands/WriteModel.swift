internal import Cryptography
internal import EventLog
internal import Frame
internal import Synchronization
internal import Vault

/// What the write side knows of a subject: how often each row is in the log, by a keyed hash.
///
/// The hash is HMAC-SHA-256 cut to 64 bits under a key of this process: nobody can choose rows that
/// collide, and a million rows of one asset do so by chance once in 10^7 such assets.
struct WriteModel: Sendable {
    /// Frames with a revision below this are in, for every compartment in `counts`.
    var scannedTo: UInt64 = 0
    var counts: [CompartmentID: [UInt64: UInt32]] = [:]
    /// Rows in `counts`.
    var rowCount = 0

    /// Lends the rows of one compartment, looked up once for many.
    mutating func withRows<E: Error>(
        of compartment: CompartmentID,
        _ body: (inout [UInt64: UInt32]) throws(E) -> Void
    ) throws(E) {
        // Taken out for the call, so that it is the only reference and is changed in place.
        var rows = counts.updateValue([:], forKey: compartment) ?? [:]
        let before = rows.count
        defer {
            rowCount += rows.count - before
            counts[compartment] = rows
        }
        try body(&rows)
    }
}

/// Write models of the subjects written to last.
///
/// A model is taken out while it is used, so what was
/// not put back, because the append failed, is read from the log again.
final class WriteModels: Sendable {
    private struct Kept {
        var model: WriteModel
        var lastUse: UInt64
    }

    private struct State {
        var kept: [SubjectID: Kept] = [:]
        var rowCount = 0
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())
    private let rowsMax: Int

    init(rowsMax: Int) { self.rowsMax = rowsMax }

    func take(_ subject: SubjectID) -> WriteModel? {
        state.withLock { state in
            guard let kept = state.kept.removeValue(forKey: subject) else { return nil }
            state.rowCount -= kept.model.rowCount
            return kept.model
        }
    }

    func put(_ model: WriteModel, of subject: SubjectID) {
        state.withLock { state in
            state.uses += 1
            if let old = state.kept.updateValue(
                Kept(model: model, lastUse: state.uses),
                forKey: subject
            ) {
                state.rowCount -= old.model.rowCount
            }
            state.rowCount += model.rowCount
            guard state.rowCount > rowsMax else { return }
            // The longest unused go until half is left, so that this is rare.
            for (subject, kept) in state.kept.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard state.rowCount > rowsMax / 2 else { break }
                state.kept[subject] = nil
                state.rowCount -= kept.model.rowCount
            }
        }
    }

    var rowCount: Int { state.withLock { $0.rowCount } }
}

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
        let missing = compartments.filter { model.counts[$0] == nil }
        for id in missing { model.counts[id] = [:] }
        if !missing.isEmpty, model.scannedTo > 0 {
            try scan(
                subject,
                0..<model.scannedTo,
                of: Set(missing),
                into: &model,
                using: &desk
            )
        }
        if model.scannedTo < revision {
            try scan(
                subject,
                model.scannedTo..<revision,
                of: Set(model.counts.keys),
                into: &model,
                using: &desk
            )
            model.scannedTo = revision
        }
    }

    private func scan(
        _ subject: SubjectID,
        _ range: Range<UInt64>,
        of compartments: Set<CompartmentID>,
        into model: inout WriteModel,
        using desk: inout Desk
    ) throws(RecordError) {
        var from = range.lowerBound
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
                    var cursor = EventCursor()
                    try model.withRows(of: header.compartment) { rows in
                        while let event = try cursor.next(in: desk.opener.events) {
                            let row = desk.hash.row(desk.opener.events.extracting(event))
                            rows[row, default: 0] += 1
                        }
                    }
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

/// Keyed hash of a row, of this process only.
struct RowHash {
    private let code: HMAC

    init(key: SecretKey) { code = key.withBytes { HMAC(key: $0) } }

    func row(_ event: Span<UInt8>) -> UInt64 {
        code.code(event).withBytes { $0.littleEndian(UInt64.self, at: 0) }
    }
}
