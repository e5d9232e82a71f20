import Synchronization

/// What is known of a provider: asked for once, however many wait for it, and after a failure not
/// again at once.
final class ProviderFacts: Sendable {
    struct Facts: Sendable {
        var metadata: OpenIDClient.Metadata
        var keys: ProviderKeys
    }

    typealias Outcome = Result<Facts, OpenIDRefusal>

    /// Asked for again after this long, and when a token names another key.
    private static let freshness = Duration.seconds(600)
    /// A provider that failed is left alone for this long: nobody waits for it again and again.
    private static let failureMemory = Duration.seconds(5)
    /// Requests that wait at most; more are refused at once.
    private static let waitersMax = 256

    private struct State {
        var latest: (outcome: Outcome, at: Duration)?
        /// Nil when nobody asks.
        var waiters: [CheckedContinuation<Outcome, Never>]?
    }

    private enum Step {
        case done(Outcome)
        case ask
        case wait
    }

    private let clock: @Sendable () -> Duration
    private let state = Mutex(State())

    init(clock: @escaping @Sendable () -> Duration) { self.clock = clock }

    /// What is known, or what `fetch` finds.
    func read(
        isFresh: Bool,
        _ fetch: () async throws(OpenIDRefusal) -> Facts
    ) async throws(OpenIDRefusal) -> Facts {
        switch next(isFresh: isFresh) {
        case .done(let outcome): return try outcome.get()
        case .wait: return try await wait().get()
        case .ask:
            let outcome: Outcome
            do throws(OpenIDRefusal) {
                outcome = .success(try await fetch())
            } catch {
                outcome = .failure(error)
            }
            let now = clock()
            let waiters = state.withLock { state in
                defer { state.waiters = nil }
                state.latest = (outcome, now)
                return state.waiters ?? []
            }
            for waiter in waiters { waiter.resume(returning: outcome) }
            return try outcome.get()
        }
    }

    private func next(isFresh: Bool) -> Step {
        let now = clock()
        return state.withLock { state in
            if let (outcome, at) = state.latest {
                switch outcome {
                case .success where !isFresh && now - at < ProviderFacts.freshness,
                    .failure where now - at < ProviderFacts.failureMemory:
                    return .done(outcome)
                case .success, .failure: break
                }
            }
            guard let waiters = state.waiters else {
                state.waiters = []
                return .ask
            }
            return waiters.count < ProviderFacts.waitersMax ? .wait : .done(.failure(.unreachable))
        }
    }

    /// Waits for who asks already; at once where they just had their answer.
    private func wait() async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> Outcome? in
                guard state.waiters == nil else {
                    state.waiters?.append(continuation)
                    return nil
                }
                return state.latest?.outcome ?? .failure(.unreachable)
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }
}
