import EventLog
import Frame
import Simulation
import Testing

/// What the one thread that appends owes to those who wait for it.
@Suite struct WriterTests {
    @Test func `who is owed an answer gets it while others are refused again and again`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(5))
        let subject = world.subject()
        _ = try await log.append(try world.batch(for: [subject]))
        // Never right again: each is a group of its own that flushes nothing.
        let stale = try world.batch(for: [subject], revision: 0)
        let refusals = 20_000
        let refused = try await withThrowingTaskGroup(of: Int.self) { group in
            let isDone = Done()
            for _ in 0..<4 {
                group.addTask {
                    var count = 0
                    while count < refusals, !(await isDone.value) {
                        await #expect(throws: AppendError.self) { try await log.append(stale) }
                        count += 1
                    }
                    return count
                }
            }
            for revision in 1...20 {
                let batch = try world.batch(for: [subject], revision: UInt64(revision))
                _ = try await log.append(batch)
            }
            await isDone.set()
            return try await group.reduce(0, +)
        }
        #expect(refused < 4 * refusals, "the appends waited until nobody was refused any more")
    }

    private actor Done {
        private(set) var value = false
        func set() { value = true }
    }
}
