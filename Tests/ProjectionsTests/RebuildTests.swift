import Cryptography
import EventLog
import Finance
import Frame
import Synchronization
import Testing
import Threads

@testable import Projections

@Suite struct RebuildTests {
    @Test(arguments: Seed.smoke)
    func `a rebuild comes to the same states and is what is read`(seed: UInt64) throws {
        let rig = try Rig(seed: seed, layout: LogLayout(environments: 2, partitions: 6))
        try rig.appendRandom(frames: 120, subjects: 12)
        try rig.live { _, projection in
            try rig.settle(projection)
            let last = Mutex<(UInt64, UInt64)>((0, 0))
            let report = try projection.rebuild { done, total in
                last.withLock { $0 = (done, total) }
            }
            #expect(report.generation == 2)
            #expect(report.events == rig.eventCount)
            #expect(report.stateHash == (try rig.expectedHash()), "SEED=\(seed)")
            #expect(last.withLock { $0.0 == 120 && $0.1 == 120 })
            #expect(!report.healedDamage)
            try rig.check(projection, "SEED=\(seed)")
            try rig.appendRandom(frames: 30, subjects: 12)
            try rig.settle(projection)
            try rig.check(projection, "SEED=\(seed)")
        }
        try rig.live { _, projection in
            #expect(try projection.status().generation == 2)
            try rig.settle(projection)
            try rig.check(projection, "SEED=\(seed)")
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }

    @Test func `reads go on during a cut-over under load, and never go back`() throws {
        let rig = try Rig()
        try rig.appendRandom(frames: 200, subjects: 4)
        try rig.live { _, projection in
            try rig.settle(projection)
            let subject = rig.subject(0)
            let reader = Reader(projection, subject)
            let thread = OwnedThread { reader.readUntilDone() }
            for _ in 0..<3 {
                try rig.appendRandom(frames: 60, subjects: 4)
                try projection.rebuild()
            }
            reader.finish()
            thread.join()
            #expect(reader.faultCount == 0)
            #expect(reader.readCount > 0)
            try rig.settle(projection)
            try rig.check(projection)
        }
    }

    @Test func `a rebuild that comes to other states is refused and leaves no trace`() throws {
        let rig = try Rig()
        try rig.append(0, amounts: [1_000])
        try rig.live { _, projection in
            try rig.settle(projection)
            // A fold that is not deterministic, played by a state that was changed in memory.
            let shelf = projection.lane.shelf(of: rig.subject(0))
            shelf.core.withLock { core in
                guard let slot = core.table.find(rig.subject(0)) else { return }
                core.table.slots[slot].state.add(7, of: AssetID(high: 1, low: 1))
                core.table.markDirty(slot)
            }
            let partition = rig.log.partition(of: rig.subject(0))
            #expect(throws: ProjectionError.hashMismatch(partition: partition)) {
                try projection.rebuild()
            }
            #expect(try projection.status().generation == 1)
            #expect(try projection.catalog.stores(of: CardSums.name).count == 1)
        }
    }

    @Test func `other rules fold anew beside the old states, which stay until told`() throws {
        let rig = try Rig()
        try rig.appendRandom(frames: 20, subjects: 3)
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.live(CardSums(configuration: 2)) { _, projection in
            try rig.settle(projection)
            try rig.check(projection)
            #expect(try projection.status().generation == 2)
            #expect(try projection.catalog.stores(of: CardSums.name).count == 2)
            #expect(try projection.removeOthers() == 1)
            #expect(try projection.catalog.stores(of: CardSums.name).count == 1)
        }
    }
}

/// Reads one subject over and over from another thread.
private final class Reader: Sendable {
    private let projection: Projection<CardSums>
    private let subject: SubjectID
    private let state = Mutex((isDone: false, faults: 0, reads: 0))

    init(_ projection: Projection<CardSums>, _ subject: SubjectID) {
        (self.projection, self.subject) = (projection, subject)
    }

    var faultCount: Int { state.withLock { $0.faults } }
    var readCount: Int { state.withLock { $0.reads } }
    func finish() { state.withLock { $0.isDone = true } }

    func readUntilDone() {
        var last: UInt64 = 0
        while !state.withLock({ $0.isDone }) {
            var isFault = true
            do {
                if let reading = try projection.read(subject), reading.revision >= last {
                    last = reading.revision
                    isFault = false
                }
            } catch {
                isFault = true
            }
            state.withLock { state in
                state.reads += 1
                if isFault { state.faults += 1 }
            }
        }
    }
}
