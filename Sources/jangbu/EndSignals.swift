import Foundation
import Synchronization

/// Ends the process at once when Ctrl-C or SIGTERM says so; what was acknowledged is on disk at any
/// moment, and what is only there for this process is removed.
enum EndSignals {
    private struct State {
        var isGraceful = false
        var count = 0
        /// Kept alive until the process ends, because the end is what they watch.
        var sources: [any DispatchSourceSignal] = []
    }

    private static let state = Mutex(State())
    private static let queue = DispatchQueue(label: "signals")

    /// From now on the first signal ends the process, or with `isGraceful` the second: somebody
    /// else ends it in order at the first.
    static func watch(isGraceful: Bool) {
        state.withLock { state in
            (state.isGraceful, state.count) = (isGraceful, 0)
            guard state.sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                // A queue of its own: work that never waits must not keep a signal from being seen.
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { came() }
                source.resume()
                state.sources.append(source)
            }
        }
    }

    private static func came() {
        let isEnd = state.withLock { state in
            state.count += 1
            return !state.isGraceful || state.count > 1
        }
        if isEnd { Foundation.exit(130) }
        Terminal.shared.note("ending; once more to end at once")
    }
}
