import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import EventLog

/// What is read of a log of which a part is gone.
@Suite struct SalvageTests {
    private let two = LogLayout(environments: 2, partitions: 4)

    @Test(arguments: [0, 1])
    func `an environment that is gone takes its subjects and no others`(gone: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        var world = try World(Seed(41))
        let log = try openLog(directory, layout: two)
        let subjects = (0..<12).map { _ in world.subject() }
        for subject in subjects { _ = try await log.append(try world.batch(for: [subject])) }
        let picture = try Picture(log, subjects: subjects)
        let places = subjects.map { log.environment(of: $0) }
        log.close()
        let name = EventLog.environmentPath(path, gone)
        try Files.removeTree(name)
        let salvaged = try SalvagedLog(opening: path)
        #expect(salvaged.environmentCount == 2)
        #expect(salvaged.damages.map(\.file) == [name])
        let damage = LogError.damaged(file: name, place: "all of its blocks")
        #expect(throws: damage) {
            try salvaged.scan(environment: gone, from: 0, blockLimit: 9) { _ in }
        }
        for (subject, place) in zip(subjects, places) {
            if place == gone {
                #expect(throws: damage) { try salvaged.head(of: subject) }
                #expect(throws: damage) { try salvaged.read(subject, limit: 9) { _ in } }
            } else {
                #expect(try salvaged.head(of: subject) == picture.heads[subject])
                #expect(try salvaged.read(subject, limit: 9) { _ in } == 1)
            }
        }
    }

    @Test func `blocks that are lost are told as a range, and so many damages are not all named`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        var world = try World(Seed(42))
        let log = try openLog(directory)
        for _ in 0..<1_100 { _ = try await log.append(try world.batch(for: [world.subject()])) }
        // By their commands, 16 bytes from byte 72 on: what is left of them in free pages is kept.
        var frames: [ArraySlice<UInt8>: [UInt8]] = [:]
        _ = try log.scan(environment: 0, from: 0, blockLimit: .max) { frame in
            let bytes = frame.bytes.array
            frames[bytes[72..<88]] = bytes
        }
        log.close()
        let data = path + "/environment-00/blocks/data.mdb"
        var bytes = try Files.read(data)
        let magic = Array("JBF1".utf8)
        for at in 0..<bytes.count - 200
        where bytes[at] == magic[0] && bytes[at..<at + 4].elementsEqual(magic) {
            guard let frame = frames[bytes[at + 72..<at + 88]], at + frame.count <= bytes.count,
                bytes[at..<at + frame.count].elementsEqual(frame)
            else { continue }
            bytes[at + 180] ^= 1
        }
        try Files.replace(data, with: bytes)
        let report = try EventLog.verify(path)
        #expect(report.damageCount >= 1_100)
        #expect(report.damages.count == VerificationReport.damagesMax)
        let salvaged = try SalvagedLog(opening: path)
        #expect(salvaged.damages.count == VerificationReport.damagesMax)
        #expect(try salvaged.scan(environment: 0, from: 0, blockLimit: 9) { _ in } == 0)
    }
}
