internal import Cryptography
internal import Finance
internal import MyData
internal import Synchronization

/// The authentication body: `/v1/ca/sign_request` and `/v1/ca/sign_result`.
///
/// A person of the sandbox agrees at once. Who it is stands in `user_ci`, or in `person`, the
/// sandbox's own number of a person, where a real body would have asked for name and telephone.
extension SandboxDesk {
    func authentication(_ path: String, _ ask: Ask) -> ServerReply {
        var reply: ServerReply
        do throws(StandardRefusal) {
            let caller = try caller(of: ask)
            try checkTransaction(ask, of: caller, at: KoreanTime(clock.seconds))
            guard ask.method == "POST" else { throw StandardRefusal(40_501) }
            switch path {
            case "oauth/2.0/token": reply = serverToken(ask, caller)
            case "v1/ca/sign_request": reply = try signRequest(ask, caller)
            case "v1/ca/sign_result": reply = try signResult(ask, caller)
            default: throw StandardRefusal(40_401)
            }
        } catch {
            reply = ServerReply(code: error.code)
        }
        return reply
    }

    /// A token for the body's own APIs: `client_credentials`, scope `ca`.
    private func serverToken(_ ask: Ask, _ caller: OperatorRegistration) -> ServerReply {
        guard let fields = Form.parse(String(decoding: ask.body, as: UTF8.self)) else {
            return ServerReply(oauth: .invalidRequest)
        }
        guard fields["client_id"] == caller.clientID, fields["client_secret"] == caller.clientSecret
        else { return ServerReply(oauth: .invalidClient) }
        guard fields["grant_type"] == "client_credentials" else {
            return ServerReply(oauth: .unsupportedGrantType)
        }
        guard fields["scope"] == "ca" else { return ServerReply(oauth: .invalidScope) }
        do throws(CryptographyError) {
            let token = try TokenRegister.secret()
            signatures.admit(token, until: clock.seconds + TokenRegister.refreshSeconds)
            var object = JSONObject()
            object.add("token_type", "Bearer")
            object.add("access_token", token)
            object.add("expires_in", TokenRegister.refreshSeconds)
            object.add("scope", "ca")
            return ServerReply(200, object)
        } catch {
            return ServerReply(oauth: .serverError)
        }
    }

    private func admitted(_ ask: Ask) throws(StandardRefusal) -> JSONTree {
        guard let token = ask.bearer, signatures.admits(token, now: clock.seconds) else {
            throw StandardRefusal(40_101)
        }
        guard let json = JSONTree(ask.body) else { throw StandardRefusal(40_001) }
        return json
    }

    private func signRequest(_ ask: Ask, _ caller: OperatorRegistration) throws(StandardRefusal)
        -> ServerReply
    {
        let json = try admitted(ask)
        guard let signing = json["sign_tx_id"]?.scalar, (1...49).contains(signing.utf8.count),
            let list = json["consent_list"]?.elements, !list.isEmpty,
            json["consent_cnt"]?.scalar == String(list.count),
            json["consent_type"]?.scalar == "1"
        else { throw StandardRefusal(40_001) }
        let named = json["person"]?.scalar.flatMap { Int($0) }
        let person = json["user_ci"]?.scalar.flatMap(books.person(withCI:)) ?? named
        guard let person, (0..<books.peopleCount).contains(person) else {
            throw StandardRefusal(40_403)
        }
        let statements = try consents(list, of: person)
        guard signatures.keep(signing, .init(client: caller.clientID, statements: statements))
        else { throw StandardRefusal(40_001) }
        var object = JSONObject()
        object.addEnvelope(0)
        object.add("sign_tx_id", signing)
        object.add("cert_tx_id", String(signing.utf8.count) + signing.prefix(38))
        return ServerReply(200, object)
    }

    private func consents(_ list: [JSONTree], of person: Int) throws(StandardRefusal)
        -> [ConsentSigner.Statement]
    {
        let ci = books.ci(of: person)
        var statements: [ConsentSigner.Statement] = []
        for element in list {
            guard let transaction = element["tx_id"]?.scalar,
                let consent = element["consent"]?.scalar,
                element["consent_len"]?.scalar == String(consent.utf8.count)
            else { throw StandardRefusal(40_001) }
            statements.append(
                .init(ci: ci, transaction: transaction, consent: Array(consent.utf8))
            )
        }
        return statements
    }

    private func signResult(_ ask: Ask, _ caller: OperatorRegistration) throws(StandardRefusal)
        -> ServerReply
    {
        let json = try admitted(ask)
        guard let signing = json["sign_tx_id"]?.scalar, json["cert_tx_id"]?.scalar != nil,
            let kept = signatures.take(signing, client: caller.clientID),
            let ci = kept.statements.first?.ci
        else { throw StandardRefusal(40_001) }
        var signed: [JSONObject] = []
        for statement in kept.statements {
            guard let signature = signer.sign(statement) else { throw StandardRefusal(50_002) }
            var line = JSONObject()
            line.add("tx_id", statement.transaction)
            line.add("signed_consent_len", signature.utf8.count)
            line.add("signed_consent", signature)
            signed.append(line)
        }
        var object = JSONObject()
        object.addEnvelope(0)
        object.add("sign_tx_id", signing)
        object.add("user_ci", ci)
        object.add("signed_consent_cnt", signed.count)
        object.add("signed_consent_list", signed)
        return ServerReply(200, object)
    }
}

/// What waits at the authentication body to be fetched signed.
final class SignatureDesk: Sendable {
    struct Kept: Sendable {
        var client: String
        var statements: [ConsentSigner.Statement]
    }

    private struct State {
        var waiting: [String: Kept] = [:]
        /// Tokens of scope `ca`, with their end.
        var tokens: [String: Int64] = [:]
    }

    private let state = Mutex(State())

    func admit(_ token: String, until end: Int64) { state.withLock { $0.tokens[token] = end } }

    func admits(_ token: String, now: Int64) -> Bool {
        state.withLock { ($0.tokens[token] ?? now) > now }
    }

    /// False when the number waits already.
    func keep(_ number: String, _ what: Kept) -> Bool {
        state.withLock { state in
            guard state.waiting[number] == nil else { return false }
            state.waiting[number] = what
            return true
        }
    }

    func take(_ number: String, client: String) -> Kept? {
        state.withLock { state in
            guard state.waiting[number]?.client == client else { return nil }
            return state.waiting.removeValue(forKey: number)
        }
    }
}
