import Cryptography
import Simulation
import Testing

@testable import Frame

@Suite struct RoundTripTests {
    /// Sizes around every edge: empty events, one and two length bytes, raw and packed blocks.
    static func events(_ seed: inout Seed) -> [[UInt8]] {
        let count = [1, 2, 3, 25, 100, 1_024][seed.below(6)]
        let size = [0, 1, 20, 62, 127, 128, 200][seed.below(7)]
        let kinds = [seed.bytes(size + 3), seed.bytes(size + 3), Array("커피 bread 4,500".utf8)]
        let random = count * size < 20_000 && seed.below(2) == 0
        return (0..<count).map { _ in
            random ? seed.bytes(seed.below(size + 1)) : Array(kinds[seed.below(3)].prefix(size))
        }
    }

    static func fixture(_ seed: inout Seed) -> Fixture {
        var fixture = Fixture()
        fixture.kind = FrameKind.allCases[seed.below(FrameKind.allCases.count)]
        fixture.subject = SubjectID(high: seed.next(), low: seed.next())
        fixture.compartment = CompartmentID(high: seed.next(), low: seed.next())
        fixture.command = CommandID(high: seed.next(), low: seed.next())
        fixture.keyEpoch = UInt32(truncatingIfNeeded: seed.next())
        fixture.revision = seed.next()
        fixture.recordedAt = Int64(bitPattern: seed.next())
        fixture.schemaSet = UInt32(truncatingIfNeeded: seed.next())
        fixture.counterpartyText = seed.below(3) == 0
        fixture.salt = (seed.next(), seed.next())
        fixture.events = events(&seed)
        return fixture
    }

    @Test(arguments: Seed.smoke)
    func `what is sealed opens to itself, field by field`(seed: Seed) throws {
        var seed = seed
        let name = seed.description
        var sealer = try FrameSealer()
        var opener = try FrameOpener()
        for _ in 0..<150 {
            let fixture = RoundTripTests.fixture(&seed)
            let key = SecretKey(copying: seed.bytes(32).span)
            var batch = FrameBatch()
            try sealer.seal(
                fixture.body.span,
                as: fixture.content(),
                key: key,
                salt: fixture.salt,
                into: &batch
            )
            let header = try opener.open(batch.bytes.span, key: key, checkingRoot: true)
            #expect(opener.events.array == fixture.body, "\(name)")
            var again = FrameHeader(sealing: fixture.content(), salt: fixture.salt, suite: 1)
            again.bodyByteCount = UInt32(batch.bytes.count - FrameLimit.headerByteCount)
            again.keyCommitment = header.keyCommitment
            again.eventRoot = header.eventRoot
            #expect(header == again, "\(name)")
            #expect(batch.bytes.count <= FrameLimit.byteCountMax, "\(name)")
            opener.close()
            #expect(opener.events.array.isEmpty, "\(name)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `a batch is its frames one after the other, each with its leaf`(seed: Seed) throws {
        var seed = seed
        var sealer = try FrameSealer()
        var batch = FrameBatch(byteCapacity: 1_000, frameCapacity: 4)
        var alone: [[UInt8]] = []
        for revision in 0..<20 {
            var fixture = RoundTripTests.fixture(&seed)
            fixture.revision = UInt64(revision)
            try sealer.seal(
                fixture.body.span,
                as: fixture.content(),
                key: Fixture.key,
                salt: fixture.salt,
                into: &batch
            )
            alone.append(try fixture.frame())
            let entry = batch.entries[revision]
            #expect(entry.subject == fixture.subject && entry.command == fixture.command)
            #expect(entry.revision == UInt64(revision))
        }
        #expect(batch.bytes == alone.flatMap { $0 }, "reused contexts change nothing: \(seed)")
        var copy = FrameBatch()
        for (index, frame) in alone.enumerated() {
            #expect(batch.frame(index).array == frame)
            #expect(batch.entries[index].leaf == SHA256.hash([0] + frame))
            try copy.append(frame: frame.span)
        }
        #expect(copy.bytes == batch.bytes)
        #expect(copy.entries.map(\.leaf) == batch.entries.map(\.leaf))
        batch.removeAll()
        #expect(batch.bytes.isEmpty && batch.entries.isEmpty)
    }

    @Test func `a batch takes no frame that is not whole`() throws {
        let frame = try Fixture().frame()
        var batch = FrameBatch()
        for bytes in [Array(frame.dropLast()), frame + [0], Array(frame.prefix(100))] {
            #expect(throws: FrameError.truncated) { try batch.append(frame: bytes.span) }
        }
        #expect(batch.bytes.isEmpty && batch.entries.isEmpty)
    }

    @Test func `the same content gives the same frame, another salt another one`() throws {
        var fixture = Fixture()
        let first = try fixture.frame()
        #expect(try fixture.frame() == first)
        fixture.salt.1 ^= 1
        let second = try fixture.frame()
        #expect(second.count == first.count)
        #expect(second[104..<168] != first[104..<168], "commitment and root")
        #expect(second[168...] != first[168...])
    }

    @Test func `a failed seal leaves the batch as it was`() throws {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        let fixture = Fixture()
        try sealer.seal(
            fixture.body.span,
            as: fixture.content(),
            key: Fixture.key,
            salt: fixture.salt,
            into: &batch
        )
        let before = batch.bytes
        #expect(throws: FrameError.malformedBody(part: "event count")) {
            try sealer.seal(
                fixture.body.span,
                as: fixture.content(eventCount: 2),
                key: Fixture.key,
                salt: fixture.salt,
                into: &batch
            )
        }
        #expect(throws: FrameError.malformedBody(part: "event length")) {
            try sealer.seal(
                [5, 1].span,
                as: fixture.content(eventCount: 1),
                key: Fixture.key,
                salt: fixture.salt,
                into: &batch
            )
        }
        #expect(batch.bytes == before && batch.entries.count == 1)
    }
}
