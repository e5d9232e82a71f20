import HTTPTypes

/// What went wrong with a request, as RFC 9457 has it.
///
/// The kind is all that leaves the server.
struct Problem: Error {
    /// Every kind of problem.
    ///
    /// Its raw value is the last part of its address under `/problems/`, and its two
    /// texts are in the table of words as `problem_…_title` and `problem_…_detail`.
    enum Kind: String, CaseIterable, Sendable {
        case notFound = "not-found"
        case subjectUnknown = "subject-unknown"
        case eventUnknown = "event-unknown"
        case methodNotAllowed = "method-not-allowed"
        case parameterInvalid = "parameter-invalid"
        case requestMalformed = "request-malformed"
        case bodyTooLarge = "body-too-large"
        case targetTooLong = "target-too-long"
        case headersTooLarge = "headers-too-large"
        case hostRefused = "host-refused"
        case tokenNeeded = "token-needed"
        case accessDenied = "access-denied"
        case useRefused = "use-refused"
        case originRefused = "origin-refused"
        case tooManyStreams = "too-many-streams"
        case backupRefused = "backup-refused"
        case backupRunning = "backup-running"
        case quarantineUnknown = "quarantine-unknown"
        case quarantineRefused = "quarantine-refused"
        case categoryUnknown = "category-unknown"
        case merchantUnnamed = "merchant-unnamed"
        case correctionUnknown = "correction-unknown"
        case correctionNotInForce = "correction-not-in-force"
        case correctionsFull = "corrections-full"
        case linkUnknown = "link-unknown"
        case requestNameNeeded = "request-name-needed"
        case requestReused = "request-reused"
        case requestInFlight = "request-in-flight"
        case ledgerUnavailable = "ledger-unavailable"
        case internalFailure = "internal-failure"

        var status: HTTPResponse.Status {
            switch self {
            case .notFound, .subjectUnknown, .eventUnknown, .quarantineUnknown, .correctionUnknown:
                .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .parameterInvalid, .requestMalformed, .requestNameNeeded: .badRequest
            case .categoryUnknown, .merchantUnnamed, .linkUnknown, .requestReused:
                .unprocessableContent
            case .correctionNotInForce, .correctionsFull, .requestInFlight: .conflict
            case .bodyTooLarge: .contentTooLarge
            case .targetTooLong: .uriTooLong
            case .headersTooLarge: .requestHeaderFieldsTooLarge
            case .hostRefused: .init(code: 421, reasonPhrase: "Misdirected Request")
            case .tokenNeeded: .unauthorized
            case .backupRefused, .accessDenied, .useRefused, .originRefused: .forbidden
            case .backupRunning, .quarantineRefused: .conflict
            case .tooManyStreams, .ledgerUnavailable: .serviceUnavailable
            case .internalFailure: .internalServerError
            }
        }

        var path: String { "/problems/" + rawValue }

        /// Its key in the table of words.
        func key(_ part: String) -> String {
            "problem_" + rawValue.replacing("-", with: "_") + "_" + part
        }

        /// The kind for a status that a library chose.
        init(status: HTTPResponse.Status) {
            switch status.code {
            case 404: self = .notFound
            case 405: self = .methodNotAllowed
            case 413: self = .bodyTooLarge
            case 414: self = .targetTooLong
            case 431: self = .headersTooLarge
            case 400..<500: self = .requestMalformed
            case 503: self = .ledgerUnavailable
            default: self = .internalFailure
            }
        }
    }

    var kind: Kind
    /// Name of the parameter at fault, one that our own document names.
    var parameter: String?
    /// Methods that the address knows, for 405.
    var allowed: [HTTPRequest.Method] = []

    init(_ kind: Kind, parameter: String? = nil, allowed: [HTTPRequest.Method] = []) {
        self.kind = kind
        self.parameter = parameter
        self.allowed = allowed
    }

    /// The body of `application/problem+json`.
    func json(requestID: String, wording: Wording) -> JSON {
        var members: [(String, JSON)] = [
            ("type", .string(kind.path)),
            ("title", .string(wording.text(kind.key("title"), .english))),
            ("status", .integer(Int64(kind.status.code))),
            ("detail", .string(wording.text(kind.key("detail"), .english))),
            ("code", .string(kind.rawValue)),
            ("request_id", .string(requestID)),
            (
                "message",
                [
                    "ko": .string(wording.text(kind.key("detail"), .korean)),
                    "en": .string(wording.text(kind.key("detail"), .english)),
                ]
            ),
        ]
        if let parameter { members.append(("parameter", .string(parameter))) }
        return .object(members)
    }
}
