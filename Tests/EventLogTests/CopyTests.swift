import Cryptography
import EventLog
import Files
import Frame
import Simulation
import Testing

@Suite struct CopyTests {
    /// A log of some subjects in a fresh directory; closed again.
    private func filledLog(
        _ directory: TemporaryDirectory,
        frames: Int = 60,
        seed: Seed = Seed(9)
    ) async throws -> (World, [SubjectID]) {
        var world = try World(seed)
        let log = try openLog(directory, tail: 16)
        let subjects = (0..<7).map { _ in world.subject() }
        for number in 0..<frames {
            _ = try await log.append(try world.batch(for: [subjects[number % 7]]))
        }
        log.close()
        return (world, subjects)
    }

    @Test func `a restored backup has the same heads and a later backup adds only what is new`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var (world, subjects) = try await filledLog(directory)
        var log = try openLog(directory)
        let backup = directory.path + "/backup"
        let first = try log.backup(to: backup)
        for subject in subjects { _ = try await log.append(try world.batch(for: [subject])) }
        var copied: UInt64 = 0
        let second = try log.backup(to: backup) { copied = $0.blocks }
        #expect(copied == second[0] - first[0])
        let picture = try Picture(log, subjects: subjects)
        log.close()
        try EventLog.restore(from: backup, to: directory.path + "/restored")
        log = try EventLog(opening: directory.path + "/restored")
        #expect(try Picture(log, subjects: subjects) == picture)
        log.close()
    }

    @Test func `a damaged backup is refused with its file and block and nothing is restored`()
        async throws
    {
        let directory = try TemporaryDirectory()
        _ = try await filledLog(directory)
        let log = try openLog(directory)
        let backup = directory.path + "/backup"
        try log.backup(to: backup)
        log.close()
        let folder = backup + "/environment-00"
        let name = try #require(try Files.names(in: folder).first)
        let file = try File(folder + "/" + name, .update)
        let size = try file.byteCount()
        var byte = try file.read(at: size / 2, count: 1)
        byte[0] ^= 4
        try file.write(byte.span, at: size / 2)
        file.close()
        #expect(throws: LogError.self) {
            try EventLog.restore(from: backup, to: directory.path + "/restored")
        }
        #expect(!Files.exists(directory.path + "/restored"))
    }

    @Test func `compaction drops the bodies, keeps heads, positions, commands and proofs`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let (_, subjects) = try await filledLog(directory)
        let path = directory.path + "/log"
        var log = try openLog(directory)
        let before = try Picture(log, subjects: subjects)
        log.close()
        let report = try EventLog.compact(path, isDropped: { $0.subject == subjects[0] })
        #expect(report.dropped == 9)
        #expect(report.bytesAfter < report.bytesBefore)
        log = try openLog(directory)
        #expect(try Picture(log, subjects: subjects) == before)
        var tombstones = 0
        _ = try log.read(subjects[0], limit: 100) { frame in
            if frame.isTombstone { tombstones += 1 }
        }
        #expect(tombstones == 9)
        log.close()
        let verified = try EventLog.verify(path)
        #expect(verified.damages == [])
        #expect(verified.tombstones == 9)
        try EventLog.reindex(path)
        log = try openLog(directory)
        #expect(try Picture(log, subjects: subjects) == before)
        log.close()
    }

    @Test func `verification finds a flipped bit in a block and says which block`() async throws {
        let directory = try TemporaryDirectory()
        _ = try await filledLog(directory, frames: 300)
        let path = directory.path + "/log"
        #expect(try EventLog.verify(path).damages == [])
        let data = path + "/environment-00/blocks/data.mdb"
        let bytes = try Files.read(data)
        let magic = Array("JBF1".utf8)
        let file = try File(data, .update)
        defer { file.close() }
        // Copies that LMDB has freed hold the same bytes and are harmless: one copy after the
        // other.
        var damages: [VerificationReport.Damage] = []
        for at in bytes.indices.dropLast(300)
        where bytes[at] == magic[0] && Array(bytes[at..<at + 4]) == magic && damages.isEmpty {
            try file.write([bytes[at + 180] ^ 1].span, at: at + 180)
            damages = try EventLog.verify(path).damages
                .filter { $0.place.contains("the block checksum") }
            try file.write([bytes[at + 180]].span, at: at + 180)
        }
        #expect(damages.count == 1, "\(damages)")
    }
}
