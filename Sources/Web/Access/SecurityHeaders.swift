import HTTPTypes
import Hummingbird

/// Puts the headers on every answer that keep a browser from doing anything we did not write.
struct SecurityHeaders: RouterMiddleware {
    let configuration: WebConfiguration

    /// Nothing but our own files, no inline script or style, no frame around us.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = SecurityHeaders.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in SecurityHeaders.others { response.headers[name] = value }
        // Of this machine's own names nothing may be said for other servers on it.
        if configuration.isReachedByTLS, configuration.publicURL != nil || !configuration.isLoopback
        {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        return response
    }

    private static let others: [(HTTPField.Name, String)] = {
        let pairs = [
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
        ]
        return pairs.compactMap { pair in HTTPField.Name(pair.0).map { ($0, pair.1) } }
    }()
}
