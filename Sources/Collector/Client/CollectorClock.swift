/// The time and the waiting of a collector; tests bring their own.
public struct CollectorClock: Sendable {
    /// Microseconds since 1970-01-01 UTC.
    public var now: @Sendable () -> Int64
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// 64 random bits.
    public var chance: @Sendable () -> UInt64

    /// A clock.
    public init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> UInt64
    ) {
        (self.now, self.sleep, self.chance) = (now, sleep, chance)
    }

    /// Seconds since 1970-01-01 UTC.
    public var seconds: Int64 { now() / 1_000_000 }
}
