internal import Cryptography
internal import Frame
internal import Vault

/// The frames of one subject in a batch, as they are decided.
struct SubjectDraft {
    let opening: Opening
    var model: WriteModel
    let now: Int64
    var schemaSet: UInt32 = 1
    var eventsPerFrame = RecordLimit.eventsPerFrameMax
    /// Revision of the next frame.
    private(set) var next: UInt64
    private var body: [UInt8] = []
    private var count = 0

    init(opening: Opening, model: WriteModel, now: Int64) {
        (self.opening, self.model, self.now) = (opening, model, now)
        next = opening.revision
    }

    /// Decides the rows of a piece and seals those that are new.
    /// - Returns: the new rows' indexes in their group.
    mutating func take(
        _ piece: Piece,
        _ number: Int,
        of rows: AssetRows,
        vault: Vault,
        with desk: inout Desk,
        into frames: inout FrameBatch
    ) throws(RecordError) -> [Int] {
        let target = opening.compartments[number]
        let new = decide(piece, rows, target.id, desk.hash)
        for row in new {
            let event = rows.events.span.extracting(piece.events[row - piece.firstRow])
            if count == eventsPerFrame
                || body.count + event.count + 4 > RecordLimit.bytesPerFrameMax
            {
                try seal(target, rows, vault: vault, with: &desk, into: &frames)
            }
            body.appendLength(event.count)
            body.append(span: event)
            count += 1
        }
        if count > 0 { try seal(target, rows, vault: vault, with: &desk, into: &frames) }
        return new
    }

    /// Which rows of a piece the log does not hold as often as the source does.
    private mutating func decide(
        _ piece: Piece,
        _ rows: AssetRows,
        _ compartment: CompartmentID,
        _ hash: RowHash
    ) -> [Int] {
        var new: [Int] = []
        model.withRows(of: compartment) { known in
            for (index, range) in piece.events.enumerated() {
                let row = piece.firstRow + index
                let key = hash.row(rows.events.span.extracting(range))
                let count = known[key, default: 0]
                guard rows.ordinals[row] > count else { continue }
                known[key] = count + 1
                new.append(row)
            }
        }
        return new
    }

    private mutating func seal(
        _ target: CompartmentKey,
        _ rows: AssetRows,
        vault: Vault,
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
                command: command(target, vault),
                recordedAt: now,
                schemaSet: schemaSet,
                eventCount: count,
                counterpartyText: rows.hasCounterpartyText
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
    private func command(_ target: CompartmentKey, _ vault: Vault) -> CommandID {
        var asked = target.id.bytes
        asked.appendLittleEndian(next)
        SHA256.hash(body.span).append(to: &asked)
        return vault.command(asked.span)
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
        case .evidence, .view, .credential: .control
        }
    }
}

extension Array where Element == UInt8 {
    /// A length as Protobuf writes it.
    fileprivate mutating func appendLength(_ length: Int) {
        var rest = length
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
