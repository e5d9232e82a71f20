internal import Cryptography
internal import Frame
internal import LMDB
internal import Synchronization
internal import Threads

extension LogEnvironment {
    /// Lends the frame at a place that the log itself gave.
    ///
    /// Its whole block is checked, unless the caller knows the block or checks the frame.
    func withFrame<R>(
        at location: Location,
        isChecked: Bool = false,
        _ body: (borrowing StoredFrame) throws -> R
    ) throws -> R {
        try store.read { transaction in
            guard let bytes = try transaction.get(location.sequence, from: blocks) else {
                throw damage(location.sequence, "which is missing")
            }
            let block = try block(bytes, sequence: location.sequence, isChecked: isChecked)
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
            // The index has the frame's own hash: nothing else of the block need be read.
            try withFrame(at: place.location, isChecked: true) { frame in
                guard let facts = FrameFacts(frame.bytes, isTombstone: frame.isTombstone),
                    facts.subject == subject, facts.revision == revision + UInt64(number),
                    facts.leaf == place.leaf
                else { throw damage(place.location.sequence, "frame \(place.location.slot)") }
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
        // Neighbours share a block, whose checksum is looked at once.
        var known: UInt64?
        while next - position < UInt64(limit) {
            guard let location = try location(of: next, in: partition),
                location.sequence < visible
            else { break }
            try withFrame(at: location, isChecked: known == location.sequence) { frame in
                guard frame.partition == partition, frame.position == next else {
                    throw damage(location.sequence, "frame \(location.slot)'s position")
                }
                try body(frame)
            }
            known = location.sequence
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

    func nextPosition(partition: Int) -> UInt64 {
        let visible = durableSequence
        return state.withLock { state in
            var next = state.partitions[partition, default: PartitionTree()].count
            // Newest first, up to the first durable one; a tail that is being folded may hold some
            // that are not durable yet.
            while next > 0, let entry = state.entry(at: next - 1, in: partition),
                entry.location.sequence >= visible
            {
                next = entry.position
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
                indexFailure: state.foldFailure?.error ?? mergeFailure,
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

    /// Where up to `limit` of the subject's durable frames are, from `revision` on.
    func places(
        of subject: SubjectID,
        from revision: UInt64,
        limit: Int
    ) throws(LogError) -> [IndexEntry] {
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
            places = try index.entries(
                of: subject,
                from: revision,
                limit: min(limit, Int(clamping: end - revision))
            )
        }
        for entry in recent where places.count < limit {
            places.append(IndexEntry(location: entry.location, leaf: entry.leaf))
        }
        return places
    }

    private func location(of position: UInt64, in partition: Int) throws -> Location? {
        // The tail before the index: a fold that ends in between shows a frame twice, never not.
        if let recent = state.withLock({ $0.entry(at: position, in: partition) }) {
            return recent.location
        }
        return try index.location(of: position, in: partition)
    }
}

extension LogState {
    /// The frame at a position, unless it is in a run.
    func entry(at position: UInt64, in partition: Int) -> TailEntry? {
        tail.entry(at: position, in: partition) ?? folding?.entry(at: position, in: partition)
    }
}
