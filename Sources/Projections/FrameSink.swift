internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame

/// What a sink needs of a frame besides its events.
struct FrameNote {
    let subject: SubjectID
    let revision: UInt64
    let partition: Int
    let position: UInt64
    let asset: AssetID
    /// 0 when nothing of the frame is folded; of a frame of wraps, what it says to read models.
    var eventCount: Int
    /// Epoch of the subject's own key, when the frame holds wraps under it.
    let keysEpoch: UInt32?

    init(_ header: FrameHeader, partition: Int, position: UInt64) {
        subject = header.subject
        revision = header.revision
        self.partition = partition
        self.position = position
        asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        eventCount = Int(header.eventCount)
        let isKeys = header.kind == .control && header.compartment == .keys
        keysEpoch = isKeys && !header.subject.isPlatform ? header.keyEpoch : nil
    }

    /// A tombstone: its revision and position pass, nothing is folded.
    ///
    /// What compaction leaves begins with the subject, 16 bytes, and the revision, 8.
    init(tombstone: borrowing StoredFrame) {
        subject = SubjectID(tombstone.bytes, at: 0)
        revision = tombstone.bytes.littleEndian(UInt64.self, at: 16)
        partition = tombstone.partition
        position = tombstone.position
        asset = AssetID(high: 0, low: 0)
        eventCount = 0
        keysEpoch = nil
    }
}

/// One projection's fold over one shard, as its runner sees it: one call a frame, not one an event.
protocol FrameSink: AnyObject, Sendable {
    /// Blocks below this are folded already.
    var nextSequence: UInt64 { get }
    /// Too much waits for a checkpoint to take more.
    var isFull: Bool { get }

    /// Folds the events of an opened frame, or counts a frame without any.
    ///
    /// - Returns: whether the subject must be folded anew, because a compartment of it was erased;
    ///   nothing of the frame is taken then.
    func fold(_ note: FrameNote, _ events: Span<UInt8>) -> Bool
    /// Records a frame that does not open.
    ///
    /// - Returns: as `fold`.
    func park(_ note: FrameNote, _ reason: ParkReason) -> Bool
    /// Drops the subject's state for good: a frame of it does not open because the subject is
    /// erased.
    func erase(_ note: FrameNote)
    /// Blocks below `sequence` are folded now.
    func finish(through sequence: UInt64)
    /// The subject's revision to fold next, as far as memory knows; nil when it does not.
    func nextRevision(of subject: SubjectID) -> UInt64?
    /// Folds the subject from its first frame to the one `last` is of, without what is erased, and
    /// takes that frame.
    func refold(_ last: FrameNote, with reader: SubjectReader) throws(ProjectionError)
}

/// The part of a log that one thread folds: some partitions of one environment.
struct Shard: Sendable, Equatable {
    let environment: Int
    let partitions: [Int]
    private let mask: [Bool]

    init(environment: Int, partitions: [Int], of count: Int) {
        self.environment = environment
        self.partitions = partitions
        var mask = [Bool](repeating: false, count: count)
        for partition in partitions { mask[partition] = true }
        self.mask = mask
    }

    func contains(_ partition: Int) -> Bool { mask[partition] }
}
