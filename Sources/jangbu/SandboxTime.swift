import Synchronization

/// The sandbox's time, as ours with a difference, or standing still as it does.
final class SandboxTime: Sendable {
    private struct State {
        /// Seconds that the sandbox's clock is ahead of ours.
        var ahead: Int64 = 0
        var standing: Int64?
    }

    private let state = Mutex(State())

    /// Since 1970-01-01 UTC.
    var microseconds: Int64 {
        let (ahead, standing) = state.withLock { ($0.ahead, $0.standing) }
        return standing.map { $0 * 1_000_000 } ?? Clock.now + ahead * 1_000_000
    }

    func set(_ reading: SandboxControl.Reading) {
        let ours = Clock.now / 1_000_000
        state.withLock { state in
            state.ahead = reading.seconds - ours
            state.standing = reading.isRunning ? nil : reading.seconds
        }
    }
}
