import Hummingbird
import Logging
import NIOCore

/// Who asks, as far as a request shows it; resolved once, and everything after asks nothing else.
struct Caller: Sendable, Hashable {
    /// By what it was known.
    enum Kind: String, Sendable {
        /// Nothing was shown.
        case visitor
        /// A one-time link of this server.
        case local
        /// A client certificate.
        case certificate
        /// An OpenID provider, for operators.
        case openID = "openid"
        /// The body that authenticates persons.
        case person
        /// A token.
        case program
    }

    /// By what it was known.
    var kind: Kind
    /// What records call it; a number where it would be a name.
    var actor: String
    /// Names of its roles in `conf/roles.yaml`.
    var roles: Set<String>
    /// The subject that a person is, 32 hexadecimal digits.
    var subject: String?

    static let visitor = Caller(kind: .visitor, actor: "visitor", roles: [])
    /// Who has the data directory: a link is printed for nobody else.
    static let localOperator = Caller(kind: .local, actor: "local", roles: ["operator"])
    /// Whoever shows the token of `web.token_file`.
    static let program = Caller(kind: .program, actor: "program", roles: ["program"])
    /// Whoever shows the secret of this run, from the data directory.
    static let control = Caller(kind: .program, actor: "control", roles: ["control"])

    /// A person, by their subject.
    static func person(_ subject: String) -> Caller {
        Caller(kind: .person, actor: "person", roles: ["person"], subject: subject)
    }
}

/// One request: what the library needs, and who asks under which role and for what.
struct Context: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection, for the certificate behind it.
    let channel: any Channel
    /// Who asks.
    var caller = Caller.visitor
    /// What lets them; nil where everybody may.
    var grant: Grant?

    /// What the log calls the request; the library's own `id` stops the process where a log keeps
    /// no metadata.
    var requestID: String { logger[metadataKey: "hb.request.id"]?.description ?? "unlogged" }

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
