import EventLog
import Files
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// How a running server is reached from the same machine: `serve.json` in the data directory, for
/// nobody but its owner to read.
struct RunningServer: Codable, Equatable {
    let host: String
    let port: Int
    /// Secret of that run alone.
    let token: String
    /// The file of the certificate that it shows; nil when it speaks no TLS.
    let certificate: String?

    init(host: String, port: Int, token: String, certificate: String? = nil) {
        // What listens on every address is reached on this machine's own.
        self.host = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
        (self.port, self.token, self.certificate) = (port, token, certificate)
    }

    init(reading path: String) throws {
        let bytes = try Files.read(path, limit: 4_096)
        self = try JSONDecoder().decode(RunningServer.self, from: Data(bytes))
    }

    func write(to path: String) throws {
        try Files.replace(path, with: Array(try JSONEncoder().encode(self)))
    }

    /// 256 bits as text.
    static func token(using random: inout some RandomNumberGenerator) -> String {
        (0..<4).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    var address: String {
        let scheme = certificate == nil ? "http" : "https"
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
    }
}

/// A backup as the server tells of it.
struct ServersBackup: Decodable {
    let directory, state: String
    let blocks, totalBlocks: UInt64
    let error: String?
}

extension RunningServer {
    func startBackup(to directory: String) async throws -> ServersBackup {
        try await ask(.POST, "/v1/backups", body: try JSONText.encode(["directory": directory]))
    }

    func backup() async throws -> ServersBackup {
        let answer: Items = try await ask(.GET, "/v1/backups")
        guard let backup = answer.items.first else {
            throw Failure(.differs, "The server was started anew and knows of no backup.")
        }
        return backup
    }

    /// Path and fragment of a page that signs the local operator in.
    func operatorLink() async throws -> String {
        struct Link: Decodable { let path: String }
        let link: Link = try await ask(.POST, "/v1/operator-links")
        return link.path
    }

    private struct Items: Decodable { let items: [ServersBackup] }
    private struct Refusal: Decodable { let code, detail: String }

    func ask<Answer: Decodable>(
        _ method: HTTPMethod,
        _ path: String,
        body: String = ""
    ) async throws -> Answer {
        let (status, bytes): (HTTPResponseStatus, Data)
        do {
            (status, bytes) = try await exchange(method, path, body)
        } catch {
            throw Failure(
                .inUse,
                "The server at \(address) has the data directory and does not answer."
            )
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard status.code < 300 else {
            let refusal = try decoder.decode(Refusal.self, from: bytes)
            throw Failure(
                RunningServer.exit(of: refusal.code),
                "The server at \(address) refused: \(refusal.detail)"
            )
        }
        return try decoder.decode(Answer.self, from: bytes)
    }

    /// The class of failure of a problem's code.
    private static func exit(of code: String) -> ExitClass {
        switch code {
        case "backup-refused": .configuration
        case "quarantine-unknown": .input
        case "parameter-invalid": .usage
        case "quarantine-refused": .refused
        default: .busy
        }
    }

    /// TLS with exactly the certificate of the file, whatever name it is for: the secret goes to
    /// nobody else who might listen there.
    private func tlsHandler() throws -> NIOSSLClientHandler? {
        guard let certificate else { return nil }
        let known = try NIOSSLCertificate.fromPEMFile(certificate)[0].toDERBytes()
        return try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: .makeClientConfiguration()),
            serverHostname: nil,
            customVerificationCallback: { shown, promise in
                promise.completeWith(
                    Result {
                        try shown.first?.toDERBytes() == known
                            ? .certificateVerified : .failed
                    }
                )
            }
        )
    }

    /// One request on a connection of its own.
    func exchange(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String = ""
    ) async throws -> (HTTPResponseStatus, Data) {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
        let channel = try await bootstrap.connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                if let handler = try tlsHandler() {
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                    wrappingChannelSynchronously: channel
                )
            }
        }
        let headers: HTTPHeaders = [
            "host": "\(host):\(port)", "authorization": "Bearer \(token)",
            "content-type": "application/json", "content-length": String(body.utf8.count),
            "connection": "close",
        ]
        let head = HTTPRequestHead(
            version: .http1_1,
            method: method,
            uri: path,
            headers: headers
        )
        return try await channel.executeThenClose { inbound, outbound in
            // In one piece: a server that has read enough answers, and closes.
            try await outbound.write(
                contentsOf: [
                    .head(head), .body(.byteBuffer(ByteBuffer(string: body))), .end(nil),
                ]
            )
            var status = HTTPResponseStatus.internalServerError
            var bytes = Data()
            for try await part in inbound {
                switch part {
                case .head(let head): status = head.status
                case .body(let buffer): bytes.append(contentsOf: buffer.readableBytesView)
                case .end: return (status, bytes)
                }
            }
            throw ChannelError.eof
        }
    }
}

extension DataDirectory {
    /// The server that has this directory open; nil when nobody has it, or who cannot be asked.
    func runningServer() throws -> RunningServer? {
        guard Files.exists(serverRecord) else { return nil }
        do {
            // A record may outlive its server; the lock does not.
            try openLog().close()
            return nil
        } catch {
            guard Failure(error)?.exit == .inUse else { throw error }
            return try RunningServer(reading: serverRecord)
        }
    }

    /// Opens the log to look at it; while a server has it, the failure says where to look instead.
    func openLogToLook() throws -> EventLog {
        do {
            return try openLog()
        } catch {
            guard Failure(error)?.exit == .inUse, Files.exists(serverRecord) else { throw error }
            let address = try RunningServer(reading: serverRecord).address
            throw Failure(
                .inUse,
                "A server has this log: see \(address), \(address)v1/overview and "
                    + "\(address)v1/frames, or end it first."
            )
        }
    }
}
