public import Cryptography
public import Frame
internal import Synchronization

extension EventLog {
    /// Size and root of a subject's log, durable frames only.
    public func head(of subject: SubjectID) throws(LogError) -> TreeHead {
        try environments[environment(of: subject)].head(of: subject)
    }

    /// Size and root of a partition, every frame committed before the call.
    public func checkpoint(of partition: Int) throws(LogError) -> TreeHead {
        try environments[layout.environment(ofPartition: partition)].checkpoint(of: partition)
    }

    /// Shows that the frame at `revision` is in the subject's log of `size` frames.
    ///
    /// - Throws: `.outOfRange` when there is no such frame, or fewer durable ones than `size`.
    public func inclusionProof(
        of revision: UInt64,
        in subject: SubjectID,
        size: UInt64
    ) throws(LogError) -> [Digest] {
        guard revision < size else { throw .outOfRange(size: size) }
        let leaves = try environments[environment(of: subject)].leaves(of: subject, size: size)
        return Merkle.inclusionProof(of: Int(revision), in: leaves)
    }

    /// Shows that the subject's log of `size` frames begins with the log of `old` frames.
    ///
    /// - Throws: `.outOfRange` when `old` is larger than `size`, or there are fewer durable frames.
    public func consistencyProof(
        from old: UInt64,
        in subject: SubjectID,
        size: UInt64
    ) throws(LogError) -> [Digest] {
        guard old <= size else { throw .outOfRange(size: size) }
        let leaves = try environments[environment(of: subject)].leaves(of: subject, size: size)
        return Merkle.consistencyProof(from: old, count: size) { range in
            Merkle.root(of: Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }
}

extension LogEnvironment {
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

    /// The leaf hashes of the subject's first `size` frames, all of them durable.
    func leaves(of subject: SubjectID, size: UInt64) throws(LogError) -> [Digest] {
        let places = try places(of: subject, from: 0, limit: Int(clamping: size))
        guard places.count == size else { throw .outOfRange(size: UInt64(places.count)) }
        return places.map(\.leaf)
    }
}
