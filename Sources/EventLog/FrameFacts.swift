internal import Cryptography
internal import Frame

/// What the log needs of a stored frame or of what compaction left of it.
struct FrameFacts {
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
