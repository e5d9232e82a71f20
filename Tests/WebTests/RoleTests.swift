import Finance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Web

/// The table of `conf/roles.yaml` against another that says the same in another way.
struct RoleTests {
    /// What a role may do with a route, written down apart from the file.
    private static func expected(_ role: String, _ method: String, _ path: String) -> Expected {
        let staff: Set = ["operator", "support", "auditor", "program"]
        switch "\(method) \(path)" {
        case "GET /health/live", "GET /health/ready", "GET /assets/{asset}", "GET /problems",
            "GET /problems/{problem}", "GET /openapi.yaml", "GET /openapi.json", "GET /sign-in",
            "POST /sign-in", "POST /sign-out", "GET /sign-in/with/{issuer}",
            "GET /sign-in/with/{issuer}/back":
            return .everybody
        case "GET /", "GET /v1/overview", "GET /v1/partitions", "GET /v1/projections",
            "GET /v1/frames", "GET /v1/stream", "GET /metrics":
            return staff.union(["analyst"]).contains(role) ? .all : .nobody
        case "GET /collection", "GET /collection/quarantine/{answer}", "GET /v1/collection",
            "GET /v1/collection/providers/{org_code}":
            return staff.contains(role) ? .all : .nobody
        case "GET /v1/collection/quarantine", "GET /v1/collection/quarantine/{answer}":
            return staff.contains(role) || role == "control" ? .all : .nobody
        case "POST /collection/quarantine/{answer}/redrive",
            "POST /collection/quarantine/{answer}/discard":
            return role == "operator" ? .all : .nobody
        case "POST /v1/collection/quarantine/{answer}/redrive",
            "POST /v1/collection/quarantine/{answer}/discard":
            return ["operator", "control"].contains(role) ? .all : .nobody
        case "GET /v1/categories":
            return staff.union(["analyst", "person"]).contains(role) ? .all : .nobody
        case "GET /subjects", "GET /v1/subjects": return staff.contains(role) ? .all : .nobody
        case "GET /me": return role == "person" ? .all : .nobody
        case "GET /v1/backups", "POST /v1/backups":
            return ["operator", "program", "control"].contains(role) ? .all : .nobody
        case "POST /v1/operator-links": return role == "control" ? .all : .nobody
        case "POST /v2/mgmts/agreements", "POST /v2/mgmts/agreements/detail",
            "POST /v2/mgmts/agreements/revoke":
            return role == "portal" ? .all : .nobody
        default: break
        }
        guard path.hasPrefix("/subjects/{subject}") || path.hasPrefix("/v1/subjects/{subject}")
        else { return .unknownRoute }
        if role == "person" { return .own }
        return method == "GET" && staff.contains(role) ? .all : .nobody
    }

    private enum Expected { case everybody, all, own, nobody, unknownRoute }

    private static let purposes: [String: Set<UsePurpose>] = [
        "person": [.ownView], "operator": [.operation], "support": [.operation],
        "auditor": [.audit], "analyst": [.research], "program": [.operation, .audit],
        "control": [.operation], "portal": [.operation],
    ]

    @Test func `every role may do with every route what another table says, and nothing else`()
        throws
    {
        let table = try Contract.roles()
        #expect(Set(table.roles.map(\.name)) == Set(RoleTests.purposes.keys))
        let (own, other) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))
        let routes = try Contract().server.site.routes
        var checked = 0
        for route in routes {
            let rule = try table.rule(of: route.method, route.path)
            for (role, purposes) in RoleTests.purposes {
                let caller = Caller(
                    kind: .openID,
                    actor: "x",
                    roles: [role],
                    subject: role == "person" ? own : nil
                )
                let expected = RoleTests.expected(role, route.method.rawValue, route.path)
                for subject in [own, other] {
                    for purpose in UsePurpose.allCases {
                        let found = rule.decide(caller, subject: subject, purpose: purpose)
                        let may =
                            switch expected {
                            case .everybody: RouteRule.Decision.open
                            case .all where purposes.contains(purpose):
                                RouteRule.Decision.granted(Grant(role: role, purpose: purpose))
                            case .own where subject == own && purposes.contains(purpose):
                                RouteRule.Decision.granted(Grant(role: role, purpose: purpose))
                            case .own where subject != own: RouteRule.Decision.unknownSubject
                            case .own, .all: RouteRule.Decision.purposeRefused
                            case .nobody: RouteRule.Decision.refused
                            case .unknownRoute: RouteRule.Decision.unknownCaller
                            }
                        #expect(found == may, "\(role) \(purpose): \(rule.route)")
                        checked += 1
                    }
                }
            }
            #expect(
                rule.decide(.visitor, subject: own, purpose: nil)
                    == (rule.roles == nil ? .open : .unknownCaller)
            )
        }
        #expect(checked == routes.count * 8 * 2 * UsePurpose.allCases.count)
    }

    @Test func `who has several roles acts in the first that may`() throws {
        let rule = try Contract.roles().rule(of: .get, "/v1/subjects/{subject}")
        let subject = String(repeating: "a", count: 32)
        let both = Caller(kind: .openID, actor: "x", roles: ["auditor", "operator", "unheard-of"])
        #expect(
            rule.decide(both, subject: subject, purpose: nil)
                == .granted(Grant(role: "operator", purpose: .operation))
        )
        #expect(
            rule.decide(both, subject: subject, purpose: .audit)
                == .granted(Grant(role: "auditor", purpose: .audit))
        )
        let none = Caller(kind: .openID, actor: "x", roles: [])
        #expect(rule.decide(none, subject: subject, purpose: nil) == .refused)
    }

    @Test func `a server with a route that no group has does not start, and names it`() throws {
        let error = #expect(throws: WebRefusal.self) {
            try Contract { configuration in
                configuration.roles = RoleTests.table("      - GET /health/live\n")
            }
        }
        #expect(error == .routeWithoutRoles(route: "GET /"))
        #expect(error?.description.contains("GET /:") == true)
    }

    private static func table(_ routes: String, role: String = "[operation]") -> RoleTable {
        let text =
            "roles:\n  operator: {subjects: all, purposes: \(role)}\n"
            + "groups:\n  all:\n    roles: [operator]\n    routes:\n\(routes)"
        do {
            return try RoleTable(yaml: text)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    @Test(arguments: [
        ("roles: {}", "it has no roles or no groups"),
        (": [", "it is not YAML"),
        ("roles: {a: {subjects: some, purposes: [audit]}}\ngroups: {}", "subjects: all"),
        ("roles: {a: {subjects: all, purposes: [fun]}}\ngroups: {}", "a purpose that there is not"),
        ("roles: {a: {subjects: all, purposes: []}}\ngroups: {}", "has no purpose"),
        ("roles: {a: {subjects: all, purposes: [own-view]}}\ngroups: {}", "own-view belongs"),
        ("roles: {a: {subjects: own, purposes: [audit]}}\ngroups: {}", "own-view belongs"),
        (
            "roles: {a: {subjects: all, purposes: [audit]}}\ngroups: {g: {roles: [b], routes: []}}",
            "there is no role b"
        ),
        (
            "roles: {a: {subjects: all, purposes: [audit]}}\n"
                + "groups: {g: {roles: [a], routes: [GET]}}",
            "a line that is no route"
        ),
        (
            "roles: {a: {subjects: all, purposes: [audit]}}\n"
                + "groups: {g: {roles: [a], routes: [GET /, GET /]}}",
            "GET / is there twice"
        ),
    ])
    func `a table that cannot be understood is refused in a sentence`(
        yaml: String,
        reason: String
    ) {
        let error = #expect(throws: WebRefusal.self) { try RoleTable(yaml: yaml) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a line that names a route counts before one that it begins with`() throws {
        let text = """
            roles:
              one: {subjects: all, purposes: [audit]}
              two: {subjects: all, purposes: [audit]}
              three: {subjects: all, purposes: [audit]}
            groups:
              wide: {roles: [one], routes: [GET /a/**]}
              narrow: {roles: [two], routes: [GET /a/b/**]}
              exact: {roles: [three], routes: [GET /a/b/c]}
            """
        let table = try RoleTable(yaml: text)
        for (path, role) in [("/a/x", "one"), ("/a/b/x", "two"), ("/a/b/c", "three")] {
            #expect(try table.rule(of: .get, path).roles?.map(\.name) == [role])
        }
        for path in ["/ab", "/a", "/"] {
            #expect(throws: WebRefusal.self) { try table.rule(of: .get, path) }
        }
        #expect(throws: WebRefusal.self) { try table.rule(of: .post, "/a/b/c") }
    }
}
