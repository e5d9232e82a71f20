internal import Synchronization

/// How long flushes take, and when a full disk is tried again.
///
/// Durations only: never order.
final class FlushClock: Sendable {
    private let last = Atomic<Int>(0)
    private let probe = Mutex<ContinuousClock.Instant?>(nil)
    private let clock = ContinuousClock()

    /// A full disk is tried again after this long: soon enough to go on by itself, seldom enough
    /// not to be the load.
    private static let probeInterval = Duration.seconds(1)

    var now: ContinuousClock.Instant { clock.now }

    /// Nanoseconds of the last commit or sync.
    var lastFlush: Int { last.load(ordering: .relaxed) }

    func note(flushSince start: ContinuousClock.Instant) {
        let parts = (clock.now - start).components
        last.store(
            Int(parts.seconds) * 1_000_000_000 + Int(parts.attoseconds / 1_000_000_000),
            ordering: .relaxed
        )
    }

    func postponeProbe() {
        probe.withLock { $0 = clock.now + FlushClock.probeInterval }
    }

    func mayProbe() -> Bool {
        probe.withLock { next in
            guard let at = next else { return true }
            return clock.now >= at
        }
    }
}
