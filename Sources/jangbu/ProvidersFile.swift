import Collector
import Finance
import Foundation
import MyData
import Yams

/// What an operator is known by, and where a person authenticates (`operator.yaml`); it holds a
/// secret, so nobody but its owner may read it.
struct OperatorFile {
    let code: String
    let registration: ClientRegistration
    let certificates: ClientCertificates
    let authority: SigningAuthority
    /// Where the controls of a sandbox are asked; nil of real providers.
    let controls: ProviderPlace?

    init(_ path: String) throws {
        let root = try YAMLFile.mapping(path, keys: OperatorFile.keys)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            throw Failure(.configuration, "\(path): set its mode to 0600.")
        }
        code = try root.need("org_code")
        registration = ClientRegistration(
            identifier: try root.need("client_id"),
            secret: try root.need("client_secret"),
            redirect: try root.text("redirect_uri") ?? ""
        )
        certificates = ClientCertificates(
            certificate: try root.need("certificate"),
            key: try root.need("key"),
            roots: try root.need("authority")
        )
        controls = try root.place("control_url")
        authority = SigningAuthority(
            code: try root.need("authentication_body"),
            place: try root.needPlace("authentication_url"),
            registration: registration
        )
    }

    private static let keys = [
        "org_code", "client_id", "client_secret", "redirect_uri", "certificate", "key", "authority",
        "authentication_body", "authentication_url", "control_url",
    ]
}

extension Providers {
    /// Reads `conf/providers.yaml` or what the sandbox wrote.
    init(_ path: String, registration: ClientRegistration) throws {
        let root = try YAMLFile.mapping(path, keys: ["providers"])
        guard let list = try root.list("providers") else {
            throw Failure(.configuration, "\(path): providers is missing.")
        }
        var all: [Provider] = []
        for entry in list { all.append(try Provider(entry, in: path, registration)) }
        do throws(Providers.Fault) {
            try self.init(all)
        } catch {
            switch error {
            case .repeated(let code):
                throw Failure(.configuration, "\(path): provider \(code) is there twice.")
            case .badCode(let code):
                throw Failure(.configuration, "\(path): \(code) is no org_code.")
            }
        }
    }
}

extension Provider {
    /// `serial_number` is the portal's; providers' certificates are checked by their authority.
    private static let keys =
        [
            "org_code", "name", "industry", "base_url", "versions", "time_slots", "serial_number",
            "http", "client_id", "tolerates",
        ] + ProviderLimits.keys

    fileprivate init(
        _ node: Node,
        in path: String,
        _ registration: ClientRegistration
    ) throws {
        let entry = try YAMLMapping(node, of: path, keys: Provider.keys)
        let code = try entry.need("org_code")
        guard let industry = Industry(pathName: try entry.need("industry")) else {
            throw Failure(.configuration, "\(path): \(code) has an unknown industry.")
        }
        let slots = try (entry.texts("time_slots") ?? []).map { text in
            guard let slot = TimeSlot(text) else {
                throw Failure(.configuration, "\(path): a time slot of \(code) is not hhmm:hhmm.")
            }
            return slot
        }
        let versions = try entry.texts("versions") ?? ["v2"]
        guard let version = versions.last, versions.allSatisfy(Provider.isVersion) else {
            throw Failure(.configuration, "\(path): \(code) has no version such as v2.")
        }
        var place = try entry.needPlace("base_url")
        switch try entry.text("http") ?? "1.1" {
        case "1.1": place.http = .one
        case "2": place.http = .negotiated
        default: throw entry.wrong("http", "1.1 or 2")
        }
        var own = registration
        if let identifier = try entry.text("client_id") { own.identifier = identifier }
        let tolerates = try (entry.texts("tolerates") ?? []).map { word in
            guard let known = AnswerTolerance(rawValue: word) else {
                let words = AnswerTolerance.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.configuration, "\(path): \(code) tolerates one of: \(words).")
            }
            return known
        }
        self.init(
            code: code,
            name: try entry.need("name"),
            industry: industry,
            place: place,
            registration: own,
            version: version,
            slots: slots,
            limits: try ProviderLimits(entry)
        )
        self.tolerates = Set(tolerates)
    }

    private static func isVersion(_ text: String) -> Bool {
        text.first == "v" && (UInt(text.dropFirst()) ?? 0) > 0
    }
}

extension ProviderLimits {
    fileprivate static let keys = [
        "calls_at_once_max", "rows_per_page", "deadline_seconds", "attempts_max",
    ]

    /// Each limit may stand under its own name; what does not is as the code has it.
    fileprivate init(_ entry: YAMLMapping) throws {
        self.init()
        if let value = try entry.number("calls_at_once_max", 1...1_024) { callsAtOnceMax = value }
        if let value = try entry.number("rows_per_page", 1...500) { rowsPerPage = value }
        if let value = try entry.number("deadline_seconds", 1...600) { deadline = .seconds(value) }
        if let value = try entry.number("attempts_max", 1...20) { attemptsMax = UInt32(value) }
    }
}

extension YAMLMapping {
    /// An address such as `https://host:port/path`, or nil where there is none.
    fileprivate func place(_ key: String) throws -> ProviderPlace? {
        try text(key).map { try place($0, of: key) }
    }

    /// The same that must be there.
    fileprivate func needPlace(_ key: String) throws -> ProviderPlace {
        try place(try need(key), of: key)
    }

    private func place(_ url: String, of key: String) throws -> ProviderPlace {
        guard let place = ProviderPlace(url: url) else { throw wrong(key, "an https address") }
        return place
    }

}

extension ProviderPlace {
    fileprivate init?(url: String) {
        let scheme = "https://"
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":")
        guard url.hasPrefix(scheme), let host = parts.first, parts.count <= 2,
            let port = parts.count == 2 ? Int(parts[1]) : 443, (1...65_535).contains(port)
        else { return nil }
        var base = String(rest.dropFirst(authority.count))
        while base.last == "/" { base.removeLast() }
        self.init(host: String(host), port: port, basePath: base)
    }
}
