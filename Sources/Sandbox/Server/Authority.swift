internal import Crypto
public import Files
internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// Why certificates could not be made or read.
public enum AuthorityError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file could not be read or written; named.
    case file(FileError, path: String)
    /// What stands in the file is not a certificate or key; named.
    case malformed(path: String)
    /// The library could not make a certificate with this name.
    case refused(name: String)

    /// One sentence; names files, never content.
    public var description: String {
        switch self {
        case .file(let error, let path): "\(path) cannot be used (\(error))."
        case .malformed(let path): "\(path) is not a certificate or key in PEM."
        case .refused(let name): "No certificate could be made for \(name)."
        }
    }
}

/// The sandbox's own certificate authority, with all that it issued, as PEM files of mode 0600 in
/// one directory: `ca.pem`, and for each party `<name>.pem` and `<name>.key`.
///
/// What exists is used again, so clients keep their trust when the sandbox starts anew.
public struct Authority: Sendable {
    /// Who has a certificate from the beginning, with the serialNumber of its subject (OID
    /// 2.5.4.5): where the standard has the number of a business registration.
    public enum Party: String, CaseIterable, Sendable {
        /// All providers: they share one listener.
        case server
        /// The operator that collects.
        case `operator`
        /// The portal.
        case portal
        /// The authentication body, as a client.
        case authentication
        /// Whoever moves the sandbox's clock.
        case control
        /// The authentication body's signature under transfer requests; no TLS.
        case signer

        /// Ten digits.
        public var serialNumber: String {
            let place = Party.allCases.firstIndex(of: self) ?? 0
            return "99900000" + String(10 + place)
        }
    }

    /// Where the files are.
    public let directory: String

    // Not the day they are made: a sandbox's clock may say any day of these years.
    private static let validFrom = Date(timeIntervalSince1970: 1_577_836_800)
    private static let validThrough = Date(timeIntervalSince1970: 2_524_521_600)

    /// Makes what is missing in `directory`.
    public init(directory: String) throws(AuthorityError) {
        self.directory = directory
        do throws(FileError) {
            try Files.makeDirectories(directory)
        } catch {
            throw .file(error, path: directory)
        }
        if !Files.exists(certificatePath("ca")) {
            let key = P256.Signing.PrivateKey()
            try write("ca", try certify("ca", serialNumber: "9990000001", key, by: nil), key)
        }
        for party in Party.allCases where !Files.exists(certificatePath(party.rawValue)) {
            try issue(party.rawValue, serialNumber: party.serialNumber)
        }
    }

    /// Path of a certificate, PEM.
    public func certificatePath(_ name: String) -> String { directory + "/" + name + ".pem" }

    /// Path of its private key, PEM.
    public func keyPath(_ name: String) -> String { directory + "/" + name + ".key" }

    /// A certificate and its key for one more party, for clients and for servers on loopback.
    public func issue(_ name: String, serialNumber: String) throws(AuthorityError) {
        let key = P256.Signing.PrivateKey()
        try write(name, try certify(name, serialNumber: serialNumber, key, by: "ca"), key)
    }

    /// The subject's serialNumber in a DER certificate; nil when it has none.
    static func serialNumber(der: [UInt8]) -> String? {
        do {
            let certificate = try Certificate(derEncoded: der)
            for names in certificate.subject {
                for attribute in names where attribute.type == serialNumberType {
                    return String(attribute.value)
                }
            }
            return nil
        } catch {
            // TLS took it, this parser does not: it has no number that we know.
            return nil
        }
    }

    private static let serialNumberType: ASN1ObjectIdentifier = [2, 5, 4, 5]

    private func certify(
        _ name: String,
        serialNumber: String,
        _ key: P256.Signing.PrivateKey,
        by issuer: String?
    ) throws(AuthorityError) -> Certificate {
        let issuing = issuer == nil ? nil : try (certificate("ca"), privateKey("ca"))
        let own = Certificate.PrivateKey(key)
        do {
            let subject = try DistinguishedName([
                RelativeDistinguishedName(
                    .init(type: [2, 5, 4, 3], utf8String: "jangbu sandbox " + name)
                ),
                RelativeDistinguishedName(
                    .init(type: Authority.serialNumberType, printableString: serialNumber)
                ),
            ])
            return try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: own.publicKey,
                notValidBefore: Authority.validFrom,
                notValidAfter: Authority.validThrough,
                issuer: issuing?.0.subject ?? subject,
                subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try extensions(isAuthority: issuer == nil),
                issuerPrivateKey: issuing?.1 ?? own
            )
        } catch {
            throw .refused(name: name)
        }
    }

    private func extensions(isAuthority: Bool) throws -> Certificate.Extensions {
        if isAuthority {
            return try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            }
        }
        return try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth, .clientAuth])
            SubjectAlternativeNames([
                .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            ])
        }
    }

    func certificate(_ name: String) throws(AuthorityError) -> Certificate {
        let path = certificatePath(name)
        let text = try read(path)
        do {
            return try Certificate(pemEncoded: text)
        } catch {
            throw .malformed(path: path)
        }
    }

    func privateKey(_ name: String) throws(AuthorityError) -> Certificate.PrivateKey {
        let path = keyPath(name)
        let text = try read(path)
        do {
            return try Certificate.PrivateKey(pemEncoded: text)
        } catch {
            throw .malformed(path: path)
        }
    }

    private func read(_ path: String) throws(AuthorityError) -> String {
        do throws(FileError) {
            return String(decoding: try Files.read(path, limit: 1 << 16), as: UTF8.self)
        } catch {
            throw .file(error, path: path)
        }
    }

    private func write(
        _ name: String,
        _ certificate: Certificate,
        _ key: P256.Signing.PrivateKey
    ) throws(AuthorityError) {
        let text: String
        do {
            text = try certificate.serializeAsPEM().pemString
        } catch {
            throw .refused(name: name)
        }
        // The key first: a certificate that exists has its key.
        for (path, text) in [
            (keyPath(name), key.pemRepresentation), (certificatePath(name), text),
        ] {
            do throws(FileError) {
                try Files.replace(path, with: Array((text + "\n").utf8))
            } catch {
                throw .file(error, path: path)
            }
        }
    }
}
