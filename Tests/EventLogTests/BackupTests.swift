import Files
import Frame
import Simulation
import Testing

@testable import EventLog

/// Backups that are added to and restored when something has happened in between.
@Suite struct BackupTests {
    private let directory: TemporaryDirectory
    private let subjects: [SubjectID]
    private let two = LogLayout(environments: 2, partitions: 4)

    init() throws {
        directory = try TemporaryDirectory()
        var world = try World(Seed(21))
        subjects = (0..<5).map { _ in world.subject() }
    }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    /// A world whose further frames differ from those of every other seed.
    private func world(_ seed: UInt64) throws -> World { try World(Seed(seed)) }

    private func append(_ count: Int, to log: EventLog, _ world: inout World) async throws {
        for number in 0..<count {
            _ = try await log.append(try world.batch(for: [subjects[number % 5]]))
        }
    }

    private func picture(restoring backup: String) throws -> Picture {
        let target = path("trial")
        try Files.removeTree(target)
        try EventLog.restore(from: backup, to: target)
        let log = try EventLog(opening: target)
        defer { log.close() }
        return try Picture(log, subjects: subjects)
    }

    @Test func `a backup of another past is refused as diverged or ahead and stays as it was`()
        async throws
    {
        var world = try world(1)
        let log = try openLog(directory)
        try await append(10, to: log, &world)
        try log.backup(to: path("short"))
        var fork = world
        try await append(10, to: log, &world)
        try log.backup(to: path("long"))
        let picture = try Picture(log, subjects: subjects)
        log.close()

        try EventLog.restore(from: path("short"), to: path("restored"))
        let restored = try EventLog(opening: path("restored"))
        defer { restored.close() }
        fork.seed = Seed(2)
        try await append(5, to: restored, &fork)
        #expect(throws: LogError.backupAhead(path: path("long"))) {
            try restored.backup(to: path("long"))
        }
        try await append(10, to: restored, &fork)
        #expect(throws: LogError.backupDiverged(path: path("long"))) {
            try restored.backup(to: path("long"))
        }
        #expect(try self.picture(restoring: path("long")) == picture)
        // What it was restored from is its own past.
        try restored.backup(to: path("short"))
        #expect(
            try self.picture(restoring: path("short")) == Picture(restored, subjects: subjects)
        )
    }

    @Test func `a backup of another log is refused`() async throws {
        var world = try world(1)
        let log = try openLog(directory)
        try await append(3, to: log, &world)
        try log.backup(to: path("backup"))
        log.close()
        try EventLog.create(at: path("other"), layout: .init(), id: (7, 8))
        let other = try EventLog(opening: path("other"))
        defer { other.close() }
        #expect(throws: LogError.backupDiverged(path: path("backup"))) {
            try other.backup(to: path("backup"))
        }
    }

    @Test func `a backup goes on after a compaction`() async throws {
        var world = try world(1)
        var log = try openLog(directory)
        try await append(12, to: log, &world)
        try log.backup(to: path("backup"))
        log.close()
        _ = try EventLog.compact(path("log"), isDropped: { _ in true })
        log = try openLog(directory)
        try await append(5, to: log, &world)
        try log.backup(to: path("backup"))
        let picture = try Picture(log, subjects: subjects)
        log.close()
        #expect(try self.picture(restoring: path("backup")) == picture)
    }

    @Test func `a backup that was cut off is restored to the end of the one before`() async throws {
        var world = try world(1)
        let log = try openLog(directory, layout: two)
        defer { log.close() }
        try await append(10, to: log, &world)
        try log.backup(to: path("backup"))
        let picture = try Picture(log, subjects: subjects)
        let manifest = try Files.read(path("backup") + "/manifest")
        try await append(10, to: log, &world)
        try log.backup(to: path("backup"))
        // The new segments are there, what counts them is not.
        try Files.replace(path("backup") + "/manifest", with: manifest)
        #expect(try self.picture(restoring: path("backup")) == picture)
        try await append(10, to: log, &world)
        try log.backup(to: path("backup"))
        let whole = try Picture(log, subjects: subjects)
        #expect(try self.picture(restoring: path("backup")) == whole)
    }

    @Test func `what is missing of a backup is told and nothing is restored`() async throws {
        var world = try world(1)
        let log = try openLog(directory, layout: two)
        for _ in 0..<2 {
            try await append(10, to: log, &world)
            try log.backup(to: path("backup"))
        }
        log.close()
        let backup = path("backup")
        var victims: [String] = []
        for environment in ["/environment-00", "/environment-01"] {
            victims += try Files.names(in: backup + environment).map { environment + "/" + $0 }
        }
        try #require(victims.count == 4)
        for victim in victims {
            let bytes = try Files.read(backup + victim)
            try Files.remove(backup + victim)
            let error = try #require(throws: LogError.self) { try picture(restoring: backup) }
            #expect(error.isDamage, "\(error)")
            try Files.replace(backup + victim, with: bytes)
        }
        try Files.remove(backup + "/manifest")
        #expect(throws: LogError.notABackup(path: backup)) { try picture(restoring: backup) }
        #expect(!Files.exists(path("trial")))
    }

    @Test func `segments of two pasts are not restored as one`() async throws {
        var world = try world(1)
        let log = try openLog(directory)
        try await append(10, to: log, &world)
        try log.backup(to: path("short"))
        try await append(10, to: log, &world)
        try log.backup(to: path("short"))
        log.close()
        // Another past of the same log, of the same lengths.
        try EventLog.create(at: path("other"), layout: .init(), id: (1, 2))
        let other = try EventLog(opening: path("other"))
        var first = try self.world(3)
        try await append(10, to: other, &first)
        try other.backup(to: path("mixed"))
        try await append(10, to: other, &first)
        try other.backup(to: path("mixed"))
        other.close()
        let name = try #require(try Files.names(in: path("short") + "/environment-00").last)
        let segment = try Files.read(path("short") + "/environment-00/" + name)
        try Files.replace(path("mixed") + "/environment-00/" + name, with: segment)
        let error = try #require(throws: LogError.self) {
            try picture(restoring: path("mixed"))
        }
        #expect(error.isDamage, "\(error)")
    }

    @Test func `a damaged manifest is named`() async throws {
        var world = try world(1)
        let log = try openLog(directory)
        try await append(3, to: log, &world)
        try log.backup(to: path("backup"))
        defer { log.close() }
        let manifest = path("backup") + "/manifest"
        let bytes = try Files.read(manifest)
        let damage = LogError.damaged(file: manifest, place: "the manifest")
        for at in bytes.indices {
            var changed = bytes
            changed[at] ^= 1
            try Files.replace(manifest, with: changed)
            #expect(throws: damage, "byte \(at)") { try picture(restoring: path("backup")) }
            try Files.replace(manifest, with: Array(bytes[..<at]))
            #expect(throws: damage, "\(at) bytes") { try picture(restoring: path("backup")) }
        }
        #expect(throws: damage) { try log.backup(to: path("backup")) }
    }
}
