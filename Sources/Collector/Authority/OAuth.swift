public import Finance
internal import MyData

/// What the signature of a person's transfer request says to a token endpoint (통합인증-002).
public struct SignedConsent: Sendable {
    /// tx_id: the operator's id of the authentication, at most 74 letters.
    public var transaction: String
    /// org_code of the body that authenticated the person.
    public var authority: String
    /// The person's CI.
    public var personKey: String
    /// The request as it was shown to and signed by the person.
    public var consent: String
    /// CMS SignedData over it, base64url.
    public var signature: String
    /// cert_tx_id: the authority's id of it.
    public var certificateTransaction: String
    /// sign_tx_id: the signer's id of it.
    public var signatureTransaction: String

    /// What the authority gave back.
    public init(
        transaction: String,
        authority: String,
        personKey: String,
        consent: String,
        signature: String,
        certificateTransaction: String = "",
        signatureTransaction: String = ""
    ) {
        (self.transaction, self.authority) = (transaction, authority)
        (self.personKey, self.consent, self.signature) = (personKey, consent, signature)
        self.certificateTransaction = certificateTransaction
        self.signatureTransaction = signatureTransaction
    }
}

/// Requests to the OAuth endpoints of one provider (§2.4).
public struct OAuthRequests: Sendable {
    private let provider: Provider

    /// For one provider.
    public init(_ provider: Provider) { self.provider = provider }

    /// Integrated authentication: a token for a signed request.
    ///
    /// Persons of 14 to 18 have an endpoint of their own (청소년 통합인증-002), which takes no
    /// signature of an identity-proofing body.
    public func token(
        for signed: SignedConsent,
        age: AgeBand = .adult,
        transaction: String
    ) -> ProviderRequest {
        var fields = [
            ("tx_id", signed.transaction), ("org_code", provider.code),
            ("grant_type", "password"),
            ("client_id", provider.registration.identifier),
            ("client_secret", provider.registration.secret),
            ("ca_code", signed.authority), ("username", signed.personKey),
            ("request_type", "1"),
            ("password_len", String(signed.signature.utf8.count)),
            ("password", signed.signature), ("auth_type", "1"), ("consent_type", "1"),
            ("consent_len", String(signed.consent.utf8.count)), ("consent", signed.consent),
        ]
        if age == .adult {
            fields += [("signed_person_info_req_len", "0"), ("signed_person_info_req", "")]
        }
        if !signed.certificateTransaction.isEmpty {
            fields.append(("cert_tx_id", signed.certificateTransaction))
        }
        guard age == .adult else {
            return form("/v2/oauth/2.0/youth_token", fields, transaction)
        }
        return form("/oauth/2.0/token", fields, transaction)
    }

    /// Individual authentication, first step: where the person's browser is sent.
    ///
    /// `state` is at most 40 letters that nobody can guess; the callback brings it back.
    public func authorize(
        personKey: String,
        state: String,
        appScheme: String = "",
        transaction: String
    ) -> ProviderRequest {
        let fields = [
            ("org_code", provider.code), ("response_type", "code"),
            ("client_id", provider.registration.identifier),
            ("redirect_uri", provider.registration.redirect), ("app_scheme", appScheme),
            ("state", state),
        ]
        var request = ProviderRequest(
            path: "/oauth/2.0/authorize",
            form: .query,
            parameters: fields.map { (name: $0.0, value: $0.1) },
            transaction: transaction
        )
        request.personKey = personKey
        return request
    }

    /// Individual authentication, second step: a token for a code.
    public func token(code: String, transaction: String) -> ProviderRequest {
        form(
            "/oauth/2.0/token",
            [
                ("org_code", provider.code), ("grant_type", "authorization_code"),
                ("code", code),
                ("client_id", provider.registration.identifier),
                ("client_secret", provider.registration.secret),
                ("redirect_uri", provider.registration.redirect),
            ],
            transaction
        )
    }

    /// A new access token for a refresh token.
    public func refresh(_ token: String, transaction: String) -> ProviderRequest {
        form(
            "/oauth/2.0/token",
            [
                ("org_code", provider.code), ("grant_type", "refresh_token"),
                ("refresh_token", token),
                ("client_id", provider.registration.identifier),
                ("client_secret", provider.registration.secret),
            ],
            transaction
        )
    }

    /// Ends a token and the one that renews it.
    public func revoke(_ token: String, transaction: String) -> ProviderRequest {
        form(
            "/oauth/2.0/revoke",
            [
                ("org_code", provider.code), ("token", token),
                ("client_id", provider.registration.identifier),
                ("client_secret", provider.registration.secret),
            ],
            transaction
        )
    }

    private func form(
        _ path: String,
        _ fields: [(String, String)],
        _ transaction: String
    ) -> ProviderRequest {
        ProviderRequest(
            path: path,
            form: .form,
            parameters: fields.map { (name: $0.0, value: $0.1) },
            transaction: transaction
        )
    }
}

/// The callback of 개별인증-001, as the person's browser was sent to it.
public struct AuthorizationCallback: Hashable, Sendable {
    /// The code that a token is asked for with.
    public var code: String
    /// What was sent, to be compared.
    public var state: String

    /// Reads the query of the callback; nil when it names an error or lacks a part.
    public init?(location: String) {
        guard let mark = location.firstIndex(of: "?") else { return nil }
        var fields: [String: String] = [:]
        for pair in location[location.index(after: mark)...].split(separator: "&") {
            guard let equals = pair.firstIndex(of: "="),
                let value = FormText.decode(pair[pair.index(after: equals)...])
            else { return nil }
            fields[String(pair[..<equals])] = value
        }
        guard fields["error"] == nil, let code = fields["code"], let state = fields["state"],
            !code.isEmpty, code.utf8.count <= 128, state.utf8.count <= 40
        else { return nil }
        (self.code, self.state) = (code, state)
    }
}
