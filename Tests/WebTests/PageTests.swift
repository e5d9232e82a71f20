import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct PageTests {
    private func pages(_ client: Contract.Client) async throws -> [String] {
        let people = try await client.json("/v1/subjects")["items"]?.items ?? []
        var pages = [
            "/", "/collection", "/subjects", "/problems", "/problems/not-found", "/sign-in",
        ]
        for person in [people.first, people.last].compactMap({ $0?["id"]?.text }) {
            pages += ["/subjects/\(person)", "/subjects/\(person)?period=this-month"]
            pages += ["wealth", "ahead", "insights", "consents", "coverage", "notice"].map {
                "/subjects/\(person)/\($0)"
            }
        }
        if let id = people.first?["id"]?.text { pages.append("/subjects/\(id)/events/3.0") }
        for answer in try await client.json("/v1/collection/quarantine")["items"]?.items ?? [] {
            if let id = answer["id"]?.text { pages.append("/collection/quarantine/\(id)") }
        }
        return pages
    }

    @Test(arguments: Language.allCases)
    func `every page is whole in each language, and nothing in it is inline`(
        language: Language
    ) async throws {
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            for target in try await pages(client) {
                let response = try await client.send(
                    target,
                    headers: [.acceptLanguage: language.rawValue]
                )
                #expect(response.status == .ok, "\(target)")
                let html = String(buffer: response.body)
                #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
                #expect(html.hasSuffix("</html>\n"))
                #expect(!html.contains("{{"), "\(target)")
                #expect(html.matches(of: #/<script(?! type="module" src="\/assets\/)/#).isEmpty)
                #expect(html.matches(of: #/<[^>]*\s(style|on[a-z]+)=/#).isEmpty, "\(target)")
                #expect(
                    html.matches(of: #/(src|href|action)="(https?:)?\/\//#).isEmpty,
                    "\(target)"
                )
                #expect(html.matches(of: #/<h1[ >]/#).count == 1, "\(target)")
            }
        }
    }

    @Test func `every answer carries the strict headers`() async throws {
        try await Contract().run { client in
            for target in try await pages(client) + ["/v1/overview", "/nothing", "/metrics"] {
                let response = try await client.send(target)
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none';"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }

    @Test(arguments: ["//evil.example/x", "/%2F/evil.example", "/\\evil.example", "/nothing?a=1"])
    func `a page of a problem leads nowhere but to us`(target: String) async throws {
        try await Contract().run { client in
            let response = try await client.send(target, headers: [.accept: "text/html"])
            let html = String(buffer: response.body)
            #expect(response.status == .notFound)
            #expect(html.matches(of: #/(src|href|action)="((https?:)?\/\/|\/?\\)/#).isEmpty)
            #expect(html.contains(target.contains("?") ? "?a=1&amp;lang=en" : "?lang=en"))
        }
    }

    @Test func `what a provider wrote is text, never markup`() async throws {
        try await Contract().run { client in
            let people = try await client.json("/v1/subjects?limit=1")
            let id = try #require(people["items"]?.items?.first?["id"]?.text)
            let html = String(buffer: try await client.send("/subjects/\(id)").body)
            #expect(html.contains("을지로 &lt;골뱅이&gt; &amp; 노가리"))
            #expect(!html.contains("<골뱅이>"))
        }
    }

    @Test func `an empty page says what will come, and one thing to do`() async throws {
        try await Contract(TestLedger(isEmpty: true)).run { client in
            for target in ["/", "/collection", "/subjects"] {
                let html = String(buffer: try await client.send(target).body)
                let empty = html.matches(
                    of: #/<p class="[^"]*empty" data-empty>[^<]+<a [^>]+>[^<]+<\/a>/#
                )
                #expect(empty.count >= 1, "\(target)")
            }
        }
        try await Contract().run { client in
            let people = try await client.json("/v1/subjects")["items"]?.items
            let id = try #require(people?.last?["id"]?.text)
            let html = String(buffer: try await client.send("/subjects/\(id)").body)
            #expect(html.matches(of: #/<p class="[^"]*empty" data-empty>[^<]+<a /#).count == 4)
            #expect(!html.contains("data-chart"))
        }
    }

    @Test func `the address keeps the period, the currency and the language apart`() async throws {
        try await Contract().run { client in
            let people = try await client.json("/v1/subjects?limit=1")
            let id = try #require(people["items"]?.items?.first?["id"]?.text)
            let target = "/subjects/\(id)?period=3m&currency=GBP&lang=en"
            let response = try await client.send(target)
            let html = String(buffer: response.body)
            #expect(html.contains("2026-01 through 2026-03"))
            #expect(html.contains("?period=12m&amp;currency=GBP#spending"))
            #expect(html.contains("?period=3m&amp;currency=KRW#spending"))
            #expect(html.contains("?period=3m&amp;currency=GBP&amp;lang=ko"))
            #expect(response.headers[.setCookie]?.hasPrefix("jangbu_lang=en;") == true)
        }
    }

    @Test func `a read-only ledger says so and why`() async throws {
        let contract = try Contract()
        contract.ledger.change { $0.overview.mode = .readOnly(reason: "disk-full") }
        try await contract.run { client in
            let html = String(buffer: try await client.send("/").body)
            #expect(html.contains(">지금은 읽기만 할 수 있어요: 디스크가 가득 찼어요."))
        }
    }

    @Test func `Korean is 해요체 throughout, and every key that is used exists`() throws {
        let wording = try Wording(yaml: Resource.wording)
        for (key, text) in wording.all(.korean) {
            #expect(text.matches(of: #/(니다|시오|한다|하라)[.!]?( |$)/#).isEmpty, "\(key): \(text)")
        }
        let korean = wording.all(.korean)
        let english = wording.all(.english)
        for key in wording.keys {
            let places = korean[key]?.matches(of: #/\{[a-z_]+\}/#).map { String($0.output) }
                .sorted()
            let same = english[key]?.matches(of: #/\{[a-z_]+\}/#).map { String($0.output) }.sorted()
            #expect(places == same, "\(key) has other places in English")
        }
        let folder = Checkout.root.appending(path: "Sources/Web/Resources")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasSuffix(".mustache") {
            let template = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(!template.contains("{{{"), "\(file) has an unescaped value")
            for match in template.matches(of: /\{\{t\.([a-z0-9_]+)\}\}/) {
                #expect(korean[String(match.1)] != nil, "\(file): \(match.1)")
            }
        }
    }
}
