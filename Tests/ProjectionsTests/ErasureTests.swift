import Cryptography
import EventLog
import Finance
import Frame
import Synchronization
import Testing

@testable import Projections

@Suite struct ErasureTests {
    @Test(arguments: Seed.smoke)
    func `an erased compartment is folded out, live as in a rebuild`(seed: UInt64) throws {
        let rig = try Rig(seed: seed)
        try rig.appendRandom(frames: 60, subjects: 4)
        try rig.append(0, asset: 1, amounts: [4_000])
        try rig.live { projections, projection in
            try rig.settle(projection)
            projections.prepareErasure(in: rig.subject(0))
            rig.lender.erase(rig.asset(1), of: rig.subject(0))
            try rig.appendWraps(0, epoch: 1)
            rig.expectErased(0, asset: 1)
            try rig.append(0, asset: 0, amounts: [6_000])
            try rig.settle(projection, only: 0)
            let erased = AssetID(high: rig.asset(1).high, low: rig.asset(1).low)
            #expect(try projection.read(rig.subject(0))?.state.sums[erased] == nil)
            #expect(
                try projection.read(rig.subject(0))?.state == rig.expected[rig.subject(0)],
                "SEED=\(seed)"
            )
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }

    @Test func `an erasure is folded out, and waited for, when keys come late`() throws {
        let rig = try Rig()
        try rig.append([(0, 0, [1_000]), (0, 1, [2_000])])
        let lender = ReluctantLender(rig.lender)
        let projections = try rig.open(lender)
        let projection = try projections.add(CardSums())
        projections.start()
        try rig.settle(projection)
        projections.prepareErasure(in: rig.subject(0))
        rig.lender.erase(rig.asset(1), of: rig.subject(0))
        lender.refusals.store(2, ordering: .relaxed)
        try rig.appendWraps(0, epoch: 1)
        rig.expectErased(0, asset: 1)
        try rig.settle(projection)
        #expect(try projection.read(rig.subject(0))?.state == rig.expected[rig.subject(0)])
        #expect(lender.refusals.load(ordering: .relaxed) == 0)
        #expect(try projection.recomputeStateHash().isEqual)
        try projections.stop()
    }

    @Test func `a rebuild after an erasure comes to what the live fold came to`() throws {
        let rig = try Rig()
        // The asset is the erased subject's alone, or other subjects would lose it in a rebuild
        // only.
        try rig.append([(0, 7, [1_000]), (0, 8, [2_000]), (1, 0, [3_000]), (2, 0, [4_000])])
        try rig.live { projections, projection in
            try rig.settle(projection)
            projections.prepareErasure(in: rig.subject(0))
            rig.lender.erase(rig.asset(7), of: rig.subject(0))
            try rig.appendWraps(0, epoch: 1)
            rig.expectErased(0, asset: 7)
            projections.prepareErasure(in: rig.subject(1))
            rig.lender.erase(rig.subject(1))
            try projections.forget(rig.subject(1))
            rig.expectErased(1)
            try rig.append(0, asset: 8, amounts: [5_000])
            try rig.append(2, asset: 0, amounts: [5_000])
            try rig.settle(projection, only: 0)
            try rig.settle(projection, only: 2)
            let report = try projection.rebuild()
            #expect(!report.healedDamage)
            #expect(report.stateHash == (try rig.expectedHash()))
            #expect(try projection.read(rig.subject(1)) == nil)
            #expect(try projection.read(rig.subject(0))?.state == rig.expected[rig.subject(0)])
            #expect(try projection.status().states == 2)
        }
    }

    @Test func `a forgotten subject leaves the sums exactly and does not come back`() throws {
        let rig = try Rig()
        try rig.append([(0, 0, [1_000]), (1, 0, [2_000])])
        try rig.live { projections, projection in
            try rig.settle(projection)
            try projections.checkpoint()
            rig.lender.erase(rig.subject(0))
            try projections.forget(rig.subject(0))
            rig.expectErased(0)
            try projections.forget(rig.subject(0))
            #expect(try projection.read(rig.subject(0)) == nil)
            #expect(try projection.status().stateHash == (try rig.expectedHash()))
            #expect(try projection.status().states == 1)
        }
        try rig.live { _, projection in
            try rig.settle(projection, only: 1)
            try projection.waitUntilReady(rig)
            #expect(try projection.read(rig.subject(0)) == nil)
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }
}

/// Lends what another does, but not at first.
private final class ReluctantLender: KeyLender {
    private let lender: DerivedLender
    /// How often it says no yet.
    let refusals = Atomic<Int>(0)

    init(_ lender: DerivedLender) { self.lender = lender }

    func lend(for header: FrameHeader) throws(KeyFailure) -> Lease {
        if refusals.load(ordering: .relaxed) > 0 {
            refusals.subtract(1, ordering: .relaxed)
            throw KeyFailure("Not yet.")
        }
        return try lender.lend(for: header)
    }

    func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease {
        try lender.viewKey(of: subject)
    }

    func viewKey(of subject: SubjectID, epoch: UInt32) throws(KeyFailure) -> SecretKey? {
        try lender.viewKey(of: subject, epoch: epoch)
    }

    func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure) {
        try lender.take(frame, using: &opener, into: &events)
    }

    func isInForce(_ epoch: UInt32, of subject: SubjectID) throws(KeyFailure) -> Bool {
        try lender.isInForce(epoch, of: subject)
    }

    var erasedSubjects: [SubjectID] { lender.erasedSubjects }
}
