public import Finance
public import MyData

/// One provider as the configuration describes it; adding one changes no code.
public struct Provider: Hashable, Sendable {
    /// org_code, ten letters and digits.
    public var code: String
    /// What people call it.
    public var name: String
    /// Its industry: the first part of its API's path, and which APIs it has.
    public var industry: Industry
    /// Where it answers.
    public var place: ProviderPlace
    /// Version of its data APIs, such as `v2`.
    public var version: String
    /// When it takes regular transfers; none means always.
    public var slots: [TimeSlot]
    /// How this operator is known to it.
    public var registration: ClientRegistration
    /// What is asked of it at most.
    public var limits: ProviderLimits
    /// What is taken from it although it breaks the standard.
    public var tolerates: Set<AnswerTolerance> = []

    /// A provider.
    public init(
        code: String,
        name: String,
        industry: Industry,
        place: ProviderPlace,
        registration: ClientRegistration,
        version: String = "v2",
        slots: [TimeSlot] = [],
        limits: ProviderLimits = .init()
    ) {
        (self.code, self.name, self.industry) = (code, name, industry)
        (self.place, self.registration, self.version) = (place, registration, version)
        (self.slots, self.limits) = (slots, limits)
    }
}

extension Provider {
    /// Who answers, for the reader.
    public var source: AnswerSource {
        var source = AnswerSource(industry, version: Int(version.dropFirst()) ?? 1)
        source.tolerates = tolerates
        return source
    }
}

/// Where a provider answers, always over TLS.
public struct ProviderPlace: Hashable, Sendable {
    /// Name or address.
    public var host: String
    /// TCP port.
    public var port: Int
    /// What stands before the version in every path: empty, or `/` and no `/` at its end.
    public var basePath: String
    /// Which HTTP is spoken with it.
    public var http: HTTPVersion

    /// Versions of HTTP.
    public enum HTTPVersion: Hashable, Sendable {
        /// HTTP/1.1, a connection for each call under way: less work for both sides than HTTP/2,
        /// whose streams each have a state of their own.
        case one
        /// HTTP/2 if the provider takes it, on one connection: for those who bound connections.
        /// A call that is cancelled may be under way there until its deadline (`ProviderCall`).
        case negotiated
    }

    /// A place.
    public init(
        host: String,
        port: Int = 443,
        basePath: String = "",
        http: HTTPVersion = .one
    ) {
        (self.host, self.port, self.basePath, self.http) = (host, port, basePath, http)
    }

    /// `https://host:port/base`, without anything about a person.
    public var root: String { "https://\(host):\(port)\(basePath)" }
}

/// What the portal gave this operator to be known by at a provider.
public struct ClientRegistration: Hashable, Sendable {
    /// client_id.
    public var identifier: String
    /// client_secret; never in a log or an error.
    public var secret: String
    /// Callback of the individual authentication.
    public var redirect: String

    /// A registration.
    public init(identifier: String, secret: String, redirect: String = "") {
        (self.identifier, self.secret, self.redirect) = (identifier, secret, redirect)
    }
}

extension ClientRegistration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The identifier alone.
    public var description: String { identifier }
    /// The identifier alone.
    public var debugDescription: String { identifier }
}

/// What is asked of one provider at most, and why.
public struct ProviderLimits: Hashable, Sendable {
    /// Calls under way at once, over HTTP/1.1 each on its own connection: more only wait at the
    /// provider, and a connection with client certificates is dear for both sides.
    public var callsAtOnceMax = 16
    /// Rows asked for on a page; the standard allows 500.
    public var rowsPerPage = 500
    /// Bytes of one answer, 8 MiB: 500 rows of the longest kind are 2 MiB.
    public var answerBytesMax = 8 << 20
    /// Bytes of all pages of one answer, 64 MiB: 200,000 rows of the usual kind.
    ///
    /// What is read of them is in memory until the transfer is recorded.
    public var callBytesMax = 64 << 20
    /// Pages of one answer, 1,000: half a million rows of one account in one window.
    public var pagesMax = 1_000
    /// From sending a request to the whole answer.
    public var deadline: Duration = .seconds(30)
    /// Times that one call is tried.
    public var attemptsMax: UInt32 = 4

    /// The limits above.
    public init() {}
}

/// The providers that this operator collects from.
public struct Providers: Sendable {
    /// In the order of their codes.
    public let all: [Provider]
    private let numbers: [String: Int]

    /// Why a list of providers is not one.
    public enum Fault: Error, Hashable, Sendable {
        /// Two have the same org_code.
        case repeated(code: String)
        /// An org_code is not ten letters and digits.
        case badCode(String)
    }

    /// A list of providers with different codes.
    public init(_ all: [Provider]) throws(Fault) {
        self.all = all.sorted { $0.code < $1.code }
        var numbers: [String: Int] = [:]
        for (number, provider) in self.all.enumerated() {
            let isCode = provider.code.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
            guard provider.code.utf8.count == 10, isCode else { throw .badCode(provider.code) }
            guard numbers.updateValue(number, forKey: provider.code) == nil else {
                throw .repeated(code: provider.code)
            }
        }
        self.numbers = numbers
    }

    /// The provider with an org_code.
    public subscript(_ code: String) -> Provider? { numbers[code].map { all[$0] } }
}
