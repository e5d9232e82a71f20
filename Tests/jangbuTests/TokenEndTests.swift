import Commands
import EventLog
import Finance
import Foundation
import Frame
import Synchronization
import Testing
import Vault

@testable import Collector
@testable import jangbu

/// Deletion destroys tokens: not before the evidence says what became of each.
@Suite struct TokenEndTests {
    @Test
    func `without a way to providers the evidence says that nobody was told`()
        async throws
    {
        for isSet in [true, false] {
            let place = try await SandboxPlace()
            let subject = try await place.enrol()
            let leaving = ["consent", "leave", subject.description, "--yes"]
            let gone = try Command(
                leaving + ["--data-directory", place.data]
                    + (isSet ? ["--set", "collection.operator_file=\(place.data)/none"] : [])
            )
            #expect(gone.exit == 0, "\(gone.err)")
            #expect(gone.err.contains("no provider is told"), "\(gone.err)")
            #expect(gone.err.contains("operator_file is not set") == !isSet, "\(gone.err)")
            #expect(gone.err.contains("operator_file cannot be used") == isSet, "\(gone.err)")
            try await place.open { services, _ in
                let ends = try ends(services, subject)
                #expect(!ends.isEmpty && !ends.contains(true))
            }
        }
    }

    @Test
    func `while the ends of tokens cannot be recorded the deletion is owed and the tokens stay`()
        async throws
    {
        let place = try await SandboxPlace()
        let subject = try await place.enrol()
        try await place.open { services, run in
            try await leave(subject, services)
            // Somebody else writes before each of ours.
            run.collector.beforeRecording.withLock { hook in
                hook = {
                    do {
                        try await services.desk.carryOut(of: subject, at: Clock.now) { _, now, _ in
                            var event = Event()
                            event.occurredAt = now
                            event.personSignedIn.method = "rival"
                            return [event]
                        }
                    } catch {
                        Issue.record("who should have been first failed: \(error)")
                    }
                }
            }
            let eraser = try services.eraser(run.access)
            await #expect(throws: Failure.self) {
                try await eraser.eraseOwed(of: subject, at: Clock.now)
            }
            let book = try run.collector.books.book(of: subject)
            #expect(!book.register.owedDeletions.isEmpty)
            #expect(book.state.providers.values.contains { $0.token?.access.isEmpty == false })
            run.collector.beforeRecording.withLock { $0 = nil }
            #expect(try await eraser.eraseOwed(of: subject, at: Clock.now).count == 1)
            #expect(try !ends(services, subject).isEmpty)
        }
    }

    @Test
    func `a server finishes a deletion that was interrupted, and tells the providers`()
        async throws
    {
        let place = try await SandboxPlace()
        let subject = try await place.enrol()
        try await place.open { services, _ in try await leave(subject, services) }
        try await place.serve { _ in
            try await place.wait("the deletion") {
                try place.said().contains("deletions that were owed are done: 1")
            }
        }
        try await place.open { services, _ in
            #expect(try services.desk.register(of: subject).owedDeletions.isEmpty)
            let ends = try ends(services, subject)
            #expect(!ends.isEmpty && ends.allSatisfy { $0 })
        }
    }

    @Test
    func `who is shredded is said to leave tokens at providers`() async throws {
        let place = try await SandboxPlace()
        let subject = try await place.enrol()
        let words = ["shred", subject.description, "--yes", "--data-directory", place.data]
        let gone = try Command(words)
        #expect(gone.exit == 0, "\(gone.err)")
        #expect(gone.err.contains("providers are not told"), "\(gone.err)")
        #expect(try Command(["shred", "--help"]).out.contains("Providers are not told"))
    }

    private func leave(_ subject: SubjectID, _ services: Services) async throws {
        try await services.desk.carryOut(of: subject, at: Clock.now) {
            register,
            now,
            today throws(ConsentRefusal) in
            try register.decide(LeaveService(), at: now, on: today)
        }
    }

    /// Of each end of a token, whether its provider confirmed it.
    private func ends(_ services: Services, _ subject: SubjectID) throws -> [Bool] {
        var ends: [Bool] = []
        try services.desk.forEachEvent(of: subject) { event in
            guard case .tokenEnded(let ended) = event.fact else { return }
            ends.append(ended.confirmed)
        }
        return ends
    }
}
