import Finance
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1/subjects/{subject}/…`: what is told about one person, as JSON.
extension Site {
    /// What is told about one person beyond what they have and spend now.
    var reportRoutes: [Route] {
        [
            Route(.get, "/subjects/{subject}/wealth", wealthPage),
            Route(.get, "/subjects/{subject}/wealth/{compartment}", tracePage),
            Route(.get, "/subjects/{subject}/ahead", aheadPage),
            Route(.get, "/subjects/{subject}/insights", insightsPage),
            Route(.get, "/subjects/{subject}/coverage", coveragePage),
            Route(.get, "/subjects/{subject}/consents", consentsPage),
            Route(.get, "/subjects/{subject}/notice", noticePage),
            Route(.get, "/v1/subjects/{subject}/coverage", coverage),
            Route(.get, "/v1/subjects/{subject}/consents", consents),
            Route(.get, "/v1/subjects/{subject}/transfers", transfers),
            Route(.get, "/v1/subjects/{subject}/notice", notice),
            Route(.get, "/v1/subjects/{subject}/net-worth", netWorth),
            Route(.get, "/v1/subjects/{subject}/net-worth/{compartment}", trace),
            Route(.get, "/v1/subjects/{subject}/forecast", forecast),
            Route(.get, "/v1/subjects/{subject}/insights", insights),
        ]
    }

    @Sendable func coverage(_ request: Request, _ context: Context) async throws -> Response {
        json(try await coverageView(request, context).json)
    }

    @Sendable func consents(_ request: Request, _ context: Context) async throws -> Response {
        json(try await consentView(context).json)
    }

    @Sendable func transfers(_ request: Request, _ context: Context) async throws -> Response {
        json(try await transferView(request, context).json)
    }

    /// The text that is given to the person, as it is.
    @Sendable func notice(_ request: Request, _ context: Context) async throws -> Response {
        let view = try await noticeView(request, context)
        let text = ConsentDocuments.notice(view.history, register: view.register)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/markdown; charset=utf-8", .cacheControl: "no-store",
                .contentLanguage: "ko",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    @Sendable func netWorth(_ request: Request, _ context: Context) async throws -> Response {
        json(try await wealthView(request, context).view.json)
    }

    @Sendable func forecast(_ request: Request, _ context: Context) async throws -> Response {
        json(try await forecastView(request, context).json)
    }

    @Sendable func insights(_ request: Request, _ context: Context) async throws -> Response {
        json(try await insightView(request, context).json)
    }
}

/// What a request for one of the reports asks for, read the same way by pages and interface.
extension Site {
    func coverageView(_ request: Request, _ context: Context) async throws -> CoverageView {
        try known(try await ledger.coverage(try subjectID(context), asOf: try await asOf(request)))
    }

    func consentView(_ context: Context) async throws -> ConsentView {
        try known(try await ledger.consents(try subjectID(context)))
    }

    func transferView(_ request: Request, _ context: Context) async throws -> TransferView {
        let (after, limit) = try paging(request)
        let days = try await days(request)
        let id = try subjectID(context)
        return try known(
            try await ledger.transfers(id, in: days, after: after, limit: limit)
        )
    }

    func noticeView(_ request: Request, _ context: Context) async throws -> NoticeView {
        let days = try await days(request)
        return try known(try await ledger.notice(try subjectID(context), of: days))
    }

    func wealthView(
        _ request: Request,
        _ context: Context
    ) async throws -> (view: WealthView, period: Period) {
        let period = try period(request)
        let months = period.months(today: try await today(request))
        let currency = try currency(request)
        let view = try await ledger.netWorth(
            try subjectID(context),
            from: months.from,
            through: months.through,
            currency: currency,
            asOf: try await asOf(request)
        )
        return (try known(view), period)
    }

    func forecastView(_ request: Request, _ context: Context) async throws -> ForecastView {
        let months = try monthsAhead(request)
        let currency = try currency(request)
        let id = try subjectID(context)
        let asOf = try await asOf(request)
        return try known(
            try await ledger.forecast(id, months: months, currency: currency, asOf: asOf)
        )
    }

    func insightView(_ request: Request, _ context: Context) async throws -> InsightView {
        let currency = try currency(request)
        let id = try subjectID(context)
        return try known(
            try await ledger.insights(id, currency: currency, asOf: try await asOf(request))
        )
    }

    /// How far a forecast looks: 1 to 3 months, three when nothing is said.
    func monthsAhead(_ request: Request) throws(Problem) -> Int {
        guard let text = request.uri.queryParameters["months"] else { return 3 }
        guard let months = Int(text), 1...3 ~= months else {
            throw Problem(.parameterInvalid, parameter: "months")
        }
        return months
    }

    /// All days of the months that a request names, at most until today.
    private func days(_ request: Request) async throws -> ClosedRange<CivilDate> {
        let today = await ledger.today()
        let months = try period(request).months(today: today)
        let last = max(months.from.start, min(months.through.end, today))
        return months.from.start...last
    }

    private func known<View>(_ view: View?) throws(Problem) -> View {
        guard let view else { throw Problem(.subjectUnknown) }
        return view
    }
}
