internal import Cryptography
internal import Frame
internal import Synchronization
internal import Vault

/// What the write side knows of a subject: which rows its log holds and how often, by keyed hashes.
///
/// The hash is HMAC-SHA-256 cut to 64 bits under a key of this process: nobody can choose rows that
/// collide, and a million rows of one asset do so by chance once in 10^7 such assets.
struct WriteModel: Sendable {
    /// Frames with a revision below this are in, for every compartment in `known`.
    var scannedTo: UInt64 = 0
    var known: [CompartmentID: KnownRows] = [:]
    /// Rows in `known`.
    var rowCount = 0

    /// Lends the rows of one compartment, looked up once for many.
    mutating func withRows<R, E: Error>(
        of compartment: CompartmentID,
        _ body: (inout KnownRows) throws(E) -> R
    ) throws(E) -> R {
        // Taken out for the call, so that it is the only reference and is changed in place.
        var rows = known.updateValue(KnownRows(), forKey: compartment) ?? KnownRows()
        let before = rows.count
        defer {
            rowCount += rows.count - before
            known[compartment] = rows
        }
        return try body(&rows)
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
