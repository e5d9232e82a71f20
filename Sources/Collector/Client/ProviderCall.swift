internal import AsyncHTTPClient
internal import NIOCore
internal import Synchronization

/// A call under way: what its caller hears, and what becomes of it when the caller leaves.
///
/// Over HTTP/1.1 it is cut off with its connection. Over HTTP/2 others are on that connection, and
/// they pay for streams that are reset: swift-nio-http2 remembers the last 32 and takes an answer
/// to any before them for a connection error, and servers close connections with too many resets
/// (CVE-2023-44487). So the answer to a cancelled call is let come and dropped, and a stream is
/// reset past its deadline.
struct ProviderCall: Sendable {
    /// What a call holds besides its stream.
    enum Way: Sendable {
        /// A connection of its own.
        case alone
        /// Nothing; calls without a caller are counted with `unheard`.
        case shared(unheard: UnheardCalls)
    }

    private let task: HTTPClient.Task<ProviderReply>
    private let taker: ReplyTaker
    private let way: Way
    private let heard: EventLoopPromise<ProviderReply>

    /// A call that `task` makes and `taker` takes the answer of.
    init(_ task: HTTPClient.Task<ProviderReply>, _ taker: ReplyTaker, _ way: Way) {
        (self.task, self.taker, self.way) = (task, taker, way)
        heard = task.eventLoop.makePromise()
        // It stays with whichever comes first, this or the end by a fault.
        task.futureResult.cascade(to: heard)
    }

    /// What its caller hears.
    func reply() async throws -> ProviderReply { try await heard.futureResult.get() }

    /// Past its deadline: neither caller nor provider goes on with it.
    func expire() {
        heard.fail(TransportFault.timeout)
        switch way {
        case .alone: task.fail(reason: TransportFault.timeout)
        case .shared: taker.reset(task)
        }
    }

    /// The caller leaves.
    func cancel() {
        heard.fail(TransportFault.cancelled)
        switch way {
        case .alone: task.fail(reason: TransportFault.cancelled)
        case .shared(let unheard):
            guard unheard.enter() else { return taker.reset(task) }
            taker.drop()
            task.futureResult.whenComplete { _ in unheard.leave() }
        }
    }
}

/// How many calls are let go on though their callers left.
final class UnheardCalls: Sendable {
    /// At most this many at once, half of the 100 streams that servers commonly take on a
    /// connection: calls that somebody waits for find the other half.
    static let countMax = 50

    private let count = Mutex(0)

    /// Whether there was room for one more; who entered leaves.
    func enter() -> Bool {
        count.withLock { count in
            guard count < UnheardCalls.countMax else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
