import Cryptography
import EventLog
import Finance
import Foundation
import Frame
import Testing

@testable import Projections

@Suite struct FoldingTests {
    @Test(arguments: Seed.smoke)
    func `what is read is what was appended, live, whatever the batches`(seed: UInt64) throws {
        let rig = try Rig(seed: seed, layout: LogLayout(environments: 2, partitions: 4))
        try rig.appendRandom(frames: 50, subjects: 9)
        try rig.live { _, projection in
            try rig.appendRandom(frames: 150, subjects: 9)
            try rig.settle(projection)
            try rig.check(projection, "SEED=\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `dropped and opened again after any step, each event counts once`(seed: UInt64) throws {
        let rig = try Rig(seed: seed)
        for round in 0..<8 {
            try rig.appendRandom(frames: 20, subjects: 6)
            try rig.live { projections, projection in
                if round.isMultiple(of: 2) { try rig.settle(projection) }
                try rig.appendRandom(frames: 5, subjects: 6)
            }
        }
        try rig.live { _, projection in
            try rig.settle(projection)
            try rig.check(projection, "SEED=\(seed)")
            #expect(try projection.status().events == rig.eventCount, "SEED=\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `a batch that is given twice is folded once`(seed: UInt64) throws {
        let rig = try Rig(seed: seed)
        try rig.appendRandom(frames: 40, subjects: 5)
        let projections = try rig.open()
        let projection = try projections.add(CardSums())
        let shelf = projection.lane.shelves[0]
        var feed = try FrameFeed(log: rig.log, keys: rig.lender, shard: shelf.shard)
        let end = rig.log.durableSequence(environment: 0)
        while shelf.nextSequence < end {
            let sequence = shelf.nextSequence
            // The blocks after this one come before its end is noted, as after a crash between two
            // commits: nothing of them may count twice.
            _ = try feed.run(from: sequence, blockLimit: 3, into: [Behind(shelf)])
            try projection.checkpoint()
            _ = try feed.run(from: sequence, blockLimit: 1, into: [shelf])
        }
        try rig.check(projection, "SEED=\(seed)")
        try projection.checkpoint()
        #expect(try projection.status().stateHash == rig.expectedHash(), "SEED=\(seed)")
        #expect(try projection.status().events == rig.eventCount, "SEED=\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `the kept state hash is that of the states, in any order`(seed: UInt64) throws {
        let rig = try Rig(seed: seed)
        try rig.appendRandom(frames: 100, subjects: 10)
        try rig.live { projections, projection in
            try rig.settle(projection)
            let report = try projection.recomputeStateHash()
            #expect(report.isEqual, "SEED=\(seed)")
            #expect(report.kept == (try rig.expectedHash()), "SEED=\(seed)")
            #expect(report.states == UInt64(rig.revisions.count))
        }
    }

    @Test func `nothing is committed while stored states are hashed anew`() throws {
        let rig = try Rig()
        // As many states as the first word on progress is of.
        try rig.append((0..<1_000).map { (subject: $0, asset: 0, amounts: [1_000]) })
        try rig.live { _, projection in
            try rig.settle(projection)
            let lane = projection.lane
            let other = DispatchSemaphore(value: 0)
            var hadTurn: [DispatchTimeoutResult] = []
            let report = try projection.recomputeStateHash { _, _ in
                Thread.detachNewThread {
                    do throws(ProjectionError) {
                        try lane.withTurn { () throws(ProjectionError) in _ = other.signal() }
                    } catch { Issue.record(error) }
                }
                hadTurn.append(other.wait(timeout: .now() + .milliseconds(50)))
            }
            #expect(report.isEqual)
            #expect(hadTurn == [.timedOut])
            #expect(other.wait(timeout: .now() + .seconds(10)) == .success)
        }
    }

    @Test func `memory holds no more states than its limit, with ten times the subjects`() throws {
        let rig = try Rig()
        rig.options.stateCountMax = 20
        rig.options.dirtyCountMax = 8
        try rig.appendRandom(frames: 800, subjects: 200)
        try rig.live { _, projection in
            try rig.settle(projection)
            try rig.check(projection)
            // One batch of blocks may bring more than the limit of changed states.
            #expect(try projection.status().statesInMemory <= 20 + 8 * 8)
            try projection.checkpoint()
            #expect(try projection.status().statesInMemory <= 20)
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }

    @Test func `an event that cannot be folded is parked, its subject marked, the rest folded`()
        throws
    {
        let rig = try Rig()
        try rig.append(0, amounts: [1_000, CardSums.poison, 2_000])
        try rig.append(1, amounts: [5_000])
        try rig.live { _, projection in
            try rig.settle(projection)
            try rig.check(projection)
            #expect(try projection.read(rig.subject(0))?.isIncomplete == true)
            #expect(try projection.read(rig.subject(1))?.isIncomplete == false)
            try projection.checkpoint()
            let parked = try projection.parkedEvents(limit: 10)
            #expect(parked.map(\.index) == [1])
            #expect(parked.first?.subject == rig.subject(0))
            #expect(parked.first?.reason == .unreadable)
            #expect(try projection.status().parked == 1)
        }
        try rig.live { _, projection in
            try rig.settle(projection)
            #expect(try projection.read(rig.subject(0))?.isIncomplete == true)
            #expect(try projection.status().parked == 1)
        }
    }

    @Test func `an event of a type that no build knows yet is parked, never skipped`() throws {
        let rig = try Rig()
        try rig.append(0, amounts: [1_000])
        try rig.appendUnknown(0)
        try rig.append(0, amounts: [2_000])
        try rig.live { projections, projection in
            try rig.settle(projection)
            try projections.checkpoint()
            try rig.check(projection)
            #expect(try projection.parkedEvents(limit: 10).map(\.reason) == [.unknownType])
            #expect(try projection.read(rig.subject(0))?.isIncomplete == true)
            #expect(try projection.status().events == 3)
        }
    }

    @Test func `what is durable and not folded is the lag, and its time is the clock's`() throws {
        let rig = try Rig()
        try rig.append(0, amounts: [1_000, 2_000])
        try rig.append(1, amounts: [1_000, 2_000, 3_000])
        let projections = try rig.open()
        let projection = try projections.add(CardSums())
        var status = try projection.status()
        #expect(status.lagFrames == 2)
        #expect(status.lagEvents == 5)
        #expect(status.lagMilliseconds == 0)
        #expect(!status.isReady)
        rig.ticks.advance(milliseconds: 70)
        #expect(try projection.status().lagMilliseconds == 70)
        #expect(throws: ProjectionError.catchingUp) { try projection.read(rig.subject(0)) }
        projections.start()
        try rig.settle(projection)
        status = try projection.status()
        #expect(status.lagFrames == 0)
        #expect(status.lagEvents == 0)
        #expect(status.lagMilliseconds == 0)
        #expect(status.frames == 2)
        #expect(status.events == 5)
        try projections.stop()
    }
}

/// A shelf to which blocks are given without their end being noted.
private final class Behind: FrameSink {
    private let shelf: Shelf<CardSums>
    init(_ shelf: Shelf<CardSums>) { self.shelf = shelf }

    var nextSequence: UInt64 { shelf.nextSequence }
    var isFull: Bool { shelf.isFull }
    func fold(_ note: FrameNote, _ events: Span<UInt8>) -> Bool { shelf.fold(note, events) }
    func park(_ note: FrameNote, _ reason: ParkReason) -> Bool { shelf.park(note, reason) }
    func erase(_ note: FrameNote) { shelf.erase(note) }
    func finish(through sequence: UInt64) {}
    func nextRevision(of subject: SubjectID) -> UInt64? { shelf.nextRevision(of: subject) }
    func refold(_ last: FrameNote, with reader: SubjectReader) throws(ProjectionError) {
        try shelf.refold(last, with: reader)
    }
}
