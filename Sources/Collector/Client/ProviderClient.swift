internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

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

/// Talks to providers over TLS 1.3 with the operator's certificate, HTTP/2 where they have it.
///
/// Never more connections to one provider than its limit; no redirects, no decompression, no 0-RTT.
/// Errors say what went wrong and nothing of what was asked.
public final class ProviderClient: Sendable {
    private let http: HTTPClient
    private let clock: CollectorClock

    /// Which HTTP is spoken.
    public enum Version: Sendable {
        /// HTTP/2 if the provider takes it.
        case negotiated
        /// HTTP/1.1 whatever it takes.
        case one
    }

    /// A client; `shutdown` it in the end.
    ///
    /// `connectionsMax` is per provider and holds for HTTP/1.1; HTTP/2 needs one connection.
    public init(
        certificates: ClientCertificates,
        clock: CollectorClock,
        version: Version = .negotiated,
        connectionsMax: Int = 8
    ) throws(ClientFault) {
        self.clock = clock
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(20)),
            decompression: .disabled
        )
        do {
            configuration.tlsConfiguration = try ProviderClient.tls(certificates)
        } catch {
            throw .certificates
        }
        configuration.httpVersion = version == .one ? .http1Only : .automatic
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
        // A retry is decided by the rules for retries, not below them.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
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
    /// `limits` bound how long it may take and how long the answer may be.
    public func send(
        _ request: ProviderRequest,
        to place: ProviderPlace,
        within limits: ProviderLimits
    ) async throws(TransportFault) -> ProviderReply {
        let message = ProviderClient.message(request, to: place)
        let deadline = TimeAmount.nanoseconds(limits.deadline.nanoseconds)
        let end = clock.now() + limits.deadline.nanoseconds / 1_000
        do {
            let response = try await http.execute(message, timeout: deadline)
            var body: [UInt8] = []
            if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }) {
                guard length <= limits.answerBytesMax else { throw TransportFault.tooLong }
                body.reserveCapacity(length)
            }
            for try await part in response.body {
                guard body.count + part.readableBytes <= limits.answerBytesMax else {
                    throw TransportFault.tooLong
                }
                // The client's own deadline ends with the answer's head.
                guard clock.now() <= end else { throw TransportFault.timeout }
                body.append(contentsOf: part.readableBytesView)
            }
            var reply = ProviderReply(status: UInt32(response.status.code), body: body)
            reply.retryAfter = response.headers.first(name: "retry-after")
                .flatMap { Int64($0) }.flatMap { $0 >= 0 && $0 <= 7 * 86_400 ? $0 : nil }
            reply.location = response.headers.first(name: "location")
            return reply
        } catch {
            throw ProviderClient.fault(error)
        }
    }

    private static func message(
        _ request: ProviderRequest,
        to place: ProviderPlace
    ) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: place.root + request.path + request.query)
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
        message.method = .POST
        message.headers.add(
            name: "content-type",
            value: request.form == .json
                ? "application/json; charset=UTF-8" : "application/x-www-form-urlencoded"
        )
        message.body = .bytes(ByteBuffer(bytes: request.body))
        return message
    }

    /// Errors of the libraries name hosts and paths; ours name a kind.
    private static func fault(_ error: any Error) -> TransportFault {
        switch error {
        case let fault as TransportFault: return fault
        case is CancellationError: return .cancelled
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return .handshake
        case let error as HTTPClientError:
            switch error {
            case .cancelled, .alreadyShutdown: return .cancelled
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
        do {
            try await http.shutdown()
        } catch {
            // It was shut down before, or a connection did not close in order: both are ends.
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
