import FoundationEssentials
public import NIOSSL

/// A server that says who somebody is (OpenID Connect Core 1.0), and what that means here.
public struct OpenIDIssuer: Sendable {
    /// Whom it signs in.
    public enum Members: Sendable, Equatable {
        /// Persons, by the claim that holds their CI.
        case persons(claim: String)
        /// Operators: the values of a claim, each with the roles that it gives.
        case operators(claim: String, roles: [String: [String]])
    }

    /// Its word in addresses and records; of a body that authenticates persons, its org_code.
    public let name: String
    /// What people call it.
    public let label: String
    /// Its `iss`: an address, to which `/.well-known/openid-configuration` is added.
    public let issuer: String
    /// What we are to it.
    public let clientID: String
    let clientSecret: String
    /// Roots of its certificate where it is of a private authority; nil: the system's.
    let trustRoots: [NIOSSLCertificate]?
    /// Whom it signs in.
    public let members: Members

    /// An issuer; the secret stays inside.
    ///
    /// - Throws: `.signInRefused` for a name or an address that is none, and for one without TLS
    ///   on another machine.
    public init(
        name: String,
        label: String,
        issuer: String,
        clientID: String,
        clientSecret: String,
        trustRoots: [NIOSSLCertificate]? = nil,
        members: Members
    ) throws(WebRefusal) {
        let isWord = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard (1...64).contains(name.utf8.count), isWord else {
            throw .signInRefused(reason: "an issuer's name is letters, digits and hyphens")
        }
        guard OpenIDIssuer.isSafe(issuer), !clientID.isEmpty else {
            throw .signInRefused(
                reason: "issuer \(name) needs an https address, or http on this machine, "
                    + "and a client_id"
            )
        }
        (self.name, self.label, self.issuer) = (name, label, issuer)
        (self.clientID, self.clientSecret, self.members) = (clientID, clientSecret, members)
        self.trustRoots = trustRoots
    }

    /// Whether what is sent there is sent to it alone: over TLS, or within this machine.
    static func isSafe(_ address: String) -> Bool {
        guard let url = URL(string: address), let host = url.host(), !host.isEmpty,
            url.user() == nil, url.fragment() == nil
        else { return false }
        return url.scheme == "https"
            || url.scheme == "http" && ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
    }
}

/// Why nobody was signed in; the case alone is logged.
enum OpenIDRefusal: Error, Equatable {
    /// It does not answer, or not with what a provider answers.
    case unreachable
    case metadataMalformed
    /// It says that somebody else is the issuer, or its addresses are not safe.
    case metadataForeign
    /// It did not take the code.
    case codeRefused
    case tokenMalformed
    /// Signed by none of its keys, or by a method that we do not take.
    case algorithmRefused
    case signatureWrong
    /// What a token says of itself.
    case issuerWrong
    case audienceWrong
    case expired
    case notYetValid
    case nonceWrong
    case claimsIncomplete
    /// What came back belongs to no sign-in that this browser began.
    case stateUnknown
    /// The person did not agree, or the provider does not let them.
    case denied
    /// Known, and nobody here.
    case nobodyHere
}
