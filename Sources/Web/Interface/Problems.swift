import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns everything that is thrown into a problem of ours; the text of an error stays in the log.
struct Problems: RouterMiddleware {
    let site: Site
    let routes: [Route]

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            return answer(problem(for: error, request, context), to: request, context)
        }
    }

    private func problem(
        for error: any Error,
        _ request: Request,
        _ context: Context
    ) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as any HTTPResponseError:
            guard error.status != .notFound else { return unmatched(request) }
            let kind = Problem.Kind(status: error.status)
            if kind == .internalFailure { report(error, context) }
            return Problem(kind)
        default:
            report(error, context)
            return Problem(.ledgerUnavailable)
        }
    }

    /// The router says "not found" also where only the method is wrong.
    private func unmatched(_ request: Request) -> Problem {
        var allowed = routes.filter { $0.matches(request.uri.path) }.map(\.method)
        guard !allowed.isEmpty else { return Problem(.notFound) }
        if allowed.contains(.get) { allowed.append(.head) }
        return Problem(.methodNotAllowed, allowed: allowed)
    }

    private func report(_ error: any Error, _ context: Context) {
        context.logger.error(
            "request failed",
            metadata: [
                "error": "\(Problems.word(error))", "route": "\(context.endpointPath ?? "-")",
            ]
        )
    }

    /// An error's type and case: what it carries may name a person.
    static func word(_ error: any Error) -> String {
        let mirror = Mirror(reflecting: error)
        let type = String(describing: type(of: error))
        guard mirror.displayStyle == .enum else { return type }
        // A case without values has no child and nothing to carry.
        return type + "." + (mirror.children.first?.label ?? "\(error)")
    }

    private func answer(
        _ problem: Problem,
        to request: Request,
        _ context: Context
    ) -> Response {
        var response: Response
        if wantsPage(request) {
            response =
                problem.kind == .tokenNeeded
                ? site.signInPage(request, status: .unauthorized)
                : site.problemPage(problem, request, requestID: context.requestID)
        } else {
            let bytes = problem.json(requestID: context.requestID, wording: site.wording).bytes
            response = Response(
                status: problem.kind.status,
                headers: [
                    .contentType: "application/problem+json", .cacheControl: "no-store",
                ],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes))
            )
        }
        if problem.kind == .methodNotAllowed {
            response.headers[.allow] = problem.allowed.map(\.rawValue).joined(separator: ", ")
        }
        if problem.kind == .tokenNeeded { response.headers[.wwwAuthenticate] = "Bearer" }
        if problem.kind.status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// A browser on a page of ours gets a page; everything under `/v1` and the like gets JSON.
    private func wantsPage(_ request: Request) -> Bool {
        let path = request.uri.path
        guard !["/v1/", "/health/", "/openapi", "/metrics"].contains(where: path.hasPrefix) else {
            return false
        }
        return request.headers[.accept]?.contains("text/html") ?? false
    }
}
