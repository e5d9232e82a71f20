import Cryptography
import HTTPTypes
import Hummingbird

/// Signing in, in a browser, and out again.
extension Site {
    @Sendable func signInPage(_ request: Request, _ context: Context) async throws -> Response {
        signInPage(request, status: .ok)
    }

    func signInPage(
        _ request: Request,
        status: HTTPResponse.Status,
        fault: String? = nil
    ) -> Response {
        let words = Words(wording, language(of: request))
        let issuers = configuration.signIn?.issuers ?? []
        var values: [String: Any] = [
            "has_issuers": !issuers.isEmpty,
            "issuers": issuers.map { issuer -> [String: Any] in
                let key =
                    switch issuer.members {
                    case .persons: "signin_person"
                    case .operators: "signin_operator"
                    }
                return ["name": issuer.name, "label": words(key, ["name": issuer.label])]
            },
        ]
        values["fault"] = fault.map { words($0) }
        return page(
            .signIn,
            request,
            title: words("signin_title"),
            section: .none,
            status: status,
            values
        )
    }

    /// Takes the secret of a one-time link, or the token, and begins a session.
    @Sendable func signIn(_ request: Request, _ context: Context) async throws -> Response {
        let form = try await form(SignInForm.self, request).value
        let now = clock()
        guard
            let caller = sessions.redeem(form.token, at: now)
                ?? (configuration.token?.matches(form.token) == true ? .program : nil)
        else { return signInPage(request, status: .unauthorized, fault: "signin_wrong") }
        return try begin(caller, redirect(caller.firstPage))
    }

    /// Ends the session of this browser.
    @Sendable func signOut(_ request: Request, _ context: Context) async throws -> Response {
        if let secret = request.cookies[Admission.cookieName]?.value { sessions.end(secret) }
        var response = redirect("/sign-in")
        response.setCookie(cookie(Admission.cookieName, "", maxAgeSeconds: 0))
        return response
    }

    /// Makes a link for the local operator: for who has the data directory, `jangbu operator link`.
    @Sendable func makeLink(_ request: Request, _ context: Context) async throws -> Response {
        guard configuration.allowsLocalOperator else { throw Problem(.accessDenied) }
        return json(["path": .string(try link(for: .localOperator))], status: .created)
    }

    /// Path and fragment of a page that signs `caller` in once: what stands after `#` is sent to no
    /// server and written in no log.
    func link(for caller: Caller) throws(CryptographyError) -> String {
        "/sign-in#" + (try sessions.link(for: caller, at: clock()))
    }

    /// An answer that begins a session.
    func begin(_ caller: Caller, _ answer: Response) throws(CryptographyError) -> Response {
        var answer = answer
        let secret = try sessions.begin(caller, at: clock())
        let seconds = Int(Sessions.lifetime.components.seconds)
        answer.setCookie(cookie(Admission.cookieName, secret, maxAgeSeconds: seconds))
        return answer
    }

    func redirect(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}

extension Caller {
    /// Where signing in leads.
    var firstPage: String { subject == nil ? "/" : "/me" }
}

private struct SignInForm: Decodable {
    var token: String
}
