internal import Synchronization

/// Lets a number of tasks through at once, first come, first served.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Index of the first waiter; the list is cut when half of it is gone.
        var first = 0
    }

    private let state: Mutex<State>

    init(width: Int) {
        precondition(width >= 1, "somebody gets through")
        state = Mutex(State(free: width))
    }

    func pass<R>(_ body: () async -> R) async -> R {
        await enter()
        defer { leave() }
        return await body()
    }

    private func enter() async {
        // Most find it free; a continuation is for those who wait.
        let isFree = state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
        guard !isFree else { return }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.first < state.waiting.count else {
                state.free += 1
                return nil
            }
            let next = state.waiting[state.first]
            state.first += 1
            if state.first * 2 > state.waiting.count {
                state.waiting.removeFirst(state.first)
                state.first = 0
            }
            return next
        }
        next?.resume()
    }

    /// Tasks that wait now.
    var waitingCount: Int { state.withLock { $0.waiting.count - $0.first } }
}
