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
        let refusal = queue.signal { queue -> AppendError? in
            guard !queue.isClosed else { return .closed }
            guard queue.byteCount + size <= queuedByteCountMax || queue.submissions.isEmpty
            else { return .busy }
            queue.submissions.append(submission)
            queue.byteCount += size
            return nil
        }
        if let refusal { submission.complete(.failure(refusal)) }
    }

    /// Takes no more; `run` ends when what is queued is done.
    func close() {
        queue.signal { $0.isClosed = true }
    }

    /// The thread's body.
    func run() {
        var debts: [Debt] = []
        var grace = 0
        while true {
            switch next(owing: !debts.isEmpty, grace: grace) {
            case .group(let submissions):
                let (durableBelow, owed) = commit(submissions)
                // A group that could not be committed flushed nothing: the older debt stays.
                grace = 0
                if let durableBelow {
                    environment.makeVisible(below: durableBelow)
                    grace = acknowledge(&debts) ? Writer.grace(environment.clock.lastFlush) : 0
                }
                debts += owed
            case .idle:
                settle(&debts)
                grace = 0
            case .end:
                return
            }
        }
    }

    /// How long an owing writer waits for those it has just answered before it pays for a flush of
    /// its own: an eighth of a flush, so that a closed loop of clients settles at one flush a group.
    private static func grace(_ flushNanoseconds: Int) -> Int {
        min(max(flushNanoseconds / 8, 20_000), 500_000)
    }

    private func next(owing: Bool, grace: Int) -> Turn {
        if owing {
            guard grace > 0 else { return queue.withLock { Writer.take(&$0) } ?? .idle }
            return queue.wait(atMost: grace) { Writer.take(&$0) } ?? .idle
        }
        return queue.wait { queue in
            Writer.take(&queue) ?? (queue.isClosed ? .end : nil)
        }
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

    /// What the commit's flush made durable, and what it committed itself.
    private func commit(_ submissions: [Submission]) -> (durableBelow: UInt64?, owed: [Debt]) {
        let group = environment.commit(submissions)
        var owed: [Debt] = []
        for (index, submission) in submissions.enumerated() {
            switch group.results[index] {
            case .success(let receipt): owed.append(Debt(submission: submission, receipt: receipt))
            case .failure(let error): submission.complete(.failure(error))
            }
        }
        return (group.durableBelow, owed)
    }

    /// Whether anybody was answered.
    private func acknowledge(_ debts: inout [Debt]) -> Bool {
        let answered = !debts.isEmpty
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
