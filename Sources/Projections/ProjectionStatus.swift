public import Cryptography

/// How far a projection is and how it is.
public struct ProjectionStatus: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Version of its fold.
    public var version: UInt32
    /// Number of the generation that is read, from 1.
    public var generation: UInt32
    /// By partition: positions below this are folded.
    public var positions: [UInt64]
    /// Frames folded, over all partitions.
    public var frames: UInt64
    /// Events folded or parked, over all partitions.
    public var events: UInt64
    /// Persons with a state, as last committed.
    public var states: UInt64
    /// States in memory.
    public var statesInMemory: Int
    /// Durable frames not folded yet.
    public var lagFrames: UInt64
    /// Durable events not folded yet; above `Lag.countedFramesMax` frames the rest is estimated.
    public var lagEvents: UInt64
    /// How long the oldest durable frame has waited to be folded; 0 when there is none.
    public var lagMilliseconds: Int64
    /// Events parked, as last committed.
    public var parked: UInt64
    /// Persons whose state is damaged.
    public var damaged: UInt64
    /// What failed last and has not succeeded since; nil when all is well.
    public var lastError: ProjectionError?
    /// Sum of the states' hash terms, as last committed.
    public var stateHash: Digest
    /// Everything that was durable at the start is folded, so that it can be read.
    public var isReady: Bool
}
