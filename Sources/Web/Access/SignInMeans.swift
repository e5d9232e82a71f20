import NIOSSL
import Yams

/// What signs in besides tokens and printed links: `conf/sign-in.yaml`.
public struct SignInMeans: Sendable {
    /// An operator by the certificate that they show.
    public struct CertificateOperator: Sendable, Equatable {
        /// The subject as in RFC 4514, or a name of the certificate as `email:`, `dns:` or `uri:`.
        public var name: String
        /// What they are here.
        public var roles: [String]
    }

    /// Servers that say who somebody is.
    public private(set) var issuers: [OpenIDIssuer] = []
    /// Operators by certificate.
    public private(set) var certificates: [CertificateOperator] = []
    /// Seconds since 1970-01-01 UTC, by which tokens expire.
    public let now: @Sendable () -> Int64

    /// Reads the file's text; `secret` reads the client's secret from the file that is named.
    ///
    /// - Throws: `.signInRefused`; what `secret` throws.
    public init(
        yaml: String,
        now: @escaping @Sendable () -> Int64,
        secret: (_ path: String) throws -> String
    ) throws {
        self.now = now
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw WebRefusal.signInRefused(reason: "it is not YAML")
        }
        guard let root, root.scalar?.string.isEmpty != true else { return }
        guard let sections = root.mapping else {
            throw WebRefusal.signInRefused(reason: "it must have issuers, certificates or both")
        }
        for (name, body) in sections {
            switch name.string {
            case "issuers":
                for node in body.array() { issuers.append(try SignInMeans.issuer(node, secret)) }
            case "certificates":
                for node in body.array() { certificates.append(try SignInMeans.certificate(node)) }
            default:
                throw WebRefusal.signInRefused(reason: "there is no section \(name.string ?? "?")")
            }
        }
        guard Set(issuers.map(\.name)).count == issuers.count else {
            throw WebRefusal.signInRefused(reason: "two issuers have one name")
        }
    }

    /// Names of all roles that it gives.
    var roleNames: Set<String> {
        var names = Set(certificates.flatMap(\.roles))
        for case .operators(_, let roles) in issuers.map(\.members) {
            names.formUnion(roles.values.joined())
        }
        return names
    }

    private static func issuer(
        _ node: Node,
        _ secret: (String) throws -> String
    ) throws -> OpenIDIssuer {
        func text(_ key: String) throws(WebRefusal) -> String {
            guard let value = node[key]?.string, !value.isEmpty else {
                throw .signInRefused(reason: "an issuer lacks \(key)")
            }
            return value
        }
        let claim = try text("claim")
        let members: OpenIDIssuer.Members
        switch try text("for") {
        case "persons": members = .persons(claim: claim)
        case "operators":
            var roles: [String: [String]] = [:]
            for (value, names) in node["roles"]?.mapping ?? [:] {
                roles[value.string ?? ""] = names.array().compactMap(\.string)
            }
            guard !roles.isEmpty else {
                throw WebRefusal.signInRefused(reason: "an issuer for operators lacks roles")
            }
            members = .operators(claim: claim, roles: roles)
        default: throw WebRefusal.signInRefused(reason: "for: is persons or operators")
        }
        return try OpenIDIssuer(
            name: text("name"),
            label: text("label"),
            issuer: text("issuer"),
            clientID: text("client_id"),
            clientSecret: secret(text("client_secret_file")),
            trustRoots: try trustRoots(node),
            members: members
        )
    }

    /// The certificates of a private authority, PEM.
    private static func trustRoots(_ node: Node) throws(WebRefusal) -> [NIOSSLCertificate]? {
        guard let path = node["trust_roots_file"]?.string else { return nil }
        let roots: [NIOSSLCertificate]
        do {
            roots = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw .signInRefused(reason: "\(path) has no certificates that read")
        }
        guard !roots.isEmpty else {
            throw .signInRefused(reason: "\(path) has no certificates")
        }
        return roots
    }

    private static func certificate(_ node: Node) throws(WebRefusal) -> CertificateOperator {
        let roles = (node["roles"]?.array() ?? []).compactMap(\.string)
        guard let name = node["name"]?.string, !name.isEmpty, !roles.isEmpty else {
            throw .signInRefused(reason: "a certificate needs name and roles")
        }
        return CertificateOperator(name: name, roles: roles)
    }
}
