public import Finance
internal import MyData

/// What a token endpoint issued.
public struct TokenGrant: Hashable, Sendable {
    /// The token.
    public var access: String
    /// Seconds that it lives.
    public var expiresIn: Int64
    /// The token that renews it; nil when this is a renewal.
    public var refresh: String?
    /// Seconds that that one lives.
    public var refreshExpiresIn: Int64
    /// Classes of data that it opens.
    public var scope: String
}

extension TokenGrant: CustomStringConvertible, CustomDebugStringConvertible {
    /// Nothing of the tokens.
    public var description: String { "a token for \(scope)" }
    /// Nothing of the tokens.
    public var debugDescription: String { description }
}

/// Why a token endpoint gave no token.
public enum TokenRefusal: Error, Hashable, Sendable {
    /// An `error` of RFC 6749 or of the standard's own list, with its HTTP status.
    case refused(OAuthError, status: UInt32)
    /// An answer that is no token and no error.
    case unreadable(status: UInt32)
    /// No answer.
    case transport(TransportFault)
    /// The same token was issued for another request: nothing may be asked with it (§5.7).
    case duplicate
    /// There is no refresh token that still holds.
    case nothingToRefresh
}

/// `error` values of the OAuth endpoints (§2.8), each with what to do about it.
public enum OAuthError: String, Hashable, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidClientID = "invalid_client_id"
    case invalidRedirection = "invalid_redirection"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case invalidScope = "invalid_scope"
    case accessDenied = "access_denied"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case unauthorizedUser = "unauthorized_user"
    case methodNotAllowed = "method_not_allowed"
    /// Anything else.
    case unknown = ""

    /// The refusal that an answer's body names; nil when it names none.
    init?(_ body: [UInt8]) {
        guard let error = JSONTree(body)?["error"]?.scalar else { return nil }
        self = OAuthError(rawValue: error) ?? .unknown
    }

    /// What follows from it.
    public enum Action: Hashable, Sendable {
        /// Ask again.
        case retry
        /// The token is gone: the person must authenticate again.
        case askPerson
        /// The person cannot be asked for here.
        case giveUpPerson
        /// The operator is not known or makes mistakes: ask nobody until somebody looked.
        case stopProvider
    }

    /// What follows from it.
    public var action: Action {
        switch self {
        case .serverError, .temporarilyUnavailable: .retry
        case .invalidGrant, .accessDenied: .askPerson
        case .unauthorizedUser, .invalidScope, .unknown: .giveUpPerson
        case .invalidRequest, .invalidClient, .invalidClientID, .invalidRedirection,
            .unauthorizedClient, .unsupportedGrantType, .unsupportedResponseType,
            .methodNotAllowed:
            .stopProvider
        }
    }
}

extension TokenGrant {
    /// Reads the answer of a token endpoint.
    ///
    /// - Throws: `.refused`, `.unreadable`.
    public init(_ reply: ProviderReply) throws(TokenRefusal) {
        guard let json = JSONTree(reply.body), case .object = json else {
            throw .unreadable(status: reply.status)
        }
        if let error = json["error"]?.scalar {
            throw .refused(OAuthError(rawValue: error) ?? .unknown, status: reply.status)
        }
        guard reply.status == 200, let access = json["access_token"]?.scalar, !access.isEmpty,
            access.utf8.count <= 1_500,
            let expires = json["expires_in"]?.scalar.flatMap({ Int64($0) }), expires > 0,
            (json["refresh_token"]?.scalar?.utf8.count ?? 0) <= 1_500
        else { throw .unreadable(status: reply.status) }
        self.access = access
        // At most 90 days and a year (§2.4): a longer promise is not believed.
        expiresIn = min(expires, 90 * 86_400)
        refresh = json["refresh_token"]?.scalar
        let refreshExpires = json["refresh_token_expires_in"]?.scalar.flatMap { Int64($0) } ?? 0
        refreshExpiresIn = min(max(0, refreshExpires), 366 * 86_400)
        scope = json["scope"]?.scalar ?? ""
    }

    /// The fact that it was issued at `now`, in seconds since 1970-01-01 UTC.
    public func event(request: [UInt8], provider: String, at now: Int64) -> TokenIssued {
        var issued = TokenIssued()
        issued.request.append(contentsOf: request)
        issued.provider = provider
        issued.accessToken = access
        issued.expiresAt = now + expiresIn
        if let refresh {
            issued.refreshToken = refresh
            issued.refreshExpiresAt = now + refreshExpiresIn
        }
        issued.scope = scope
        return issued
    }
}
