public import Cryptography

/// Sealed frames in one buffer, in append order, with what the log needs of each.
public struct FrameBatch: Sendable {
    /// One frame of the batch.
    public struct Entry: Sendable {
        /// First byte in `bytes`.
        public let offset: Int
        /// Bytes of the frame.
        public let byteCount: Int
        /// Whose log.
        public let subject: SubjectID
        /// The revision it was sealed for.
        public let revision: UInt64
        /// The command that made it.
        public let command: CommandID
        /// Leaf hash of the frame bytes.
        public let leaf: Digest
    }

    /// The frames, one after the other.
    public internal(set) var bytes: [UInt8] = []
    /// One entry a frame.
    public internal(set) var entries: [Entry] = []

    /// An empty batch; reserve what it will hold.
    public init(byteCapacity: Int = 0, frameCapacity: Int = 0) {
        bytes.reserveCapacity(byteCapacity)
        entries.reserveCapacity(frameCapacity)
    }

    /// Takes a copy of a whole frame that another sealer made, after checking its header.
    public mutating func append(frame: Span<UInt8>) throws(FrameError) {
        let header = try FrameHeader(frame)
        guard header.frameByteCount == frame.count else { throw .truncated }
        let offset = bytes.count
        bytes.append(span: frame)
        note(header, at: offset)
    }

    /// Forgets the frames and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    /// The bytes of entry `index`.
    @_lifetime(borrow self)
    public func frame(_ index: Int) -> Span<UInt8> {
        let entry = entries[index]
        return bytes.span.extracting(entry.offset..<entry.offset + entry.byteCount)
    }

    mutating func note(_ header: FrameHeader, at offset: Int) {
        let count = header.frameByteCount
        let leaf = FrameHeader.leaf(of: bytes.span.extracting(offset..<offset + count))
        entries.append(
            Entry(
                offset: offset,
                byteCount: count,
                subject: header.subject,
                revision: header.revision,
                command: header.command,
                leaf: leaf
            )
        )
    }
}
