import Finance
import HTTPTypes
import Hummingbird

/// Lets a request through to its handler: who asks, whether the request is theirs, whether their
/// roles may, and the record that they looked.
struct Admission: Sendable {
    /// The name of the cookie that holds a session's secret.
    static let cookieName = "jangbu_session"

    let site: Site
    let rule: RouteRule

    /// The same context with who asks and what lets them.
    ///
    /// - Throws: `Problem`; whatever the record throws, with nothing shown.
    func admit(_ request: Request, _ context: Context) async throws -> Context {
        var context = context
        let (caller, isShownByHand) = try await site.identify(request, context)
        // A browser sends cookies and certificates by itself, also for a page elsewhere.
        if !isShownByHand, !Admission.isProgram(caller, request) {
            try Admission.checkOrigin(request)
        }
        let subject = rule.subject(in: context.parameters)
        let decision = rule.decide(
            caller,
            subject: subject,
            purpose: try Admission.purpose(of: request)
        )
        context.caller = caller
        switch decision {
        case .open: return context
        case .granted(let grant):
            context.grant = grant
            if let subject { try await record(grant, caller, subject) }
            return context
        case .unknownCaller: throw Problem(.tokenNeeded)
        case .refused: throw Problem(.accessDenied)
        case .unknownSubject: throw Problem(.subjectUnknown)
        case .purposeRefused: throw Problem(.accessDenied, parameter: "purpose")
        }
    }

    /// Before anything is shown: what is not recorded was not seen.
    private func record(_ grant: Grant, _ caller: Caller, _ subject: String) async throws {
        guard Site.isSubjectID(subject) else { throw Problem(rule.about.unknown) }
        let access = DataAccess(
            actor: caller.actor,
            role: grant.role,
            purpose: grant.purpose.rawValue,
            items: rule.route
        )
        try await site.book.record(access, of: subject)
    }

    /// What a request says it is for: `purpose` of its query, or the header `X-Purpose`.
    static func purpose(of request: Request) throws(Problem) -> UsePurpose? {
        let header = HTTPField.Name("X-Purpose").flatMap { request.headers[$0] }
        guard let text = request.uri.queryParameters["purpose"].map(String.init) ?? header else {
            return nil
        }
        guard let purpose = UsePurpose(rawValue: text) else {
            throw Problem(.parameterInvalid, parameter: "purpose")
        }
        return purpose
    }

    /// Whether a page asks without anybody having done anything: `app.js` says so when it brings
    /// its parts up to date, and a browser of a live stream by what it accepts.
    static func isByItself(_ request: Request) -> Bool {
        request.headers[.jangbuRefresh] != nil
            || request.headers[.accept]?.contains("text/event-stream") == true
    }

    /// Whether an order by certificate is no page's: JSON is sent to another origin only when that
    /// origin allowed it before, and nothing here ever does.
    static func isProgram(_ caller: Caller, _ request: Request) -> Bool {
        let type = request.headers[.contentType]?.split(separator: ";").first
        return caller.kind == .certificate && type?.lowercased() == "application/json"
    }

    /// Refuses an order that another site had a browser send: a browser says where a form or script
    /// is from in headers that no page can write.
    static func checkOrigin(_ request: Request) throws(Problem) {
        guard request.method != .get, request.method != .head else { return }
        if let site = request.headers[.secFetchSite] {
            guard site == "same-origin" else { throw Problem(.originRefused) }
            return
        }
        guard let origin = request.headers[.origin], let authority = request.head.authority,
            ["http://" + authority, "https://" + authority].contains(origin)
        else { throw Problem(.originRefused) }
    }
}

extension Site {
    /// Whether who asks may also use another route about the same person: what a page offers.
    func may(_ method: HTTPRequest.Method, _ path: String, _ context: Context) throws -> Bool {
        let rule = try configuration.roles.rule(of: method, path)
        let subject = rule.subject(in: context.parameters)
        switch rule.decide(context.caller, subject: subject, purpose: purpose) {
        case .open, .granted: return true
        case .unknownCaller, .refused, .unknownSubject, .purposeRefused: return false
        }
    }

    /// Who asks, and whether what shows it was put there by hand: a token was, what a browser adds
    /// by itself was not.
    func identify(
        _ request: Request,
        _ context: Context
    ) async throws -> (caller: Caller, isShownByHand: Bool) {
        if let header = request.headers[.authorization] {
            guard header.hasPrefix("Bearer ") else { return (.visitor, true) }
            let token = header.dropFirst(7)
            if let known = configuration.token, known.matches(token) { return (.program, true) }
            if let known = configuration.controlToken, known.matches(token) {
                return (.control, true)
            }
            return (.visitor, true)
        }
        if let secret = request.cookies[Admission.cookieName]?.value,
            let caller = sessions.caller(secret, at: clock(), isUse: !Admission.isByItself(request))
        {
            return (caller, false)
        }
        if let operators = configuration.signIn?.certificates, !operators.isEmpty,
            let caller = await ClientCertificate.shown(on: context.channel)?.caller(operators)
        {
            return (caller, false)
        }
        return (.visitor, false)
    }
}
