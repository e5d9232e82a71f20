internal import Cryptography
internal import Frame

/// What the log needs of a stored frame or of what compaction left of it.
struct FrameFacts: Equatable {
    let subject: SubjectID
    let revision: UInt64
    let command: CommandID
    let leaf: Digest

    /// Nil when the bytes are neither.
    init?(_ bytes: Span<UInt8>, isTombstone: Bool) {
        if isTombstone {
            guard let tombstone = Tombstone(bytes) else { return nil }
            (subject, revision) = (tombstone.subject, tombstone.revision)
            (command, leaf) = (tombstone.command, tombstone.leaf)
            return
        }
        do {
            let header = try FrameHeader(bytes)
            guard header.frameByteCount == bytes.count else { return nil }
            (subject, revision, command) = (header.subject, header.revision, header.command)
            leaf = FrameHeader.leaf(of: bytes)
        } catch {
            return nil
        }
    }
}

/// A frame of a block: what it is and where its partition has it.
struct BlockFrame {
    let facts: FrameFacts
    let partition: Int
    let position: UInt64
    let isTombstone: Bool

    /// The same frame at the same place, whether or not only its tombstone is left.
    func isSame(as other: BlockFrame) -> Bool {
        facts == other.facts && partition == other.partition && position == other.position
    }
}

/// A frame's place in its partition's tree.
struct BlockLeaf {
    let partition: Int
    let position: UInt64
    var leaf = Digest()
}

extension Block {
    /// Its frames in order.
    func frames() throws(BlockDamage) -> [BlockFrame] {
        var frames: [BlockFrame] = []
        frames.reserveCapacity(count)
        for slot in 0..<count {
            let entry = try entry(slot)
            let bytes = bytes.extracting(entry.range)
            guard let facts = FrameFacts(bytes, isTombstone: entry.isTombstone) else {
                throw .frame
            }
            frames.append(
                BlockFrame(
                    facts: facts,
                    partition: entry.partition,
                    position: entry.position,
                    isTombstone: entry.isTombstone
                )
            )
        }
        return frames
    }
}
