import Collector
import Files
import Foundation
import Simulation
import Testing

@testable import jangbu

/// The operator's files: what is wrong is refused in one sentence, and no sentence holds a secret.
@Suite struct ProvidersFileTests {
    private static let secret = "x9-very-secret"

    private func write(_ text: String, _ directory: TemporaryDirectory) throws -> String {
        let path = directory.path + "/file.yaml"
        try Files.replace(path, with: Array(text.utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    private func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch {
            return Failure(error)
        }
    }

    private static let operatorLines = [
        "org_code: Z1OP010000", "client_id: service", "client_secret: \(secret)",
        "certificate: a.pem", "key: a.key", "authority: ca.pem",
        "authentication_body: Z1CA010000", "authentication_url: https://127.0.0.1:1/ca",
    ]

    @Test(arguments: [
        "client_secret: @\(secret)", "client_secret: \"\(secret)", "client_secret: *\(secret)",
        "client_secret: [\(secret)", "client_secret: {\(secret)}", "\t\(secret): 1",
        "client_secret: a: \(secret)", "- \(secret)", "client_secret_: \(secret)",
        "client_secret: a\nclient_secret: \(secret)", "\(secret): 1", "control_url: \(secret)",
        "client_secret: \u{7}\(secret)",
    ])
    func `a secret that is written wrongly is in no error`(line: String) throws {
        let directory = try TemporaryDirectory()
        let others = Self.operatorLines.filter { !$0.hasPrefix("client_secret") }
        let path = try write((others + [line]).joined(separator: "\n"), directory)
        let found = try #require(failure { _ = try OperatorFile(path) })
        #expect(found.exit == .configuration)
        #expect(!found.sentence.contains(Self.secret), "\(found.sentence)")
        #expect(!found.sentence.contains("very"), "\(found.sentence)")
        #expect(!found.sentence.contains("\n"), "\(found.sentence)")
        // The settings are read by the same reader.
        let settings = failure {
            var settings = Settings()
            try settings.read(yaml: "web:\n  x: @\(Self.secret)", from: path)
        }
        #expect(settings?.sentence.contains(Self.secret) == false)
    }

    @Test func `an operator's file that is right is read`() throws {
        let directory = try TemporaryDirectory()
        let lines = Self.operatorLines + ["redirect_uri: https://a/b"]
        let file = try OperatorFile(write(lines.joined(separator: "\n"), directory))
        #expect(file.registration.secret == Self.secret)
        #expect(file.registration.redirect == "https://a/b")
        #expect(file.controls == nil)
    }

    private static let provider = """
        providers:
          - org_code: A1BK010000
            name: 은행
            industry: bank
            base_url: https://127.0.0.1:1/bank

        """

    private func providers(_ line: String) throws -> Providers {
        let directory = try TemporaryDirectory()
        let path = try write(Self.provider + "    \(line)\n", directory)
        return try Providers(path, registration: ClientRegistration(identifier: "", secret: ""))
    }

    @Test(arguments: [
        ("time_slots: \"0000:0600\"", "time_slots must be a list"),
        ("time_slots: [\"0000-0600\"]", "hhmm:hhmm"),
        ("time_slots: [[\"0000:0600\"]]", "time_slots must be a list of texts"),
        ("time_slots:", "time_slots must be a list"), ("versions: v1", "versions must be a list"),
        ("versions: []", "no version"), ("versions: [1]", "no version"),
        ("versions: [v0]", "no version"), ("tolerates: counts", "tolerates must be a list"),
        ("tolerates: [words]", "tolerates one of"), ("http: [2]", "http must be a text"),
        ("http: 3", "http must be 1.1 or 2"), ("client_id: {a: b}", "client_id must be a text"),
        ("client_id: ~", "client_id must be a text"),
        ("rows_per_page: 501", "rows_per_page must be a number of 1 to 500"),
        ("rows_per_page: many", "rows_per_page must be a number of 1 to 500"),
        ("time_slot: [\"0000:0600\"]", "line 6: the key is unknown; there are org_code"),
        ("rows_per_pages: 1", "the key is unknown"),
    ])
    func `a key of another shape, and one that there is not, is refused`(
        line: String,
        why: String
    ) throws {
        let found = try #require(failure { _ = try providers(line) })
        #expect(found.exit == .configuration)
        #expect(found.sentence.contains(why), "\(found.sentence)")
    }

    @Test func `what is written well counts`() throws {
        let lines = [
            "time_slots: [\"0000:0600\", \"1200:1300\"]", "versions: [v1, v2]", "http: 2",
            "tolerates: [counts]", "client_id: other", "rows_per_page: 20",
            "serial_number: \"123\"",
        ]
        let all = try providers(lines.joined(separator: "\n    "))
        let bank = try #require(all["A1BK010000"])
        #expect(bank.slots.count == 2 && bank.version == "v2")
        #expect(bank.tolerates.count == 1 && bank.limits.rowsPerPage == 20)
        #expect(bank.registration.identifier == "other")
        #expect(try providers("rows_per_page: 1").all[0].slots.isEmpty)
    }
}
