internal import Finance
public import Frame
public import ServiceLifecycle
internal import Synchronization

/// Runs regular transfers in each customer's cycle, spread over the providers' slots.
///
/// What is due is worked out from the log when it starts and after each transfer, so nothing of it
/// has to be kept. Fair: whoever was due first goes first, and no provider takes more than its
/// share of the transfers under way, so one that is slow holds up nobody else. Revocations that
/// providers are owed go the same way, at once.
public final class CollectionSchedule: Service {
    /// How regular transfers stand.
    public struct Figures: Sendable, Equatable {
        /// Transfers that have a time.
        public var planned = 0
        /// Transfers under way.
        public var active = 0
        /// Seconds by which the oldest due transfer is late.
        public var lagSeconds: Int64 = 0
        /// Transfers that ended since the start.
        public var done: UInt64 = 0
        /// Those that brought nothing.
        public var failed: UInt64 = 0
        /// Revocations that providers took.
        public var revoked: UInt64 = 0
    }

    private enum Errand: Hashable {
        case transfer
        case revocation
    }

    private struct Work: Sendable, Hashable {
        var errand = Errand.transfer
        var subject: SubjectID
        var provider: String
    }

    private struct State {
        /// What is due when; entries that `planned` does not have are stale.
        var queue = DueQueue<Work>()
        var planned: [Work: Int64] = [:]
        /// Not to be begun before, whatever is due: it came to nothing, or is being left alone.
        var rests: [Work: Int64] = [:]
        /// Held or under way.
        var begun: Set<Work> = []
        /// Transfers under way at each provider.
        var active: [String: Int] = [:]
        var activeCount = 0
        /// Due, but their provider has its share; in order.
        var held: [String: [(at: Int64, work: Work)]] = [:]
        var figures = Figures()
    }

    /// Transfers of one provider under way at once.
    static let perProviderMax = 32
    /// Longest sleep: who was enrolled in the meantime is looked for after it.
    static let sleepSecondsMax: Int64 = 60

    private let collector: Collector
    private let subjects: @Sendable () -> [SubjectID]
    /// Transfers under way at once.
    private let atOnceMax: Int
    private let state = Mutex(State())

    /// A schedule for the persons that `subjects` names, each time anew.
    public init(
        _ collector: Collector,
        subjects: @escaping @Sendable () -> [SubjectID]
    ) {
        (self.collector, self.subjects) = (collector, subjects)
        atOnceMax = collector.options.regularAtOnceMax
    }

    /// Works until the task is cancelled or the service group shuts down; transfers under way end.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                var plannedAt = Int64.min
                while !Task.isCancelled, !isStopped.load() {
                    let now = collector.clock.seconds
                    if now >= plannedAt &+ CollectionSchedule.sleepSecondsMax || plannedAt > now {
                        plannedAt = now
                        state.withLock { $0.rests = $0.rests.filter { $0.value > now } }
                        for subject in subjects() { plan(subject) }
                    }
                    for work in due() {
                        tasks.addTask { await self.run(work) }
                    }
                    guard await pause() else { break }
                }
            }
        } onGracefulShutdown: {
            self.isStopped.set()
        }
    }

    private let isStopped = Flag()

    /// Gives a person's transfers and revocations their time: those that have none, and those that
    /// are due earlier than they were, as when a cycle was changed.
    private func plan(_ subject: SubjectID) {
        let book: SubjectBook
        do throws(BookError) {
            book = try collector.books.book(of: subject)
        } catch {
            // Erased, or damaged: nothing is due, and who opens it otherwise is told why.
            return
        }
        let now = collector.clock.seconds
        func insert(_ work: Work, at time: Int64) {
            state.withLock { state in
                let at = max(time, state.rests[work] ?? time)
                guard !state.begun.contains(work), at < state.planned[work] ?? .max else { return }
                state.planned[work] = at
                state.queue.insert(work, at: at)
            }
        }
        for provider in book.owedRevocations where collector.providers[provider] != nil {
            insert(Work(errand: .revocation, subject: subject, provider: provider), at: now)
        }
        for request in book.register.liveRequests {
            guard let provider = collector.providers[request.provider] else { continue }
            let work = Work(subject: subject, provider: provider.code)
            let at = DueTime.next(
                under: request,
                after: book.state.providers[provider.code]?.standing,
                in: provider.slots,
                spread: DueTime.spread(of: subject, at: provider.code),
                now: now
            )
            if let at { insert(work, at: at) }
        }
    }

    /// What is to be started now.
    private func due() -> [(at: Int64, work: Work)] {
        let now = collector.clock.seconds
        return state.withLock { state in
            var started: [(at: Int64, work: Work)] = []
            func start(_ entry: (at: Int64, work: Work)) {
                state.active[entry.work.provider, default: 0] += 1
                state.activeCount += 1
                started.append(entry)
            }
            func hasRoom(_ provider: String) -> Bool {
                state.activeCount < atOnceMax
                    && state.active[provider, default: 0] < CollectionSchedule.perProviderMax
            }
            for provider in state.held.keys.sorted() {
                while hasRoom(provider), let first = state.held[provider]?.first {
                    state.held[provider]?.removeFirst()
                    start(first)
                }
            }
            while state.activeCount < atOnceMax, let next = state.queue.take(dueAt: now) {
                guard state.planned[next.item] == next.at else { continue }
                state.planned[next.item] = nil
                state.begun.insert(next.item)
                let entry = (at: next.at, work: next.item)
                if hasRoom(entry.work.provider) {
                    start(entry)
                } else {
                    state.held[entry.work.provider, default: []].append(entry)
                }
            }
            let oldest = state.held.values.compactMap(\.first?.at).min()
            let first = [oldest, state.queue.firstTime].compactMap { $0 }.min() ?? now
            state.figures.lagSeconds = max(0, now - first)
            return started
        }
    }

    private func run(_ entry: (at: Int64, work: Work)) async {
        let work = entry.work
        var isDone = false
        var notBefore: Int64 = 0
        do throws(CollectError) {
            switch work.errand {
            case .transfer:
                let outcome = try await collector.collect(
                    work.subject,
                    from: work.provider,
                    for: .scheduled
                )
                isDone = outcome.isComplete
                // It had nothing to ask for, so nothing says when it has: not at once, in any case.
                if outcome.calls + outcome.failedCalls + outcome.quarantined == 0 {
                    notBefore = collector.clock.seconds + DueTime.retrySecondsMax
                }
            case .revocation:
                isDone = try await collector.revokeOwed(of: work.subject, at: work.provider)
                    .failed.isEmpty
                if !isDone { notBefore = collector.clock.seconds + DueTime.retrySeconds }
            }
        } catch .stopped(let until) {
            notBefore = until
        } catch .outsideSlot(let until) {
            notBefore = until
        } catch {
            // What left evidence waits by that; what left none must not come back at once.
            notBefore = collector.clock.seconds + DueTime.retrySeconds
        }
        state.withLock { state in
            state.active[work.provider, default: 1] -= 1
            state.activeCount -= 1
            state.begun.remove(work)
            if notBefore > 0 { state.rests[work] = notBefore }
            switch work.errand {
            case .transfer:
                state.figures.done += 1
                if !isDone { state.figures.failed += 1 }
            case .revocation: if isDone { state.figures.revoked += 1 }
            }
        }
        plan(work.subject)
    }

    /// Waits until something is due; false when the task is cancelled.
    private func pause() async -> Bool {
        let now = collector.clock.seconds
        let (next, isFull) = state.withLock { state in
            (
                state.queue.firstTime,
                state.activeCount >= atOnceMax
                    || state.held.values.contains { !$0.isEmpty }
            )
        }
        let seconds = min(max(1, (next ?? .max) - now), CollectionSchedule.sleepSecondsMax)
        let sleep = collector.clock.sleep
        do {
            // Who ends the process does not wait for the next transfer.
            try await cancelWhenGracefulShutdown {
                try await sleep(isFull ? .milliseconds(50) : .seconds(seconds))
            }
            return true
        } catch {
            return false
        }
    }

    /// How regular transfers stand now.
    public var figures: Figures {
        state.withLock { state in
            var figures = state.figures
            figures.planned = state.planned.count
            figures.active = state.activeCount
            return figures
        }
    }
}

/// A flag that is set once.
private final class Flag: Sendable {
    private let value = Mutex(false)
    func set() { value.withLock { $0 = true } }
    func load() -> Bool { value.withLock { $0 } }
}
