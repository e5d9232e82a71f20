import Finance
import MyData
import Testing

@testable import Collector
@testable import Sandbox

/// What is sent for each API, read as the sandbox reads the standard on its own.
struct QuestionTests {
    private static func question(
        _ entry: StandardAPI,
        at industry: Industry,
        window: Window? = nil,
        mark: String? = nil
    ) -> Question {
        let parameters = entry.parameters.map { StandardCall.Parameter($0, "a/b") }
        return Question(
            call: StandardCall(entry.api, parameters),
            entry: entry,
            provider: Provider(
                code: "A1BK010000",
                name: "",
                industry: industry,
                place: ProviderPlace(host: "localhost"),
                registration: ClientRegistration(identifier: "", secret: "")
            ),
            window: window,
            searchTimestamp: mark,
            trigger: .userRefresh
        )
    }

    private static let asked = StandardAPI.all.filter {
        $0.api != .common001 && $0.api != .common002
    }

    @Test(arguments: asked)
    func `each API's path and method lead to it`(entry: StandardAPI) throws {
        for industry in entry.industries {
            let request = Self.question(entry, at: industry).request(
                page: nil,
                token: "t",
                transaction: "x"
            )
            let found = try #require(
                SandboxDesk.route(request.path.dropFirst()),
                "\(request.path)"
            )
            #expect(found.route.api == entry.api)
            #expect(found.version == "v2" && found.industry == industry.word)
            #expect(found.route.isPost == (request.form == .json))
            // What stands in the path is not said again.
            #expect(request.parameters.contains { $0.name == "card_id" } == false)
            #expect(found.inPath.allSatisfy { $0.value == "a/b" })
        }
    }

    @Test
    func `months are six digits, days eight`() throws {
        let from = WindowsTests.day(2026, 9, 1)
        let window = Window(days: from...WindowsTests.today, trigger: .scheduled)
        for (api, expected) in [
            (ProviderAPI.card004, [("from_month", "202609"), ("to_month", "202611")]),
            (.bank004, [("from_date", "20260901"), ("to_date", "20261121")]),
        ] {
            let entry = try #require(StandardAPI[api])
            let request = Self.question(entry, at: entry.industries[0], window: window)
                .request(page: nil, token: "t", transaction: "x")
            for (name, value) in expected {
                #expect(request.parameters.first { $0.name == name }?.value == value)
            }
        }
    }

    @Test
    func `only a first page that says what is known can be answered with 00001`() throws {
        let state = try #require(StandardAPI[.bank003])
        let history = try #require(StandardAPI[.bank004])
        #expect(Self.question(state, at: .bank, mark: "5").isConditional(page: nil))
        #expect(!Self.question(state, at: .bank, mark: "5").isConditional(page: "c"))
        #expect(!Self.question(state, at: .bank, mark: "0").isConditional(page: nil))
        #expect(!Self.question(history, at: .bank).isConditional(page: nil))
    }
}
