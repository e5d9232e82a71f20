import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// What requests bring, and how orders are answered.
extension Site {
    /// The fields of a page's form, and the bytes that they came in.
    func form<Form: Decodable>(
        _ type: Form.Type,
        _ request: Request
    ) async throws -> (value: Form, bytes: [UInt8]) {
        let body = try await request.body.collect(upTo: configuration.bodyBytesMax)
        do {
            let text = String(buffer: body)
            return (try URLEncodedFormDecoder().decode(type, from: text), Array(buffer: body))
        } catch {
            throw Problem(.requestMalformed)
        }
    }

    /// The JSON of an order, and the bytes that it came in.
    func order<Order: Decodable>(
        _ type: Order.Type,
        _ request: Request
    ) async throws -> (value: Order, bytes: [UInt8]) {
        let body = try await request.body.collect(upTo: configuration.bodyBytesMax)
        do {
            let data = Data(body.readableBytesView)
            return (try JSONDecoder().decode(type, from: data), Array(buffer: body))
        } catch {
            throw Problem(.requestMalformed)
        }
    }

    /// A person's order under the name that its caller gave it: all that it asks is its content.
    func named(_ name: String, _ request: Request, _ bytes: [UInt8]) -> PersonRequest {
        let method = request.method.rawValue
        return PersonRequest(
            name: name,
            content: Array("\(method) \(request.uri.path)\n".utf8) + bytes
        )
    }

    /// What was recorded now, or at the first of equal requests.
    func json(_ value: JSON, status: HTTPResponse.Status, isReplayed: Bool) -> Response {
        var response = json(value, status: status)
        if isReplayed { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    /// What a refusal or an unknown subject is to the caller.
    func refusing<Value>(_ body: () async throws -> Value?) async throws -> Value {
        do {
            guard let value = try await body() else { throw Problem(.subjectUnknown) }
            return value
        } catch let refusal as PersonRefusal {
            throw Problem(refusal)
        } catch let refusal as QuarantineRefusal {
            throw Problem(refusal)
        }
    }
}

extension Problem {
    fileprivate init(_ refusal: QuarantineRefusal) {
        switch refusal {
        case .unknown: self.init(.quarantineUnknown)
        case .refused: self.init(.quarantineRefused)
        case .noteInvalid: self.init(.parameterInvalid, parameter: "note")
        }
    }
}

extension HTTPField.Name {
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    /// Where a browser's request comes from; every browser of the last years sends it.
    static let secFetchSite = named("Sec-Fetch-Site")
    /// That a page asks by itself (`app.js`).
    static let jangbuRefresh = named("Jangbu-Refresh")

    private static func named(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("a header's name is a token") }
        return name
    }
}
