import Cryptography
import EventLog
import Finance
import Frame
import Testing

@testable import Projections

@Suite struct TotalsTests {
    @Test func `totals are the sum of the subjects, less the forgotten, also after a restart`()
        throws
    {
        let rig = try Rig(layout: LogLayout(environments: 2, partitions: 4))
        try rig.append([(0, 0, [1_000, 2_000]), (1, 0, [4_000]), (2, 0, [8_000])])
        try rig.counted { _, projection in
            let total = try projection.cardTotal()
            #expect(total == [3: 15_000])
        }
        try rig.append([(0, 0, [16_000]), (3, 0, [32_000])])
        try rig.counted { projections, projection in
            #expect(try projection.cardTotal() == [4: 63_000])
            projections.prepareErasure(in: rig.subject(0))
            rig.lender.erase(rig.subject(0))
            try projections.forget(rig.subject(0))
            #expect(try projection.cardTotal() == [3: 44_000])
            let before = try projection.totals().encoded
            try projection.rebuild()
            #expect(try projection.totals().encoded == before)
        }
        try rig.counted { _, projection in
            let total = try projection.cardTotal()
            #expect(total == [3: 44_000])
        }
    }

    @Test func `an erased compartment is taken off the totals`() throws {
        let rig = try Rig()
        try rig.append([(0, 0, [1_000]), (0, 1, [2_000]), (1, 2, [4_000])])
        try rig.counted { projections, projection in
            projections.prepareErasure(in: rig.subject(0))
            rig.lender.erase(rig.asset(1), of: rig.subject(0))
            try rig.appendWraps(0, epoch: 1)
            try rig.settle(projection)
            try projections.checkpoint()
            #expect(try projection.cardTotal() == [2: 5_000])
        }
    }
}

extension Rig {
    /// Runs `body` with the counters live and everything folded and committed.
    func counted(
        _ body: (Projections, Projection<SubjectCounters>) throws -> Void
    ) throws {
        let projections = try open()
        let projection = try projections.add(SubjectCounters())
        projections.start()
        do {
            try settle(projection)
            try projections.checkpoint()
            try body(projections, projection)
        } catch {
            try projections.stop()
            throw error
        }
        try projections.stop()
    }
}

extension Projection<SubjectCounters> {
    /// Subjects, and the sum of card purchases in won.
    func cardTotal() throws -> [UInt64: Int128] {
        let totals = try totals()
        return [totals.subjects: totals.byCurrency[410]?.cardNet ?? 0]
    }
}

extension FoldState {
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }
}
