/// Where the server listens and what it allows.
///
/// Defaults are safe for a person's own machine.
public struct WebConfiguration: Sendable {
    /// Address to bind: an IP address, or `localhost`.
    public var host = "127.0.0.1"
    /// TCP port; 0 takes a free one.
    public var port = 8080
    /// What programs show; any address but loopback needs it, or TLS.
    public var token: AccessToken?
    /// Secret of this run alone, for who may read the data directory: it has backups made and links
    /// printed.
    public var controlToken: AccessToken?
    /// Who may do what; nobody anything, unless it is set.
    public var roles = RoleTable()
    /// Who is signed in by a provider or a certificate.
    public var signIn: SignInMeans?
    /// Nil is HTTP without TLS.
    public var tls: TLSFiles?
    /// Where browsers find this server, without a last slash, such as `https://jangbu.example`; nil
    /// is the name that they call it by, on loopback.
    public var publicURL: String?
    /// Names by which requests may call this server besides its address, `localhost` and the name
    /// of `publicURL`; in small letters.
    public var hostNames: Set<String> = []
    /// Whether who has the data directory may sign in as an operator by a printed link.
    public var allowsLocalOperator = true

    /// Largest request body: what the longest order takes, with room.
    public let bodyBytesMax = 4096
    /// Largest sum of header names and values: cookies of ours are below 200 bytes.
    public let headerBytesMax = 16 * 1024
    /// Longest path with query.
    public let targetBytesMax = 2048
    /// Most entries of one page of a list.
    public let pageSizeMax = 200
    /// Entries of a page when the request does not say.
    public let pageSize = 50
    /// Most streams at once: each holds a connection and a copy of the overview a second.
    public let streamsMax = 64
    /// Most connections at once.
    public let connectionsMax = 512
    /// A connection without a request or an answer for this long is closed.
    public let idleSeconds: Int64 = 60

    /// The defaults: loopback, port 8080, no token.
    public init() {}

    /// Whether only this machine can reach the server.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || WebConfiguration.isLoopbackV4(host)
    }

    /// Whether browsers come by TLS, ours or that of who stands before us: off loopback nothing
    /// else is meant.
    var isReachedByTLS: Bool {
        tls != nil || publicURL?.hasPrefix("https:") == true || !isLoopback
    }

    /// Refuses what would open personal data to a network without a secret.
    func validate() throws(WebRefusal) {
        guard isLoopback || token != nil || tls != nil else { throw .tokenNeeded(host: host) }
        guard 0...65535 ~= port else { throw .portInvalid(port) }
        if let publicURL {
            guard OpenIDIssuer.isSafe(publicURL), !publicURL.hasSuffix("/") else {
                throw .publicURLInvalid
            }
        } else {
            guard isLoopback || signIn?.issuers.isEmpty ?? true else { throw .publicURLInvalid }
        }
        guard let signIn else { return }
        for name in signIn.roleNames.sorted() where !roles.has(name) {
            throw .signInRefused(reason: "there is no role \(name)")
        }
        guard signIn.certificates.isEmpty || tls?.clientAuthority != nil else {
            throw .signInRefused(reason: "certificates need TLS and their authority")
        }
    }

    private static func isLoopbackV4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Why the server does not start.
///
/// Each is one sentence that says what to do.
public enum WebRefusal: Error, Equatable, CustomStringConvertible {
    /// The address is reachable from outside, with neither token nor TLS: set one of them, or bind
    /// to 127.0.0.1.
    case tokenNeeded(host: String)
    /// The token file is missing, unreadable, readable by others, or too short.
    case tokenFileRefused(path: String, reason: String)
    /// The port is not one.
    case portInvalid(Int)
    /// The table of roles does not read: correct `conf/roles.yaml`.
    case rolesRefused(reason: String)
    /// A route of the server is in no group of the table: add it there.
    case routeWithoutRoles(route: String)
    /// What signs in does not read, or does not fit the rest: correct `conf/sign-in.yaml`.
    case signInRefused(reason: String)
    /// Certificate, key or authority do not make a TLS server.
    case tlsRefused(path: String)
    /// Providers send browsers back to an address that is not set, or is none.
    case publicURLInvalid
    /// A file built into the program does not read: build it again.
    case resourceDamaged(name: String)

    /// The sentence.
    public var description: String {
        switch self {
        case .tokenNeeded(let host):
            "The web server does not listen on \(host) without a token or TLS: set "
                + "web.token_file or web.tls_certificate_file, or listen on 127.0.0.1."
        case .tokenFileRefused(let path, let reason):
            "The token file \(path) is refused: \(reason)."
        case .portInvalid(let port): "The web server's port \(port) is not in 0...65535."
        case .rolesRefused(let reason): "The table of roles is refused: \(reason)."
        case .routeWithoutRoles(let route):
            "The table of roles says nothing of \(route): add it to a group."
        case .signInRefused(let reason): "What signs in is refused: \(reason)."
        case .tlsRefused(let path):
            "The certificate \(path), its key and the clients' authority make no TLS server."
        case .publicURLInvalid:
            "Set web.public_url to this server's https address for browsers, without a last slash."
        case .resourceDamaged(let name): "The built-in file \(name) is damaged: build again."
        }
    }
}
