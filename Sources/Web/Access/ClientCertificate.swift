import Cryptography
import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// The files of a server that speaks TLS, PEM.
public struct TLSFiles: Sendable {
    /// The server's certificate and those between it and a root.
    public var certificate: String
    /// Its private key.
    public var key: String
    /// Roots of operators' certificates; nil where none are asked for.
    public var clientAuthority: String?

    /// Files by their paths.
    public init(certificate: String, key: String, clientAuthority: String?) {
        (self.certificate, self.key) = (certificate, key)
        self.clientAuthority = clientAuthority
    }

    /// TLS 1.3; a client may show a certificate, and one that it shows must be of the authority.
    func configuration() throws(WebRefusal) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            )
            configuration.minimumTLSVersion = .tlsv13
            if let clientAuthority {
                configuration.trustRoots = .file(clientAuthority)
                configuration.certificateVerification = .optionalVerification
            }
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw .tlsRefused(path: certificate)
        }
    }
}

/// The names in an operator's certificate.
struct ClientCertificate: Sendable, Equatable {
    /// The subject as in RFC 4514, then `email:`, `dns:` and `uri:` names.
    var names: [String]
    /// SHA-256 of it, 8 bytes as hexadecimal digits.
    var fingerprint: String

    /// Reads DER that TLS has verified; nil when it cannot be read.
    init?(der: [UInt8]) {
        let certificate: Certificate
        let alternatives: SubjectAlternativeNames?
        do {
            certificate = try Certificate(derEncoded: der)
            alternatives = try certificate.extensions.subjectAlternativeNames
        } catch {
            // TLS took it, this parser does not: it names nobody that we know.
            return nil
        }
        names = [certificate.subject.description]
        for name in alternatives ?? SubjectAlternativeNames() {
            switch name {
            case .rfc822Name(let text): names.append("email:" + text)
            case .dnsName(let text): names.append("dns:" + text)
            case .uniformResourceIdentifier(let text): names.append("uri:" + text)
            default: continue
            }
        }
        fingerprint = hexadecimal(SHA256.hash(der).bytes.prefix(8))
    }

    /// The one behind a connection.
    static func shown(on channel: any Channel) async -> ClientCertificate? {
        do {
            return try await channel.nioSSL_peerCertificate().get().flatMap {
                ClientCertificate(der: try $0.toDERBytes())
            }
        } catch {
            // No TLS in this channel's pipeline: nothing was shown.
            return nil
        }
    }

    /// Who that is here: the roles of every line that names it.
    func caller(_ operators: [SignInMeans.CertificateOperator]) -> Caller? {
        let roles = operators.filter { names.contains($0.name) }.flatMap(\.roles)
        guard !roles.isEmpty else { return nil }
        return Caller(
            kind: .certificate,
            actor: "certificate:" + fingerprint,
            roles: Set(roles)
        )
    }
}
