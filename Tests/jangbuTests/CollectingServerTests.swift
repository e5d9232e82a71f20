import Collector
import Commands
import Files
import Finance
import Foundation
import Frame
import NIOHTTP1
import Simulation
import Testing

@testable import jangbu

/// `jangbu serve` beside a sandbox in a process of its own: providers by configuration alone.
@Suite struct CollectingServerTests {
    private struct Sources: Decodable {
        struct Line: Decodable {
            let provider: String
            let lastGoodAtMs: Int64?
        }

        let sources: [Line]
    }

    @Test
    func `a server collects who is due and revokes what is owed, without any other command`()
        async throws
    {
        let place = try await SandboxPlace()
        let subject = try await place.enrol()
        // Withdrawn while nobody could tell the provider.
        let (withdrawn, others) = try await place.open { services, run in
            let codes = try run.collector.books.book(of: subject).register.liveRequests
                .map(\.provider)
            let first = try #require(codes.first)
            let command = WithdrawTransfer(provider: first, isDeleting: false)
            try await services.desk.carryOut(of: subject, at: Clock.now) {
                register,
                now,
                today throws(ConsentRefusal) in
                try register.decide(command, at: now, on: today)
            }
            return (first, codes.dropFirst().compactMap { run.collector.providers[$0]?.name })
        }
        try #require(!others.isEmpty)
        try place.openSlots()
        try await place.serve { web in
            try await place.wait("the collection") {
                let (status, body) = try await web.exchange(
                    .GET,
                    "/v1/subjects/\(subject)/transfers"
                )
                guard status == .ok else { return false }
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                let lines = try decoder.decode(Sources.self, from: body).sources
                let good = lines.filter { $0.lastGoodAtMs != nil }
                // Pages name providers as the registry does.
                return good.map(\.provider).sorted() == others.sorted()
            }
        }
        try await place.open { _, run in
            let book = try run.collector.books.book(of: subject)
            #expect(book.owedRevocations.isEmpty)
            #expect(book.state.providers[withdrawn]?.token?.end == .withdrawn)
            for (code, provider) in book.state.providers where code != withdrawn {
                #expect(provider.standing.scheduledOn != nil, "\(code)")
            }
        }
    }

    @Test
    func `who leaves is deleted after the providers were told`() async throws {
        let place = try await SandboxPlace()
        let subject = try await place.enrol()
        let leaving = ["consent", "leave", subject.description, "--yes"]
        let gone = try Command(leaving + place.collecting)
        #expect(gone.exit == 0, "\(gone.err)")
        #expect(!gone.err.contains("did not confirm"), "\(gone.err)")
        try await place.open { services, run in
            var ends: [Bool] = []
            try services.desk.forEachEvent(of: subject) { event in
                guard case .tokenEnded(let ended) = event.fact else { return }
                ends.append(ended.confirmed)
            }
            #expect(!ends.isEmpty && ends.allSatisfy { $0 })
            #expect(try run.collector.books.book(of: subject).owedRevocations.isEmpty)
        }
    }

    @Test func `an operator's file is read with a registry, and only when nobody else may`() throws
    {
        let folder = try TemporaryDirectory()
        let file = folder.path + "/operator.yaml"
        try Files.replace(file, with: Array("org_code: Z1OP010000\n".utf8))
        let data = ["--data-directory", folder.path + "/data", "--set"]
        let serving = ["serve", "--port", "0"] + data + ["collection.operator_file=\(file)"]
        let alone = try Command(serving)
        #expect(alone.exit == 78)
        #expect(alone.err.contains("needs collection.providers_file"))
        let registry = ["--set", "collection.providers_file=\(file)"]
        let known = try Command(serving + registry)
        #expect(known.exit == 78)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        try Files.replace(folder.path + "/p.yaml", with: Array("providers: []\n".utf8))
        let open = try Command(
            serving + ["--set", "collection.providers_file=\(folder.path)/p.yaml"]
        )
        #expect(open.exit == 78)
        #expect(open.err.contains("set its mode to 0600"), "\(open.err)")
    }
}
