import Frame
import Simulation
import Synchronization
import Testing

@testable import EventLog

/// A command is appended once, wherever its first frame is when it comes again.
@Suite struct IdempotencyTests {
    private let command = CommandID(high: 9, low: 9)

    @Test func `a command that was folded into a run since is a duplicate without a restart`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory, tail: 8)
        defer { log.close() }
        var world = try World(Seed(21))
        let (subject, other) = (world.subject(), world.subject())
        _ = try await log.append(try world.batch(for: [other]))
        let first = try await log.append(try world.batch(for: [subject], command: command))
        // A subject that is known: the index is asked for nobody else in between.
        try await foldCommand(log, &world, with: other)
        let again = try await log.append(
            try world.batch(for: [subject], revision: 1, command: command)
        )
        #expect(again.places[0].outcome == .duplicate)
        #expect(again.places[0].position == first.places[0].position)
        #expect(try log.size(of: subject) == 1)
    }

    /// Appends frames of `other` until the command's is in a run.
    private func foldCommand(
        _ log: EventLog,
        _ world: inout World,
        with other: SubjectID
    ) async throws {
        var rounds = 0
        while log.environments[0].state.withLock({ $0.findInTail(command) }) != nil {
            _ = try await log.append(try world.batch(for: [other]))
            rounds += 1
            try #require(rounds < 100_000)
        }
    }

    @Test func `runs that were listed before a fold ended clear no command`() async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory, tail: 8)
        defer { log.close() }
        var world = try World(Seed(25))
        let (subject, other) = (world.subject(), world.subject())
        _ = try await log.append(try world.batch(for: [subject], command: command))
        try await foldCommand(log, &world, with: other)
        let again = try world.batch(for: [subject], revision: 1, command: command)
        // No run at all: as they were when the writer began with the batch.
        let reached = log.environments[0].state.withLock { state in
            var staged: [LogState.Staged] = []
            var receipt = Receipt(places: [])
            return state.stage(
                again,
                from: 0,
                number: 0,
                layout: log.layout,
                runs: [],
                into: &staged,
                &receipt
            )
        }
        #expect(try reached.get() == 0)
    }

    @Test func `a batch that holds a command twice appends it once`() async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(22))
        let subject = world.subject()
        _ = try await log.append(try world.batch(for: [subject]))
        let receipt = try await log.append(
            try world.batch(for: [subject, subject], command: command)
        )
        #expect(receipt.places.map(\.outcome) == [.appended, .duplicate])
        #expect(receipt.places.map(\.revision) == [1, 1])
        #expect(receipt.places[0].position == receipt.places[1].position)
        #expect(try log.size(of: subject) == 2)
        // The frame after it has the revision that is free then.
        let next = try await log.append(try world.batch(for: [subject], revision: 2))
        #expect(next.places[0].outcome == .appended)
    }

    @Test(arguments: [0, 1] as [UInt64])
    func `two submissions of a command in one group append it once`(revision: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(23))
        let subject = world.subject()
        let again = try world.batch(for: [subject], revision: revision, command: command)
        let group = [try world.batch(for: [subject], revision: 0, command: command), again]
            .map { Submission(batch: $0, waiter: .thread(ThreadWaiter())) }
        // Nothing is queued, so the writer's thread sleeps and this one may do its work.
        let results = log.environments[0].commit(group) { _ in }
        #expect(try results[0].get().places.map(\.outcome) == [.appended])
        // Not "duplicate": this commit could still have failed.
        #expect(throws: AppendError.revisionConflict(subject: subject, actual: 1)) {
            try results[1].get()
        }
        let later = try await log.append(again)
        #expect(later.places.map(\.outcome) == [.duplicate])
        #expect(later.places.map(\.revision) == [0])
        #expect(try log.size(of: subject) == 1)
    }

    @Test func `a command whose batch was refused is appended when it comes again`() async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(24))
        let (subject, other) = (world.subject(), world.subject())
        var batch = try world.batch(for: [subject], command: command)
        let stale = try world.batch(for: [other], revision: 5)
        try batch.append(frame: stale.frame(0))
        let group = [batch, try world.batch(for: [subject], revision: 0, command: command)]
            .map { Submission(batch: $0, waiter: .thread(ThreadWaiter())) }
        let results = log.environments[0].commit(group) { _ in }
        #expect(throws: AppendError.revisionConflict(subject: other, actual: 0)) {
            try results[0].get()
        }
        #expect(try results[1].get().places.map(\.outcome) == [.appended])
        let later = try await log.append(
            try world.batch(for: [subject], revision: 1, command: command)
        )
        #expect(later.places.map(\.outcome) == [.duplicate])
        #expect(try log.size(of: subject) == 1)
    }
}
