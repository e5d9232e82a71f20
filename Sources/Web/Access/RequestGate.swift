import HTTPTypes
import Hummingbird

/// Lets a request in by its form: its size, and the name it calls us by.
///
/// Who may do what is `Admission`'s.
struct RequestGate: RouterMiddleware {
    let configuration: WebConfiguration

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        try checkSize(request)
        try checkHost(request)
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

    /// Refuses a name that is not ours.
    ///
    /// A page elsewhere that points its own name at our address (DNS rebinding) is of another
    /// origin in nobody's eyes but ours; it cannot forge the name it calls us by. Addresses that we
    /// send a browser back to are made of that name, too.
    func checkHost(_ request: Request) throws(Problem) {
        guard let authority = request.head.authority, configuration.isOurs(authority) else {
            throw Problem(.hostRefused)
        }
    }
}
