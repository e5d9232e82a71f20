import Finance
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

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
        let body = try await request.body.collect(upTo: configuration.bodyBytesMax)
        let wanted: CorrectionBody
        do {
            wanted = try JSONDecoder().decode(
                CorrectionBody.self,
                from: Data(body.readableBytesView)
            )
        } catch {
            throw Problem(.requestMalformed)
        }
        guard let event = EventID(text: wanted.event) else { throw Problem(.eventUnknown) }
        let order = CorrectionOrder(
            event: event,
            isForMerchant: wanted.scope == .merchant,
            category: wanted.category
        )
        let content = Array("POST \(request.uri.path)\n".utf8) + body.readableBytesView
        let answered = try await refusing {
            try await ledger.correct(
                id,
                order,
                request: PersonRequest(name: name, content: content)
            )
        }
        return answer(answered, .created)
    }

    @Sendable func deleteCorrection(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        answer(try await withdraw(context), .ok)
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

    /// What a refusal or an unknown subject is to the caller.
    func refusing<Value>(_ body: () async throws -> Value?) async throws -> Value {
        do {
            guard let value = try await body() else { throw Problem(.subjectUnknown) }
            return value
        } catch let refusal as PersonRefusal {
            throw Problem(refusal)
        }
    }

    private func answer(
        _ answered: Answered<CorrectionLine>,
        _ status: HTTPResponse.Status
    ) -> Response {
        var response = json(answered.value.json, status: status)
        if answered.isReplayed { response.headers[.idempotentReplayed] = "true" }
        return response
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

extension HTTPField.Name {
    static let idempotencyKey: Self = {
        guard let name = Self("Idempotency-Key") else { preconditionFailure("a header's name") }
        return name
    }()
    static let idempotentReplayed: Self = {
        guard let name = Self("Idempotent-Replayed") else { preconditionFailure("a header's name") }
        return name
    }()
}
