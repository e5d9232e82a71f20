import Cryptography
import EventLog
import Frame
import Simulation
import Testing

@Suite struct AppendTests {
    @Test func `a frame is read back at its revision and position`() async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(1))
        let subject = world.subject()
        for revision in 0..<5 {
            let receipt = try await log.append(try world.batch(for: [subject]))
            #expect(receipt.places[0].revision == UInt64(revision))
            #expect(receipt.places[0].outcome == .appended)
        }
        var opener = try FrameOpener()
        var seen: UInt64 = 0
        let next = try log.read(subject, from: 0, limit: 100) { frame in
            let header = try opener.open(frame.bytes, key: world.key, checkingRoot: true)
            #expect(header.revision == seen)
            #expect(
                opener.events.array
                    == World.events(count: 3, subject: subject, revision: header.revision)
            )
            seen += 1
        }
        #expect(next == 5)
        #expect(try log.size(of: subject) == 5)
        #expect(try log.durableSize(of: subject) == 5)
    }

    @Test func `a frame sealed for another revision is refused and nothing of its batch appended`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        var world = try World(Seed(2))
        let (first, second) = (world.subject(), world.subject())
        _ = try await log.append(try world.batch(for: [first]))
        var batch = try world.batch(for: [second])
        let stale = try world.batch(for: [first], revision: 0)
        try batch.append(frame: stale.frame(0))
        await #expect(throws: AppendError.revisionConflict(subject: first, actual: 1)) {
            try await log.append(batch)
        }
        #expect(try log.size(of: second) == 0)
        #expect(try log.size(of: first) == 1)
    }

    @Test func `the same command is appended once, also after a restart and from an index run`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(3))
        let subject = world.subject()
        let command = CommandID(high: 9, low: 9)
        var log = try openLog(directory, tail: 8)
        let first = try await log.append(try world.batch(for: [subject], command: command))
        for round in 0..<3 {
            let again = try await log.append(
                try world.batch(for: [subject], revision: UInt64(round), command: command)
            )
            #expect(again.places[0].outcome == .duplicate)
            #expect(again.places[0].position == first.places[0].position)
            #expect(again.places[0].revision == 0)
            // Others push the command out of the tail into a run.
            for _ in 0..<20 { _ = try await log.append(try world.batch(for: [world.subject()])) }
            log.close()
            log = try openLog(directory, tail: 8)
        }
        #expect(try log.size(of: subject) == 1)
        log.close()
    }

    @Test(arguments: Seed.smoke)
    func `what was acknowledged is there after a restart, in the same trees`(seed: Seed)
        async throws
    {
        let directory = try TemporaryDirectory()
        var world = try World(seed)
        var subjects: [SubjectID] = []
        let layout = LogLayout(environments: 1, partitions: 4)
        var log = try openLog(directory, layout: layout, tail: 50)
        for _ in 0..<6 {
            for _ in 0..<20 {
                if subjects.count < 10 { subjects.append(world.subject()) }
                let some = (0..<Int.random(in: 1...5, using: &world.seed))
                    .map { _ in subjects.randomElement(using: &world.seed) ?? subjects[0] }
                _ = try await log.append(try world.batch(for: some))
            }
            let before = try Picture(log, subjects: subjects)
            log.close()
            log = try openLog(directory, layout: layout, tail: 50)
            #expect(try Picture(log, subjects: subjects) == before, "\(seed)")
        }
        log.close()
    }

    @Test(arguments: Seed.smoke)
    func `heads are the roots of the leaves and proofs hold`(seed: Seed) async throws {
        let directory = try TemporaryDirectory()
        var world = try World(seed)
        let subject = world.subject()
        let log = try openLog(directory, tail: 10)
        defer { log.close() }
        var leaves: [Digest] = []
        for _ in 0..<33 {
            let batch = try world.batch(for: [subject, world.subject()])
            leaves.append(batch.entries[0].leaf)
            _ = try await log.append(batch)
        }
        let head = try log.head(of: subject)
        #expect(head.size == 33)
        #expect(head.root == Merkle.root(of: leaves))
        for revision in 0..<UInt64(33) {
            let path = try log.inclusionProof(of: revision, in: subject, size: 33)
            #expect(
                Merkle.verifyInclusion(
                    of: leaves[Int(revision)],
                    at: revision,
                    count: 33,
                    path: path,
                    root: head.root
                )
            )
            let consistency = try log.consistencyProof(from: revision, in: subject, size: 33)
            #expect(
                Merkle.verifyConsistency(
                    from: revision,
                    oldRoot: Merkle.root(of: Array(leaves[..<Int(revision)])),
                    to: 33,
                    root: head.root,
                    path: consistency
                )
            )
        }
    }

    @Test func `following a partition gives every position once, in order, over tail and runs`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(5))
        let log = try openLog(
            directory,
            layout: LogLayout(environments: 2, partitions: 3),
            tail: 20
        )
        defer { log.close() }
        for _ in 0..<150 { _ = try await log.append(try world.batch(for: [world.subject()])) }
        var total = 0
        for partition in 0..<3 {
            var expected: UInt64 = 0
            var from: UInt64 = 0
            while true {
                let next = try log.follow(partition: partition, from: from, limit: 11) { frame in
                    #expect(frame.position == expected)
                    expected += 1
                }
                guard next > from else { break }
                from = next
            }
            #expect(expected == log.nextPosition(partition: partition))
            #expect(try log.checkpoint(of: partition).size == expected)
            total += Int(expected)
        }
        #expect(total == 150)
    }

    @Test func `many writers at once get dense revisions and few flushes`() async throws {
        let directory = try TemporaryDirectory()
        let log = try openLog(directory)
        defer { log.close() }
        await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    var world = try World(Seed(UInt64(100 + number)))
                    let subject = world.subject()
                    for revision in 0..<50 {
                        let receipt = try await log.append(try world.batch(for: [subject]))
                        #expect(receipt.places[0].revision == UInt64(revision))
                    }
                }
            }
        }
        let figures = try log.figures()[0]
        #expect(figures.frames == 800)
        #expect(figures.groups < 800)
    }
}
