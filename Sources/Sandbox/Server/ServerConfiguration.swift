internal import Finance

/// An operator as the portal knows it.
public struct OperatorRegistration: Hashable, Sendable {
    /// org_code, ten letters; the transactions that it makes begin with it.
    public var code = "Z1OP010000"
    /// client_id of its service.
    public var clientID = "sandbox-service-0001"
    /// client_secret of its service.
    public var clientSecret: String
    /// serialNumber in the subject of its certificate.
    public var serialNumber = Authority.Party.operator.serialNumber

    /// The sandbox's only operator unless told otherwise.
    public init(clientSecret: String) { self.clientSecret = clientSecret }
}

/// A provider as the portal knows it.
public struct ProviderRegistration: Hashable, Sendable {
    /// The provider.
    public var provider: SandboxProvider
    /// Versions of the data APIs, newest last.
    public var versions = ["v1", "v2"]
    /// When regular transfers may come: `hhmm:hhmm` in Korea, the end exclusive.
    public var slots: [String]

    /// A registration.
    public init(_ provider: SandboxProvider, slots: [String]) {
        (self.provider, self.slots) = (provider, slots)
    }

    /// Slots of ordinary providers: nights that differ.
    static func slots(place: Int) -> [String] {
        [["0000:0600"], ["0100:0700"], ["0000:0400", "2200:2400"]][place % 3]
    }

    /// Whether a regular transfer may come at this minute of the day.
    func isOpen(minute: Int) -> Bool {
        slots.contains { slot in
            let ends = slot.split(separator: ":").compactMap { text -> Int? in
                Int(text).map { $0 / 100 * 60 + $0 % 100 }
            }
            return ends.count == 2 && ends[0] <= minute && minute < ends[1]
        }
    }
}

/// What a server needs to know besides people and time.
public struct SandboxServerConfiguration: Sendable {
    /// Where certificates and what is written for the operator are.
    public var directory: String
    /// Port on 127.0.0.1; 0 takes a free one.
    public var port = 0
    /// Port on 127.0.0.1 of the page where persons sign in, without TLS; 0 takes a free one.
    public var signInPort = 0
    /// Operators.
    public var operators: [OperatorRegistration]
    /// Faults from the beginning.
    public var faults: [Fault] = []
    /// Chance of the faults.
    public var seed: UInt64 = 1
    /// Regular transfers only in the providers' slots (50009).
    public var keepsSlots = true

    /// Tokens outlive the process, in `tokens.journal` of the directory: a provider that starts
    /// anew still knows whom it gave what.
    public var keepsTokens = true

    /// Nothing misbehaves.
    public init(directory: String, operators: [OperatorRegistration]) {
        (self.directory, self.operators) = (directory, operators)
    }

    /// org_code of the sandbox's portal.
    public static let portalCode = "Z9PT010000"
    /// org_code of the sandbox's authentication body.
    public static let authenticationCode = "Z9CA010000"
}
