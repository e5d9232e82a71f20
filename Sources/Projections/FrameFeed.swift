internal import Cryptography
internal import EventLog
internal import Frame

/// Reads blocks of one shard, opens each frame once and gives it to every sink that lacks it.
///
/// Not `Sendable`: one per thread of work. Catching up, following live and rebuilding are all this.
struct FrameFeed: ~Copyable {
    private let log: EventLog
    private let keys: any KeyLender
    private let shard: Shard
    private let reader: SubjectReader
    private var opener: FrameOpener

    init(log: EventLog, keys: any KeyLender, shard: Shard) throws(ProjectionError) {
        let reader = try SubjectReader(log: log, keys: keys)
        let opener = try FrameFeed.makeOpener()
        (self.log, self.keys, self.shard, self.reader) = (log, keys, shard, reader)
        self.opener = opener
    }

    private static func makeOpener() throws(ProjectionError) -> FrameOpener {
        do {
            return try FrameOpener()
        } catch {
            throw .library(operation: "preparing a frame opener")
        }
    }

    /// Gives up to `blockLimit` durable blocks from `sequence` on.
    ///
    /// - Returns: the sequence to go on from.
    /// - Throws: when a block cannot be read or a key not be lent. What was given stays given; the
    ///   same call again gives the rest, because sinks pass over what they have.
    mutating func run(
        from sequence: UInt64,
        blockLimit: Int,
        into sinks: [any FrameSink]
    ) throws(ProjectionError) -> UInt64 {
        let after: UInt64
        do {
            after = try log.scan(
                environment: shard.environment,
                from: sequence,
                blockLimit: blockLimit
            ) { frame in
                guard shard.contains(frame.partition) else { return }
                try take(frame, sinks)
            }
        } catch let error as ProjectionError {
            throw error
        } catch let error as LogError {
            throw .log(error)
        } catch let error as KeyFailure {
            throw .keys(error)
        } catch {
            throw .library(operation: "scanning the log")
        }
        for sink in sinks where sink.nextSequence < after { sink.finish(through: after) }
        return after
    }

    private mutating func take(
        _ frame: borrowing StoredFrame,
        _ sinks: [any FrameSink]
    ) throws {
        let sequence = frame.sequence
        guard sinks.contains(where: { $0.nextSequence <= sequence }) else { return }
        guard !frame.isTombstone else {
            let note = FrameNote(tombstone: frame)
            return try fold(note, Span(), sinks, sequence)
        }
        let header = try FrameHeader(frame.bytes)
        let note = FrameNote(header, partition: frame.partition, position: frame.position)
        guard !header.subject.isPlatform else { return try fold(note, Span(), sinks, sequence) }
        // Evidence is of the same kind, and folded as any other compartment.
        guard header.kind != .control || header.compartment != .keys else {
            return try takeControl(frame.bytes, note, sinks, sequence)
        }
        switch try keys.lend(for: header) {
        case .subjectErased:
            for sink in sinks where sink.nextSequence <= sequence { sink.erase(note) }
        case .compartmentErased:
            try fold(note, Span(), sinks, sequence)
        case .unavailable:
            try park(note, .noKey, sinks, sequence)
        case .key(let key):
            do throws(FrameError) {
                _ = try opener.open(frame.bytes, key: key)
            } catch {
                return try park(note, ParkReason(error), sinks, sequence)
            }
            defer { opener.close() }
            try fold(note, opener.events, sinks, sequence)
        }
    }

    private func fold(
        _ note: FrameNote,
        _ events: Span<UInt8>,
        _ sinks: [any FrameSink],
        _ sequence: UInt64
    ) throws(ProjectionError) {
        for sink in sinks where sink.nextSequence <= sequence && sink.fold(note, events) {
            try sink.refold(note, with: reader)
        }
    }

    private func park(
        _ note: FrameNote,
        _ reason: ParkReason,
        _ sinks: [any FrameSink],
        _ sequence: UInt64
    ) throws(ProjectionError) {
        for sink in sinks where sink.nextSequence <= sequence && sink.park(note, reason) {
            try sink.refold(note, with: reader)
        }
    }

    /// A frame of wraps says which asset a compartment is, and by a new epoch of the subject's own
    /// key that a compartment was erased.
    private mutating func takeControl(
        _ frame: Span<UInt8>,
        _ note: FrameNote,
        _ sinks: [any FrameSink],
        _ sequence: UInt64
    ) throws {
        var note = note
        var events: [UInt8] = []
        if let epoch = note.keysEpoch {
            // Before anything is counted, so that the whole frame is tried again.
            guard try epoch == 0 || keys.isInForce(epoch, of: note.subject) else {
                throw KeyFailure("An erasure of a compartment is under way.")
            }
            try keys.take(frame, using: &opener, into: &events)
        }
        note.eventCount = try FrameFeed.count(events.span)
        try fold(note, events.span, sinks, sequence)
    }

    private static func count(_ events: Span<UInt8>) throws(FrameError) -> Int {
        var cursor = EventCursor()
        var count = 0
        while try cursor.next(in: events) != nil { count += 1 }
        return count
    }
}
