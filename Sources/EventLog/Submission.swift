internal import Frame
internal import Threads

/// One append on its way: the batch and who waits for it.
struct Submission: Sendable {
    let batch: FrameBatch
    let waiter: Waiter

    enum Waiter: Sendable {
        case task(CheckedContinuation<Result<Receipt, AppendError>, Never>)
        case thread(ThreadWaiter)
    }

    /// Ends the wait; exactly once.
    func complete(_ result: Result<Receipt, AppendError>) {
        switch waiter {
        case .task(let continuation): continuation.resume(returning: result)
        case .thread(let waiter): waiter.complete(result)
        }
    }
}

/// A plain thread that waits for its append.
final class ThreadWaiter: Sendable {
    private let result = Monitor<Result<Receipt, AppendError>?>(nil)

    func complete(_ value: Result<Receipt, AppendError>) {
        result.signal { $0 = value }
    }

    func wait() -> Result<Receipt, AppendError> {
        result.wait { $0 }
    }
}
