internal import HTTPTypes
internal import MyData

/// One request, whatever version of HTTP brought it.
struct Ask: Sendable {
    /// `GET` or `POST`, or what else came.
    var method: String
    /// Path without the query.
    var path: String
    /// What stands after the question mark.
    var query: String
    /// Header fields.
    var headers: HTTPFields
    /// Body.
    var body: [UInt8]
    /// serialNumber of the client certificate's subject.
    var caller: String

    /// `x-api-tran-id`, or nil.
    var transaction: String? { headers[SandboxHeader.transaction] }
    /// `x-api-type`, or nil.
    var type: String? { headers[SandboxHeader.type] }
    /// `x-user-ci`, or nil.
    var userCI: String? { headers[SandboxHeader.userCI] }
    /// `Content-Type` in lower case; empty when there is none.
    var contentType: String { headers[.contentType]?.lowercased() ?? "" }
    /// The token of `Authorization: Bearer`, or nil.
    var bearer: String? {
        guard let text = headers[.authorization], text.hasPrefix("Bearer ") else { return nil }
        return String(text.dropFirst(7))
    }
}

/// One answer.
struct ServerReply: Sendable {
    /// How much of it is sent.
    enum Extent: Hashable, Sendable {
        /// All.
        case whole
        /// The header and half of the body; then the connection is cut.
        case half
        /// Nothing: the connection is cut.
        case nothing
    }

    var status: Int
    var body: [UInt8]
    /// Where the caller is sent, for 302.
    var location: String?
    /// Seconds to wait, for 503.
    var retryAfter: Int?
    /// Time to wait before it is sent.
    var delay: Duration = .zero
    var extent = Extent.whole

    /// A JSON body.
    init(_ status: Int, _ body: [UInt8]) { (self.status, self.body) = (status, body) }

    /// A JSON object.
    init(_ status: Int = 200, _ object: JSONObject) { self.init(status, object.encoded) }

    /// Envelope of a code that refuses; its first three digits are the HTTP status.
    init(code: UInt32) {
        var object = JSONObject()
        object.addEnvelope(code)
        self.init(Int(code / 100), object)
    }

    /// RFC 6749 error.
    init(oauth error: OAuthError) {
        var object = JSONObject()
        object.add("error", error.rawValue)
        object.add("error_description", error.rawValue)
        let status =
            switch error {
            case .invalidClient: 401
            case .serverError: 500
            case .temporarilyUnavailable: 503
            case .methodNotAllowed: 405
            default: 400
            }
        self.init(status, object)
        if error == .temporarilyUnavailable { retryAfter = 60 }
    }
}

/// `error` values of the token endpoints.
enum OAuthError: String, Error, CaseIterable, Sendable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case invalidScope = "invalid_scope"
    case invalidRedirection = "invalid_redirection"
    case accessDenied = "access_denied"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case unauthorizedUser = "unauthorized_user"
    case methodNotAllowed = "method_not_allowed"
}

/// A refusal by its rsp_code.
struct StandardRefusal: Error, Sendable {
    var code: UInt32
    init(_ code: UInt32) { self.code = code }
}

/// Names of header fields.
enum SandboxHeader {
    static let transaction = name("x-api-tran-id")
    static let type = name("x-api-type")
    static let userCI = name("x-user-ci")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("a header's name is a token")
        }
        return name
    }
}

extension JSONObject {
    /// rsp_code and rsp_msg.
    mutating func addEnvelope(_ code: UInt32) {
        add("rsp_code", String(String(100_000 + code).dropFirst()))
        add("rsp_msg", ResponseCode.message(code))
    }
}

/// The table of rsp_code.
enum ResponseCode {
    /// All that a provider may answer.
    static let messages: [UInt32: String] = [
        0: "정상처리", 1: "성공 (UP_TO_DATE)",
        40_001: "요청 파라미터 오류", 40_002: "헤더 값 미존재 또는 잘못된 헤더 값",
        40_003: "허용되지 않은 API 버전", 40_004: "전송 규칙을 초과한 조회 기간",
        40_101: "유효하지 않은 접근토큰", 40_102: "허용되지 않은 원격지 IP",
        40_103: "TLS 인증서 SERIALNUMBER 검증 실패", 40_104: "API 사용 권한 없음",
        40_105: "자산에 대한 조회 권한 없음", 40_106: "전송요구 종료시점 경과",
        40_301: "잘못된 API 호출", 40_302: "일시적 클라이언트 제한",
        40_303: "기관코드 확인 불가", 40_304: "5년 초과 데이터 조회",
        40_305: "정상 상태가 아닌 자산", 40_401: "요청한 엔드포인트 없음",
        40_402: "유효하지 않은 자산", 40_403: "정보주체 확인 불가",
        40_501: "허용되지 않은 메소드", 42_901: "정보제공 요청한도 초과",
        50_001: "시스템 장애", 50_002: "API 요청 처리 실패", 50_003: "처리시간 초과",
        50_004: "알 수 없는 오류", 50_005: "참여기관 시스템 장애",
        50_006: "거점중계기관 참여기관 장애", 50_007: "중계기관 전문 변환 오류",
        50_008: "시스템 점검", 50_009: "정기적 전송 가능 시간 아님",
    ]

    /// Its words.
    static func message(_ code: UInt32) -> String { messages[code] ?? "오류" }
}

/// `application/x-www-form-urlencoded`, of queries and of bodies.
enum Form {
    /// Names and values; nil when the text is malformed or a name comes twice.
    static func parse(_ text: some StringProtocol) -> [String: String]? {
        var fields: [String: String] = [:]
        for pair in String(text).utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = FormText.decode(Substring(parts[0])),
                let value = FormText.decode(parts.count > 1 ? Substring(parts[1]) : ""),
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return fields
    }
}
