import Cryptography
import Files
import Frame
import Simulation
import Synchronization
import Testing
import Threads

@testable import EventLog

/// What readers see while the log changes under them.
@Suite struct ReadingTests {
    @Test func `proofs hold while the tail is folded all the time`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(31))
        let subject = world.subject()
        let log = try openLog(directory, tail: 2)
        defer { log.close() }
        _ = try await log.append(try world.batch(for: [subject]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var size: UInt64 = 0
                while !Task.isCancelled, size < 401 {
                    size = try log.durableSize(of: subject)
                    _ = try log.inclusionProof(of: size / 2, in: subject, size: size)
                    _ = try log.consistencyProof(from: size / 2, in: subject, size: size)
                }
            }
            for _ in 0..<400 { _ = try await log.append(try world.batch(for: [subject])) }
            try await group.waitForAll()
        }
        let head = try log.head(of: subject)
        var leaves: [Digest] = []
        _ = try log.read(subject, limit: 1_000) { leaves.append(FrameHeader.leaf(of: $0.bytes)) }
        for revision in [0, 7, 399, 400] {
            let path = try log.inclusionProof(
                of: UInt64(revision),
                in: subject,
                size: head.size
            )
            #expect(
                Merkle.verifyInclusion(
                    of: leaves[revision],
                    at: UInt64(revision),
                    count: head.size,
                    path: path,
                    root: head.root
                )
            )
        }
    }

    @Test func `a proof of what is not there is refused`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(32))
        let subject = world.subject()
        let log = try openLog(directory)
        defer { log.close() }
        for _ in 0..<3 { _ = try await log.append(try world.batch(for: [subject])) }
        let three = LogError.outOfRange(size: 3)
        #expect(throws: three) { try log.inclusionProof(of: 3, in: subject, size: 3) }
        #expect(throws: three) { try log.inclusionProof(of: 0, in: subject, size: 4) }
        #expect(throws: three) { try log.inclusionProof(of: 0, in: subject, size: .max) }
        #expect(throws: three) { try log.consistencyProof(from: 4, in: subject, size: 3) }
        #expect(throws: three) { try log.consistencyProof(from: 1, in: subject, size: 4) }
        #expect(throws: LogError.outOfRange(size: 0)) {
            try log.inclusionProof(of: 0, in: world.subject(), size: 1)
        }
        #expect(try log.inclusionProof(of: 0, in: subject, size: 1) == [])
    }

    @Test func `what is not durable yet has no position, proof or size, also while it is folded`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(33))
        let subject = world.subject()
        let log = try openLog(directory)
        defer { log.close() }
        for _ in 0..<6 { _ = try await log.append(try world.batch(for: [subject])) }
        let environment = log.environments[0]
        let partition = log.partition(of: subject)
        for _ in 0..<2 {
            environment.durable.signal { $0.below = 4 }
            #expect(log.nextPosition(partition: partition) == 4)
            #expect(try log.durableSize(of: subject) == 4)
            #expect(throws: LogError.outOfRange(size: 4)) {
                try log.inclusionProof(of: 0, in: subject, size: 5)
            }
            environment.durable.signal { $0.below = 6 }
            #expect(log.nextPosition(partition: partition) == 6)
            // The second time round they are in the tail that is being folded.
            environment.state.withLock { _ = $0.beginFolding() }
        }
    }

    @Test func `every position is found in the tail, in a tail being folded and in a run`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(34))
        let subjects = (0..<9).map { _ in world.subject() }
        let log = try openLog(directory, layout: LogLayout(partitions: 3), tail: 20)
        defer { log.close() }
        for number in 0..<50 {
            _ = try await log.append(try world.batch(for: [subjects[number % 9]]))
        }
        log.environments[0].state.withLock { state in
            if state.folding == nil { _ = state.beginFolding() }
        }
        _ = try await log.append(try world.batch(for: subjects))
        var frames = 0
        for partition in 0..<3 {
            let end = log.nextPosition(partition: partition)
            var expected: UInt64 = 0
            let next = try log.follow(partition: partition, from: 0, limit: 100) { frame in
                #expect(frame.position == expected)
                expected += 1
                frames += 1
            }
            #expect(next == end)
        }
        #expect(frames == 59)
    }

    @Test func `a frame that is not the index's is not read`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(35))
        let subject = world.subject()
        let log = try openLog(directory)
        defer { log.close() }
        for _ in 0..<3 { _ = try await log.append(try world.batch(for: [subject])) }
        let data = directory.path + "/log/environment-00/blocks/data.mdb"
        var wanted: [UInt8] = []
        _ = try log.read(subject, from: 1, limit: 1) { wanted = $0.bytes.array }
        let bytes = try Files.read(data)
        let file = try File(data, .update)
        defer { file.close() }
        for at in 0..<bytes.count - wanted.count where bytes[at] == wanted[0] {
            guard bytes[at..<at + wanted.count].elementsEqual(wanted) else { continue }
            try file.write([bytes[at + 180] ^ 1].span, at: at + 180)
        }
        #expect(throws: LogError.damaged(file: data, place: "block 1, frame 0")) {
            try log.read(subject, limit: 10) { _ in }
        }
        #expect(try log.read(subject, from: 2, limit: 10) { _ in } == 3)
        #expect(throws: LogError.self) {
            try log.follow(partition: log.partition(of: subject), from: 0, limit: 9) { _ in }
        }
    }

    @Test func `a fold that fails shows in the figures and the log goes on`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(36))
        let subject = world.subject()
        let log = try openLog(directory, tail: 8)
        defer { log.close() }
        let environment = log.environments[0]
        try Files.makeDirectories(environment.index.path(from: 0, to: 8) + ".new")
        for _ in 0..<8 { _ = try await log.append(try world.batch(for: [subject])) }
        environment.folder.close()
        #expect(
            try log.figures()[0].indexFailure == .system(operation: "unlink", code: 21),
            "EISDIR"
        )
        for _ in 0..<20 { _ = try await log.append(try world.batch(for: [subject])) }
        #expect(try log.read(subject, limit: 100) { _ in } == 28)
    }
}
