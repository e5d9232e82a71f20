import Cryptography
import HTTPTypes
import Hummingbird
import Logging

/// Signing in by a provider: there with a state that is this browser's, back with a code.
extension Site {
    /// Marks a browser that has begun; the provider sends it back from another site, so this one
    /// cookie is not strict.
    private static let browserCookie = "jangbu_begun"

    private func client(_ context: Context) throws -> OpenIDClient {
        let name = try context.parameters.require("issuer")
        guard let client = openIDs[name] else { throw Problem(.notFound) }
        return client
    }

    /// Sends the browser to the provider.
    @Sendable func beginOpenID(_ request: Request, _ context: Context) async throws -> Response {
        let client = try client(context)
        let mark = try begun.mark(at: clock())
        let entry = begun.entry(
            mark,
            issuer: client.issuer.name,
            redirect: try backAddress(client.issuer.name, request)
        )
        let address: String
        do throws(OpenIDRefusal) {
            address = try await client.address(for: entry.request, state: entry.state)
        } catch {
            return failed(error, client, request, context)
        }
        var response = redirect(address)
        response.setCookie(
            cookie(
                Site.browserCookie,
                mark.text,
                maxAgeSeconds: Int(BegunSignIns.lifetime.components.seconds),
                sameSite: .lax
            )
        )
        return response
    }

    /// Takes the browser back, and signs in whom the provider names.
    @Sendable func endOpenID(_ request: Request, _ context: Context) async throws -> Response {
        let client = try client(context)
        do throws(OpenIDRefusal) {
            let caller = try await caller(back: request, from: client)
            // A page of ours first: what comes straight from another site brings no strict cookie.
            var response = try entered(caller, request)
            response.setCookie(cookie(Site.browserCookie, "", maxAgeSeconds: 0))
            return response
        } catch {
            return failed(error, client, request, context)
        }
    }

    private func entered(_ caller: Caller, _ request: Request) throws(OpenIDRefusal) -> Response {
        var answer = page(
            .entered,
            request,
            title: wording.text("entered_title", language(of: request)),
            section: .none,
            ["next": caller.firstPage]
        )
        if let name = HTTPField.Name("Refresh") {
            answer.headers[name] = "0; url=" + caller.firstPage
        }
        do { return try begin(caller, answer) } catch { throw .unreachable }
    }

    private func caller(
        back request: Request,
        from client: OpenIDClient
    ) async throws(OpenIDRefusal) -> Caller {
        let query = request.uri.queryParameters
        let back: String
        do { back = try backAddress(client.issuer.name, request) } catch { throw .stateUnknown }
        guard
            let mark = request.cookies[Site.browserCookie].flatMap({ BegunSignIns.Mark($0.value) }),
            let state = query["state"],
            let asked = begun.take(
                String(state),
                mark,
                issuer: client.issuer.name,
                redirect: back,
                at: clock()
            )
        else { throw .stateUnknown }
        // RFC 9207: who answers says who they are, if they can.
        if let issuer = query["iss"], issuer != Substring(client.issuer.issuer) {
            throw .issuerWrong
        }
        guard let code = query["code"].map(String.init), query["error"] == nil,
            (1...2_048).contains(code.utf8.count), let means = configuration.signIn
        else { throw .denied }
        let token = try await client.claims(for: code, asked, at: means.now())
        return try await caller(of: token, client.issuer)
    }

    private func caller(
        of token: IDToken,
        _ issuer: OpenIDIssuer
    ) async throws(OpenIDRefusal) -> Caller {
        switch issuer.members {
        case .operators(let claim, let mapping):
            let roles = (token.texts[claim] ?? []).flatMap { mapping[$0] ?? [] }
            guard !roles.isEmpty else { throw .nobodyHere }
            let person = SHA256.hash(Array((issuer.issuer + "\n" + token.subject).utf8)).bytes
            return Caller(
                kind: .openID,
                actor: "openid:\(issuer.name):\(hexadecimal(person.prefix(8)))",
                roles: Set(roles)
            )
        case .persons(let claim):
            guard let keys = token.texts[claim], keys.count == 1 else { throw .claimsIncomplete }
            let subject: String?
            do {
                subject = try await book.signIn(personKey: keys[0], through: issuer.name)
            } catch {
                throw .unreachable
            }
            guard let subject else { throw .nobodyHere }
            return .person(subject)
        }
    }

    private func failed(
        _ refusal: OpenIDRefusal,
        _ client: OpenIDClient,
        _ request: Request,
        _ context: Context
    ) -> Response {
        context.logger.notice(
            "sign-in refused",
            metadata: ["issuer": "\(client.issuer.name)", "reason": "\(refusal)"]
        )
        return signInPage(
            request,
            status: .unauthorized,
            fault: refusal == .nobodyHere ? "signin_nobody" : "signin_failed"
        )
    }

    /// Where the provider sends the browser back to; on loopback under the name that it came by,
    /// which `RequestGate` has checked.
    private func backAddress(_ name: String, _ request: Request) throws -> String {
        let path = "/sign-in/with/\(name)/back"
        if let root = configuration.publicURL { return root + path }
        guard let authority = request.head.authority else { throw Problem(.hostRefused) }
        return (configuration.tls == nil ? "http://" : "https://") + authority + path
    }
}
