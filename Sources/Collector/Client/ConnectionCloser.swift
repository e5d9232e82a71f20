internal import NIOCore
internal import NIOHTTP2

/// Closes a connection of HTTP/2 that an error ended (RFC 9113, 5.4.1).
///
/// swift-nio-http2 sends GOAWAY and leaves the closing to its user; async-http-client notices only
/// a GOAWAY that comes, and would hand calls to the connection that are never written: each waits
/// for its deadline. Once it is closed they fail at once, and the next has a new one.
final class ConnectionCloser: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    /// Puts one where it sees the errors of a connection before those of its streams are mixed in.
    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let http2 = try pipeline.handler(type: NIOHTTP2Handler.self)
            try pipeline.addHandler(ConnectionCloser(), position: .after(http2))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        switch error {
        case is NIOHTTP2Errors.NoSuchStream,  // An answer to a stream that was reset and forgotten.
            is NIOHTTP2Errors.IOOnClosedConnection:  // A call after GOAWAY for whatever error.
            context.close(promise: nil)
        default:
            // Of one stream, or an error that TLS or the socket close for.
            break
        }
    }
}
