import Cryptography
import EventLog
import Frame
import Simulation

/// The frames of this world: each follows from its subject's number and its revision.
final class World {
    static let subjectCount = 12

    private var sealer: FrameSealer
    private let key = SecretKey(copying: [UInt8](repeating: 7, count: 32).span)
    private var leaves: [[Digest]] = Array(repeating: [], count: World.subjectCount)

    init() throws(FrameError) { sealer = try FrameSealer() }

    static func subject(_ number: Int) -> SubjectID {
        SubjectID(high: mix(UInt64(number)), low: UInt64(number))
    }

    /// The number of a subject; nil for one that is not of this world.
    static func number(of subject: SubjectID) -> Int? {
        let number = Int(clamping: subject.low)
        guard number < subjectCount, self.subject(number) == subject else { return nil }
        return number
    }

    static func command(_ number: Int, _ revision: UInt64) -> CommandID {
        CommandID(high: mix(UInt64(number) << 40 ^ revision), low: mix(revision) ^ UInt64(number))
    }

    /// Appends the frame to a batch.
    func seal(_ number: Int, _ revision: UInt64, into batch: inout FrameBatch) throws {
        var chance = Seed(World.mix(UInt64(number) << 32 ^ revision))
        let count = 1 + Int(chance.next() % 6)
        // One in sixteen is long enough to have pages of its own.
        let isLong = chance.next() % 16 == 0
        var events: [UInt8] = []
        for _ in 0..<count {
            let size = isLong ? 127 : 10 + Int(chance.next() % 60)
            events.append(UInt8(size))
            for _ in 0..<size {
                events.append(
                    isLong ? UInt8(truncatingIfNeeded: chance.next()) : 97 + UInt8(size % 26)
                )
            }
        }
        let content = FrameContent(
            kind: .provider,
            subject: World.subject(number),
            compartment: CompartmentID(high: 1, low: UInt64(number)),
            keyEpoch: 0,
            revision: revision,
            command: World.command(number, revision),
            recordedAt: Int64(revision),
            schemaSet: 1,
            eventCount: count
        )
        try sealer.seal(
            events.span,
            as: content,
            key: key,
            salt: (chance.next(), chance.next()),
            into: &batch
        )
    }

    /// Leaf hash of a frame as it must be stored.
    func leaf(_ number: Int, _ revision: UInt64) throws -> Digest {
        while leaves[number].count <= Int(revision) {
            var batch = FrameBatch()
            try seal(number, UInt64(leaves[number].count), into: &batch)
            leaves[number].append(batch.entries[0].leaf)
        }
        return leaves[number][Int(revision)]
    }

    private static func mix(_ number: UInt64) -> UInt64 {
        var seed = Seed(number &+ 0x6a61_6e67)
        return seed.next()
    }
}
