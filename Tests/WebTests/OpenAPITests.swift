import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct OpenAPITests {
    private func document() throws -> Value {
        try Value(json: OpenAPIDocument(yaml: Resource.openAPI).json)
    }

    @Test func `the router answers exactly what the document describes`() throws {
        let contract = try Contract()
        let routes = contract.server.router().routes.map { "\($0.method) \($0.path)" }.sorted()
        let paths = try #require(document()["paths"]?.members)
        let described = paths.flatMap { path, operations in
            (operations.members ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
        }.sorted()
        #expect(routes == described)
    }

    @Test func `the document is a valid OpenAPI 3.1 document`() throws {
        guard let path = Checkout.tool("openapi-spec-validator") else {
            return Checkout.skip("openapi-spec-validator is not installed")
        }
        let run = try Checkout.run(
            path,
            [Checkout.root.appending(path: "Schemas/openapi.yaml").path]
        )
        #expect(run.status == 0, "\(run.output)")
    }

    @Test func `every problem has a page, a code and words in both languages`() throws {
        let codes = try document()[["components", "schemas", "ProblemCode", "enum"]]?.items
        #expect(codes?.compactMap(\.text) == Problem.Kind.allCases.map(\.rawValue))
    }

    @Test func `both served forms are the file's document`() async throws {
        let file = try String(
            contentsOf: Checkout.root.appending(path: "Schemas/openapi.yaml"),
            encoding: .utf8
        )
        try await Contract().run { client in
            let yaml = try await client.send("/openapi.yaml")
            #expect(String(buffer: yaml.body) == file)
            let version = try await client.json("/openapi.json")["openapi"]
            #expect(version == .string("3.1.0"))
        }
    }

    @Test(arguments: [
        (#"{"amount":"-4500","currency":"KRW"}"#, true),
        (#"{"amount":-4500,"currency":"KRW"}"#, false),
        (#"{"amount":"-4500.0001","currency":"KRW"}"#, false),
        (#"{"amount":"-4500","currency":"won"}"#, false),
        (#"{"amount":"-4500"}"#, false),
        (#"{"amount":"1","currency":"KRW","note":""}"#, false),
    ])
    func `the checker sees a wrong amount`(json: String, fits: Bool) throws {
        let document = try document()
        let schema = try #require(document[["components", "schemas", "Money"]])
        let faults = try SchemaChecker(document: document).faults(
            Value(json: json.utf8),
            schema
        )
        #expect(faults.isEmpty == fits, "\(faults)")
    }
}
