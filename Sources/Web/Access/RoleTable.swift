import Finance
import HTTPTypes
import Hummingbird
import Yams

/// What a caller may do in one role for one purpose.
struct Grant: Sendable, Hashable {
    /// The role's name.
    var role: String
    /// What it looks for.
    var purpose: UsePurpose
}

/// Roles, and the routes of each: `conf/roles.yaml`.
///
/// What is not in it nobody may do.
public struct RoleTable: Sendable {
    /// Whom a role reaches where a route is about a person.
    enum Reach: String, Sendable {
        case all, own, none
    }

    /// One role.
    struct Role: Sendable, Equatable {
        var name: String
        var reach: Reach
        /// What it may look for; the first is meant when a request says nothing.
        var purposes: [UsePurpose]
    }

    /// The roles of one route, or of all that begin with its path.
    private struct Line: Sendable {
        var method: String
        var path: String
        var isPrefix: Bool
        /// nil is everybody.
        var roles: [String]?
    }

    /// In the order of the file: the first that may is taken.
    private(set) var roles: [Role] = []
    private var lines: [Line] = []

    /// Nobody may do anything.
    public init() {}

    /// Reads the file's text; refuses with one sentence what it does not understand.
    public init(yaml: String) throws(WebRefusal) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw .rolesRefused(reason: "it is not YAML")
        }
        guard let root = root?.mapping, let roles = root["roles"]?.mapping,
            let groups = root["groups"]?.mapping
        else { throw .rolesRefused(reason: "it has no roles or no groups") }
        for (name, body) in roles { self.roles.append(try RoleTable.role(name, body)) }
        for (name, body) in groups { try add(name.string ?? "?", body) }
    }

    private static func role(_ name: Node, _ body: Node) throws(WebRefusal) -> Role {
        let name = name.string ?? "?"
        guard let reach = body["subjects"]?.string.flatMap(Reach.init) else {
            throw .rolesRefused(reason: "role \(name) needs subjects: all, own or none")
        }
        var purposes: [UsePurpose] = []
        for node in body["purposes"]?.array() ?? [] {
            guard let purpose = node.string.flatMap(UsePurpose.init) else {
                throw .rolesRefused(reason: "role \(name) has a purpose that there is not")
            }
            // What is a person's own must not be looked at by others under that word.
            guard (purpose == .ownView) == (reach == .own) else {
                throw .rolesRefused(
                    reason: "role \(name): own-view belongs to roles that reach their own data"
                )
            }
            purposes.append(purpose)
        }
        guard !purposes.isEmpty else { throw .rolesRefused(reason: "role \(name) has no purpose") }
        return Role(name: name, reach: reach, purposes: purposes)
    }

    private mutating func add(_ group: String, _ body: Node) throws(WebRefusal) {
        let named = (body["roles"]?.array() ?? []).compactMap(\.string)
        guard !named.isEmpty else { throw .rolesRefused(reason: "group \(group) has no roles") }
        for name in named where name != "anyone" && !roles.contains(where: { $0.name == name }) {
            throw .rolesRefused(reason: "group \(group): there is no role \(name)")
        }
        for node in body["routes"]?.array() ?? [] {
            let words = (node.string ?? "").split(separator: " ").map(String.init)
            guard words.count == 2, words[1].hasPrefix("/") else {
                throw .rolesRefused(reason: "group \(group) has a line that is no route")
            }
            let isPrefix = words[1].hasSuffix("/**")
            let line = Line(
                method: words[0],
                path: isPrefix ? String(words[1].dropLast(2)) : words[1],
                isPrefix: isPrefix,
                roles: named.contains("anyone") ? nil : named
            )
            let isTwice = lines.contains {
                ($0.method, $0.path, $0.isPrefix) == (line.method, line.path, isPrefix)
            }
            guard !isTwice else {
                throw .rolesRefused(reason: "\(words[0]) \(words[1]) is there twice")
            }
            lines.append(line)
        }
    }

    func has(_ role: String) -> Bool { roles.contains { $0.name == role } }

    /// The rule of a route; the line that names it, else the longest that its path begins with.
    ///
    /// - Throws: `.routeWithoutRoles`.
    func rule(of method: HTTPRequest.Method, _ path: String) throws(WebRefusal) -> RouteRule {
        let fitting = lines.filter { line in
            line.method == method.rawValue
                && (line.isPrefix ? path.hasPrefix(line.path) : path == line.path)
        }
        let best =
            fitting.first { !$0.isPrefix }
            ?? fitting.max { $0.path.utf8.count < $1.path.utf8.count }
        guard let best else { throw .routeWithoutRoles(route: "\(method.rawValue) \(path)") }
        return RouteRule(
            route: "\(method.rawValue) \(path)",
            about: .init(path),
            roles: best.roles.map { names in roles.filter { names.contains($0.name) } }
        )
    }
}

/// Who may use one route.
struct RouteRule: Sendable {
    /// What may follow from a request for it.
    enum Decision: Sendable, Equatable {
        /// Everybody may.
        case open
        case granted(Grant)
        /// Nobody was shown.
        case unknownCaller
        case refused
        /// It is about somebody whom the caller has nothing to do with.
        case unknownSubject
        /// None of the caller's roles may use it for that.
        case purposeRefused
    }

    /// Whom a route is about.
    enum About: Sendable, Equatable {
        /// No single person.
        case nobody
        /// The person whose number is in its path.
        case subject
        /// The person whose answer was put aside: its name begins with their number.
        case answer

        init(_ path: String) {
            let parts = path.split(separator: "/")
            self =
                parts.contains("{subject}")
                ? .subject : parts.contains("{answer}") ? .answer : .nobody
        }

        /// What a number that is none is answered with.
        var unknown: Problem.Kind { self == .answer ? .quarantineUnknown : .subjectUnknown }
    }

    /// Method and template: what records say was looked at.
    var route: String
    /// Whom its path names.
    var about: About
    /// Roles that may; nil is everybody.
    var roles: [RoleTable.Role]?

    /// The number of the person whom a request is about; nil for nobody.
    func subject(in parameters: Parameters) -> String? {
        switch about {
        case .nobody: nil
        case .subject: parameters.get("subject")
        case .answer: parameters.get("answer").map { String($0.prefix(32)) }
        }
    }

    /// What `caller` may do with it; `subject` is the person in the path, `purpose` what was asked
    /// for, if anything.
    func decide(_ caller: Caller, subject: String?, purpose: UsePurpose?) -> Decision {
        guard let roles else { return .open }
        guard caller.kind != .visitor else { return .unknownCaller }
        let own = roles.filter { caller.roles.contains($0.name) }
        guard !own.isEmpty else { return .refused }
        let reaching = own.filter { role in
            guard about != .nobody else { return true }
            return switch role.reach {
            case .all: true
            case .own: subject != nil && subject == caller.subject
            case .none: false
            }
        }
        guard !reaching.isEmpty else {
            return own.contains { $0.reach == .own } ? .unknownSubject : .refused
        }
        guard let purpose else {
            return .granted(Grant(role: reaching[0].name, purpose: reaching[0].purposes[0]))
        }
        guard let role = reaching.first(where: { $0.purposes.contains(purpose) }) else {
            return .purposeRefused
        }
        return .granted(Grant(role: role.name, purpose: purpose))
    }
}
