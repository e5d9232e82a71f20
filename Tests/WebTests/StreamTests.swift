import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct StreamTests {
    @Test func `a stream begins with the overview and its cursor`() async throws {
        let ledger = TestLedger()
        let site = try Site(
            ledger: ledger,
            configuration: WebConfiguration(),
            metrics: PrometheusRegistry()
        )
        let text = try await first(site, ledger)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.prefix(2) == ["retry: 2000", ""])
        let cursor = try await ledger.overview().cursor
        #expect(lines[2] == "id: \(cursor)")
        #expect(lines[3] == "event: overview")
        let data = try #require(lines[4].hasPrefix("data: ") ? lines[4].dropFirst(6) : nil)
        let document = try Value(json: OpenAPIDocument(yaml: Resource.openAPI).json)
        let schema = try #require(document[["components", "schemas", "Overview"]])
        let faults = try SchemaChecker(document: document).faults(Value(json: data.utf8), schema)
        #expect(faults.isEmpty, "\(faults)")
        #expect(site.streams.count == 0)
    }

    /// Reads a stream until its first event; the writer then refuses more, as a closed connection
    /// does.
    private func first(_ site: Site, _ ledger: TestLedger) async throws -> String {
        let keeper = FirstEvent()
        let response = try await site.openStream()
        #expect(site.streams.count == 1)
        do {
            try await response.body.write(keeper)
        } catch is FirstEvent.Full {}
        return keeper.text
    }

    @Test func `a stream ends with the session that it was opened in`() async throws {
        let ledger = TestLedger()
        let site = try Site(
            ledger: ledger,
            configuration: WebConfiguration(),
            metrics: PrometheusRegistry()
        )
        let secret = try site.sessions.begin(.localOperator, at: site.clock())
        let response = try await site.openStream(in: secret)
        let keeper = AllEvents {
            // It hears once; then its person signs out, and the ledger goes on.
            site.sessions.end(secret)
            ledger.tick()
        }
        try await response.body.write(keeper)
        #expect(keeper.count == 1)
        let late = AllEvents {}
        try await site.openStream(in: secret).body.write(late)
        #expect(late.count == 0)
    }

    @Test func `streams over the limit are refused, and a place comes back when one ends`()
        async throws
    {
        let ledger = TestLedger()
        let site = try Site(
            ledger: ledger,
            configuration: WebConfiguration(),
            metrics: PrometheusRegistry()
        )
        var open: [Response] = []
        for _ in 0..<site.configuration.streamsMax {
            open.append(try await site.openStream())
        }
        await #expect(throws: Problem.self) {
            try await site.openStream()
        }
        open.removeAll()
        #expect(site.streams.count == 0)
        _ = try await first(site, ledger)
    }
}

/// Takes bytes until an empty line has ended an event, then breaks.
private final class FirstEvent: ResponseBodyWriter, @unchecked Sendable {
    // Unchecked: one body writes, one after the other.
    struct Full: Error {}
    private(set) var text = ""

    func write(_ buffer: ByteBuffer) async throws {
        guard !text.contains("data: ") else { throw Full() }
        text += String(buffer: buffer)
        if text.contains("data: ") { throw Full() }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Takes all bytes; says so after each event.
private final class AllEvents: ResponseBodyWriter, @unchecked Sendable {
    // Unchecked: one body writes, one after the other.
    private(set) var count = 0
    private let heard: () -> Void
    init(_ heard: @escaping () -> Void) { self.heard = heard }

    func write(_ buffer: ByteBuffer) async throws {
        guard String(buffer: buffer).contains("data: ") else { return }
        count += 1
        heard()
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
