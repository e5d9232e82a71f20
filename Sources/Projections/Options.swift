/// How projections are run.
public struct ProjectionOptions: Sendable {
    /// Threads that fold, per environment of the log; each takes a share of its partitions.
    public var shardsPerEnvironment = 1
    /// Milliseconds between checkpoints: what is folded again after a crash.
    public var checkpointIntervalMilliseconds = 250
    /// States of one projection in memory, over all shards.
    public var stateCountMax = 65_536
    /// Encoded bytes of these states; in memory they take two to three times that.
    public var stateByteCountMax = 48 << 20
    /// Changed states of one projection at which folding waits for a checkpoint.
    public var dirtyCountMax = 8_192
    /// Threads that fold in a rebuild, per environment of the log.
    public var rebuildThreadsPerEnvironment = 2
    /// Bytes of memory that states may take in a rebuild, over all its threads.
    public var rebuildByteCountMax = 256 << 20
    /// The most a store's file can grow to; address space, not disk.
    public var mapSizeBytes = 1 << 36

    /// The defaults suit one machine of two cores and 512 MiB.
    public init() {}

    /// One shard's share of the bounds.
    func limit(shards: Int) -> StateLimit {
        StateLimit(
            stateCountMax: max(1, stateCountMax / shards),
            byteCountMax: max(1, stateByteCountMax / shards),
            dirtyCountMax: max(1, dirtyCountMax / shards)
        )
    }
}

/// Nanoseconds of a clock that only goes forward; the executable's, or a test's.
public typealias MonotonicClock = @Sendable () -> UInt64
