import Collector
import Files
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
        let root = try YAMLFile.mapping(path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            throw Failure(.configuration, "\(path): set its mode to 0600.")
        }
        func text(_ key: String) throws -> String {
            guard let value = root[key]?.string, !value.isEmpty else {
                throw Failure(.configuration, "\(path): \(key) is missing.")
            }
            return value
        }
        code = try text("org_code")
        registration = ClientRegistration(
            identifier: try text("client_id"),
            secret: try text("client_secret"),
            redirect: root["redirect_uri"]?.string ?? ""
        )
        certificates = ClientCertificates(
            certificate: try text("certificate"),
            key: try text("key"),
            roots: try text("authority")
        )
        controls = try root["control_url"]?.string.map { try ProviderPlace(url: $0, in: path) }
        authority = SigningAuthority(
            code: try text("authentication_body"),
            place: try ProviderPlace(url: try text("authentication_url"), in: path),
            registration: registration
        )
    }
}

extension Providers {
    /// Reads `conf/providers.yaml` or what the sandbox wrote.
    init(_ path: String, registration: ClientRegistration) throws {
        guard let list = try YAMLFile.mapping(path)["providers"]?.sequence else {
            throw Failure(.configuration, "\(path): providers must be a list.")
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
    fileprivate init(
        _ node: Node,
        in path: String,
        _ registration: ClientRegistration
    ) throws {
        func text(_ key: String) throws -> String {
            guard let value = node[key]?.string, !value.isEmpty else {
                throw Failure(.configuration, "\(path): a provider lacks \(key).")
            }
            return value
        }
        let code = try text("org_code")
        guard let industry = Industry(pathName: try text("industry")) else {
            throw Failure(.configuration, "\(path): \(code) has an unknown industry.")
        }
        var slots: [TimeSlot] = []
        for slot in node["time_slots"]?.sequence.map({ Array($0) }) ?? [] {
            guard let read = slot.string.flatMap({ TimeSlot($0) }) else {
                throw Failure(.configuration, "\(path): a time slot of \(code) is not hhmm:hhmm.")
            }
            slots.append(read)
        }
        let versions = node["versions"]?.sequence?.compactMap(\.string) ?? ["v2"]
        guard let version = versions.last, version.first == "v" else {
            throw Failure(.configuration, "\(path): \(code) has no version such as v2.")
        }
        var place = try ProviderPlace(url: try text("base_url"), in: path)
        switch node["http"]?.string ?? "1.1" {
        case "1.1": place.http = .one
        case "2": place.http = .negotiated
        default: throw Failure(.configuration, "\(path): http of \(code) is neither 1.1 nor 2.")
        }
        var own = registration
        if let identifier = node["client_id"]?.string { own.identifier = identifier }
        var tolerates: Set<AnswerTolerance> = []
        for word in node["tolerates"]?.sequence.map({ Array($0) }) ?? [] {
            guard let known = word.string.flatMap({ AnswerTolerance(rawValue: $0) }) else {
                let words = AnswerTolerance.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.configuration, "\(path): \(code) tolerates one of: \(words).")
            }
            tolerates.insert(known)
        }
        self.init(
            code: code,
            name: try text("name"),
            industry: industry,
            place: place,
            registration: own,
            version: version,
            slots: slots,
            limits: try ProviderLimits(node, in: path)
        )
        self.tolerates = tolerates
    }
}

extension ProviderLimits {
    /// Each limit may stand under its own name; what does not is as the code has it.
    fileprivate init(_ node: Node, in path: String) throws {
        self.init()
        func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
            guard let value = node[key] else { return nil }
            guard let number = value.int, range.contains(number) else {
                throw Failure(.configuration, "\(path): \(key) must be \(range).")
            }
            return number
        }
        if let value = try number("calls_at_once_max", 1...1_024) { callsAtOnceMax = value }
        if let value = try number("rows_per_page", 1...500) { rowsPerPage = value }
        if let value = try number("deadline_seconds", 1...600) { deadline = .seconds(value) }
        if let value = try number("attempts_max", 1...20) { attemptsMax = UInt32(value) }
    }
}

extension ProviderPlace {
    /// Reads `https://host:port/path`.
    fileprivate init(url: String, in path: String) throws {
        let scheme = "https://"
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":")
        guard url.hasPrefix(scheme), let host = parts.first, parts.count <= 2,
            let port = parts.count == 2 ? Int(parts[1]) : 443, (1...65_535).contains(port)
        else { throw Failure(.configuration, "\(path): \(url) is not an https address.") }
        var base = String(rest.dropFirst(authority.count))
        while base.last == "/" { base.removeLast() }
        self.init(host: String(host), port: port, basePath: base)
    }
}

/// A YAML file that is one mapping.
enum YAMLFile {
    static func mapping(_ path: String) throws -> Node.Mapping {
        let text: String
        do {
            text = String(decoding: try Files.read(path, limit: 16 << 20), as: UTF8.self)
        } catch {
            throw Failure(.input, "\(path) cannot be read (\(error)).")
        }
        do {
            guard let root = try Yams.compose(yaml: text)?.mapping else {
                throw Failure(.configuration, "\(path) must hold keys.")
            }
            return root
        } catch let error as YamlError {
            throw Failure(.configuration, "\(path) is not YAML: \(error)")
        }
    }
}
