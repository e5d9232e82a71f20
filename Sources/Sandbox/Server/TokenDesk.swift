internal import Cryptography
internal import Finance
internal import MyData

/// The token endpoints of providers: 통합인증-002, 개별인증-001 to 004.
extension SandboxDesk {
    /// Answers `authorize`, `token`, `youth_token` or `revoke`.
    func token(_ registration: ProviderRegistration, _ endpoint: String, _ ask: Ask) -> ServerReply
    {
        let code = registration.provider.code
        let struck = strike(code, api: 0)
        if let early = refused(struck, at: code) {
            counters.add(api: 0, early)
            return early
        }
        var reply: ServerReply
        do throws(OAuthError) {
            reply = try answer(registration, endpoint, ask, struck)
        } catch {
            reply = ServerReply(oauth: error)
        }
        afterwards(struck, &reply)
        counters.add(api: 0, reply)
        return reply
    }

    private func refused(_ struck: [Fault], at code: String) -> ServerReply? {
        guard let fault = struck.first(where: { [.refuse, .down].contains($0.kind) }) else {
            return nil
        }
        plan.met(fault)
        var reply = ServerReply(
            oauth: fault.value == 50_008 ? .temporarilyUnavailable : .serverError
        )
        if fault.kind == .down { reply.extent = .nothing }
        return reply
    }

    private func answer(
        _ registration: ProviderRegistration,
        _ endpoint: String,
        _ ask: Ask,
        _ struck: [Fault]
    ) throws(OAuthError) -> ServerReply {
        let code = registration.provider.code
        let isAuthorize = endpoint == "authorize"
        guard ["authorize", "token", "youth_token", "revoke"].contains(endpoint),
            ask.method == (isAuthorize ? "GET" : "POST")
        else { throw .methodNotAllowed }
        let text = isAuthorize ? ask.query : String(decoding: ask.body, as: UTF8.self)
        guard let fields = Form.parse(text), fields["org_code"] == code else {
            throw .invalidRequest
        }
        let client = try client(ask, fields, needsSecret: !isAuthorize)
        if !isAuthorize {
            guard ask.contentType.hasPrefix("application/x-www-form-urlencoded") else {
                throw .invalidRequest
            }
        }
        let now = seconds(at: code, struck)
        do throws(StandardRefusal) {
            try checkTransaction(ask, of: client, at: KoreanTime(now))
        } catch {
            throw .invalidRequest
        }
        switch endpoint {
        case "authorize": return try authorize(registration, fields, client, ask, now: now)
        case "revoke": return try revoke(code, fields, client)
        case "youth_token":
            guard fields["grant_type"] == "password" else { throw .unsupportedGrantType }
            return try youth(registration, fields, client, struck, now: now)
        default:
            return switch fields["grant_type"] {
            case "password":
                try integrated(registration, fields, client, struck, of: 19...Int.max, now: now)
            case "authorization_code": try individual(code, fields, client, struck, now: now)
            case "refresh_token": try refresh(code, fields, client, now: now)
            case nil: throw .invalidRequest
            default: throw .unsupportedGrantType
            }
        }
    }

    private func client(
        _ ask: Ask,
        _ fields: [String: String],
        needsSecret: Bool
    ) throws(OAuthError) -> OperatorRegistration {
        let known = configuration.operators.first {
            $0.clientID == fields["client_id"] && $0.serialNumber == ask.caller
        }
        guard let known, !needsSecret || known.clientSecret == fields["client_secret"] else {
            throw .invalidClient
        }
        return known
    }

    /// 통합인증-002: the signed transfer request itself is the credential, of persons of `ages`.
    func integrated(
        _ registration: ProviderRegistration,
        _ fields: [String: String],
        _ client: OperatorRegistration,
        _ struck: [Fault],
        of ages: ClosedRange<Int>,
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        guard let ci = fields["username"], let transaction = fields["tx_id"],
            (1...74).contains(transaction.utf8.count), let signature = fields["password"],
            fields["password_len"] == String(signature.utf8.count),
            ["0", "1"].contains(fields["request_type"]),
            fields["ca_code"] == SandboxServerConfiguration.authenticationCode,
            fields["consent_type"] == "1", let consent = fields["consent"],
            fields["consent_len"] == String(consent.utf8.count), consent.utf8.count <= 7_000
        else { throw .invalidRequest }
        let code = registration.provider.code
        guard let person = books.person(withCI: ci),
            books.providerCodes(of: person, through: clock.seconds).contains(code),
            ages.contains(books.age(of: person, at: clock.seconds))
        else { throw .unauthorizedUser }
        let bytes = Array(consent.utf8)
        let statement = ConsentSigner.Statement(ci: ci, transaction: transaction, consent: bytes)
        guard signer.verifies(signature, statement) else { throw .invalidGrant }
        guard let json = JSONTree(bytes), json["org_code"]?.scalar == code,
            json["rcv_org_code"]?.scalar == client.code,
            json["client_id"]?.scalar == client.clientID, let terms = TransferTerms(json)
        else { throw .invalidGrant }
        try check(terms, registration.provider.industry, now: now)
        return try issue(
            person,
            code,
            client,
            terms,
            struck,
            transaction: transaction,
            now: now
        )
    }

    /// What may be agreed to: known scopes with the list's, and an end within a year.
    private func check(_ terms: TransferTerms, _ industry: Industry, now: Int64)
        throws(OAuthError)
    {
        guard let list = industry.scopes.first, terms.scopes.contains(list),
            Set(terms.scopes).isSubset(of: industry.scopes)
        else { throw .invalidScope }
        let today = KoreanTime(now).day
        guard terms.endDate >= today, terms.endDate <= today.adding(months: 12).adding(days: 1)
        else { throw .invalidGrant }
    }

    private func issue(
        _ person: Int,
        _ code: String,
        _ client: OperatorRegistration,
        _ terms: TransferTerms,
        _ struck: [Fault],
        transaction: String?,
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        var issued: IssuedToken
        let other = tokens.lastIssued(by: code, notFor: person)
        do throws(CryptographyError) {
            issued = try tokens.issue(
                person: person,
                provider: code,
                client: client.clientID,
                terms: terms,
                now: now
            )
        } catch {
            throw .serverError
        }
        if let other, let fault = struck.first(where: { $0.kind == .token }) {
            issued.token = other
            plan.met(fault)
        }
        var object = JSONObject()
        object.add("tx_id", transaction)
        object.add("token_type", "Bearer")
        object.add("access_token", issued.token)
        object.add("expires_in", issued.lifetime)
        object.add("refresh_token", issued.grant.refreshToken)
        object.add("refresh_token_expires_in", issued.grant.refreshEnds - now)
        object.add("scope", terms.scopes.joined(separator: " "))
        return ServerReply(200, object)
    }

    /// 개별인증-003.
    private func refresh(
        _ code: String,
        _ fields: [String: String],
        _ client: OperatorRegistration,
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        guard let token = fields["refresh_token"] else { throw .invalidRequest }
        let issued: IssuedToken?
        do throws(CryptographyError) {
            issued = try tokens.refresh(token, provider: code, client: client.clientID, now: now)
        } catch {
            throw .serverError
        }
        guard let issued else { throw .invalidGrant }
        var object = JSONObject()
        object.add("token_type", "Bearer")
        object.add("access_token", issued.token)
        object.add("expires_in", issued.lifetime)
        return ServerReply(200, object)
    }

    /// 개별인증-004: 200 in any case.
    private func revoke(
        _ code: String,
        _ fields: [String: String],
        _ client: OperatorRegistration
    ) throws(OAuthError) -> ServerReply {
        guard let token = fields["token"] else { throw .invalidRequest }
        let isRevoked = tokens.revoke(token, provider: code, client: client.clientID)
        var object = JSONObject()
        object.add("rsp_code", isRevoked ? "00000" : "99999")
        object.add("rsp_msg", isRevoked ? "정상처리" : "유효하지 않은 접근토큰")
        return ServerReply(200, object)
    }

    /// 개별인증-001: the person agrees at once to all of the industry for a year.
    private func authorize(
        _ registration: ProviderRegistration,
        _ fields: [String: String],
        _ client: OperatorRegistration,
        _ ask: Ask,
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        guard let callback = fields["redirect_uri"], let state = fields["state"],
            fields["app_scheme"] != nil, let ci = ask.userCI
        else { throw .invalidRequest }
        guard fields["response_type"] == "code" else { throw .unsupportedResponseType }
        guard callback.hasPrefix("https://"), !callback.contains("#") else {
            throw .invalidRedirection
        }
        let provider = registration.provider
        guard let person = books.person(withCI: ci),
            books.providerCodes(of: person, through: clock.seconds).contains(provider.code)
        else { throw .unauthorizedUser }
        let secret: String
        do throws(CryptographyError) {
            secret = try TokenRegister.secret()
        } catch {
            throw .serverError
        }
        let terms = TransferTerms(whole: provider.industry, from: KoreanTime(now).day)
        codes.keep(
            secret,
            .init(
                person: person,
                provider: provider.code,
                client: client.clientID,
                callback: callback,
                terms: terms,
                ends: now + AuthorizationCodes.seconds
            )
        )
        var reply = ServerReply(302, [])
        reply.location =
            callback + (callback.contains("?") ? "&" : "?") + "code=\(secret)"
            + "&state=\(FormText.encode(state))&api_tran_id=\(ask.transaction ?? "")"
        return reply
    }

    /// 개별인증-002.
    private func individual(
        _ code: String,
        _ fields: [String: String],
        _ client: OperatorRegistration,
        _ struck: [Fault],
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        guard let secret = fields["code"], let callback = fields["redirect_uri"] else {
            throw .invalidRequest
        }
        guard let kept = codes.take(secret), kept.provider == code, kept.callback == callback,
            kept.client == client.clientID, now < kept.ends
        else { throw .invalidGrant }
        return try issue(
            kept.person,
            code,
            client,
            kept.terms,
            struck,
            transaction: nil,
            now: now
        )
    }
}
