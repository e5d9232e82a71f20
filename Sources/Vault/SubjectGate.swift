public import Frame
internal import Synchronization

/// Lets one task at a time write to a subject's log, so that tasks of this process wait for each
/// other instead of sealing for the same revision and doing it again.
///
/// All or nothing and first come, first served: no two waiters can each hold what the other needs,
/// and nobody is overtaken by one who wants the same. The log's expected revision is what guards;
/// this only saves work.
public final class SubjectGate: Sendable {
    private struct Waiter {
        let subjects: Set<SubjectID>
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var held: Set<SubjectID> = []
        var waiters: [Waiter] = []

        /// Takes the waiters whose subjects are free and wanted by nobody before them.
        mutating func admit() -> [CheckedContinuation<Void, Never>] {
            var wanted = held
            var admitted: [CheckedContinuation<Void, Never>] = []
            waiters.removeAll { waiter in
                let isFree = wanted.isDisjoint(with: waiter.subjects)
                wanted.formUnion(waiter.subjects)
                guard isFree else { return false }
                held.formUnion(waiter.subjects)
                admitted.append(waiter.continuation)
                return true
            }
            return admitted
        }
    }

    private let state = Mutex(State())

    init() {}

    /// Runs `body` while nobody else of this process writes to these subjects' logs.
    public func hold<R, E: Error>(
        _ subjects: [SubjectID],
        _ body: () async throws(E) -> R
    ) async throws(E) -> R {
        let wanted = Set(subjects)
        await withCheckedContinuation { continuation in
            let admitted = state.withLock { state in
                state.waiters.append(Waiter(subjects: wanted, continuation: continuation))
                return state.admit()
            }
            for waiter in admitted { waiter.resume() }
        }
        defer {
            let admitted = state.withLock { state in
                state.held.subtract(wanted)
                return state.admit()
            }
            for waiter in admitted { waiter.resume() }
        }
        return try await body()
    }
}
