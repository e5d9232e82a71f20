internal import Cryptography
internal import Frame
internal import LMDB
internal import Synchronization
internal import Threads

extension LogEnvironment {
    /// Lends the frame at a place that the log itself gave.
    func withFrame<R>(
        at location: Location,
        _ body: (borrowing StoredFrame) throws -> R
    ) throws -> R {
        try store.read { transaction in
            guard let bytes = try transaction.get(location.sequence, from: blocks) else {
                throw damage(location.sequence, "which is missing")
            }
            let block = try checked(bytes, sequence: location.sequence)
            let entry = try entry(location.slot, of: block)
            return try body(
                StoredFrame(
                    block.bytes.extracting(entry.range),
                    entry,
                    sequence: location.sequence,
                    slot: location.slot
                )
            )
        }
    }

    func scan(
        from sequence: UInt64,
        blockLimit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        try walk(from: sequence, blockLimit: blockLimit, below: durableSequence) { block in
            for slot in 0..<block.count {
                let entry = try entry(slot, of: block)
                try body(
                    StoredFrame(
                        block.bytes.extracting(entry.range),
                        entry,
                        sequence: block.sequence,
                        slot: slot
                    )
                )
            }
        }
    }

    func read(
        _ subject: SubjectID,
        from revision: UInt64,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        let places = try places(of: subject, from: revision, limit: limit)
        for (number, place) in places.enumerated() {
            try withFrame(at: place.location) { frame in
                guard let facts = FrameFacts(frame.bytes, isTombstone: frame.isTombstone),
                    facts.subject == subject, facts.revision == revision + UInt64(number)
                else {
                    throw damage(place.location.sequence, "frame \(place.location.slot)'s header")
                }
                try body(frame)
            }
        }
        return revision + UInt64(places.count)
    }

    func follow(
        partition: Int,
        from position: UInt64,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        let visible = durableSequence
        var next = position
        while next - position < UInt64(limit) {
            guard let location = try location(of: next, in: partition),
                location.sequence < visible
            else { break }
            try withFrame(at: location) { frame in
                guard frame.partition == partition, frame.position == next else {
                    throw damage(location.sequence, "frame \(location.slot)'s position")
                }
                try body(frame)
            }
            next += 1
        }
        return next
    }

    var durableSequence: UInt64 { durable.withLock { $0.below } }

    func waitForDurable(beyond sequence: UInt64, timeoutMilliseconds: Int) -> UInt64 {
        durable.wait(atMost: timeoutMilliseconds * 1_000_000) {
            $0.below > sequence || $0.isStuck ? $0.below : nil
        } ?? durableSequence
    }

    func size(of subject: SubjectID) throws(LogError) -> UInt64 {
        let slot = try slot(of: subject)
        return state.withLock { $0.subjects.states[slot].frontier.count }
    }

    func durableSize(of subject: SubjectID) throws(LogError) -> UInt64 {
        let slot = try slot(of: subject)
        let visible = durableSequence
        return state.withLock { state in
            var size = state.subjects.states[slot].frontier.count
            state.chain(from: state.subjects.states[slot].newest) { entry in
                guard entry.location.sequence >= visible else { return false }
                size = entry.revision
                return true
            }
            return size
        }
    }

    func head(of subject: SubjectID) throws(LogError) -> TreeHead {
        let slot = try slot(of: subject)
        let (head, sequence) = state.withLock { state in
            let frontier = state.subjects.states[slot].frontier
            return (TreeHead(size: frontier.count, root: frontier.root), state.sequence)
        }
        guard waitUntilDurable(below: sequence) else { throw .closed }
        return head
    }

    func checkpoint(of partition: Int) throws(LogError) -> TreeHead {
        let (head, sequence) = state.withLock { state in
            let tree = state.partitions[partition, default: PartitionTree()]
            return (TreeHead(size: tree.count, root: tree.root), state.sequence)
        }
        guard waitUntilDurable(below: sequence) else { throw .closed }
        return head
    }

    /// All leaf hashes of a subject, durable or not.
    func leaves(of subject: SubjectID) throws(LogError) -> [Digest] {
        let slot = try slot(of: subject)
        // The tail before the index: a fold that ends in between shows a frame twice, never not.
        let recent = state.withLock { state -> [TailEntry] in
            var entries: [TailEntry] = []
            state.chain(from: state.subjects.states[slot].newest) { entry in
                entries.append(entry)
                return true
            }
            return entries.reversed()
        }
        let end = Int(clamping: recent.first?.revision ?? .max)
        return try index.entries(of: subject, from: 0).prefix(end).map(\.leaf) + recent.map(\.leaf)
    }

    func nextPosition(partition: Int) -> UInt64 {
        let visible = durableSequence
        return state.withLock { state in
                indexFailure: state.foldFailure?.error ?? mergeFailure,
            var next = state.partitions[partition, default: PartitionTree()].count
            for entry in state.tail.entries.reversed() {
                guard entry.location.sequence >= visible else { break }
                if entry.partition == partition { next = entry.position }
            }
            return next
        }
    }

    var readOnlyReason: ReadOnlyReason? { state.withLock { $0.readOnly } }

    func figures() throws -> LogFigures {
        let usedBytes = try store.usedBytes
        let (durable, queued) = (durableSequence, queuedBytes)
        let (indexBytes, mergeFailure) = (index.byteCount, index.mergeFailure)
        return state.withLock { state in
            LogFigures(
                environment: identity.environment,
                frames: state.frames,
                blocks: state.sequence,
                durableSequence: durable,
                subjects: state.subjects.count,
                groups: state.groups,
                flushes: state.flushes,
                logBytes: usedBytes,
                indexBytes: indexBytes,
                tailFrames: state.tail.entries.count + (state.folding?.entries.count ?? 0),
                queuedBytes: queued,
                positions: state.partitions.mapValues(\.count)
            )
        }
    }

    /// The writer pays for the last commit by itself when nobody comes, so this ends; false when a
    /// flush failed and it never will be.
    func waitUntilDurable(below sequence: UInt64) -> Bool {
        durable.wait { $0.below >= sequence ? true : $0.isStuck ? false : nil }
    }

    private func places(
        of subject: SubjectID,
        from revision: UInt64,
        limit: Int
    ) throws -> [IndexEntry] {
        let slot = try slot(of: subject)
        let visible = durableSequence
        // The tail before the index: a fold that ends in between shows a frame twice, never not.
        let recent = state.withLock { state -> [TailEntry] in
            var entries: [TailEntry] = []
            state.chain(from: state.subjects.states[slot].newest) { entry in
                guard entry.revision >= revision else { return false }
                if entry.location.sequence < visible { entries.append(entry) }
                return true
            }
            return entries.reversed()
        }
        let end = recent.first?.revision ?? .max
        var places: [IndexEntry] = []
        if revision < end {
            places = Array(
                try index.entries(of: subject, from: revision)
                    .prefix(limit).prefix(Int(clamping: end - revision))
            )
        }
        for entry in recent where places.count < limit {
            places.append(IndexEntry(location: entry.location, leaf: entry.leaf))
        }
        return places
    }

    private func location(of position: UInt64, in partition: Int) throws -> Location? {
        if let location = try index.location(of: position, in: partition) { return location }
        let recent = state.withLock { state in
            let match = { (entry: TailEntry) in
                entry.partition == partition && entry.position == position
            }
            return
                (state.folding?.entries.first(where: match)
                ?? state.tail.entries.first(where: match))?.location
        }
        // A fold that ended in between has it in a run now.
        return try recent ?? index.location(of: position, in: partition)
    }
}
