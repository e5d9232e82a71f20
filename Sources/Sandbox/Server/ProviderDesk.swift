internal import Finance
internal import MyData

/// The data APIs of providers, checked as the standard says.
extension SandboxDesk {
    /// What one call is about, once its path is understood.
    struct Call: Sendable {
        var registration: ProviderRegistration
        var route: StandardRoute
        /// Parameters of the path.
        var inPath: [(name: String, value: String)]
        var time: KoreanTime
        var now: Int64
    }

    /// Rows of a page at most (the standard).
    static let rowsMax = 500

    /// Answers a call of a data API.
    func data(_ registration: ProviderRegistration, _ rest: Substring, _ ask: Ask) -> ServerReply {
        let code = registration.provider.code
        let found = SandboxDesk.route(rest)
        let api = found?.route.api.rawValue ?? 1
        let struck = strike(code, api: api)
        if let early = beforehand(struck, ask, at: code) {
            counters.add(api: api, early)
            return early
        }
        let now = seconds(at: code, struck)
        var reply: ServerReply
        do throws(StandardRefusal) {
            let caller = try caller(of: ask)
            let time = KoreanTime(now)
            try checkTransaction(ask, of: caller, at: time)
            if let found {
                try check(found, registration, ask)
                let call = Call(
                    registration: registration,
                    route: found.route,
                    inPath: found.inPath,
                    time: time,
                    now: now
                )
                reply = try answer(call, ask, struck)
            } else {
                reply = try apis(registration, rest, ask)
            }
        } catch {
            reply = ServerReply(code: error.code)
        }
        afterwards(struck, &reply)
        counters.add(api: api, reply)
        return reply
    }

    /// The endpoint is this provider's, in a version that it has, asked by the right method.
    private func check(
        _ found: FoundRoute,
        _ registration: ProviderRegistration,
        _ ask: Ask
    ) throws(StandardRefusal) {
        guard found.industry == registration.provider.industry.word else {
            throw StandardRefusal(40_401)
        }
        guard registration.versions.contains(found.version),
            found.version != "v1" || !found.route.isSecondVersionOnly
        else { throw StandardRefusal(40_003) }
        guard ask.method == (found.route.isPost ? "POST" : "GET") else {
            throw StandardRefusal(40_501)
        }
    }

    private func answer(_ call: Call, _ ask: Ask, _ struck: [Fault]) throws(StandardRefusal)
        -> ServerReply
    {
        guard let type = ask.type.flatMap(CallType.init) else { throw StandardRefusal(40_002) }
        let code = call.registration.provider.code
        guard let token = ask.bearer else { throw StandardRefusal(40_101) }
        if let fault = struck.first(where: { $0.kind == .expire }), tokens.expire(token) {
            plan.met(fault)
        }
        guard let grant = tokens.find(token, at: code, now: call.now) else {
            throw StandardRefusal(40_101)
        }
        guard call.time.day <= grant.terms.endDate else { throw StandardRefusal(40_106) }
        guard grant.terms.scopes.contains(where: call.route.scopes.contains) else {
            throw StandardRefusal(40_104)
        }
        let request = try DataRequest(ask, call, type)
        guard request.asset.map(grant.terms.covers) ?? true else { throw StandardRefusal(40_105) }
        let transfer = "\(grant.person)/\(code)/\(request.key)"
        if type == .scheduled, request.page == nil {
            guard grant.terms.isScheduled else { throw StandardRefusal(40_301) }
            guard !configuration.keepsSlots || call.registration.isOpen(minute: call.time.minute)
            else { throw StandardRefusal(50_009) }
            let cycle = grant.terms.cycle(isBasic: call.route.isBasic)
            guard traffic.isDue(transfer, cycle: cycle, at: call.time) else {
                throw StandardRefusal(42_901)
            }
        }
        if let fault = struck.first(where: { $0.kind == .change }),
            books.changeHistory(of: grant.person, at: code, now: call.now)
        {
            plan.met(fault)
        }
        let reply = try body(call, request, grant, struck)
        if type == .scheduled, request.page == nil {
            traffic.transferred(transfer, at: call.time)
        }
        return reply
    }

    private func body(
        _ call: Call,
        _ request: DataRequest,
        _ grant: Grant,
        _ struck: [Fault]
    ) throws(StandardRefusal) -> ServerReply {
        if call.route.api == .common002 {
            var object = JSONObject()
            object.addEnvelope(0)
            grant.terms.write(into: &object, for: call.registration.provider.industry)
            return ServerReply(200, object)
        }
        let code = call.registration.provider.code
        var query = BookQuery(
            person: grant.person,
            provider: code,
            call: request.call,
            now: call.now
        )
        // A page that a fault gave a cursor of its own is the page before, once more.
        let isAgain = request.page?.hasPrefix(SandboxDesk.againMark) ?? false
        let page =
            isAgain
            ? request.page.map { String($0.dropFirst(SandboxDesk.againMark.count)) } : request.page
        query.page = page == "" ? nil : page
        (query.days, query.limit, query.flags) = (request.days, request.limit, grant.terms.flags)
        (query.searchTimestamp, query.requested) = (request.searchTimestamp, grant.terms.assets)
        switch books.answer(query) {
        case .refused(let code): throw StandardRefusal(code)
        case .body(var bytes):
            if !isAgain, let fault = struck.first(where: { $0.kind == .duplicate }),
                [.list, .history, .quarterly, .months, .pages].contains(call.route.shape)
            {
                plan.met(fault)
                BodyFault.repeatPage(&bytes, cursor: SandboxDesk.againMark + (query.page ?? ""))
            }
            return ServerReply(200, bytes)
        }
    }

    /// Begins the cursor of a page that is repeated.
    static let againMark = "again."

    /// 정보제공-공통-001, the only one without a version and without a token.
    private func apis(
        _ registration: ProviderRegistration,
        _ rest: Substring,
        _ ask: Ask
    ) throws(StandardRefusal) -> ServerReply {
        let industry = registration.provider.industry.word
        guard rest == industry + "/apis" else { throw StandardRefusal(40_401) }
        guard ask.method == "GET" else { throw StandardRefusal(40_501) }
        let routes = StandardRoute.all.filter { $0.key.hasPrefix(industry + "/") }
            .sorted { $0.value.api.rawValue < $1.value.api.rawValue }
        var object = JSONObject()
        object.addEnvelope(0)
        object.add("version", registration.versions.last ?? "v1")
        object.add("min_version", registration.versions.first ?? "v1")
        object.add("api_cnt", routes.count)
        object.add(
            "api_list",
            routes.map { key, route in
                var line = JSONObject()
                line.add("api_code", String(route.api.rawValue))
                line.add("api_uri", "/" + key)
                return line
            }
        )
        return ServerReply(200, object)
    }

    /// `v2/bank/accounts` and the like; nil when the path has no such form or is not known.
    static func route(_ rest: Substring) -> FoundRoute? {
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first == "v" else { return nil }
        let path = parts[1]
        let industry = String(path.prefix { $0 != "/" })
        if let route = StandardRoute.all[String(path)] {
            return FoundRoute(
                version: String(parts[0]),
                industry: industry,
                route: route,
                inPath: []
            )
        }
        let words = path.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count >= 3, words[0] == "card", words[1] == "cards",
            let card = FormText.decode(words[2]), !card.isEmpty
        else { return nil }
        let form = (["card", "cards", "{card_id}"] + words.dropFirst(3)).joined(separator: "/")
        guard let route = StandardRoute.all[form] else { return nil }
        return FoundRoute(
            version: String(parts[0]),
            industry: industry,
            route: route,
            inPath: [("card_id", card)]
        )
    }
}

/// A path below a provider's base, understood.
struct FoundRoute: Sendable {
    /// `v1` and the like, whether the provider has it or not.
    var version: String
    /// The industry of the path.
    var industry: String
    var route: StandardRoute
    /// Parameters of the path.
    var inPath: [(name: String, value: String)]
}

/// `x-api-type`.
enum CallType: String, Sendable {
    case scheduled
    case userConsent = "user-consent"
    case userRefresh = "user-refresh"
    case userSearch = "user-search"
}
