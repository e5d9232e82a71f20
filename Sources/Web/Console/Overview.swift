/// The platform at one moment: what the first page, `/v1/overview`, `/metrics` and the stream show.
public struct Overview: Sendable {
    /// What the log accepts.
    public enum Mode: Sendable, Equatable {
        /// Reads and appends.
        case normal
        /// Reads only; `reason` is a stable word such as `disk-full`.
        case readOnly(reason: String)
    }

    /// What the log accepts now.
    public var mode = Mode.normal
    /// When this was taken: milliseconds since 1970 UTC.
    public var takenAt: Int64
    /// Since the process was ready, in milliseconds.
    public var uptimeMilliseconds: Int64
    /// Events in the log, durable ones.
    public var events: UInt64
    /// Frames in the log, durable ones.
    public var frames: UInt64
    /// Persons with at least one frame.
    public var subjects: UInt64
    /// Erasures carried out since the log began.
    public var erasures: UInt64
    /// Slots of the vault that were found damaged at its opening: so many persons do not open.
    public var damagedSlots: UInt64
    /// Flushes of log files since the process started.
    public var flushes: UInt64
    /// Environments of the log whose index could not be written or merged at the last attempt.
    public var indexFailures: UInt64
    /// Events per second over the last second.
    public var eventsPerSecond: Double
    /// Events per second over the last 60 seconds.
    public var eventsPerSecondMinute: Double
    /// Events of each of the last seconds, oldest first; at most 120.
    public var eventsPerSecondHistory: [Double]
    /// One for each partition, by number.
    public var partitions: [PartitionState]
    /// One for each projection, by name.
    public var projections: [ProjectionState]
    /// Space on the log's file system.
    public var disk: DiskState
    /// Newest frames, newest first; at most 10.
    public var recent: [FrameHead]

    /// An overview; counters that a caller does not set are zero or empty.
    public init(takenAt: Int64, uptimeMilliseconds: Int64, disk: DiskState) {
        self.takenAt = takenAt
        self.uptimeMilliseconds = uptimeMilliseconds
        self.disk = disk
        events = 0
        frames = 0
        subjects = 0
        erasures = 0
        damagedSlots = 0
        flushes = 0
        indexFailures = 0
        eventsPerSecond = 0
        eventsPerSecondMinute = 0
        eventsPerSecondHistory = []
        partitions = []
        projections = []
        recent = []
    }

    /// The state of all partitions as one cursor: what `id:` of the stream carries.
    public var cursor: Cursor { Cursor(partitions.map(\.frames)) }
}

/// One ordered log.
public struct PartitionState: Sendable {
    /// Number of the partition, from 0.
    public var partition: Int
    /// Durable frames; the last one's position is one less.
    public var frames: UInt64
    /// Bytes of its frames in the log.
    public var bytes: UInt64
    /// Recorded-at of its newest frame, milliseconds since 1970 UTC; `nil` when empty.
    public var lastRecordedAt: Int64?

    /// A partition's state.
    public init(partition: Int, frames: UInt64, bytes: UInt64, lastRecordedAt: Int64?) {
        self.partition = partition
        self.frames = frames
        self.bytes = bytes
        self.lastRecordedAt = lastRecordedAt
    }
}

/// How far one projection is, and what stopped it last.
public struct ProjectionState: Sendable {
    /// Stable name, such as `spending-profile`.
    public var name: String
    /// Version of its fold.
    public var version: UInt32
    /// Frames folded, summed over partitions.
    public var folded: UInt64
    /// Durable frames not folded yet.
    public var lagFrames: UInt64
    /// Durable events not folded yet.
    public var lagEvents: UInt64
    /// Age of the oldest durable frame not folded yet, in milliseconds; 0 when there is none.
    public var lagMilliseconds: Int64
    /// Events that could not be folded and wait for a person.
    public var parked: UInt64
    /// Stable word for the last failure, such as `unknown-event`; `nil` when there was none.
    public var lastError: String?

    /// A projection's state.
    public init(
        name: String,
        version: UInt32,
        folded: UInt64,
        lagFrames: UInt64,
        lagEvents: UInt64,
        lagMilliseconds: Int64,
        parked: UInt64,
        lastError: String?
    ) {
        self.name = name
        self.version = version
        self.folded = folded
        self.lagFrames = lagFrames
        self.lagEvents = lagEvents
        self.lagMilliseconds = lagMilliseconds
        self.parked = parked
        self.lastError = lastError
    }
}

/// Space on the file system of the log, and our part of it, in bytes.
public struct DiskState: Sendable {
    /// Size of the file system.
    public var total: UInt64
    /// Free for us.
    public var free: UInt64
    /// The log's files.
    public var log: UInt64
    /// Indexes, projections and cursors.
    public var indexes: UInt64

    /// A disk's state.
    public init(total: UInt64, free: UInt64, log: UInt64, indexes: UInt64) {
        self.total = total
        self.free = free
        self.log = log
        self.indexes = indexes
    }

    /// Share of the file system in use, per mille, rounded down.
    public var usedPerMille: UInt64 {
        guard total > 0, free <= total else { return 0 }
        let (used, overflow) = (total - free).multipliedReportingOverflow(by: 1000)
        return overflow ? (total - free) / (total / 1000) : used / total
    }
}

/// The clear header of one frame: nothing in it is personal.
public struct FrameHead: Sendable {
    /// Partition it is in.
    public var partition: Int
    /// Its place there, from 0.
    public var position: UInt64
    /// Its place in its subject's log, from 0.
    public var revision: UInt64
    /// Stable word of the kind: `provider-data`, `consent`, `decision`, `preference`, `self`,
    /// `control`.
    public var kind: String
    /// Events sealed in it.
    public var events: Int
    /// Bytes of header and body.
    public var bytes: Int
    /// When it was sealed, milliseconds since 1970 UTC; data, never order.
    public var recordedAt: Int64

    /// A frame's header.
    public init(
        partition: Int,
        position: UInt64,
        revision: UInt64,
        kind: String,
        events: Int,
        bytes: Int,
        recordedAt: Int64
    ) {
        self.partition = partition
        self.position = position
        self.revision = revision
        self.kind = kind
        self.events = events
        self.bytes = bytes
        self.recordedAt = recordedAt
    }
}
