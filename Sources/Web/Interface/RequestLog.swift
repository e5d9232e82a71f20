import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging

/// One log line and two metrics for each request: the route's template, never the path, so that no
/// subject's id is written anywhere.
struct RequestLog: RouterMiddleware {
    let metrics: PrometheusRegistry
    /// Monotonic time since some fixed moment.
    let clock: @Sendable () -> Duration

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = clock()
        var response = try await next(request, context)
        let elapsed = clock() - start
        if let name = HTTPField.Name("X-Request-Id") { response.headers[name] = context.requestID }
        let route = context.endpointPath ?? "-"
        let dimensions = [
            ("method", RequestLog.method(request.method)), ("route", route),
            ("status", String(response.status.code)),
        ]
        Counter(label: "http.server.requests", dimensions: dimensions, factory: metrics)
            .increment()
        Timer(
            label: "http.server.request.duration",
            dimensions: [("route", route)],
            factory: metrics
        ).recordNanoseconds(nanoseconds(elapsed))
        context.logger.info(
            "request",
            metadata: [
                "method": "\(RequestLog.method(request.method))", "route": "\(route)",
                "status": "\(response.status.code)",
                "duration_us": "\(nanoseconds(elapsed) / 1000)",
            ]
        )
        return response
    }

    /// A label only for the methods that exist: anything else could be any text.
    private static func method(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post, .put, .patch, .delete, .options].contains(method)
            ? method.rawValue : "OTHER"
    }

    private func nanoseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return parts.seconds &* 1_000_000_000 &+ parts.attoseconds / 1_000_000_000
    }
}
