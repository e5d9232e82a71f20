internal import Frame
internal import Vault

/// A run of rows of one group, small enough for a batch.
struct Piece: Sendable {
    let group: Int
    let subject: SubjectID
    let name: CompartmentName
    /// Index of the first row in its group.
    let firstRow: Int
    /// Bounds of each event in the group's bytes.
    var events: [Range<Int>]

    var byteCount: Int {
        guard let first = events.first, let last = events.last else { return 0 }
        return last.upperBound - first.lowerBound
    }
}

extension Piece {
    /// Splits a group, checking its bytes.
    static func split(
        _ rows: AssetRows,
        group: Int,
        subject: SubjectID
    ) throws(RecordError) -> [Piece] {
        var pieces: [Piece] = []
        var events: [Range<Int>] = []
        var row = 0
        var bytes = 0
        func close() {
            guard !events.isEmpty else { return }
            pieces.append(
                Piece(
                    group: group,
                    subject: subject,
                    name: rows.name,
                    firstRow: row - events.count,
                    events: events
                )
            )
            (events, bytes) = ([], 0)
        }
        do throws(FrameError) {
            var cursor = EventCursor()
            while let range = try cursor.next(in: rows.events.span) {
                guard range.count + 4 <= RecordLimit.bytesPerFrameMax else {
                    throw FrameError.tooLarge
                }
                if bytes + range.count > RecordLimit.bytesPerBatchMax / 2 { close() }
                events.append(range)
                bytes += range.count
                row += 1
            }
        } catch .tooLarge {
            throw .rowTooLong(group: group, row: row)
        } catch {
            throw .malformedRows(group: group)
        }
        close()
        guard row == rows.ordinals.count else { throw .malformedRows(group: group) }
        return pieces
    }
}

/// Pieces that are decided, sealed and appended together: of one environment, bounded in bytes and
/// in names per subject.
struct PieceBatch: Sendable {
    var pieces: [Piece] = []
    private var byteCount = 0
    private var namesOf: [SubjectID: Int] = [:]

    func takes(_ piece: Piece) -> Bool {
        byteCount + piece.byteCount <= RecordLimit.bytesPerBatchMax
            && namesOf[piece.subject, default: 0] < VaultLimit.namesPerOpeningMax
            && pieces.count < 1_024
    }

    mutating func add(_ piece: Piece) {
        byteCount += piece.byteCount
        namesOf[piece.subject, default: 0] += 1
        pieces.append(piece)
    }

    /// Packs a lane's pieces in order; each batch holds a subject's pieces together.
    static func pack(_ pieces: [Piece]) -> [PieceBatch] {
        var batches: [PieceBatch] = []
        var last = PieceBatch()
        for piece in pieces {
            if !last.takes(piece), !last.pieces.isEmpty {
                batches.append(last)
                last = PieceBatch()
            }
            last.add(piece)
        }
        if !last.pieces.isEmpty { batches.append(last) }
        return batches
    }
}
