import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct BackupTests {
    private static let control = String(repeating: "c", count: 32)
    private static let headers: HTTPFields = [.authorization: "Bearer " + control]

    private func contract(token: String? = nil) throws -> Contract {
        try Contract(token: token.flatMap { AccessToken($0) }, control: AccessToken(Self.control))
    }

    private func order(_ folder: String) -> String { #"{"directory":"\#(folder)"}"# }

    @Test func `a backup is begun once, told of, and stays the only one`() async throws {
        try await contract().run { client in
            let none = try await client.send("/v1/backups", headers: Self.headers)
            #expect(String(buffer: none.body) == "{\"items\":[]}\n")
            for _ in 0..<2 {
                let begun = try await client.send(
                    "/v1/backups",
                    method: .post,
                    headers: Self.headers,
                    body: order("/backups/a")
                )
                #expect(begun.status == .accepted)
            }
            let other = try await client.send(
                "/v1/backups",
                method: .post,
                headers: Self.headers,
                body: order("/backups/b")
            )
            #expect(other.status == .conflict)
            let told = try await client.send("/v1/backups", headers: Self.headers)
            #expect(String(buffer: told.body).contains(#""directory":"/backups/a""#))
        }
    }

    @Test(arguments: [
        (#"{"directory":"/elsewhere"}"#, 403),
        ("{}", 400), ("", 400), (#"{"directory":7}"#, 400),
    ])
    func `what is no order, or one for elsewhere, is refused`(
        body: String,
        status: Int
    ) async throws {
        try await contract().run { client in
            let answer = try await client.send(
                "/v1/backups",
                method: .post,
                headers: Self.headers,
                body: body
            )
            #expect(Int(answer.status.code) == status)
        }
    }

    @Test func `it needs a token on loopback too, the run's own or the configured one`()
        async throws
    {
        let configured = String(repeating: "d", count: 32)
        for (token, sent, isLetIn) in [
            (nil, nil, false), (nil, "x", false), (nil, Self.control, true),
            (configured, Self.control, true), (configured, configured, true),
            (configured, nil, false), (nil, configured, false),
        ] as [(String?, String?, Bool)] {
            try await contract(token: token).run { client in
                let headers: HTTPFields =
                    sent.map { [.authorization: "Bearer " + $0] } ?? [:]
                for method in [HTTPRequest.Method.get, .post] {
                    let answer = try await client.send(
                        "/v1/backups",
                        method: method,
                        headers: headers,
                        body: method == .post ? order("/backups/a") : nil,
                        isBare: true
                    )
                    #expect((answer.status != .unauthorized) == isLetIn)
                }
            }
        }
    }
}
