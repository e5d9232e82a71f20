public import Finance
internal import MyData

/// One request to a provider, before it has a connection.
public struct ProviderRequest: Sendable {
    /// How the parameters travel.
    public enum Form: Sendable {
        /// GET, in the query.
        case query
        /// POST, as a JSON object of strings, as attachment 2 of the standard writes every value.
        case json
        /// POST, as `application/x-www-form-urlencoded`: the OAuth endpoints.
        case form
    }

    /// Path below the provider's base path.
    public var path: String
    /// How the parameters travel.
    public var form: Form
    /// Parameters by the standard's names.
    public var parameters: [(name: String, value: String)]
    /// Bearer token; never in a log or an error.
    public var token: String?
    /// x-api-type, on data APIs.
    public var trigger: TransferTrigger?
    /// x-api-tran-id.
    public var transaction: String
    /// A body in place of parameters: of the authentication body, whose requests have lists.
    public var rawBody: [UInt8]?
    /// x-user-ci, on 개별인증-001 alone.
    public var personKey: String?

    /// A request.
    public init(
        path: String,
        form: Form,
        parameters: [(name: String, value: String)],
        token: String? = nil,
        trigger: TransferTrigger? = nil,
        transaction: String
    ) {
        (self.path, self.form, self.parameters) = (path, form, parameters)
        (self.token, self.trigger, self.transaction) = (token, trigger, transaction)
    }

    /// The query with its `?`, or nothing.
    var query: String {
        guard form == .query, !parameters.isEmpty else { return "" }
        return "?" + FormText.encode(parameters)
    }

    /// The body of a POST.
    var body: [UInt8] {
        if let rawBody { return rawBody }
        return switch form {
        case .query: []
        case .json: StandardJSON.object(parameters.map { ($0.name, .text($0.value)) }).bytes
        case .form: Array(FormText.encode(parameters).utf8)
        }
    }
}

/// What came back.
public struct ProviderReply: Sendable {
    /// HTTP status.
    public var status: UInt32
    /// The body, as it came.
    public var body: [UInt8]
    /// Seconds of a Retry-After header, if there was a sensible one.
    public var retryAfter: Int64?
    /// Value of a Location header, of 개별인증-001.
    public var location: String?

    /// A reply.
    public init(status: UInt32, body: [UInt8], retryAfter: Int64? = nil) {
        (self.status, self.body, self.retryAfter) = (status, body, retryAfter)
    }
}

/// Why nothing came back; carries nothing of what was asked.
public enum TransportFault: Error, Hashable, Sendable {
    /// No connection: refused, reset, no route.
    case unreachable
    /// The certificates of one side were not taken.
    case handshake
    /// No whole answer in time.
    case timeout
    /// An answer longer than the limit.
    case tooLong
    /// The client is being closed, or the task was cancelled.
    case cancelled
    /// The address that the configuration gives is none.
    case badAddress
}

extension TransferTrigger {
    /// Value of x-api-type.
    public var header: String? {
        switch self {
        case .scheduled: "scheduled"
        case .userConsent: "user-consent"
        case .userRefresh: "user-refresh"
        case .userSearch: "user-search"
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}
