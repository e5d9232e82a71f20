import Finance
import HTTPTypes
import Hummingbird

/// One address of the server: its method, its template and who answers.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// Template with `{names}`, as in the OpenAPI document.
    let path: String
    let respond: @Sendable (Request, Context) async throws -> Response

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ respond: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.respond = respond
    }

    /// Whether a path is one of this template's.
    func matches(_ path: some StringProtocol) -> Bool {
        let template = self.path.split(separator: "/")
        let parts = path.split(separator: "/")
        return template.count == parts.count
            && zip(template, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}

extension Site {
    /// Every address there is.
    var routes: [Route] {
        consoleRoutes + collectionRoutes + personRoutes + reportRoutes + accessRoutes
            + interfaceRoutes + supportRoutes
    }

    /// What an operator sees and orders.
    private var consoleRoutes: [Route] {
        [
            Route(.get, "/", overviewPage),
            Route(.get, "/v1/overview", overview),
            Route(.get, "/v1/partitions", partitions),
            Route(.get, "/v1/projections", projections),
            Route(.get, "/v1/frames", frames),
            Route(.get, "/v1/stream", stream),
            Route(.get, "/v1/backups", backups),
            Route(.post, "/v1/backups", startBackup),
        ]
    }

    /// How the collection goes, and what is put aside.
    private var collectionRoutes: [Route] {
        let answer = "quarantine/{answer}"
        return [
            Route(.get, "/collection", collectionPage),
            Route(.get, "/collection/\(answer)", quarantinePage),
            Route(.post, "/collection/\(answer)/redrive", redriveForm),
            Route(.post, "/collection/\(answer)/discard", discardForm),
            Route(.get, "/v1/collection", collection),
            Route(.get, "/v1/collection/providers/{org_code}", collectionProvider),
            Route(.get, "/v1/collection/quarantine", quarantine),
            Route(.get, "/v1/collection/\(answer)", quarantined),
            Route(.post, "/v1/collection/\(answer)/redrive", redrive),
            Route(.post, "/v1/collection/\(answer)/discard", discard),
        ]
    }

    /// What is about people.
    private var personRoutes: [Route] {
        [
            Route(.get, "/subjects", subjectsPage),
            Route(.get, "/subjects/{subject}", subjectPage),
            Route(.get, "/subjects/{subject}/events/{event}", explanationPage),
            Route(.get, "/v1/subjects", subjects),
            Route(.get, "/v1/subjects/{subject}", subject),
            Route(.get, "/v1/subjects/{subject}/spending", spending),
            Route(.get, "/v1/subjects/{subject}/transactions", transactions),
            Route(.get, "/v1/subjects/{subject}/events/{event}/explain", explain),
        ] + historyRoutes
    }

    /// A person's transactions as a history, and what the person says of them.
    private var historyRoutes: [Route] {
        let person = "/v1/subjects/{subject}"
        let event = "/subjects/{subject}/events/{event}"
        return [
            Route(.get, "/v1/categories", categories),
            Route(.get, person + "/changes", changes),
            Route(.get, person + "/export", export),
            Route(.get, person + "/corrections", corrections),
            Route(.post, person + "/corrections", makeCorrection),
            Route(.delete, person + "/corrections/{correction}", deleteCorrection),
            Route(.get, person + "/events/{event}/correction", correctionPreview),
            Route(.get, person + "/links", links),
            Route(.post, person + "/links", decideLink),
            Route(.post, event + "/links", decideLinkFromPage),
            Route(.post, event + "/corrections", correctFromPage),
            Route(.post, event + "/corrections/{correction}/withdraw", withdrawFromPage),
        ]
    }

    /// Who is let in.
    private var accessRoutes: [Route] {
        [
            Route(.get, "/sign-in", signInPage),
            Route(.post, "/sign-in", signIn),
            Route(.post, "/sign-out", signOut),
            Route(.get, "/sign-in/with/{issuer}", beginOpenID),
            Route(.get, "/sign-in/with/{issuer}/back", endOpenID),
            Route(.post, "/v1/operator-links", makeLink),
            Route(.get, "/me", ownPage),
            Route(.get, "/subjects/{subject}/accesses", accessesPage),
            Route(.get, "/v1/subjects/{subject}/accesses", accesses),
        ]
    }

    /// What describes the server itself.
    private var interfaceRoutes: [Route] {
        [
            Route(.get, "/problems", problemsPage),
            Route(.get, "/problems/{problem}", problemPage),
            Route(.get, "/assets/{asset}", asset),
            Route(.get, "/health/live", live),
            Route(.get, "/health/ready", ready),
            Route(.get, "/metrics", metricsText),
            Route(.get, "/openapi.yaml", openAPIYAML),
            Route(.get, "/openapi.json", openAPIJSON),
        ]
    }

    /// Who may use each route, in their order.
    ///
    /// - Throws: `.routeWithoutRoles`.
    func rules() throws(WebRefusal) -> [RouteRule] {
        var rules: [RouteRule] = []
        for route in routes {
            rules.append(try configuration.roles.rule(of: route.method, route.path))
        }
        return rules
    }

    /// The router with all middleware; what the application runs and the tests ask for its routes.
    func router(_ rules: [RouteRule]) -> Router<Context> {
        let routes = routes
        // Handlers hold the site that they were taken from, so one that serves a purpose sees the
        // ledger as that purpose may.
        let byPurpose = Dictionary(
            uniqueKeysWithValues: UsePurpose.allCases.map { ($0, seen(for: $0).routes) }
        )
        let router = Router(context: Context.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestLog(metrics: metrics, clock: clock))
        router.add(middleware: SecurityHeaders(configuration: configuration))
        router.add(middleware: Problems(site: self, routes: routes))
        router.add(middleware: RequestGate(configuration: configuration))
        for (place, (route, rule)) in zip(routes, rules).enumerated() {
            let admission = Admission(site: self, rule: rule)
            router.on(RouterPath(route.path), method: route.method) { request, context in
                let context = try await admission.admit(request, context)
                guard let purpose = context.grant?.purpose, let routes = byPurpose[purpose] else {
                    return try await route.respond(request, context)
                }
                return try await routes[place].respond(request, context)
            }
        }
        return router
    }
}
