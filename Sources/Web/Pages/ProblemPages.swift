import HTTPTypes
import Hummingbird
import NIOCore

/// Pages about problems.
extension Site {
    @Sendable func problemsPage(_ request: Request, _ context: Context) async throws -> Response {
        let words = Words(wording, language(of: request))
        return page(
            .problems,
            request,
            title: words("problems_title"),
            section: .none,
            [
                "problems": Problem.Kind.allCases.map { kind in
                    [
                        "status": String(kind.status.code), "path": kind.path,
                        "name": words(kind.key("title")), "detail": words(kind.key("detail")),
                    ]
                }
            ]
        )
    }

    /// What a problem's `type` points to.
    @Sendable func problemPage(_ request: Request, _ context: Context) async throws -> Response {
        guard let kind = Problem.Kind(rawValue: try context.parameters.require("problem")) else {
            throw Problem(.notFound)
        }
        return problemPage(kind, request, requestID: nil, status: .ok)
    }

    /// A problem that just happened, for people.
    func problemPage(_ problem: Problem, _ request: Request, requestID: String) -> Response {
        problemPage(problem.kind, request, requestID: requestID, status: problem.kind.status)
    }

    private func problemPage(
        _ kind: Problem.Kind,
        _ request: Request,
        requestID: String?,
        status: HTTPResponse.Status
    ) -> Response {
        let language = language(of: request)
        let other: Language = language == .korean ? .english : .korean
        var values: [String: Any] = [
            "status": String(kind.status.code),
            "detail": wording.text(kind.key("detail"), language),
            "other_detail": wording.text(kind.key("detail"), other),
        ]
        values["request"] = requestID
        return page(
            .problem,
            request,
            title: wording.text(kind.key("title"), language),
            section: .none,
            status: status,
            values
        )
    }
}
