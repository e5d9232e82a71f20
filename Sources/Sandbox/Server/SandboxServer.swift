internal import Finance
internal import HTTPTypes
internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import ServiceLifecycle
internal import Synchronization

/// Why the sandbox cannot serve.
public enum SandboxError: Error, Sendable, CustomStringConvertible {
    /// Certificates or keys.
    case authority(AuthorityError)
    /// TLS does not take what the authority made.
    case tls

    /// One sentence.
    public var description: String {
        switch self {
        case .authority(let error): error.description
        case .tls: "The sandbox's certificates do not make a TLS server; remove them."
        }
    }
}

/// All providers of the sandbox behind one listener on 127.0.0.1: mutual TLS 1.3, HTTP/1.1 and
/// HTTP/2.
public final class SandboxServer: Service {
    /// A page of the standard asks with less.
    private static let bodyBytesMax = 1 << 20

    private let desk: SandboxDesk
    private let server: any Service
    private let callers: Callers
    private let signIn: PersonIssuerServer
    private let hasSignIn: AsyncStream<Void>

    /// Prepares the server; nothing listens before `run`.
    ///
    /// - Parameters:
    ///   - books: people and what their providers say.
    ///   - clock: the sandbox's time.
    ///   - configuration: where, for whom, with which faults.
    ///   - logger: faults name themselves in it.
    ///   - onListening: gets the port once connections are taken.
    /// - Throws: `SandboxError`.
    public init(
        books: any SandboxBooks,
        clock: SandboxClock,
        configuration: SandboxServerConfiguration,
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(SandboxError) {
        let desk: SandboxDesk
        let authority: Authority
        do throws(AuthorityError) {
            authority = try Authority(directory: configuration.directory)
            desk = try SandboxDesk(
                books: books,
                clock: clock,
                configuration: configuration,
                authority: authority,
                logger: logger
            )
        } catch {
            throw .authority(error)
        }
        let callers = Callers()
        (self.desk, self.callers) = (desk, callers)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        hasSignIn = stream
        signIn = PersonIssuerServer(
            issuer: PersonIssuer(
                books: books,
                operators: configuration.operators,
                now: clock.world
            ),
            configuration: configuration,
            logger: logger
        ) { continuation.finish() }
        do {
            server = try HTTPServerBuilder.http2Upgrade(
                tlsConfiguration: try SandboxServer.tls(authority)
            ).buildServer(
                configuration: ServerConfiguration(
                    address: .hostname("127.0.0.1", port: configuration.port),
                    backlog: 1_024
                ),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger,
                responder: { @concurrent request, writer, channel in
                    try await SandboxServer.respond(request, writer, channel, desk, callers)
                },
                onServerRunning: { channel in
                    await onListening(channel.localAddress?.port ?? configuration.port)
                }
            )
        } catch {
            throw .tls
        }
    }

    /// Serves until it is cancelled or shut down gracefully.
    ///
    /// Providers answer once persons can sign in, so that what the last file says is all there.
    public func run() async throws {
        let (signIn, server, hasSignIn) = (signIn, server, hasSignIn)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await signIn.run() }
            tasks.addTask {
                for await _ in hasSignIn {}
                try await server.run()
            }
            // The first to end, by a signal or a failure, ends the other.
            _ = try await tasks.next()
            tasks.cancelAll()
        }
    }

    private static func tls(_ authority: Authority) throws -> TLSConfiguration {
        let name = Authority.Party.server.rawValue
        let chain = try NIOSSLCertificate.fromPEMFile(authority.certificatePath(name))
        let key = try NIOSSLPrivateKey(file: authority.keyPath(name), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .file(authority.certificatePath("ca"))
        // A client's name is not an address; its certificate must be of this authority.
        configuration.certificateVerification = .noHostnameVerification
        return configuration
    }

    @concurrent private static func respond(
        _ request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any NIOCore.Channel,
        _ desk: SandboxDesk,
        _ callers: Callers
    ) async throws {
        let caller = await callers.serialNumber(behind: channel)
        let buffer = try await request.body.collect(upTo: bodyBytesMax)
        let whole = request.head.path ?? "/"
        let mark = whole.firstIndex(of: "?")
        let ask = Ask(
            method: request.head.method.rawValue,
            path: String(whole[..<(mark ?? whole.endIndex)]),
            query: mark.map { String(whole[whole.index(after: $0)...]) } ?? "",
            headers: request.head.headerFields,
            body: Array(buffer: buffer),
            caller: caller
        )
        let reply = await desk.reply(to: ask)
        if reply.delay > .zero { try await Task.sleep(for: reply.delay) }
        guard reply.extent != .nothing else {
            try await channel.close()
            return
        }
        let body = ByteBuffer(bytes: reply.body)
        guard reply.extent == .whole else {
            let half = body.getSlice(at: 0, length: reply.body.count / 2) ?? ByteBuffer()
            var out = try await writer.writeHead(head(reply, echoing: ask))
            try await out.write(half)
            try await channel.close()
            return
        }
        try await writer.write(
            response: head(reply, echoing: ask),
            body: ResponseBody(byteBuffer: body)
        )
    }

    private static func head(_ reply: ServerReply, echoing ask: Ask) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(4)
        if !reply.body.isEmpty { fields[.contentType] = "application/json; charset=UTF-8" }
        fields[.contentLength] = String(reply.body.count)
        if let transaction = ask.transaction { fields[SandboxHeader.transaction] = transaction }
        if let location = reply.location { fields[.location] = location }
        if let seconds = reply.retryAfter { fields[.retryAfter] = String(seconds) }
        return HTTPResponse(status: .init(code: reply.status), headerFields: fields)
    }
}

/// serialNumber of the certificate behind each connection: parsed once, not once a call.
private final class Callers: Sendable {
    private let known = Mutex<[ObjectIdentifier: String]>([:])

    /// Empty when the certificate has none.
    func serialNumber(behind channel: any NIOCore.Channel) async -> String {
        // A stream of HTTP/2 is a channel of its own; its parent is the connection. That of an
        // HTTP/1.1 connection is the listener, which has no certificate and is never known here.
        let candidates = [channel, channel.parent].compactMap { $0 }
        let identifiers = candidates.map { ObjectIdentifier($0) }
        let found = known.withLock { known in
            for identifier in identifiers {
                if let number = known[identifier] { return number as String? }
            }
            return nil
        }
        if let found { return found }
        for candidate in candidates {
            guard let certificate = await Callers.certificate(candidate) else { continue }
            let number = Authority.serialNumber(der: certificate) ?? ""
            let identifier = ObjectIdentifier(candidate)
            known.withLock { $0[identifier] = number }
            candidate.closeFuture.whenComplete { _ in
                self.known.withLock { $0[identifier] = nil }
            }
            return number
        }
        return ""
    }

    private static func certificate(_ channel: any NIOCore.Channel) async -> [UInt8]? {
        do {
            return try await channel.nioSSL_peerCertificate().get()?.toDERBytes()
        } catch {
            // No TLS in this channel's pipeline: it is a stream.
            return nil
        }
    }
}
