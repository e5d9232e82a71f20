internal import EventLog
internal import Finance
internal import Frame

/// Reads one subject's log again from its begin, with whatever can still be opened.
///
/// Not `Sendable`: one per thread of work.
final class SubjectReader {
    private let log: EventLog
    private let keys: any KeyLender
    private var opener: FrameOpener
    private static let frameLimit = 256

    init(log: EventLog, keys: any KeyLender) throws(ProjectionError) {
        self.log = log
        self.keys = keys
        do {
            opener = try FrameOpener()
        } catch {
            throw .library(operation: "preparing a frame opener")
        }
    }

    /// What a fold is told of one frame: its events, none for control, tombstones and what is
    /// erased; or why it does not open.
    typealias Visit = (FrameNote, Span<UInt8>, ParkReason?) -> Void

    /// Calls `body` with the frames `first` to `last`, both included.
    ///
    /// - Returns: the revision after the last one seen.
    func forEach(
        _ subject: SubjectID,
        from first: UInt64 = 0,
        through last: UInt64,
        _ body: Visit
    ) throws(ProjectionError) -> UInt64 {
        var revision = first
        do {
            while revision <= last {
                let limit = Int(min(last - revision + 1, UInt64(SubjectReader.frameLimit)))
                let next = try log.read(subject, from: revision, limit: limit) { frame in
                    try visit(frame, of: subject, body)
                }
                guard next > revision else { break }
                revision = next
            }
        } catch let error as ProjectionError {
            throw error
        } catch let error as LogError {
            throw .log(error)
        } catch let error as KeyFailure {
            throw .keys(error)
        } catch {
            throw .library(operation: "reading a subject's log")
        }
        return revision
    }

    private func visit(
        _ frame: borrowing StoredFrame,
        of subject: SubjectID,
        _ body: Visit
    ) throws {
        guard !frame.isTombstone else { return body(FrameNote(tombstone: frame), Span(), nil) }
        let header = try FrameHeader(frame.bytes)
        let note = FrameNote(header, partition: frame.partition, position: frame.position)
        // Evidence is of the same kind, and folded as any other compartment.
        guard header.kind != .control || header.compartment != .keys else {
            var events: [UInt8] = []
            if note.keysEpoch != nil {
                try keys.take(frame.bytes, using: &opener, into: &events)
            }
            return body(note, events.span, nil)
        }
        switch try keys.lend(for: header) {
        case .subjectErased, .compartmentErased: body(note, Span(), nil)
        case .unavailable: body(note, Span(), .noKey)
        case .key(let key):
            do {
                _ = try opener.open(frame.bytes, key: key)
            } catch {
                return body(note, Span(), ParkReason(error))
            }
            body(note, opener.events, nil)
            opener.close()
        }
    }
}
