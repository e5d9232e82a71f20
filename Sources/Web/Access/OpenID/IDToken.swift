import FoundationEssentials
import JWTKit

/// What an ID token claims.
///
/// Its signature is checked before it is read, its claims by `check`.
struct IDToken: JWTPayload, Equatable {
    /// Seconds that two machines' clocks may differ.
    static let skewSeconds: Int64 = 60
    /// Seconds that a token may be old: it comes straight from the provider.
    static let ageSecondsMax: Int64 = 600
    /// Signatures that only the holder of a private key makes; never `none`, and no shared secret.
    static let algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    var issuer = ""
    var subject = ""
    var audience: [String] = []
    var authorizedParty: String?
    var expiresAt: Int64 = 0
    var issuedAt: Int64 = 0
    var nonce: String?
    /// Texts of all claims that are a text or a list of texts.
    var texts: [String: [String]] = [:]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A text, a list of texts, or something that is neither.
    private struct Texts: Decodable {
        var all: [String]?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                all = [try container.decode(String.self)]
            } catch is DecodingError {
                do {
                    all = try container.decode([String].self)
                } catch is DecodingError {
                    all = nil
                }
            }
        }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            if let all = try container.decode(Texts.self, forKey: key).all {
                texts[key.stringValue] = all
            }
        }
        func seconds(_ name: String) throws -> Int64 {
            let value = try container.decode(Double.self, forKey: Name(stringValue: name))
            guard value.magnitude < 1e15 else { throw OpenIDRefusal.tokenMalformed }
            return Int64(value)
        }
        func text(_ name: String) -> String? {
            texts[name]?.count == 1 ? texts[name]?.first : nil
        }
        issuer = text("iss") ?? ""
        subject = text("sub") ?? ""
        audience = texts["aud"] ?? []
        authorizedParty = text("azp")
        nonce = text("nonce")
        expiresAt = try seconds("exp")
        issuedAt = try seconds("iat")
    }

    /// Only read, never made: who signs tokens is elsewhere.
    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(
            self,
            .init(codingPath: encoder.codingPath, debugDescription: "an ID token is read only")
        )
    }

    /// Claims need to know who asked and when: `check`.
    func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// Whether it was made by `issuer`, for us, now, for the request of this nonce (OpenID Connect
    /// Core 1.0, 3.1.3.7).
    func check(
        by issuer: String,
        for client: String,
        nonce: String,
        at now: Int64
    ) throws(OpenIDRefusal) {
        guard self.issuer == issuer else { throw .issuerWrong }
        guard audience.contains(client), authorizedParty == nil || authorizedParty == client,
            audience.count == 1 || authorizedParty == client
        else { throw .audienceWrong }
        guard now < expiresAt + IDToken.skewSeconds else { throw .expired }
        guard issuedAt <= now + IDToken.skewSeconds else { throw .notYetValid }
        guard now - issuedAt <= IDToken.ageSecondsMax else { throw .expired }
        guard self.nonce == nonce else { throw .nonceWrong }
        guard (1...255).contains(subject.utf8.count) else { throw .claimsIncomplete }
    }
}

/// The keys of a provider, as it publishes them (RFC 7517).
struct ProviderKeys: Sendable {
    private let keys: JWTKeyCollection
    private let identifiers: Set<String>

    /// A key of a kind that we do not know, or for encryption, is passed over: a provider may have
    /// some that are not for us.
    init(_ json: [UInt8]) async throws(OpenIDRefusal) {
        struct Key: Decodable {
            var key: JWK?
            init(from decoder: any Decoder) throws {
                do { key = try JWK(from: decoder) } catch is DecodingError { key = nil }
            }
        }
        struct Keys: Decodable { var keys: [Key] }
        let all: Keys
        do {
            all = try JSONDecoder().decode(Keys.self, from: Data(json))
        } catch {
            throw .metadataMalformed
        }
        keys = JWTKeyCollection()
        var identifiers: Set<String> = []
        for (place, entry) in all.keys.prefix(64).enumerated() {
            guard var key = entry.key, key.privateExponent == nil else { continue }
            let identifier = key.keyIdentifier?.string ?? "-\(place)"
            key.keyIdentifier = JWKIdentifier(string: identifier)
            do {
                try await keys.add(jwk: key)
                identifiers.insert(identifier)
            } catch {
                // No key of a kind that signs.
                continue
            }
        }
        self.identifiers = identifiers
    }

    /// Whether a token names one of these keys, or none.
    func has(_ identifier: String?) -> Bool { identifier.map(identifiers.contains) ?? true }

    /// The claims of a token that one of the keys signed.
    func read(_ token: String) async throws(OpenIDRefusal) -> IDToken {
        guard !identifiers.isEmpty else { throw .signatureWrong }
        do {
            return try await keys.verify(token, as: IDToken.self, iteratingKeys: true)
        } catch let error as OpenIDRefusal {
            throw error
        } catch is DecodingError {
            throw .tokenMalformed
        } catch {
            throw .signatureWrong
        }
    }
}

/// What stands before a token's claims.
struct TokenHeader: Decodable {
    var alg: String
    var kid: String?
    /// Extensions that must be understood; we understand none.
    var crit: [String]?
}
