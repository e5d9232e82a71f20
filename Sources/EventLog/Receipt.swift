public import Cryptography
public import Frame

/// Where the frames of one append are, in the order of the batch.
public struct Receipt: Sendable, Equatable {
    /// Whether a frame was appended by this call.
    public enum Outcome: Sendable, Equatable {
        /// By this call.
        case appended
        /// By an earlier one with the same command; the place is that one's.
        case duplicate
    }

    /// Where one frame is.
    public struct Place: Sendable, Equatable {
        /// By this call or an earlier one.
        public let outcome: Outcome
        /// Which ordered log.
        public let partition: Int
        /// 0-based in the partition.
        public let position: UInt64
        /// Whose log.
        public let subject: SubjectID
        /// 0-based in the subject's log.
        public let revision: UInt64
    }

    /// One a frame.
    public internal(set) var places: [Place]
}

/// Size and RFC 6962 root of a subject's log or a partition; a head or checkpoint once signed.
public struct TreeHead: Sendable, Equatable {
    /// Frames.
    public let size: UInt64
    /// Root over their leaf hashes.
    public let root: Digest
}

/// A frame in the log, in place: valid only within the closure that lends it.
public struct StoredFrame: ~Copyable, ~Escapable {
    /// The frame's bytes, or a tombstone's.
    public let bytes: Span<UInt8>
    /// Which ordered log.
    public let partition: Int
    /// 0-based in the partition.
    public let position: UInt64
    /// The block that holds it.
    public let sequence: UInt64
    /// Its place in the block.
    public let slot: Int
    /// The frame was dropped by compaction; only its leaf hash is left.
    public let isTombstone: Bool

    /// The frame's leaf hash, which a tombstone keeps.
    public var leaf: Digest {
        if isTombstone, let tombstone = Tombstone(bytes) { return tombstone.leaf }
        return FrameHeader.leaf(of: bytes)
    }

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ entry: BlockEntry, sequence: UInt64, slot: Int) {
        self.bytes = bytes
        partition = entry.partition
        position = entry.position
        isTombstone = entry.isTombstone
        self.sequence = sequence
        self.slot = slot
    }
}

/// What one environment counts.
public struct LogFigures: Sendable, Equatable {
    /// Which environment.
    public var environment: Int
    /// Frames, tombstones included, committed.
    public var frames: UInt64
    /// Blocks, committed.
    public var blocks: UInt64
    /// Blocks, durable.
    public var durableSequence: UInt64
    /// Subjects with a frame, of those in memory.
    public var subjects: Int
    /// Groups committed since the log was opened.
    public var groups: UInt64
    /// Flushes issued since the log was opened: one a group under load.
    public var flushes: UInt64
    /// Bytes of the environment's file in use.
    public var logBytes: UInt64
    /// Bytes of the index runs.
    public var indexBytes: UInt64
    /// Frames that are in memory and not yet in an index run.
    public var tailFrames: Int
    /// Why the last index run could not be written or merged; nil when it could.
    ///
    /// The log goes on without: look-ups read more, and the next start takes longer.
    public var indexFailure: LogError?
    /// Bytes that appends wait with.
    public var queuedBytes: Int
    /// Next position of each partition of this environment, in partition order.
    public var positions: [Int: UInt64]
}
