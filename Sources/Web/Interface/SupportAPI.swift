import Finance
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v2/mgmts/agreements…`: 지원-105 to 107, asked by the supporting body in the standard's own form.
///
/// Who asks is admitted as everywhere; what follows is answered with rsp_code and rsp_msg.
extension Site {
    var supportRoutes: [Route] {
        let agreements = "/v2/mgmts/agreements"
        return [
            Route(.post, agreements, supportAgreements),
            Route(.post, agreements + "/detail", supportHandOvers),
            Route(.post, agreements + "/revoke", supportRevocation),
        ]
    }

    /// 지원-105.
    @Sendable private func supportAgreements(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        try await support(request) { ask in
            guard let ci = ask["user_ci"], (1...100).contains(ci.utf8.count) else {
                throw SupportRefusal.parameter
            }
            guard let id = try await ledger.subject(ofCI: ci) else { throw SupportRefusal.person }
            try await record(request, context, of: id)
            guard let register = try await ledger.agreements(of: id) else {
                throw SupportRefusal.person
            }
            return AgreementAnswers.agreements(of: register, operatorCode: ask.operatorCode)
        }
    }

    /// 지원-106.
    @Sendable private func supportHandOvers(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        try await support(request) { ask in
            guard let from = ask["from_dtime"].flatMap(AgreementAnswers.instant),
                let to = ask["to_dtime"].flatMap(AgreementAnswers.instant), from <= to,
                let limit = ask["limit"].map({ Int($0) }) ?? AgreementAnswers.rowsMax,
                (1...AgreementAnswers.rowsMax).contains(limit)
            else { throw SupportRefusal.parameter }
            let (number, id) = try await agreement(ask)
            try await record(request, context, of: id)
            let answer = AgreementAnswers.handOvers(
                try await ledger.handOvers(of: id) ?? [],
                under: number,
                between: from...to,
                page: ask["next_page"],
                limit: limit
            )
            guard let answer else { throw SupportRefusal.parameter }
            return answer
        }
    }

    /// 지원-107.
    @Sendable private func supportRevocation(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        try await support(request) { ask in
            let (number, id) = try await agreement(ask)
            try await record(request, context, of: id)
            try await ledger.revokeAgreement(number, of: id)
            return AgreementAnswers.revoked
        }
    }

    /// The number of the agreement that is asked about, and whose it is.
    private func agreement(_ ask: SupportAsk) async throws -> (number: String, id: String) {
        guard let number = ask["prov_consent_num"], (1...50).contains(number.utf8.count),
            let id = try await ledger.subject(ofAgreement: number)
        else { throw SupportRefusal.parameter }
        return (number, id)
    }

    /// Before anything is told: what is not recorded was not seen.
    private func record(_ request: Request, _ context: Context, of id: String) async throws {
        guard let grant = context.grant else { throw Problem(.tokenNeeded) }
        let access = DataAccess(
            actor: context.caller.actor,
            role: grant.role,
            purpose: grant.purpose.rawValue,
            items: "POST " + request.uri.path
        )
        try await book.record(access, of: id)
    }

    /// The answer to what was asked, in the standard's form; anything but a refusal goes on up.
    private func support(
        _ request: Request,
        _ answer: (SupportAsk) async throws -> StandardJSON
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.bodyBytesMax)
        let transaction = HTTPField.Name("x-api-tran-id").flatMap { request.headers[$0] }
        do {
            let code = try await ledger.operatorCode()
            let ask = try SupportAsk(Data(body.readableBytesView), of: code)
            return Site.supported(.ok, try await answer(ask), transaction)
        } catch let refusal as SupportRefusal {
            return Site.supported(refusal.status, refusal.body, transaction)
        }
    }

    private static func supported(
        _ status: HTTPResponse.Status,
        _ body: StandardJSON,
        _ transaction: String?
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json; charset=UTF-8"
        if let name = HTTPField.Name("x-api-tran-id"), let transaction,
            transaction.utf8.count == 25,
            transaction.utf8.allSatisfy({ 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 })
        {
            headers[name] = transaction
        }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes))
        )
    }
}

/// Why the supporting body is told nothing.
private enum SupportRefusal: Error {
    /// A parameter is missing or wrong, or an agreement's number is none.
    case parameter
    /// Another operator is asked.
    case operatorCode
    /// The CI is nobody's.
    case person

    var status: HTTPResponse.Status {
        switch self {
        case .parameter: .badRequest
        case .operatorCode: .forbidden
        case .person: .notFound
        }
    }

    var body: StandardJSON {
        switch self {
        case .parameter: AgreementAnswers.unknown
        case .operatorCode: AgreementAnswers.operatorUnknown
        case .person: AgreementAnswers.personUnknown
        }
    }
}

/// What was asked: an object whose values are of any type, as the standard lets them be written.
private struct SupportAsk {
    let operatorCode: String
    private let values: [String: String]

    /// - Throws: `.parameter`, `.operatorCode` when it is not this operator that is asked.
    init(_ body: Data, of code: String?) throws(SupportRefusal) {
        do {
            values = try JSONDecoder().decode([String: Scalar].self, from: body).mapValues(\.text)
        } catch {
            throw .parameter
        }
        guard let asked = values["org_code"], !asked.isEmpty else { throw .parameter }
        guard let code, asked == code else { throw .operatorCode }
        operatorCode = code
    }

    subscript(name: String) -> String? { values[name] }

    /// A text, a whole number or a truth value, as text.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                text = try container.decode(String.self)
            } catch DecodingError.typeMismatch {
                do {
                    text = String(try container.decode(Int64.self))
                } catch DecodingError.typeMismatch {
                    text = try container.decode(Bool.self) ? "true" : "false"
                }
            }
        }
    }
}
