internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Takes one answer whole, on the connection's own thread: a call is one turn there and one back.
final class ReplyTaker: HTTPClientResponseDelegate {
    typealias Response = ProviderReply

    /// How far the request is, and whether it is to be taken back.
    private enum Request {
        case waiting
        /// It goes out first: async-http-client counts a stream of a connection for each call that
        /// it hands over, until that stream closes. One that is taken back before it was opened
        /// never closes, and after 100 such the connection takes no call, and stays.
        case waitingForReset
        case sent
    }

    private struct State {
        var request = Request.waiting
        var reply = ProviderReply(status: 0, body: [])
        var bytesTaken = 0
        var isDropped = false
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Takes and drops what comes: nobody waits for it.
    func drop() {
        state.withLock { state in
            (state.isDropped, state.reply.body) = (true, [])
        }
    }

    /// Ends `task`, as soon as its request is out.
    func reset(_ task: HTTPClient.Task<ProviderReply>) {
        let isSent = state.withLock { state in
            guard case .sent = state.request else {
                state.request = .waitingForReset
                return false
            }
            return true
        }
        if isSent { task.cancel() }
    }

    func didSendRequestHead(task: HTTPClient.Task<ProviderReply>, _ head: HTTPRequestHead) {
        let isReset = state.withLock { state in
            defer { state.request = .sent }
            if case .waitingForReset = state.request { return true }
            return false
        }
        if isReset { task.cancel() }
    }

    func didReceiveHead(
        task: HTTPClient.Task<ProviderReply>,
        _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= bytesMax else {
            return task.eventLoop.makeFailedFuture(TransportFault.tooLong)
        }
        state.withLock { state in
            state.reply.status = UInt32(head.status.code)
            if !state.isDropped { state.reply.body.reserveCapacity(max(0, length)) }
            state.reply.retryAfter = head.headers.first(name: "retry-after")
                .flatMap { Int64($0) }.flatMap { $0 >= 0 && $0 <= 7 * 86_400 ? $0 : nil }
            state.reply.location = head.headers.first(name: "location")
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<ProviderReply>,
        _ part: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let isTaken = state.withLock { state in
            guard state.bytesTaken + part.readableBytes <= bytesMax else { return false }
            state.bytesTaken += part.readableBytes
            if !state.isDropped { state.reply.body.append(contentsOf: part.readableBytesView) }
            return true
        }
        return isTaken
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(TransportFault.tooLong)
    }

    func didFinishRequest(task: HTTPClient.Task<ProviderReply>) throws -> ProviderReply {
        state.withLock { state in
            defer { state.reply.body = [] }
            return state.reply
        }
    }
}
