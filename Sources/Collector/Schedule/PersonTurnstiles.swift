internal import Frame
internal import Synchronization

/// Lets one task at a time through for each person, first come, first served.
final class PersonTurnstiles: Sendable {
    /// Turnstiles that somebody is in or waits at, and how many these are.
    private let busy = Mutex<[SubjectID: (turnstile: Turnstile, count: Int)]>([:])

    func pass<R>(_ subject: SubjectID, _ body: () async -> R) async -> R {
        let turnstile = busy.withLock { busy in
            var entry = busy[subject] ?? (Turnstile(width: 1), 0)
            entry.count += 1
            busy[subject] = entry
            return entry.turnstile
        }
        defer {
            busy.withLock { busy in
                guard let entry = busy[subject] else { return }
                busy[subject] = entry.count > 1 ? (entry.turnstile, entry.count - 1) : nil
            }
        }
        return await turnstile.pass(body)
    }

    /// Persons for whom somebody is in or waits.
    var count: Int { busy.withLock { $0.count } }
}
