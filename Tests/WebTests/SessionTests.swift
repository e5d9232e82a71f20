import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct SessionTests {
    @Test func `a link is good once, and not after a quarter of an hour`() throws {
        let sessions = Sessions()
        let secret = try sessions.link(for: .localOperator, at: .zero)
        #expect(secret.utf8.count == 64)
        #expect(sessions.redeem(secret + "0", at: .zero) == nil)
        #expect(sessions.redeem(secret, at: .seconds(899)) == .localOperator)
        #expect(sessions.redeem(secret, at: .seconds(899)) == nil)
        let late = try sessions.link(for: .localOperator, at: .zero)
        #expect(sessions.redeem(late, at: .seconds(900)) == nil)
    }

    @Test func `links that nobody uses do not pile up`() throws {
        let sessions = Sessions()
        let first = try sessions.link(for: .localOperator, at: .zero)
        let second = try sessions.link(for: .localOperator, at: .seconds(1))
        for _ in 1..<Sessions.linkCountMax {
            _ = try sessions.link(for: .localOperator, at: .seconds(2))
        }
        #expect(sessions.redeem(first, at: .seconds(2)) == nil)
        #expect(sessions.redeem(second, at: .seconds(2)) == .localOperator)
    }

    @Test func `a session ends when asked to, unused for two hours, or after twelve`() throws {
        let sessions = Sessions()
        let asked = try sessions.begin(.program, at: .zero)
        #expect(sessions.caller(asked, at: .zero) == .program)
        sessions.end(asked)
        #expect(sessions.caller(asked, at: .zero) == nil)
        let idle = try sessions.begin(.program, at: .zero)
        #expect(sessions.caller(idle, at: .seconds(7_199)) == .program)
        #expect(sessions.caller(idle, at: .seconds(7_199 + 7_200)) == nil)
        #expect(sessions.caller(idle, at: .seconds(7_200)) == nil, "it does not come back")
        let busy = try sessions.begin(.program, at: .zero)
        for hour in 1..<12 { #expect(sessions.caller(busy, at: .seconds(hour * 3_600)) != nil) }
        #expect(sessions.caller(busy, at: .seconds(12 * 3_600)) == nil)
    }

    @Test func `what a page does by itself keeps nobody signed in`() async throws {
        let sessions = Sessions()
        let secret = try sessions.begin(.program, at: .zero)
        for hour in [1, 2] {
            let at = Duration.seconds(hour * 3_600 - 1)
            #expect(sessions.caller(secret, at: at, isUse: false) == .program)
        }
        #expect(sessions.caller(secret, at: .seconds(7_200), isUse: false) == nil)
        func request(_ fields: HTTPFields) -> Request {
            Request(
                head: .init(
                    method: .get,
                    scheme: "http",
                    authority: "localhost",
                    path: "/collection",
                    headerFields: fields
                ),
                body: .init(buffer: .init())
            )
        }
        #expect(Admission.isByItself(request([.jangbuRefresh: "1"])))
        #expect(Admission.isByItself(request([.accept: "text/event-stream"])))
        #expect(!Admission.isByItself(request([.accept: "text/html"])))
        // The page that refreshes itself says so.
        let script = Resource.text(PackageResources.app_js)
        #expect(script.contains(#""Jangbu-Refresh": "1""#))
    }

    @Test func `the printed link signs the local operator in, and signing out ends it`()
        async throws
    {
        let contract = try Contract()
        let link = try #require(try contract.server.operatorLink())
        #expect(link.hasPrefix("/sign-in#"))
        let secret = String(link.dropFirst("/sign-in#".count))
        try await contract.run { client in
            let entered = try await client.send(
                "/sign-in",
                method: .post,
                body: "token=" + secret,
                isBare: true
            )
            #expect(entered.status == .seeOther)
            #expect(entered.headers[.location] == "/")
            let cookie = try #require(entered.headers[.setCookie]?.split(separator: ";").first)
            let own: HTTPFields = [.cookie: String(cookie)]
            #expect(try await client.send("/", headers: own).status == .ok)
            let again = try await client.send(
                "/sign-in",
                method: .post,
                body: "token=" + secret,
                isBare: true
            )
            #expect(again.status == .unauthorized)
            let left = try await client.send("/sign-out", method: .post, headers: own)
            #expect(left.status == .seeOther)
            #expect(left.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await client.send("/", headers: own).status == .unauthorized)
        }
        #expect(!contract.log.text.contains(secret))
    }

    @Test func `links are made for the data directory's secret alone, if at all`() async throws {
        let control = String(repeating: "c", count: 32)
        let headers: HTTPFields = [.authorization: "Bearer " + control]
        try await Contract(control: AccessToken(control)).run { client in
            let made = try await client.send(
                "/v1/operator-links",
                method: .post,
                headers: headers
            )
            #expect(made.status == .created)
            let refused = try await client.send("/v1/operator-links", method: .post)
            #expect(refused.status == .forbidden)
            // It opens nothing else.
            #expect(try await client.send("/v1/subjects", headers: headers).status == .forbidden)
        }
        let without = try Contract(control: AccessToken(control)) {
            $0.allowsLocalOperator = false
        }
        #expect(try without.server.operatorLink() == nil)
        try await without.run { client in
            let refused = try await client.send(
                "/v1/operator-links",
                method: .post,
                headers: headers
            )
            #expect(refused.status == .forbidden)
        }
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    @Test(arguments: [
        (["Sec-Fetch-Site": "same-origin"], true), (["Sec-Fetch-Site": "same-site"], false),
        (["Sec-Fetch-Site": "cross-site"], false), (["Sec-Fetch-Site": "none"], false),
        (["Origin": "http://localhost"], true), (["Origin": "https://localhost"], true),
        (["Origin": "http://evil.example"], false), (["Origin": "null"], false),
        (["Origin": "http://localhost.evil.example"], false), ([:], false),
        (["Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"], false),
    ])
    func `an order by cookie must come from a page of ours`(
        shown: [String: String],
        isTaken: Bool
    ) throws {
        var fields = HTTPFields()
        for (name, value) in shown { fields[try #require(HTTPField.Name(name))] = value }
        let request = Request(
            head: .init(
                method: .post,
                scheme: "http",
                authority: "localhost",
                path: "/sign-out",
                headerFields: fields
            ),
            body: .init(buffer: .init())
        )
        #expect(((try? Admission.checkOrigin(request)) != nil) == isTaken)
    }

    @Test func `an order from elsewhere has no effect, whatever the route`() async throws {
        let contract = try Contract()
        try await contract.run { client in
            let cookie = try contract.server.cookie(for: .localOperator)
            for route in contract.server.site.routes where route.method != .get {
                let target = route.path.replacing(
                    "{subject}",
                    with: String(repeating: "0", count: 32)
                )
                let answer = try await client.send(
                    target,
                    method: route.method,
                    headers: [.cookie: cookie, .origin: "http://evil.example"],
                    body: "{}"
                )
                #expect(answer.status == .forbidden, "\(target)")
                #expect(String(buffer: answer.body).contains("origin-refused"), "\(target)")
            }
            #expect(try await client.send("/", headers: [.cookie: cookie]).status == .ok)
        }
    }
}
