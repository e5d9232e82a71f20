import Cryptography
import EventLog
import Finance
import Frame
import LMDB
import Testing

@testable import Projections

@Suite struct DamageTests {
    /// What is done to one subject's stored record while nothing is running.
    enum Fault: CaseIterable {
        case missing, flipped, rolledBack, flippedHeader, shortened
    }

    @Test(arguments: Fault.allCases)
    func `a damaged state is named, the rest stays readable, a rebuild heals`(fault: Fault) throws {
        let rig = try Rig()
        try rig.append([(0, 0, [1_000]), (1, 0, [2_000]), (2, 1, [3_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        let older = try rig.record(of: 0)
        try rig.append([(0, 0, [5_000]), (1, 0, [6_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.damage(0, fault, older: older)
        // The store's limit keeps nothing in memory, so every read is of the file.
        let expected: ProjectionError.Damage =
            switch fault {
            case .missing: .missing
            case .rolledBack: .older
            case .flipped, .flippedHeader, .shortened: .altered
            }
        try rig.live { _, projection in
            try projection.waitUntilReady(rig)
            #expect(throws: ProjectionError.damaged(subject: rig.subject(0), expected)) {
                try projection.read(rig.subject(0))
            }
            #expect(try projection.read(rig.subject(1))?.state == rig.expected[rig.subject(1)])
            #expect(try projection.read(rig.subject(2))?.state == rig.expected[rig.subject(2)])
            let report = try projection.recomputeStateHash()
            #expect(!report.isEqual)
            if fault != .missing { #expect(report.damaged[rig.subject(0)] == expected) }
            // A frame of the damaged subject is not folded onto what is wrong.
            try rig.append(0, amounts: [9_000])
            try rig.append(1, amounts: [9_000])
            try rig.settle(projection, only: 1)
            #expect(throws: ProjectionError.self) { try projection.read(rig.subject(0)) }
            #expect(try projection.read(rig.subject(1))?.state == rig.expected[rig.subject(1)])
            try projection.checkpointNow()
            #expect(try projection.status().damaged == 1)
            let healed = try projection.rebuild()
            #expect(healed.healedDamage)
            try rig.settle(projection)
            try rig.check(projection)
            #expect(try projection.status().damaged == 0)
            #expect(try projection.recomputeStateHash().isEqual)
        }
    }

    @Test func `damage that was found is still known after a restart`() throws {
        let rig = try Rig()
        try rig.append([(0, 0, [1_000]), (1, 0, [2_000])])
        try rig.live { _, projection in try rig.settle(projection) }
        try rig.damage(0, .flipped, older: [])
        try rig.append([(0, 0, [1_000])])
        try rig.live { _, projection in
            try projection.waitUntilReady(rig)
            try projection.checkpointNow()
        }
        try rig.live { _, projection in
            try projection.waitUntilReady(rig)
            #expect(throws: ProjectionError.damaged(subject: rig.subject(0), .altered)) {
                try projection.read(rig.subject(0))
            }
            #expect(try projection.status().damaged == 1)
        }
    }

    @Test func `a partition's damaged record is named and the store discarded and folded anew`()
        throws
    {
        let rig = try Rig()
        try rig.append(0, amounts: [1_000])
        try rig.live { _, projection in try rig.settle(projection) }
        let partition = UInt32(rig.log.partition(of: rig.subject(0)))
        try rig.withStore { environment throws(LMDBError) in
            let table = try environment.table("partitions", key: UInt32.self)
            try environment.write { transaction throws(LMDBError) in
                guard let bytes = try transaction.get(partition, from: table)?.array else { return }
                var changed = bytes
                changed[3] ^= 1
                try transaction.put(changed.span, for: partition, in: table)
            }
        }
        let projections = try rig.open()
        #expect(throws: ProjectionError.self) { _ = try projections.add(CardSums()) }
        try projections.discard(CardSums.name)
        try rig.live { _, projection in
            try rig.settle(projection)
            try rig.check(projection)
        }
    }
}

extension Rig {
    var storePath: String { storeDirectory + "/card-sums-v1-1" }

    func withStore<R>(
        _ body: (Environment) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        let environment = try Environment(opening: storePath)
        defer { environment.close() }
        return try body(environment)
    }

    func key(_ number: Int) -> Bytes16Key {
        Bytes16Key(high: subject(number).high, low: subject(number).low)
    }

    func record(of number: Int) throws -> [UInt8] {
        let key = key(number)
        return try withStore { environment throws(LMDBError) in
            let table = try environment.table("states", key: Bytes16Key.self)
            return try environment.read { transaction throws(LMDBError) -> [UInt8] in
                try transaction.get(key, from: table)?.array ?? []
            }
        }
    }

    func damage(_ number: Int, _ fault: DamageTests.Fault, older: [UInt8]) throws {
        var bytes = try record(of: number)
        switch fault {
        case .missing: bytes = []
        case .rolledBack: bytes = older
        case .flipped: bytes[bytes.count - 20] ^= 4
        case .flippedHeader: bytes[9] ^= 4
        case .shortened: bytes.removeLast(5)
        }
        let key = key(number)
        let changed = bytes
        try withStore { environment throws(LMDBError) in
            let table = try environment.table("states", key: Bytes16Key.self)
            try environment.write { transaction throws(LMDBError) in
                if changed.isEmpty {
                    try transaction.delete(key, from: table)
                } else {
                    try transaction.put(changed.span, for: key, in: table)
                }
            }
        }
    }

    func settle(_ projection: Projection<CardSums>, only number: Int) throws {
        let revision = revisions[subject(number), default: 1] - 1
        let isFolded = try projection.waitUntilFolded(
            subject(number),
            revision: revision,
            atMostMilliseconds: 30_000
        )
        try #require(isFolded)
    }
}

extension Projection<CardSums> {
    /// Waits until every block that is durable now was given to the shelves.
    func waitUntilReady(_ rig: Rig) throws {
        let lane = lane
        for (runner, shelf) in zip(context.runners, lane.shelves) {
            let end = rig.log.durableSequence(environment: shelf.shard.environment)
            let isDone = runner.wait(atMost: 30_000_000_000) { shelf.nextSequence >= end }
            try #require(isDone)
        }
    }

    func checkpointNow() throws { try checkpoint() }
}
