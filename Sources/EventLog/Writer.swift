internal import Frame
internal import LMDB
internal import Threads

/// The one thread that appends to an environment: takes what queued during the previous flush,
/// checks it, commits it as a block, and acknowledges the group before, whose meta page that
/// commit's flush made durable.
///
/// States: idle (waits for a submission) → committing (one flush) → owing (a group is committed but
/// its meta page is not durable): the next group's commit or, when nobody comes, a sync pays.
final class Writer: Sendable {
    /// Most frame bytes in one commit: LMDB keeps a transaction's dirty pages in memory, and
    /// transactions far below 512 MiB avoid its page spilling (event-log §7.1, 17).
    static let groupByteCountMax = 32 << 20

    private struct Queue {
        var submissions: [Submission] = []
        var byteCount = 0
        var isClosed = false
        /// The writer sleeps until this many wait.
        var wanted = 1
    }

    private struct Debt {
        let submission: Submission
        let receipt: Receipt
    }

    private enum Turn {
        case group([Submission])
        case idle
        case end
    }

    private let queue = Monitor(Queue())
    private let queuedByteCountMax: Int
    private let environment: LogEnvironment

    init(_ environment: LogEnvironment, queuedByteCountMax: Int) {
        self.environment = environment
        self.queuedByteCountMax = queuedByteCountMax
    }

    var queuedBytes: Int { queue.withLock { $0.byteCount } }

    /// Queues an append, or refuses it at once.
    func submit(_ submission: Submission) {
        let size = submission.batch.bytes.count
        var refusal: AppendError?
        queue.wake(if: { queue in
            guard !queue.isClosed else {
                refusal = .closed
                return false
            }
            guard queue.byteCount + size <= queuedByteCountMax || queue.submissions.isEmpty
            else {
                refusal = .busy
                return false
            }
            queue.submissions.append(submission)
            queue.byteCount += size
            return queue.submissions.count >= queue.wanted
        })
        if let refusal { submission.complete(.failure(refusal)) }
    }

    /// Takes no more; `run` ends when what is queued is done.
    func close() {
        queue.signal { $0.isClosed = true }
    }

    /// The thread's body.
    func run() {
        var debts: [Debt] = []
        var gathering = Gathering()
        while true {
            switch next(owing: !debts.isEmpty, &gathering) {
            case .group(let submissions):
                var isFlushed = false
                let results = environment.commit(submissions) { durableBelow in
                    environment.makeVisible(below: durableBelow)
                    gathering.answered = acknowledge(&debts)
                    isFlushed = true
                }
                debts += owed(submissions, results)
                // Refusals and duplicates flush nothing: were they left to come and come again,
                // whoever is owed an answer would never get it.
                if !isFlushed, !debts.isEmpty { settle(&debts) }
            case .idle:
                settle(&debts)
                gathering.answered = 0
            case .end:
                return
            }
        }
    }

    /// How an owing writer waits for those it has just answered before it pays for a flush.
    ///
    /// A client that comes back while the next flush is under way waits for three flushes instead
    /// of two. So the writer gives as many as it answered half a flush to come back; when less than
    /// half of them do, these are not clients in a closed loop, and it does not wait for a while.
    private struct Gathering {
        var answered = 0
        private var pause = 0
        private static let pauseGroups = 16

        mutating func expected() -> Int {
            guard pause == 0 else {
                pause -= 1
                return 0
            }
            return answered
        }

        mutating func came(_ count: Int, of expected: Int) {
            if count * 2 < expected { pause = Gathering.pauseGroups }
        }

        static func nanoseconds(_ flush: Int) -> Int { min(max(flush / 2, 20_000), 500_000) }
    }

    private func next(owing: Bool, _ gathering: inout Gathering) -> Turn {
        guard owing else {
            return queue.wait { queue in
                queue.wanted = 1
                return Writer.take(&queue) ?? (queue.isClosed ? .end : nil)
            }
        }
        let expected = gathering.expected()
        guard expected > 0 else { return queue.withLock { Writer.take(&$0) } ?? .idle }
        let patience = Gathering.nanoseconds(environment.clock.lastFlush)
        _ = queue.wait(atMost: patience) { queue in
            queue.wanted = expected
            return queue.submissions.count >= expected ? true : nil
        }
        return queue.withLock { queue in
            gathering.came(queue.submissions.count, of: expected)
            queue.wanted = 1
            return Writer.take(&queue)
        } ?? .idle
    }

    private static func take(_ queue: inout Queue) -> Turn? {
        guard !queue.submissions.isEmpty else { return nil }
        var byteCount = 0
        var count = 0
        for submission in queue.submissions {
            byteCount += submission.batch.bytes.count
            guard count == 0 || byteCount <= groupByteCountMax else { break }
            count += 1
        }
        let group = Array(queue.submissions.prefix(count))
        queue.submissions.removeFirst(count)
        queue.byteCount -= group.reduce(0) { $0 + $1.batch.bytes.count }
        return .group(group)
    }

    /// Refuses what was not committed and gives what the next flush is owed to.
    private func owed(
        _ submissions: [Submission],
        _ results: [Result<Receipt, AppendError>]
    ) -> [Debt] {
        var owed: [Debt] = []
        owed.reserveCapacity(submissions.count)
        for (index, submission) in submissions.enumerated() {
            switch results[index] {
            case .success(let receipt): owed.append(Debt(submission: submission, receipt: receipt))
            case .failure(let error): submission.complete(.failure(error))
            }
        }
        return owed
    }

    /// How many were answered.
    private func acknowledge(_ debts: inout [Debt]) -> Int {
        let answered = debts.count
        for debt in debts { debt.submission.complete(.success(debt.receipt)) }
        debts.removeAll(keepingCapacity: true)
        return answered
    }

    private func settle(_ debts: inout [Debt]) {
        if let reason = environment.sync() {
            for debt in debts { debt.submission.complete(.failure(.readOnly(reason))) }
            debts.removeAll()
        } else {
            _ = acknowledge(&debts)
        }
    }
}
