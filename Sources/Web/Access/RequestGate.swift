import HTTPTypes
import Hummingbird

/// Lets a request in: its size, the name it calls us by, and its secret.
struct RequestGate: RouterMiddleware {
    let configuration: WebConfiguration

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        try checkSize(request)
        try checkHost(request)
        try checkToken(request)
        return try await next(request, context)
    }

    private func checkSize(_ request: Request) throws(Problem) {
        guard request.uri.string.utf8.count <= configuration.targetBytesMax else {
            throw Problem(.targetTooLong)
        }
        let headerBytes = request.headers.reduce(0) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count
        }
        guard headerBytes <= configuration.headerBytesMax else { throw Problem(.headersTooLarge) }
        guard let length = request.headers[.contentLength] else { return }
        guard let bytes = Int(length), bytes >= 0 else { throw Problem(.requestMalformed) }
        guard bytes <= configuration.bodyBytesMax else { throw Problem(.bodyTooLarge) }
    }

    /// On loopback there is no secret, so a page elsewhere that points its own name at 127.0.0.1
    /// (DNS rebinding) could read everything; it cannot forge the name it calls us by.
    func checkHost(_ request: Request) throws(Problem) {
        guard configuration.token == nil else { return }
        guard let authority = request.head.authority else { throw Problem(.hostRefused) }
        var host = Substring(authority)
        if let colon = host.lastIndex(of: ":"),
            host[host.index(after: colon)...].utf8.allSatisfy({ 48...57 ~= $0 })
        {
            host = host[..<colon]
        }
        guard ["localhost", "[::1]", "127.0.0.1"].contains(host) || host == configuration.host
        else { throw Problem(.hostRefused) }
    }

    private func checkToken(_ request: Request) throws(Problem) {
        let isOrder = request.uri.path == "/v1/backups"
        guard isOrder || configuration.token != nil, !isOpen(request.uri.path) else { return }
        if let header = request.headers[.authorization], header.hasPrefix("Bearer ") {
            let tokens = [configuration.token, configuration.controlToken].compactMap(\.self)
            guard tokens.contains(where: { $0.matches(header.dropFirst(7)) }) else {
                throw Problem(.tokenNeeded)
            }
            return
        }
        guard !isOrder, let token = configuration.token else { throw Problem(.tokenNeeded) }
        guard let session = request.cookies["jangbu_session"]?.value,
            token.matches(session: session)
        else { throw Problem(.tokenNeeded) }
    }

    /// What shows nothing of anyone: being alive, signing in and its looks, what problems mean.
    private func isOpen(_ path: String) -> Bool {
        path == "/health/live" || path == "/health/ready" || path == "/sign-in"
            || path.hasPrefix("/assets/") || path == "/problems" || path.hasPrefix("/problems/")
    }
}
