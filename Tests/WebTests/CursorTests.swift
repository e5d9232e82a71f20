import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

/// Cursors that no server gave, at every list there is.
struct CursorTests {
    @Test func `a cursor that nobody gave ends a list, or is refused; it stops nothing`()
        async throws
    {
        let document = try Value(json: OpenAPIDocument(yaml: Resource.openAPI).json)
        let contract = try Contract()
        contract.ledger.tick()
        try await contract.run { client in
            let id = try await client.firstPerson()
            var lists = 0
            for route in contract.server.site.routes where route.method == .get {
                let parameters = document[["paths", route.path, "get", "parameters"]]?.items ?? []
                let isList = parameters.contains {
                    $0["$ref"]?.text?.hasSuffix("/after") == true || $0["name"] == .string("after")
                }
                let isPage = !route.path.hasPrefix("/v1/")
                guard isList || isPage else { continue }
                lists += isList ? 1 : 0
                let target = route.path.replacing("{subject}", with: id)
                    .replacing("{event}", with: "3.0").replacing("{answer}", with: "x")
                for cursor in [
                    "c3w5e11264sgsf", "c3w5e11264sgsf.3w5e11264sgsf", "c0.3w5e11264sgsf",
                ] {
                    let answer = try await client.send(target + "?limit=2&after=" + cursor)
                    #expect(answer.status.code < 500, "\(target) \(cursor)")
                }
            }
            #expect(lists >= 7, "the document names its lists")
        }
    }
}
