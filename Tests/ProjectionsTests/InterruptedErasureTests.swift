import Cryptography
import EventLog
import Finance
import Frame
import Synchronization
import Testing

@testable import Projections

/// Fault model: the process ends at some moment of an erasure, or an erasure happens that the read
/// models are not told of; whatever was committed by then is what the next start finds.
@Suite struct InterruptedErasureTests {
    @Test func `a checkpoint before a subject is folded anew does not take the frame`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (0, 2, [2_000]), (1, 3, [1_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.eraseAndCheckpointBeforeRefold()
        try rig.expectHealthy()
    }

    @Test func `an asset erased while nothing ran is folded out and off the sums`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (0, 2, [2_000]), (1, 3, [1_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.counted { _, _ in }
        rig.lender.erase(rig.asset(1), of: rig.subject(0))
        // One frame before the wraps, as after a kill between the two.
        try rig.append([(0, 2, [8_000])])
        try rig.appendWraps(0, epoch: 1)
        rig.expectErased(0, asset: 1)
        try rig.expectHealthy()
        try rig.counted { _, projection in
            let total = try projection.cardTotal()
            #expect(total == [2: 11_000])
        }
    }

    @Test func `a subject erased while nothing ran is dropped and off the sums`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (1, 3, [1_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.counted { _, _ in }
        rig.lender.erase(rig.subject(0))
        rig.expectErased(0)
        try rig.counted { _, projection in
            let total = try projection.cardTotal()
            #expect(total == [1: 1_000])
        }
        try rig.expectHealthy()
    }

    @Test func `a subject erased in a running process is off the sums, told or not`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (1, 3, [1_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.live { projections, projection in
            try projection.waitUntilReady(rig)
            rig.lender.erase(rig.subject(0))
            #expect(try projection.read(rig.subject(0)) == nil)
            try projections.forget(rig.subject(0))
            rig.expectErased(0)
            #expect(try projection.status().stateHash == (try rig.expectedHash()))
        }
        try rig.expectHealthy()
    }

    @Test func `a damaged state keeps nobody from being erased`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (1, 3, [1_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.damage(0, .flipped, older: [])
        try rig.append([(0, 1, [1_000])])
        try rig.live { projections, projection in
            try projection.waitUntilReady(rig)
            try projection.checkpointNow()
            #expect(try projection.status().damaged == 1)
            projections.prepareErasure(in: rig.subject(0))
            rig.lender.erase(rig.subject(0))
            try projections.forget(rig.subject(0))
            rig.expectErased(0)
            #expect(try projection.status().damaged == 0)
            #expect(try projection.read(rig.subject(0)) == nil)
        }
        try rig.expectHealthy()
    }

    @Test func `sums that are not what the states come to give way to a rebuild`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (1, 3, [1_000])])
        try rig.live { _, projection in
            try rig.settle(projection)
            try projection.checkpointNow()
            let shelf = projection.lane.shelf(of: rig.subject(0))
            shelf.core.withLock { core in
                guard let slot = core.table.find(rig.subject(0)) else { return }
                core.table.slots[slot].term = Digest()
                core.table.markDirty(slot)
            }
            let report = try projection.rebuild()
            #expect(report.healedDamage)
            #expect(report.stateHash == (try rig.expectedHash()))
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }
}

extension Rig {
    /// The thread that folds sees the wraps and is killed before it folds anew, right after the
    /// other thread's checkpoint.
    fileprivate func eraseAndCheckpointBeforeRefold() throws {
        let projections = try open()
        let projection = try projections.add(CardSums())
        let shelf = projection.lane.shelf(of: subject(0))
        shelf.pin(subject(0), partition: log.partition(of: subject(0)))
        lender.erase(asset(1), of: subject(0))
        try appendWraps(0, epoch: 1)
        expectErased(0, asset: 1)
        #expect(shelf.fold(try lastFrame(of: 0), Span()))
        try projections.stop()
    }

    /// What a sink is told of the subject's last frame.
    fileprivate func lastFrame(of number: Int) throws -> FrameNote {
        let subject = subject(number)
        let notes = Mutex<[FrameNote]>([])
        _ = try log.read(subject, from: revisions[subject, default: 1] - 1, limit: 1) { frame in
            let header = try FrameHeader(frame.bytes)
            let note = FrameNote(header, partition: frame.partition, position: frame.position)
            notes.withLock { $0.append(note) }
        }
        return try #require(notes.withLock { $0.first })
    }

    /// Opened again, all is as the oracle has it: states, sums, and a rebuild that agrees.
    fileprivate func expectHealthy() throws {
        try live { _, projection in
            try projection.waitUntilReady(self)
            try projection.checkpointNow()
            for subject in revisions.keys {
                #expect(try projection.read(subject)?.state == expected[subject])
            }
            #expect(try projection.status().stateHash == (try expectedHash()))
            #expect(try projection.recomputeStateHash().isEqual)
            let report = try projection.rebuild()
            #expect(!report.healedDamage)
            #expect(report.stateHash == (try expectedHash()))
        }
    }
}
