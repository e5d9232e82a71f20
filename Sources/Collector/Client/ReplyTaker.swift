internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Takes one answer whole, on the connection's own thread: a call is one turn there and one back.
final class ReplyTaker: HTTPClientResponseDelegate {
    typealias Response = ProviderReply

    private let bytesMax: Int
    private let reply = Mutex(ProviderReply(status: 0, body: []))

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func didReceiveHead(
        task: HTTPClient.Task<ProviderReply>,
        _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= bytesMax else {
            return task.eventLoop.makeFailedFuture(TransportFault.tooLong)
        }
        reply.withLock { reply in
            reply.status = UInt32(head.status.code)
            reply.body.reserveCapacity(max(0, length))
            reply.retryAfter = head.headers.first(name: "retry-after")
                .flatMap { Int64($0) }.flatMap { $0 >= 0 && $0 <= 7 * 86_400 ? $0 : nil }
            reply.location = head.headers.first(name: "location")
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<ProviderReply>,
        _ part: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let isTaken = reply.withLock { reply in
            guard reply.body.count + part.readableBytes <= bytesMax else { return false }
            reply.body.append(contentsOf: part.readableBytesView)
            return true
        }
        return isTaken
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(TransportFault.tooLong)
    }

    func didFinishRequest(task: HTTPClient.Task<ProviderReply>) throws -> ProviderReply {
        reply.withLock { reply in
            defer { reply.body = [] }
            return reply
        }
    }
}
