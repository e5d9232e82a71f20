internal import Finance
internal import MyData
internal import Synchronization

/// The body that authenticates persons and signs their transfer requests (통합인증).
public struct SigningAuthority: Hashable, Sendable {
    /// Its org_code.
    public var code: String
    /// Where it answers.
    public var place: ProviderPlace
    /// How this operator is known to it.
    public var registration: ClientRegistration

    /// A body.
    public init(code: String, place: ProviderPlace, registration: ClientRegistration) {
        (self.code, self.place, self.registration) = (code, place, registration)
    }
}

/// Why a request was not signed.
public enum SigningError: Error, Hashable, Sendable {
    /// No answer.
    case transport(TransportFault)
    /// Refused, by rsp_code; 0 is a refusal without one.
    case refused(UInt32)
    /// An answer that lacks what it must have.
    case unreadable
    /// Somebody else signed than was asked to.
    case otherPerson
}

/// Who signs.
public enum Signer: Hashable, Sendable {
    /// A person by CI.
    case person(ci: String)
    /// A person of a sandbox by number, where a real body asks for name and telephone.
    case sandbox(Int)
}

/// Asks the authentication body for signatures: `sign_request`, then `sign_result`.
public final class AuthorityDesk: Sendable {
    private let authority: SigningAuthority
    private let client: ProviderClient
    private let ids: TransactionIDs
    private let clock: CollectorClock
    private let token = Mutex<(text: String, endsAt: Int64)?>(nil)
    private let limits = ProviderLimits()

    /// A desk over open connections.
    public init(
        _ authority: SigningAuthority,
        operatorCode: String,
        client: ProviderClient,
        clock: CollectorClock
    ) {
        (self.authority, self.client, self.clock) = (authority, client, clock)
        ids = TransactionIDs(operator: operatorCode, chance: clock.chance)
    }

    /// Has a person sign a text for each provider; the signatures come in the same order.
    public func sign(
        _ texts: [String],
        by signer: Signer
    ) async throws(SigningError) -> [SignedConsent] {
        let token = try await serverToken()
        let signing = ids.next()
        let transactions = texts.indices.map { "\(signing)_\($0)" }
        let list = zip(texts, transactions).map { text, transaction in
            StandardJSON.object([
                ("tx_id", .text(transaction)), ("consent", .text(text)),
                ("consent_len", .text(String(text.utf8.count))),
            ])
        }
        var members: [(String, StandardJSON)] = [
            ("sign_tx_id", .text(signing)), ("consent_type", .text("1")),
            ("consent_cnt", .text(String(texts.count))), ("consent_list", .list(list)),
        ]
        switch signer {
        case .person(let ci): members.append(("user_ci", .text(ci)))
        case .sandbox(let number): members.append(("person", .text(String(number))))
        }
        let asked = try await ask("sign_request", .object(members), token)
        guard let certificate = asked["cert_tx_id"]?.scalar else { throw .unreadable }
        let fetch: [(String, StandardJSON)] = [
            ("sign_tx_id", .text(signing)), ("cert_tx_id", .text(certificate)),
        ]
        let signed = try await ask("sign_result", .object(fetch), token)
        guard let ci = signed["user_ci"]?.scalar,
            let list = signed["signed_consent_list"]?.elements,
            list.count == texts.count
        else { throw .unreadable }
        if case .person(let asked) = signer, asked != ci { throw .otherPerson }
        var consents: [SignedConsent] = []
        for (index, entry) in list.enumerated() {
            guard entry["tx_id"]?.scalar == transactions[index],
                let signature = entry["signed_consent"]?.scalar
            else { throw .unreadable }
            consents.append(
                SignedConsent(
                    transaction: transactions[index],
                    authority: authority.code,
                    personKey: ci,
                    consent: texts[index],
                    signature: signature,
                    certificateTransaction: certificate,
                    signatureTransaction: signing
                )
            )
        }
        return consents
    }

    private func serverToken() async throws(SigningError) -> String {
        let now = clock.seconds
        if let known = token.withLock({ $0 }), known.endsAt - now > 600 { return known.text }
        let request = ProviderRequest(
            path: "/oauth/2.0/token",
            form: .form,
            parameters: [
                ("grant_type", "client_credentials"),
                ("client_id", authority.registration.identifier),
                ("client_secret", authority.registration.secret), ("scope", "ca"),
            ],
            transaction: ids.next()
        )
        let json = try await send(request)
        guard let text = json["access_token"]?.scalar,
            let seconds = json["expires_in"]?.scalar.flatMap({ Int64($0) })
        else { throw .unreadable }
        token.withLock { $0 = (text, now + min(seconds, 366 * 86_400)) }
        return text
    }

    private func ask(
        _ name: String,
        _ body: StandardJSON,
        _ token: String
    ) async throws(SigningError) -> JSONTree {
        var request = ProviderRequest(
            path: "/v1/ca/" + name,
            form: .json,
            parameters: [],
            token: token,
            transaction: ids.next()
        )
        request.rawBody = body.bytes
        return try await send(request)
    }

    private func send(_ request: ProviderRequest) async throws(SigningError) -> JSONTree {
        let reply: ProviderReply
        do throws(TransportFault) {
            reply = try await client.send(request, to: authority.place, within: limits)
        } catch {
            throw .transport(error)
        }
        let json = JSONTree(reply.body)
        guard reply.status == 200 else {
            throw .refused(json?["rsp_code"]?.scalar.flatMap { UInt32($0) } ?? 0)
        }
        guard let json else { throw .unreadable }
        return json
    }
}
