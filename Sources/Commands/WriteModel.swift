internal import Cryptography
internal import Finance
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

/// What stands in one compartment's log.
struct KnownRows: Sendable {
    /// Rows that happened and were not taken back, by hash of their content.
    var movements: [UInt64: Movement] = [:]
    /// The last report of each part of a state, by hash of its natural key.
    var parts: [UInt64: Part] = [:]

    /// Equal rows.
    struct Movement: Sendable {
        var count: UInt32
        let place: RowPlace
    }

    /// 16 bytes.
    struct Part: Sendable {
        /// Hash of the event but its time.
        var content: UInt64
        let apiCode: UInt32
        var isGone: Bool
    }

    var count: Int { movements.count + parts.count }

    /// Notes one more of the equal rows.
    mutating func add(_ content: UInt64, at place: RowPlace) {
        movements[content, default: Movement(count: 0, place: place)].count += 1
    }

    /// Notes one fewer of the equal rows.
    mutating func remove(_ content: UInt64) {
        guard let left = movements[content]?.count else { return }
        if left > 1 { movements[content]?.count -= 1 } else { movements[content] = nil }
    }

    /// Notes an event that the log holds.
    mutating func take(_ bytes: Span<UInt8>, with hash: inout RowHash) {
        guard let event = RowHash.event(bytes) else { return add(hash.row(bytes), at: .none) }
        if let taken = RowHash.retracted(event) {
            return remove(hash.row(taken))
        }
        guard event.apiCode != 0, NaturalKey.kind(of: event.type) == .state,
            let key = hash.key(of: event)
        else { return add(hash.row(bytes), at: RowPlace(event)) }
        parts[key] = Part(
            content: hash.row(event.bytesWithoutTime()),
            apiCode: event.apiCode,
            isGone: RowHash.isGone(event)
        )
    }
}

/// Keyed hashes of rows and of natural keys, of this process only.
struct RowHash {
    private let code: HMAC
    private var keyBytes: [UInt8] = []

    init(key: SecretKey) { code = key.withBytes { HMAC(key: $0) } }

    func row(_ event: Span<UInt8>) -> UInt64 {
        code.code(event).withBytes { $0.littleEndian(UInt64.self, at: 0) }
    }

    /// Hash of the natural key within the API; nil when the fact's bytes cannot be read.
    mutating func key(of event: borrowing EventView) -> UInt64? {
        keyBytes.removeAll(keepingCapacity: true)
        do throws(EventError) {
            try NaturalKey.append(event, to: &keyBytes)
        } catch {
            return nil
        }
        keyBytes.appendLittleEndian(event.apiCode)
        return row(keyBytes.span)
    }
}

// What a log holds was checked before it was recorded. If this build cannot read it all the same,
// it counts as a row like any other: known by its bytes.
extension RowHash {
    @_lifetime(copy bytes)
    static func event(_ bytes: Span<UInt8>) -> EventView? {
        do throws(EventError) {
            return try EventView(bytes, of: AssetID(high: 0, low: 0))
        } catch {
            return nil
        }
    }

    /// The event that `event` takes back.
    @_lifetime(copy event)
    static func retracted(_ event: borrowing EventView) -> Span<UInt8>? {
        do throws(EventError) {
            return try event.retraction()?.event
        } catch {
            return nil
        }
    }

    static func isGone(_ event: borrowing EventView) -> Bool {
        do throws(EventError) {
            return try GonePart.isGone(event)
        } catch {
            return false
        }
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
