import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import EventLog

/// Single faults that the fault suites found or that reading the code did, each by itself.
@Suite struct RecoveryTests {
    private let two = LogLayout(environments: 2, partitions: 4)

    /// A log of four subjects and 40 frames, closed.
    private func filled(
        _ directory: TemporaryDirectory,
        _ layout: LogLayout = .init(),
        tail: Int = 16
    ) async throws -> (subjects: [SubjectID], picture: Picture) {
        var world = try World(Seed(11))
        let log = try openLog(directory, layout: layout, tail: tail)
        defer { log.close() }
        let subjects = (0..<4).map { _ in world.subject() }
        for number in 0..<40 {
            _ = try await log.append(try world.batch(for: [subjects[number % 4]]))
        }
        return (subjects, try Picture(log, subjects: subjects))
    }

    @Test func `a log whose compaction was cut off is not taken for none`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let (subjects, picture) = try await filled(directory)
        // Between the second and the third rename.
        let environment = path + "/environment-00"
        try Files.rename(environment + "/blocks", to: environment + "/blocks.compacted")
        #expect(throws: LogError.exists(path: environment)) {
            try EventLog.create(at: path, layout: .init(), id: (5, 6))
        }
        let log = try EventLog(opening: path)
        defer { log.close() }
        #expect(try Picture(log, subjects: subjects) == picture)
    }

    @Test func `a log of two environments that was half made is made again`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        try EventLog.create(at: path, layout: two, id: (1, 2))
        try Files.removeTree(path + "/environment-00")
        try EventLog.create(at: path, layout: two, id: (3, 4))
        let log = try EventLog(opening: path)
        defer { log.close() }
        #expect(log.layout == two)
    }

    @Test(arguments: [
        "", "/environment-01", "/environment-01/blocks.making.creating", "/environment-00",
        "/environment-00/blocks.making.creating", "/environment-00/blocks.making",
    ])
    func `what a crash leaves of a creation is no log, and is made one`(made: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        try Files.makeDirectories(path + made)
        #expect(!EventLog.exists(at: path))
        try EventLog.create(at: path, layout: two, id: (1, 2))
        #expect(EventLog.exists(at: path))
        let log = try EventLog(opening: path)
        log.close()
        #expect(EventLog.exists(at: path))
    }

    @Test func `creation keeps an environment that has blocks`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        _ = try await filled(directory, two)
        try Files.removeTree(path + "/environment-00")
        #expect(throws: LogError.exists(path: path + "/environment-01")) {
            try EventLog.create(at: path, layout: two, id: (3, 4))
        }
        #expect(Files.exists(path + "/environment-01/blocks/data.mdb"))
    }

    @Test func `a log that does not open leaves none of its environments locked`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let (subjects, picture) = try await filled(directory, two)
        let data = path + "/environment-01/blocks/data.mdb"
        let sound = try Files.read(data)
        try Files.replace(data, with: Array(sound.prefix(5_000)))
        #expect(throws: LogError.self) { try EventLog(opening: path) }
        try Files.replace(data, with: sound)
        let log = try EventLog(opening: path)
        defer { log.close() }
        #expect(try Picture(log, subjects: subjects) == picture)
    }

    @Test func `an older copy of the blocks under a newer index is refused and named`() async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        var world = try World(Seed(12))
        var log = try openLog(directory, tail: 8)
        for _ in 0..<10 { _ = try await log.append(try world.batch(for: [world.subject()])) }
        log.close()
        let data = path + "/environment-00/blocks/data.mdb"
        let older = try Files.read(data)
        log = try openLog(directory, tail: 8)
        for _ in 0..<40 { _ = try await log.append(try world.batch(for: [world.subject()])) }
        log.close()
        try openLog(directory, tail: 8).close()
        try Files.replace(data, with: older)
        #expect(throws: LogError.damaged(file: data, place: "block 10, which is missing")) {
            try EventLog(opening: path)
        }
        let damages = try EventLog.verify(path).damages
        #expect(!damages.isEmpty)
    }

    @Test func `an index that was being dropped is dropped at the next start`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let (subjects, picture) = try await filled(directory, tail: 8)
        let environment = path + "/environment-00"
        try Files.rename(environment + "/index", to: environment + "/index.dropped")
        let log = try EventLog(opening: path)
        defer { log.close() }
        #expect(try Picture(log, subjects: subjects) == picture)
        #expect(!Files.exists(environment + "/index.dropped"))
    }

    @Test func `restore puts nothing in place of what a directory holds`() async throws {
        let directory = try TemporaryDirectory()
        _ = try await filled(directory)
        let log = try openLog(directory)
        try log.backup(to: directory.path + "/backup")
        log.close()
        let target = directory.path + "/target"
        try Files.makeDirectories(target)
        try Files.replace(target + "/kept", with: [1])
        #expect(throws: LogError.exists(path: target)) {
            try EventLog.restore(from: directory.path + "/backup", to: target)
        }
        #expect(try Files.names(in: target) == ["kept"])
    }

    @Test func `a backup with an environment that is empty still can be restored`() async throws {
        let directory = try TemporaryDirectory()
        var world = try World(Seed(13))
        let log = try openLog(directory, layout: two)
        var subject = world.subject()
        while log.environment(of: subject) != 1 { subject = world.subject() }
        _ = try await log.append(try world.batch(for: [subject]))
        let picture = try Picture(log, subjects: [subject])
        try log.backup(to: directory.path + "/backup")
        log.close()
        try EventLog.restore(
            from: directory.path + "/backup",
            to: directory.path + "/restored"
        )
        let restored = try EventLog(opening: directory.path + "/restored")
        defer { restored.close() }
        #expect(try Picture(restored, subjects: [subject]) == picture)
    }

    @Test func `an environment that is gone is found by verification`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        _ = try await filled(directory, two)
        try Files.removeTree(path + "/environment-01")
        let damages = try EventLog.verify(path).damages
        #expect(damages.map(\.file) == [path + "/environment-01"])
    }

    @Test func `a table whose name is damaged is named with its file`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        _ = try await filled(directory)
        let data = path + "/environment-00/blocks/data.mdb"
        var bytes = try Files.read(data)
        let name = Array("blocks".utf8)
        for at in 0..<bytes.count - 6 where bytes[at..<at + 6].elementsEqual(name) {
            bytes[at + 2] ^= 2
        }
        try Files.replace(data, with: bytes)
        let damage = LogError.damaged(file: data, place: "the name of table blocks")
        #expect(throws: damage) { try EventLog(opening: path) }
        #expect(try EventLog.verify(path).damages.map(\.file) == [data])
        #expect(throws: LogError.self) { try SalvagedLog(opening: path) }
    }

    @Test func `a damaged index run says how it is built again, and is`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let (subjects, picture) = try await filled(directory, tail: 8)
        try openLog(directory, tail: 8).close()
        let index = path + "/environment-00/index"
        let name = try #require(try Files.names(in: index).first { $0.hasSuffix(".run") })
        var bytes = try Files.read(index + "/" + name)
        bytes[bytes.count - 1] ^= 1
        try Files.replace(index + "/" + name, with: bytes)
        let error = #expect(throws: LogError.self) { try EventLog(opening: path) }
        let sentence = try #require(error).description
        #expect(sentence.contains("\(name) is damaged at its footer; `jangbu log reindex`"))
        let damages = try EventLog.verify(path).damages
        #expect(damages.contains { $0.description.hasSuffix("again from the blocks") })
        try EventLog.reindex(path)
        let log = try EventLog(opening: path)
        defer { log.close() }
        #expect(try Picture(log, subjects: subjects) == picture)
    }

    @Test func `a block that is damaged takes only itself from a salvage`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let (subjects, picture) = try await filled(directory, tail: 1_000)
        let data = path + "/environment-00/blocks/data.mdb"
        // The first frame of the second subject: one block of 40, found by its bytes.
        let log = try EventLog(opening: path)
        var wanted: [UInt8] = []
        _ = try log.read(subjects[1], limit: 1) { wanted = $0.bytes.array }
        log.close()
        var bytes = try Files.read(data)
        for at in 0..<bytes.count - wanted.count where bytes[at] == wanted[0] {
            if bytes[at..<at + wanted.count].elementsEqual(wanted) { bytes[at + 180] ^= 1 }
        }
        try Files.replace(data, with: bytes)
        #expect(throws: LogError.self) { try EventLog(opening: path) }
        let salvaged = try SalvagedLog(opening: path)
        #expect(salvaged.damages.contains { $0.place == "block 1, the block checksum" })
        var frames = 0
        _ = try salvaged.scan(environment: 0, from: 0, blockLimit: 100) { _ in frames += 1 }
        #expect(frames == 39)
        #expect(throws: LogError.self) { try salvaged.head(of: subjects[1]) }
        #expect(throws: LogError.self) { try salvaged.read(subjects[1], limit: 5) { _ in } }
        #expect(salvaged.nextReadable(of: subjects[1], from: 0) == 1)
        for subject in [subjects[0], subjects[2], subjects[3]] {
            #expect(try salvaged.head(of: subject) == picture.heads[subject])
        }
    }
}
