internal import EventLog
public import Finance
public import Frame
internal import SwiftProtobuf

extension ConsentDesk {
    /// Frames looked through for one page of accesses at most.
    private static let framesPerPageMax: UInt64 = 4_096
    /// Frames read at a time.
    private static let framesPerReadMax = 64

    /// Appends to the person's evidence that somebody looked at their data; durable when this
    /// returns.
    ///
    /// `now` in microseconds since 1970-01-01 UTC; `access` gets its second.
    public func record(
        _ access: DataAccessed,
        of subject: SubjectID,
        at now: Int64
    ) async throws(ConsentError) {
        try await carryOut(of: subject, at: now) { _, seconds, _ throws(ConsentRefusal) in
            var event = Event()
            event.occurredAt = seconds
            event.dataAccessed = access
            return [event]
        }
    }

    /// Looks at a person's data that the durable log tells of, newest first, from the frames before
    /// `revision`; all of them for nil.
    ///
    /// - Returns: at most `limit` (1 or more) events, and where older ones go on; nil at the
    ///   beginning. There may be fewer, even none, before that.
    public func accesses(
        of subject: SubjectID,
        before revision: UInt64?,
        limit: Int
    ) throws(ConsentError) -> (events: [Event], next: UInt64?) {
        let size = try reading { () throws(LogError) in try log.durableSize(of: subject) }
        var from = min(revision ?? size, size)
        let first = from
        let step = min(max(1, limit), ConsentDesk.framesPerReadMax)
        var found: [Event] = []
        // A look is a frame of its own, so a read of `step` frames brings at most as many.
        while from > 0, found.count + step <= max(limit, step),
            first - from < ConsentDesk.framesPerPageMax
        {
            let begin = from - min(from, UInt64(step))
            var part: [Event] = []
            try forEachFact(of: subject, in: begin..<from) { view throws(FoldError) in
                guard view.type == .dataAccessed else { return }
                // The decoder's reasons are many and its own.
                do { part.append(try view.message()) } catch { throw .event(.truncated) }
            }
            found += part.reversed()
            from = begin
        }
        return (found, from > 0 ? from : nil)
    }
}
