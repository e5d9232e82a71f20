internal import Cryptography
internal import EventLog
internal import Frame
internal import Synchronization
internal import Threads

/// The thread that folds one shard: catching up and following live are the same path.
///
/// Between two batches sinks join and leave, and waiters are told.
final class Runner: Sendable {
    let shard: Shard
    private let log: EventLog
    private let keys: any KeyLender
    private let state: Monitor<State>
    /// Signalled after each batch, with its number.
    private let batches = Monitor<UInt64>(0)
    private let askCheckpoint: @Sendable () -> Void

    /// Blocks in one batch: between two, sinks join and leave and waiters are told.
    private static let blockLimit = 8
    /// How long a wait for frames or for room lasts before everything is looked at again.
    private static let waitMilliseconds = 100

    private struct State {
        var sinks: [any FrameSink] = []
        var isStopping = false
        var failure: ProjectionError?
        /// Ends a batch here, runs the closures between two frames' blocks, goes on.
        var pauses: [@Sendable () -> Void] = []
    }

    init(
        shard: Shard,
        log: EventLog,
        keys: any KeyLender,
        askCheckpoint: @escaping @Sendable () -> Void
    ) {
        self.shard = shard
        self.log = log
        self.keys = keys
        self.askCheckpoint = askCheckpoint
        state = Monitor(State())
    }

    /// What stopped the thread, or held it up last; nil when it is well.
    var failure: ProjectionError? { state.withLock { $0.failure } }

    /// Blocks below this are folded by every sink.
    var nextSequence: UInt64 {
        state.withLock { $0.sinks.map(\.nextSequence).min() ?? 0 }
    }

    func join(_ sink: any FrameSink) {
        state.signal { $0.sinks.append(sink) }
    }

    func leave(_ sink: any FrameSink) {
        state.signal { state in state.sinks.removeAll { $0 === sink } }
    }

    func stop() {
        state.signal { $0.isStopping = true }
        wake()
    }

    /// Wakes the thread when it waits for room.
    func wake() { state.signal { _ in } }

    /// Runs `body` between two batches and returns when it has run; false when the thread has
    /// ended.
    func pause(_ body: @escaping @Sendable () -> Void) -> Bool {
        let done = Monitor(false)
        let isRunning = state.signal { state -> Bool in
            guard !state.isStopping else { return false }
            state.pauses.append {
                body()
                done.signal { $0 = true }
            }
            return true
        }
        guard isRunning else { return false }
        return done.wait { $0 ? true : nil }
    }

    /// Waits until `isDone` says so, asking after each batch.
    func wait(atMost nanoseconds: Int, until isDone: () -> Bool) -> Bool {
        batches.wait(atMost: nanoseconds) { _ in isDone() ? true : nil } ?? false
    }

    /// Waits until both sinks are at the same place; false when the thread has ended.
    func waitUntilLevel(_ first: any FrameSink, _ second: any FrameSink) -> Bool {
        batches.wait { _ in
            if state.withLock({ $0.isStopping }) { return false }
            return first.nextSequence == second.nextSequence ? true : nil
        }
    }

    /// The thread's body.
    func run() {
        do {
            var feed = try FrameFeed(log: log, keys: keys, shard: shard)
            while let sinks = nextSinks() {
                do throws(ProjectionError) {
                    try runBatch(sinks, &feed)
                    if failure != nil { state.signal { $0.failure = nil } }
                } catch {
                    // The batch is tried again: frames that were folded are passed over.
                    note(error)
                }
            }
        } catch {
            state.signal { $0.failure = error }
        }
        let pauses = state.signal { state in
            state.isStopping = true
            return exchange(&state.pauses, with: [])
        }
        for pause in pauses { pause() }
        batches.signal { $0 += 1 }
    }

    /// Shows the failure and waits a little, or until stopping.
    private func note(_ error: ProjectionError) {
        state.signal { $0.failure = error }
        _ = state.wait(atMost: Runner.waitMilliseconds * 1_000_000) { state in
            state.isStopping || !state.pauses.isEmpty ? true : nil
        }
    }

    /// The sinks of the next batch; waits for one to have room; nil when stopping.
    private func nextSinks() -> [any FrameSink]? {
        while true {
            let (pauses, sinks, isStopping) = state.withLock { state in
                (exchange(&state.pauses, with: []), state.sinks, state.isStopping)
            }
            for pause in pauses { pause() }
            guard !isStopping else { return nil }
            guard pauses.isEmpty else { continue }
            guard sinks.isEmpty || sinks.contains(where: \.isFull) else { return sinks }
            if !sinks.isEmpty { askCheckpoint() }
            _ = state.wait(atMost: Runner.waitMilliseconds * 1_000_000) { state in
                let isReady =
                    !state.sinks.isEmpty && !state.sinks.contains(where: \.isFull)
                return isReady || state.isStopping || !state.pauses.isEmpty ? true : nil
            }
        }
    }

    private func runBatch(
        _ sinks: [any FrameSink],
        _ feed: inout FrameFeed
    ) throws(ProjectionError) {
        let next = sinks.map(\.nextSequence).min() ?? 0
        let durable = log.waitForDurable(
            environment: shard.environment,
            beyond: next,
            timeoutMilliseconds: Runner.waitMilliseconds
        )
        guard durable > next else { return }
        _ = try feed.run(from: next, blockLimit: Runner.blockLimit, into: sinks)
        batches.signal { $0 += 1 }
    }
}
