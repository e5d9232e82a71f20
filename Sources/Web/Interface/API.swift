import Finance
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1/…`: the ledger as JSON.
extension Site {
    @Sendable func overview(_ request: Request, _ context: Context) async throws -> Response {
        json(try await ledger.overview().json)
    }

    @Sendable func partitions(_ request: Request, _ context: Context) async throws -> Response {
        let overview = try await ledger.overview()
        return json([
            "cursor": .string(overview.cursor.description),
            "items": .array(overview.partitions.map(\.json)),
        ])
    }

    @Sendable func projections(_ request: Request, _ context: Context) async throws -> Response {
        json(["items": .array(try await ledger.overview().projections.map(\.json))])
    }

    @Sendable func frames(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        return json(try await ledger.frames(after: after, limit: limit).json(\.json))
    }

    @Sendable func subjects(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        return json(try await ledger.subjects(after: after, limit: limit).json(\.json))
    }

    @Sendable func subject(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let report = try await ledger.subject(id, asOf: try await asOf(request))
        guard let report else { throw Problem(.subjectUnknown) }
        return json(report.json)
    }

    @Sendable func spending(_ request: Request, _ context: Context) async throws -> Response {
        json(try await spendingReport(request, context).report.json)
    }

    @Sendable func transactions(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        let months = try period(request).months(today: try await today(request))
        let lines = try await ledger.transactions(
            try subjectID(context),
            from: months.from,
            through: months.through,
            category: request.uri.queryParameters["category"].map(String.init),
            asOf: try await asOf(request),
            after: after,
            limit: limit
        )
        guard let lines else { throw Problem(.subjectUnknown) }
        return json(lines.json(\.json))
    }

    @Sendable func explain(_ request: Request, _ context: Context) async throws -> Response {
        json(try await explanation(context).json)
    }

    func explanation(_ context: Context) async throws -> CategoryReason {
        guard let event = EventID(text: try context.parameters.require("event")),
            let found = try await ledger.explanation(try subjectID(context), event: event)
        else { throw Problem(.eventUnknown) }
        return found
    }

    func spendingReport(
        _ request: Request,
        _ context: Context
    ) async throws -> (report: SpendingView, period: Period) {
        let period = try period(request)
        let months = period.months(today: try await today(request))
        let report = try await ledger.spending(
            try subjectID(context),
            from: months.from,
            through: months.through,
            currency: try currency(request),
            asOf: try await asOf(request)
        )
        guard let report else { throw Problem(.subjectUnknown) }
        return (report, period)
    }

    func period(_ request: Request) throws(Problem) -> Period {
        let query = request.uri.queryParameters
        return try Period.read(
            period: query["period"],
            from: query["from"],
            through: query["through"]
        )
    }

    /// A subject's id as it is written; anything else is as unknown as a wrong one.
    func subjectID(_ context: Context) throws(Problem) -> String {
        guard let id = context.parameters.get("subject"), Site.isSubjectID(id) else {
            throw Problem(.subjectUnknown)
        }
        return id
    }

    static func isSubjectID(_ id: some StringProtocol) -> Bool {
        id.utf8.count == 32 && id.utf8.allSatisfy { 48...57 ~= $0 || 97...102 ~= $0 }
    }

    func currency(_ request: Request) throws(Problem) -> Currency? {
        guard let text = request.uri.queryParameters["currency"] else { return nil }
        if let currency = Currency(alphabeticCode: text) { return currency }
        // A currency that this build has no letters for goes by its number.
        if text.utf8.count == 3, let code = UInt32(text),
            let currency = Currency(numericCode: code)
        {
            return currency
        }
        throw Problem(.parameterInvalid, parameter: "currency")
    }
}
