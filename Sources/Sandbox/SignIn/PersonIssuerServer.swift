internal import Files
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import MyData
internal import NIOCore
internal import ServiceLifecycle

/// The pages and endpoints of `PersonIssuer`, in HTTP on 127.0.0.1: browsers have no certificate of
/// the sandbox, and what is said here leaves no machine.
struct PersonIssuerServer: Service {
    private static let root = "/" + SandboxServerConfiguration.authenticationCode
    private static let bodyBytesMax = 16 * 1_024

    let issuer: PersonIssuer
    let configuration: SandboxServerConfiguration
    let logger: Logger
    /// Called once it takes requests and `sign-in.yaml` is written.
    let onListening: @Sendable () -> Void

    func run() async throws {
        let (configuration, onListening, logger) = (configuration, onListening, logger)
        let application = Application(
            router: router(),
            configuration: .init(
                address: .hostname("127.0.0.1", port: configuration.signInPort),
                serverName: nil
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.signInPort
                do throws(FileError) {
                    try RegistryFiles.writeSignIn(configuration, issuer: Self.address(port))
                } catch {
                    logger.error("sign-in.yaml cannot be written: \(error)")
                }
                onListening()
            },
            logger: logger
        )
        try await application.run()
    }

    private static func address(_ port: Int) -> String { "http://127.0.0.1:\(port)\(root)" }

    /// By the port that was asked: the one that we listen on.
    private static func address(_ request: Request) -> String {
        "http://" + (request.head.authority ?? "127.0.0.1") + root
    }

    private func router() -> Router<BasicRequestContext> {
        let issuer = issuer
        let root = Self.root
        let router = Router()
        router.get(RouterPath(root + "/.well-known/openid-configuration")) { request, _ in
            Self.json(PersonIssuer.metadata(Self.address(request)))
        }
        router.get(RouterPath(root + "/jwks")) { _, _ in Self.json(issuer.keys) }
        router.get(RouterPath(root + "/authorize")) { request, _ in
            do throws(PersonIssuer.Refusal) {
                let fields = Form.parse(request.uri.query ?? "") ?? [:]
                let question = try issuer.question(fields)
                return Self.page(PersonIssuerPage(question, people: issuer.books.peopleCount).html)
            } catch {
                return Self.refusal(error)
            }
        }
        router.post(RouterPath(root + "/authorize")) { request, _ in
            let fields = try await Self.fields(request)
            do throws(PersonIssuer.Refusal) {
                let question = try issuer.question(fields)
                guard fields["agreed"] == "yes" else {
                    return Self.redirect(
                        question.redirect + "?error=access_denied&state="
                            + FormText.encode(question.state)
                    )
                }
                let person = fields["person"].flatMap { Int($0) } ?? -1
                return Self.redirect(try issuer.agree(person, to: question))
            } catch {
                return Self.refusal(error)
            }
        }
        router.post(RouterPath(root + "/token")) { request, _ in
            let fields = try await Self.fields(request)
            let header = request.headers[.authorization]
            let basic = header?.hasPrefix("Basic ") == true ? header.map { $0.dropFirst(6) } : nil
            do throws(PersonIssuer.Refusal) {
                let token = try issuer.token(
                    fields,
                    basic: basic.map(String.init),
                    issuer: Self.address(request)
                )
                return Self.json(
                    Array(
                        (#"{"access_token":"none","token_type":"Bearer","#
                            + #""id_token":"\#(token)"}"#).utf8
                    )
                )
            } catch {
                let body = Array(#"{"error":"\#(error.error)"}"#.utf8)
                return Self.json(body, status: error.error == "invalid_client" ? 401 : 400)
            }
        }
        return router
    }

    private static func fields(_ request: Request) async throws -> [String: String] {
        let body = try await request.body.collect(upTo: bodyBytesMax)
        return Form.parse(String(buffer: body)) ?? [:]
    }

    private static func json(_ body: [UInt8], status: Int = 200) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private static func redirect(_ address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
    }

    /// A browser is not sent to an address that is not known to be the operator's.
    private static func refusal(_ refusal: PersonIssuer.Refusal) -> Response {
        json(Array(#"{"error":"\#(refusal.error)"}"#.utf8), status: 400)
    }

    private static func page(_ html: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                // No form-action: after agreeing the browser goes back to the operator.
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                    + "base-uri 'none'",
            ],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}
