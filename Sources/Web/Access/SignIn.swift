import HTTPTypes
import Hummingbird
import NIOCore

/// Signing in with the token, for browsers.
extension Site {
    @Sendable func signInPage(_ request: Request, _ context: Context) async throws -> Response {
        signInPage(request, status: .ok)
    }

    func signInPage(
        _ request: Request,
        status: HTTPResponse.Status,
        isWrong: Bool = false
    ) -> Response {
        page(
            .signIn,
            request,
            title: wording.text("signin_title", language(of: request)),
            section: .none,
            status: status,
            ["wrong": isWrong]
        )
    }

    /// Takes the token once and gives the cookie that stands for it.
    @Sendable func signIn(_ request: Request, _ context: Context) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.bodyBytesMax)
        guard let token = configuration.token else { return redirect("/") }
        let form: SignInForm
        do {
            form = try URLEncodedFormDecoder().decode(
                SignInForm.self,
                from: String(buffer: body)
            )
        } catch {
            throw Problem(.requestMalformed)
        }
        guard token.matches(form.token) else {
            return signInPage(request, status: .unauthorized, isWrong: true)
        }
        var response = redirect("/")
        response.setCookie(cookie("jangbu_session", token.session, maxAgeDays: 1))
        return response
    }

    private func redirect(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}

private struct SignInForm: Decodable {
    var token: String
}
