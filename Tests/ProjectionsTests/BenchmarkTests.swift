import Cryptography
import EventLog
import Files
import Finance
import Testing

@testable import Projections

@Suite struct BenchmarkTests {
    @Test func `replay, live folding and rebuild of a small synthetic log have one digest`()
        async throws
    {
        let directory = try Rig.makeDirectory()
        defer {
            do { try Files.removeTree(directory) } catch { Issue.record("teardown: \(error)") }
        }
        try EventLog.create(
            at: directory + "/log",
            layout: LogLayout(environments: 2, partitions: 4),
            id: (1, 1)
        )
        let log = try EventLog(opening: directory + "/log")
        defer { log.close() }
        let ticks = Ticks()
        let lender = DerivedLender(secret: Rig.secret)
        var shape = SyntheticLog.Shape()
        shape.subjects = 50
        var source = try SyntheticLog(shape, log: log, keys: lender)
        try await source.append(frames: 200)
        let projections = try Projections(
            log: log,
            keys: lender,
            registry: try EventRegistry.released(),
            directory: directory + "/projections",
            clock: { ticks.now }
        )
        let projection = try projections.add(CardSums())
        projections.start()
        let waits = try await ProjectionBenchmark.visibility(
            of: projection,
            appending: &source,
            batches: 5,
            framesPerBatch: 4,
            // A millisecond passes between two looks: one before each batch is visible, one after.
            clock: {
                ticks.advance(milliseconds: 1)
                return ticks.now
            }
        )
        #expect(waits == [UInt64](repeating: 1_000_000, count: 5))
        let replayed = try ProjectionBenchmark.replay(
            CardSums(),
            log: log,
            keys: lender,
            registry: try EventRegistry.released(),
            scratch: directory + "/replay",
            clock: { ticks.now }
        )
        let rebuilt = try ProjectionBenchmark.rebuild(projection, clock: { ticks.now })
        #expect(replayed.events == 220 * 25)
        #expect(rebuilt.events == 220 * 25)
        #expect(replayed.digest == rebuilt.digest)
        #expect(try projection.recomputeStateHash().recomputed == rebuilt.digest)
        try projections.stop()
    }
}
