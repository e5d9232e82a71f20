import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import EventLog

@Suite struct IndexMergeTests {
    /// Frames as a log would index them, in runs of `frames` each.
    private struct History {
        let index: LogIndex
        private(set) var entries: [TailEntry] = []
        private var seed: Seed
        private var sizes: [SubjectID: UInt64] = [:]
        private var positions: [Int: UInt64] = [:]

        init(_ directory: TemporaryDirectory, _ seed: Seed) throws {
            index = try LogIndex(opening: directory.path + "/index")
            self.seed = seed
        }

        mutating func addRun(frames: Int) throws {
            var tail = Tail(base: UInt64(entries.count))
            let from = index.coveredSequence
            for number in 0..<frames {
                let subject = SubjectID(high: 1, low: seed.next() % 40)
                let partition = Int(subject.low % 3)
                let entry = TailEntry(
                    subject: subject,
                    command: seed.next() % 5 == 0
                        ? .none : CommandID(high: seed.next(), low: seed.next()),
                    revision: sizes[subject, default: 0],
                    position: positions[partition, default: 0],
                    location: Location(sequence: from + UInt64(number / 3), slot: number % 3),
                    leaf: History.leaf(&seed),
                    previous: Tail.none,
                    partition: partition
                )
                sizes[subject, default: 0] += 1
                positions[partition, default: 0] += 1
                tail.append(entry)
                entries.append(entry)
            }
            let to = from + UInt64(frames + 2) / 3
            let path = index.path(from: from, to: to)
            try RunBuilder(tail, from: from, to: to, before: index.partitionTrees())
                .write(to: path)
            try index.add(path)
        }

        private static func leaf(_ seed: inout Seed) -> Digest {
            Digest((0..<Digest.byteCount).map { _ in UInt8(truncatingIfNeeded: seed.next()) })
        }

        /// Every question the log asks its index, against the frames themselves.
        func check(_ index: LogIndex, _ seed: Seed) throws {
            #expect(index.frames == UInt64(entries.count), "\(seed)")
            for subject in sizes.keys {
                let own = entries.filter { $0.subject == subject }
                let expected = own.map { IndexEntry(location: $0.location, leaf: $0.leaf) }
                for start in [0, own.count / 2, own.count - 1, own.count] {
                    let found = try index.entries(of: subject, from: UInt64(start))
                    #expect(found == Array(expected[start...]), "\(seed)")
                }
            }
            var trees: [Int: PartitionTree] = [:]
            for entry in entries {
                trees[entry.partition, default: PartitionTree()].append(entry.leaf)
                let place = try index.location(of: entry.position, in: entry.partition)
                #expect(place == entry.location, "\(seed)")
                guard entry.command != .none else { continue }
                #expect(try index.find(entry.command) == entry.location, "\(seed)")
            }
            #expect(try index.find(CommandID(high: 3, low: 4)) == nil)
            #expect(index.partitionTrees().mapValues(\.root) == trees.mapValues(\.root), "\(seed)")
        }
    }

    private func names(_ directory: TemporaryDirectory) throws -> [String] {
        try Files.names(in: directory.path + "/index")
    }

    @Test(arguments: Seed.smoke)
    func `merged runs answer every question as their parts did`(seed: Seed) throws {
        let directory = try TemporaryDirectory()
        var history = try History(directory, seed)
        var chance = seed
        for count in 1...66 {
            try history.addRun(frames: 20 + Int(chance.next() % 90))
            try history.index.mergeWhileDue()
            guard count % 8 == 0 || count > 63 else { continue }
            try history.check(history.index, seed)
        }
        // Sixty-four runs of the first level have become one, two came after it.
        #expect(history.index.runs.map(\.level) == [2, 0, 0])
        #expect(try names(directory).count == 3)
        try history.check(LogIndex(opening: directory.path + "/index"), seed)
    }

    @Test func `a subject's records grow together, so merging does not lengthen the index`() throws
    {
        let directory = try TemporaryDirectory()
        var history = try History(directory, Seed(5))
        for _ in 0..<8 { try history.addRun(frames: 400) }
        let before = history.index.byteCount
        try history.index.mergeWhileDue()
        #expect(history.index.byteCount < before)
        try history.check(history.index, Seed(5))
    }

    @Test func `what a crash leaves of a merge is cleared away at the next start`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/index"
        var history = try History(directory, Seed(6))
        for _ in 0..<8 { try history.addRun(frames: 50) }
        var parts: [(name: String, bytes: [UInt8])] = []
        for name in try names(directory) { parts.append((name, try Files.read(path + "/" + name))) }
        try history.index.mergeWhileDue()
        // The merged run has its name, some parts are still there, and another merge had begun.
        for part in parts[2...] { try Files.replace(path + "/" + part.name, with: part.bytes) }
        try Files.replace(path + "/000000000000-0000000000ff.run.new", with: [1, 2, 3])
        let index = try LogIndex(opening: path)
        #expect(index.runs.map(\.level) == [1])
        #expect(try names(directory).count == 1)
        try history.check(index, Seed(6))
    }

    @Test func `a merge that the end of the log stops leaves the parts in use`() throws {
        let directory = try TemporaryDirectory()
        var history = try History(directory, Seed(7))
        for _ in 0..<8 { try history.addRun(frames: 50) }
        history.index.endMerging()
        #expect(throws: LogError.closed) { try history.index.mergeWhileDue() }
        #expect(history.index.runs.count == 8)
        try history.check(history.index, Seed(7))
    }

    @Test func `a merge that finds damage is not tried again, one that has no room is`() throws {
        let directory = try TemporaryDirectory()
        var history = try History(directory, Seed(10))
        for _ in 0..<8 { try history.addRun(frames: 50) }
        let index = history.index
        let temporary = try #require(index.runs.last).summary.to
        let blocked = index.path(from: 0, to: temporary) + ".new"
        try Files.makeDirectories(blocked)
        index.mergeIfSound()
        #expect(index.mergeFailure?.isDamage == false)
        #expect(index.runs.count == 8)
        try Files.removeTree(blocked)
        let part = index.runs[3].path
        let bytes = try Files.read(part)
        var damaged = bytes
        damaged[40] ^= 1
        let file = try File(part, .update)
        defer { file.close() }
        try file.write(damaged.span, at: 0)
        index.mergeIfSound()
        #expect(index.mergeFailure == .damaged(file: part, place: "byte 0"))
        try file.write(bytes.span, at: 0)
        index.mergeIfSound()
        #expect(index.runs.count == 8)
        try index.mergeWhileDue()
        #expect(index.runs.count == 1)
        try history.check(index, Seed(10))
    }

    @Test func `a log that is appended to merges its runs by itself`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(8))
        let subjects = (0..<5).map { _ in world.subject() }
        let log = try openLog(directory, tail: 2)
        let index = log.environments[0].index
        var appends = 0
        while index.runs.allSatisfy({ $0.level < 2 }) {
            try #require(appends < 20_000, "no merge of merged runs after \(appends) appends")
            _ = try await log.append(try world.batch(for: [subjects[appends % 5]]))
            appends += 1
        }
        let before = try Picture(log, subjects: subjects)
        log.close()
        let again = try openLog(directory, tail: 2)
        #expect(try Picture(again, subjects: subjects) == before)
        again.close()
        #expect(try EventLog.verify(directory.path + "/log").damages == [])
    }
}
