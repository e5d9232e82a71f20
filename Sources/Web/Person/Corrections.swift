import Finance
import HTTPTypes
import Hummingbird

/// `/v1/subjects/{subject}/corrections`: what a person puts elsewhere, and takes back.
extension Site {
    @Sendable func categories(_ request: Request, _ context: Context) async throws -> Response {
        json([
            "items": .array(
                await ledger.categories().map {
                    [
                        "id": .string($0.id), "name": $0.name.json, "group": $0.group.json,
                    ]
                }
            )
        ])
    }

    @Sendable func corrections(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        guard
            let lines = try await ledger.corrections(
                try subjectID(context),
                after: after,
                limit: limit
            )
        else { throw Problem(.subjectUnknown) }
        return json(lines.json(\.jsonWithState))
    }

    @Sendable func correctionPreview(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        guard let order = try correctionOrder(request, context) else {
            throw Problem(.parameterInvalid, parameter: "scope")
        }
        return json(try await preview(order, context).json)
    }

    /// Records a correction once, whatever is sent again.
    @Sendable func makeCorrection(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let id = try subjectID(context)
        let name = try requestName(request)
        let (wanted, bytes) = try await order(CorrectionBody.self, request)
        guard let event = EventID(text: wanted.event) else { throw Problem(.eventUnknown) }
        let order = CorrectionOrder(
            event: event,
            isForMerchant: wanted.scope == .merchant,
            category: wanted.category
        )
        let answered = try await refusing {
            try await ledger.correct(id, order, request: named(name, request, bytes))
        }
        return json(answered.value.json, status: .created, isReplayed: answered.isReplayed)
    }

    @Sendable func deleteCorrection(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let answered = try await withdraw(context)
        return json(answered.value.json, status: .ok, isReplayed: answered.isReplayed)
    }

    func withdraw(_ context: Context) async throws -> Answered<CorrectionLine> {
        let id = try subjectID(context)
        guard let event = EventID(text: try context.parameters.require("correction")) else {
            throw Problem(.correctionUnknown)
        }
        return try await refusing { try await ledger.withdrawCorrection(id, correction: event) }
    }

    func preview(_ order: CorrectionOrder, _ context: Context) async throws -> CorrectionPreview {
        let id = try subjectID(context)
        return try await refusing { try await ledger.previewCorrection(id, order) }
    }

    /// The name that the caller gave the request: 1...255 visible characters of ASCII.
    func requestName(_ request: Request) throws(Problem) -> String {
        guard let name = request.headers[.idempotencyKey], 1...255 ~= name.utf8.count,
            name.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { throw Problem(.requestNameNeeded) }
        return name
    }

    /// What a query asks to be put where; nil when it asks for nothing.
    func correctionOrder(
        _ request: Request,
        _ context: Context
    ) throws -> CorrectionOrder? {
        guard let event = EventID(text: try context.parameters.require("event")) else {
            throw Problem(.eventUnknown)
        }
        guard let word = request.uri.queryParameters["scope"] else { return nil }
        guard let scope = CorrectionBody.Scope(rawValue: String(word)) else {
            throw Problem(.parameterInvalid, parameter: "scope")
        }
        guard let category = request.uri.queryParameters["category"] else {
            throw Problem(.parameterInvalid, parameter: "category")
        }
        return CorrectionOrder(
            event: event,
            isForMerchant: scope == .merchant,
            category: category.isEmpty ? nil : String(category)
        )
    }
}

/// The body of an order.
struct CorrectionBody: Decodable {
    enum Scope: String, Decodable { case one, merchant }

    let event: String
    let scope: Scope
    /// Null gives the rules' choice back; it must be said.
    let category: String?

    private enum Key: CodingKey { case event, scope, category }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        event = try container.decode(String.self, forKey: .event)
        scope = try container.decode(Scope.self, forKey: .scope)
        category =
            try container.decodeNil(forKey: .category)
            ? nil : try container.decode(String.self, forKey: .category)
    }
}
