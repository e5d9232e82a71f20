internal import Finance
internal import Logging
internal import Synchronization

/// Answers every request: providers, the authentication body, and the sandbox's own controls.
///
/// Knows nothing of connections.
final class SandboxDesk: Sendable {
    let books: any SandboxBooks
    let clock: SandboxClock
    let configuration: SandboxServerConfiguration
    /// Providers by org_code.
    let providers: [String: ProviderRegistration]
    let tokens: TokenRegister
    let traffic = Traffic()
    let counters = TrafficCounters()
    let plan: FaultPlan
    let signer: ConsentSigner
    let signatures = SignatureDesk()
    let codes = AuthorizationCodes()
    let logger: Logger

    init(
        books: any SandboxBooks,
        clock: SandboxClock,
        configuration: SandboxServerConfiguration,
        authority: Authority,
        logger: Logger
    ) throws(AuthorityError) {
        (self.books, self.clock, self.configuration) = (books, clock, configuration)
        self.logger = logger
        var registrations: [String: ProviderRegistration] = [:]
        for registration in SandboxDesk.registrations(of: books) {
            registrations[registration.provider.code] = registration
        }
        providers = registrations
        tokens = TokenRegister(
            journal: configuration.keepsTokens
                ? TokenJournal(configuration.directory + "/tokens.journal", logger) : nil
        )
        plan = FaultPlan(configuration.faults, seed: configuration.seed, now: clock.seconds)
        signer = try ConsentSigner(authority)
    }

    /// All providers with the slots they have in this sandbox.
    static func registrations(of books: any SandboxBooks) -> [ProviderRegistration] {
        books.providers.enumerated().map { place, provider in
            ProviderRegistration(provider, slots: ProviderRegistration.slots(place: place))
        }
    }

    /// The answer; never throws, since a refusal is an answer.
    func reply(to ask: Ask) async -> ServerReply {
        let path = ask.path.dropFirst()
        let slash = path.firstIndex(of: "/") ?? path.endIndex
        let first = String(path[..<slash])
        let rest = slash < path.endIndex ? path[path.index(after: slash)...] : ""
        if let registration = providers[first] {
            if rest.hasPrefix("oauth/2.0/") {
                return token(registration, String(rest.dropFirst(10)), ask)
            }
            if rest == "v2/oauth/2.0/youth_token" {
                return token(registration, "youth_token", ask)
            }
            return data(registration, rest, ask)
        }
        if first == SandboxServerConfiguration.authenticationCode {
            return authentication(String(rest), ask)
        }
        if first == "sandbox", ask.caller == Authority.Party.control.serialNumber {
            return control(String(rest), ask)
        }
        return ServerReply(code: 40_401)
    }

    /// The operator whose certificate the caller showed.
    func caller(of ask: Ask) throws(StandardRefusal) -> OperatorRegistration {
        let known = configuration.operators.first { $0.serialNumber == ask.caller }
        guard let known else { throw StandardRefusal(40_103) }
        return known
    }

    /// Checks `x-api-tran-id`: of this operator, well-formed, new today.
    func checkTransaction(
        _ ask: Ask,
        of registration: OperatorRegistration,
        at time: KoreanTime
    ) throws(StandardRefusal) {
        guard let text = ask.transaction, text.utf8.count == 25,
            text.hasPrefix(registration.code),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }),
            text.utf8.dropFirst(10).first == UInt8(ascii: "M"),
            traffic.isNew(transaction: text, on: time.day)
        else { throw StandardRefusal(40_002) }
    }

    /// Seconds by this provider's clock, which a fault may have moved.
    func seconds(at provider: String, _ struck: [Fault]) -> Int64 {
        let skews = struck.filter { $0.kind == .skew }
        for fault in skews { plan.met(fault) }
        return clock.seconds + skews.reduce(0) { $0 + $1.value }
    }

    /// The faults of one call, told in the log: kinds and places, nothing of a person.
    func strike(_ provider: String, api: Int) -> [Fault] {
        let struck = plan.strike(provider: provider, api: api, now: clock.seconds)
        for fault in struck {
            logger.notice("fault \(fault.kind.rawValue) at \(provider) in \(api)")
        }
        return struck
    }
}
