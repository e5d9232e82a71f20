import Finance
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// The pages' templates, read once.
///
/// Mustache escapes every value for HTML unless a template says
/// otherwise, and none of ours does.
struct Templates: Sendable {
    enum Name: String, CaseIterable {
        case layout, chart, overview, subjects, subject, explanation, problem, problems
        case signIn = "sign-in"
        case accesses, entered
        case accessTable = "access-table"
        case collection, quarantine
        case wealth, trace, ahead, insights, coverage, consents, notice
        case personTabs = "person-tabs"
        case periodChoice = "period-choice"

        fileprivate var bytes: [UInt8] {
            switch self {
            case .layout: PackageResources.layout_mustache
            case .chart: PackageResources.chart_mustache
            case .overview: PackageResources.overview_mustache
            case .subjects: PackageResources.subjects_mustache
            case .subject: PackageResources.subject_mustache
            case .explanation: PackageResources.explanation_mustache
            case .problem: PackageResources.problem_mustache
            case .problems: PackageResources.problems_mustache
            case .signIn: PackageResources.sign_in_mustache
            case .entered: PackageResources.entered_mustache
            case .accesses: PackageResources.accesses_mustache
            case .accessTable: PackageResources.access_table_mustache
            case .collection: PackageResources.collection_mustache
            case .quarantine: PackageResources.quarantine_mustache
            case .wealth: PackageResources.wealth_mustache
            case .trace: PackageResources.trace_mustache
            case .ahead: PackageResources.ahead_mustache
            case .insights: PackageResources.insights_mustache
            case .coverage: PackageResources.coverage_mustache
            case .consents: PackageResources.consents_mustache
            case .notice: PackageResources.notice_mustache
            case .personTabs: PackageResources.person_tabs_mustache
            case .periodChoice: PackageResources.period_choice_mustache
            }
        }
    }

    private let library: MustacheLibrary

    init() throws {
        var library = MustacheLibrary()
        for name in Name.allCases {
            do {
                try library.register(Resource.text(name.bytes), named: name.rawValue)
            } catch {
                throw WebRefusal.resourceDamaged(name: name.rawValue + ".mustache")
            }
        }
        self.library = library
    }

    func render(_ name: Name, _ values: [String: Any]) -> String {
        guard let text = library.render(values, withTemplate: name.rawValue) else {
            preconditionFailure("template \(name.rawValue) is not registered")
        }
        return text
    }
}

extension Site {
    /// Which entry of the menu is the current one.
    enum Section { case overview, collection, subjects, none }

    /// A whole page: the layout's values and the page's own.
    func page(
        _ template: Templates.Name,
        _ request: Request,
        title: String,
        section: Section,
        status: HTTPResponse.Status = .ok,
        _ values: [String: Any]
    ) -> Response {
        let language = language(of: request)
        let other: Language = language == .korean ? .english : .korean
        var all = values
        all["t"] = wording.all(language)
        all["lang"] = language.rawValue
        all["title"] = title
        all["style"] = assets.style
        all["script"] = assets.script
        all["icon"] = assets.icon
        all["on_overview"] = section == .overview
        all["on_subjects"] = section == .subjects
        all["is_person"] = purpose == .ownView
        all["is_signed_in"] = purpose != nil
        // A visitor sees where things are, and is asked to sign in.
        all["sees_lists"] = purpose.map(seesLists) ?? true
        all["on_collection"] = section == .collection
        all["other_lang"] = other.rawValue
        all["other_link"] = link(to: other, request)
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentLanguage: language.rawValue, .vary: "Accept-Language, Cookie",
            ],
            body: .init(byteBuffer: ByteBuffer(string: templates.render(template, all)))
        )
        if request.uri.queryParameters["lang"] == Substring(language.rawValue) {
            response.setCookie(cookie("jangbu_lang", language.rawValue, maxAgeSeconds: 31_536_000))
        }
        return response
    }

    /// A cookie that scripts cannot read; unless it is lax, nothing that another site has a browser
    /// do sends it.
    func cookie(
        _ name: String,
        _ value: String,
        maxAgeSeconds: Int,
        sameSite: Cookie.SameSite = .strict
    ) -> Cookie {
        // A browser that came by TLS must not carry it without.
        Cookie(
            name: name,
            value: value,
            maxAge: maxAgeSeconds,
            path: "/",
            secure: configuration.isReachedByTLS,
            httpOnly: true,
            sameSite: sameSite
        )
    }

    /// The same page in the other language: the query with `lang` set anew, without the path, which
    /// on a page of a problem is whatever was asked for.
    private func link(to language: Language, _ request: Request) -> String {
        let kept = (request.uri.query ?? "").split(separator: "&").filter {
            !$0.hasPrefix("lang=")
        }
        return "?" + (kept + ["lang=" + language.rawValue]).joined(separator: "&")
    }
}
