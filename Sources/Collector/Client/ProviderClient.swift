internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Files of the operator's side of mutual TLS, PEM.
public struct ClientCertificates: Sendable {
    /// The operator's certificate, with those between it and the root.
    public var certificate: String
    /// Its private key.
    public var key: String
    /// Roots that providers' certificates must lead to.
    public var roots: String

    /// Paths of the three files.
    public init(certificate: String, key: String, roots: String) {
        (self.certificate, self.key, self.roots) = (certificate, key, roots)
    }
}

/// Why there is no client.
public enum ClientFault: Error, Hashable, Sendable {
    /// Certificate, key or roots cannot be read or do not fit together.
    case certificates
}

/// Talks to providers over TLS 1.3 with the operator's certificate.
///
/// Never more connections to one host than its limit; no redirects, no decompression, no 0-RTT.
/// Errors say what went wrong and nothing of what was asked.
public final class ProviderClient: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let single: HTTPClient
    private let negotiated: HTTPClient
    private let unheard = UnheardCalls()
    private let isShutDown = Mutex(false)

    /// A client; `shutdown` it in the end.
    ///
    /// `connectionsMax` is per host and port, which providers behind a relay share, and holds for
    /// HTTP/1.1; HTTP/2 needs one connection. How much of it a provider gets is its desk's matter.
    public init(
        certificates: ClientCertificates,
        connectionsMax: Int = 32
    ) throws(ClientFault) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // Handshakes come in bursts: on two busy cores 5 s were too few for the last of them.
            timeout: .init(connect: .seconds(15)),
            decompression: .disabled
        )
        // Nobody reads its spans, and each request would fill one.
        configuration.tracing.tracer = nil
        do {
            configuration.tlsConfiguration = try ProviderClient.tls(certificates)
        } catch {
            throw .certificates
        }
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
        // A retry is decided by the rules for retries, not below them.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One thread carries some 10,000 calls a second; with more of them than needed, each call
        // goes from one to another and back.
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount / 4))
        configuration.httpVersion = .http1Only
        single = HTTPClient(eventLoopGroup: group, configuration: configuration)
        configuration.httpVersion = .automatic
        configuration.http2ConnectionDebugInitializer = { ConnectionCloser.add(to: $0) }
        negotiated = HTTPClient(eventLoopGroup: group, configuration: configuration)
    }

    private static func tls(_ files: ClientCertificates) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .file(files.roots)
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            .map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
        return tls
    }

    /// Sends a request and takes the whole answer.
    ///
    /// `limits` bound how long it may take and how long the answer may be. It ends with its
    /// deadline or its task, whatever becomes of the connection.
    public func send(
        _ request: ProviderRequest,
        to place: ProviderPlace,
        within limits: ProviderLimits
    ) async throws(TransportFault) -> ProviderReply {
        // Over HTTP/2 it would go out, although nobody waits.
        guard !Task.isCancelled else { throw .cancelled }
        do {
            let http = place.http == .one ? single : negotiated
            let taker = ReplyTaker(bytesMax: limits.answerBytesMax)
            let task = http.execute(
                request: try ProviderClient.message(request, to: place),
                delegate: taker
            )
            let way = place.http == .one ? ProviderCall.Way.alone : .shared(unheard: unheard)
            let call = ProviderCall(task, taker, way)
            let end = task.eventLoop.scheduleTask(in: .nanoseconds(limits.deadline.nanoseconds)) {
                call.expire()
            }
            task.futureResult.whenComplete { _ in end.cancel() }
            return try await withTaskCancellationHandler {
                try await call.reply()
            } onCancel: {
                call.cancel()
            }
        } catch {
            throw fault(error)
        }
    }

    private static func message(
        _ request: ProviderRequest,
        to place: ProviderPlace
    ) throws -> HTTPClient.Request {
        var message = try HTTPClient.Request(
            url: place.root + request.path + request.query,
            method: request.form == .query ? .GET : .POST
        )
        message.headers.reserveCapacity(6)
        message.headers.add(name: "x-api-tran-id", value: request.transaction)
        if let token = request.token {
            message.headers.add(name: "authorization", value: "Bearer " + token)
        }
        if let type = request.trigger?.header {
            message.headers.add(name: "x-api-type", value: type)
        }
        if let key = request.personKey { message.headers.add(name: "x-user-ci", value: key) }
        guard request.form != .query else { return message }
        message.headers.add(
            name: "content-type",
            value: request.form == .json
                ? "application/json; charset=UTF-8" : "application/x-www-form-urlencoded"
        )
        message.body = .byteBuffer(ByteBuffer(bytes: request.body))
        return message
    }

    /// Errors of the libraries name hosts and paths; ours name a kind.
    private func fault(_ error: any Error) -> TransportFault {
        switch error {
        case let fault as TransportFault: return fault
        case is CancellationError: return .cancelled
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return .handshake
        case let error as HTTPClientError:
            switch error {
            case .alreadyShutdown: return .cancelled
            // Also of a call that was handed to a connection as it closed, which nobody cancelled.
            case .cancelled: return isShutDown.withLock { $0 } ? .cancelled : .unreachable
            case .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded,
                .getConnectionFromPoolTimeout:
                return .timeout
            case .tlsHandshakeTimeout: return .handshake
            case .invalidURL, .emptyHost, .emptyScheme: return .badAddress
            default: return .unreachable
            }
        default: return .unreachable
        }
    }

    /// Ends connections; a request under way ends with `.cancelled`.
    public func shutdown() async {
        isShutDown.withLock { $0 = true }
        for http in [single, negotiated] {
            do {
                try await http.shutdown()
            } catch {
                // It was shut down before, or a connection did not close in order: both are ends.
                continue
            }
        }
        do {
            try await group.shutdownGracefully()
        } catch {
            // Its threads end with the process.
            return
        }
    }
}

extension Duration {
    /// Whole nanoseconds, up to 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
