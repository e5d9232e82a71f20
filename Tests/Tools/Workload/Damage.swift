import Cryptography
import EventLog
import Files
import Frame
import Simulation

/// Damages a closed data directory, one place at a time, and looks at what the log makes of it.
///
/// Each case: a bit flipped, a sector zeroed or a file cut in one file, then
/// - verification says which file and where, or everything is as it was (heads, frames, copies);
/// - opening is refused with file and place, or what is read is right or refused with file and
///   place;
/// - a salvage gives right frames only and heads that are right or refused.
///
/// Says `case N FILE FAULT` before each, `bad N ...` for what is wrong, `total ...` at the end.
///
/// Arguments: `scratch`, `from`, `to`, `seed`, `environments`.
final class DamageRun {
    private let source: String
    private let arguments: Arguments
    private let world: World
    private let environments: Int
    private var files: [(name: String, bytes: [UInt8])] = []
    private var sizes = [UInt64](repeating: 0, count: World.subjectCount)
    private var frameCount: UInt64 = 0
    private var tally = Tally()

    private struct Tally {
        var named = 0
        var harmless = 0
        var salvaged = 0
        var framesLost: UInt64 = 0
        var headsRefused = 0
    }

    init(_ source: String, _ arguments: Arguments) throws {
        (self.source, self.arguments) = (source, arguments)
        world = try World()
        environments = arguments.number("environments", 1)
    }

    private var path: String {
        get throws { try arguments.text("scratch") }
    }

    func run() throws {
        try list("")
        let log = try EventLog(opening: source + "/log")
        for number in sizes.indices { sizes[number] = try log.size(of: World.subject(number)) }
        frameCount = sizes.reduce(0, +)
        log.close()
        files.removeAll()
        try list("")
        let seed = UInt64(arguments.number("seed", 1))
        for number in arguments.number("from", 0)..<arguments.number("to", 100) {
            var chance = Seed(seed << 32 ^ UInt64(number))
            try checkCase(number, &chance)
        }
        Marks.say(
            "total named \(tally.named) harmless \(tally.harmless) salvaged \(tally.salvaged) "
                + "frames-lost \(tally.framesLost) heads-refused \(tally.headsRefused) "
                + "frames \(frameCount)"
        )
    }

    private func list(_ folder: String) throws {
        for name in try Files.names(in: source + "/" + folder) {
            let inner = folder + name
            if Files.exists(source + "/" + inner + "/.") {
                if !inner.hasPrefix("restored-") { try list(inner + "/") }
            } else {
                files.append((inner, try Files.read(source + "/" + inner)))
            }
        }
    }

    private func checkCase(_ number: Int, _ chance: inout Seed) throws {
        let victim = pick(&chance)
        let fault = Fault(files[victim].bytes, &chance)
        Marks.say("case \(number) \(files[victim].name) \(fault)")
        try Files.removeTree(path)
        for (index, file) in files.enumerated() {
            let target = try path + "/" + file.name
            try Files.makeDirectories(Files.parent(of: target))
            let copy = try File(target, .create)
            try copy.write(
                (index == victim ? fault.applied(to: file.bytes) : file.bytes).span,
                at: 0
            )
            copy.close()
        }
        do {
            if files[victim].name.hasPrefix("backup/") {
                try checkBackup()
            } else {
                try checkLog(victim: path + "/" + files[victim].name)
            }
        } catch {
            Marks.say("bad \(number) \(error)")
        }
    }

    /// Files of the log by their size, so that each byte is as likely; small ones sometimes.
    private func pick(_ chance: inout Seed) -> Int {
        if chance.next() % 4 == 0 { return Int(chance.next() % UInt64(files.count)) }
        var place = chance.next() % UInt64(files.reduce(0) { $0 + $1.bytes.count })
        for (index, file) in files.enumerated() {
            guard place >= UInt64(file.bytes.count) else { return index }
            place -= UInt64(file.bytes.count)
        }
        return 0
    }

    private func checkBackup() throws {
        let trial = try path + "/trial"
        do {
            try EventLog.restore(from: path + "/backup", to: trial)
        } catch {
            try requireNamed(error)
            try require(!Files.exists(trial), "a refused restore left a log")
            tally.named += 1
            return
        }
        // Nothing of a backup is without meaning, but for a segment that was there before.
        let log = try EventLog(opening: trial)
        defer { log.close() }
        _ = try checkFrames { try log.scan(environment: $0, from: $1, blockLimit: 64, $2) }
        tally.harmless += 1
    }

    private func checkLog(victim: String) throws {
        let log = try path + "/log"
        let damages = try EventLog.verify(log).damages
        // The planted bug: a verification that finds nothing.
        let isClean = damages.isEmpty || arguments.isSet("blind")
        try require(
            isClean || damages.contains { $0.file == victim },
            "another file is named: \(damages)"
        )
        try checkOpen(log, isClean: isClean)
        guard !isClean else {
            tally.harmless += 1
            return
        }
        tally.named += 1
        try checkSalvage(log)
    }

    /// What an open log says is right or refused; a clean one says everything.
    private func checkOpen(_ path: String, isClean: Bool) throws {
        let log: EventLog
        do {
            log = try EventLog(opening: path)
        } catch {
            try require(!isClean, "verification found nothing, but: \(error)")
            return try requireNamed(error)
        }
        defer { log.close() }
        do {
            let seen = try checkFrames {
                try log.scan(environment: $0, from: $1, blockLimit: 64, $2)
            }
            try require(seen == sizes, "WRONG: the frames of an open log")
            for number in sizes.indices {
                try require(
                    try isRight(log.head(of: World.subject(number)), number),
                    "WRONG: a head"
                )
            }
        } catch let error as LogError {
            try require(!isClean, "verification found nothing, but: \(error)")
            try requireNamed(error)
        }
    }

    private func checkSalvage(_ path: String) throws {
        let log: SalvagedLog
        do {
            log = try SalvagedLog(opening: path)
        } catch {
            return try requireNamed(error)
        }
        try require(!log.damages.isEmpty, "a salvage without a damage")
        tally.salvaged += 1
        var seen: UInt64 = 0
        for environment in 0..<log.environmentCount {
            do {
                try readAll(of: environment, in: log, &seen)
            } catch let error as LogError {
                try requireNamed(error)
            }
        }
        tally.framesLost += frameCount - seen
        for number in sizes.indices { try checkSalvaged(log, number) }
    }

    private func readAll(
        of environment: Int,
        in log: SalvagedLog,
        _ seen: inout UInt64
    ) throws {
        var sequence: UInt64 = 0
        while true {
            let next = try log.scan(
                environment: environment,
                from: sequence,
                blockLimit: 64
            ) { frame in
                _ = try check(frame)
                seen += 1
            }
            guard next > sequence else { break }
            sequence = next
        }
    }

    private func checkSalvaged(_ log: SalvagedLog, _ number: Int) throws {
        let subject = World.subject(number)
        do {
            try require(try isRight(log.head(of: subject), number), "WRONG: a salvaged head")
        } catch let error as LogError {
            try requireNamed(error)
            tally.headsRefused += 1
        }
        var revision: UInt64 = 0
        while let readable = log.nextReadable(of: subject, from: revision) {
            var expected = readable
            revision = try log.read(subject, from: readable, limit: 1_000) { frame in
                let found = try check(frame)
                try require(found == (number, expected), "WRONG: a salvaged frame's place")
                expected += 1
            }
            try require(revision > readable, "a readable frame is not read")
        }
    }

    private func isRight(_ head: TreeHead, _ number: Int) throws -> Bool {
        var tree = TreeFrontier()
        for revision in 0..<sizes[number] { tree.append(try world.leaf(number, revision)) }
        return head.size == tree.count && head.root == tree.root
    }

    private typealias Visit = (borrowing StoredFrame) throws -> Void

    /// Reads all frames with `scan`; how many there are of each subject.
    private func checkFrames(
        _ scan: (Int, UInt64, Visit) throws -> UInt64
    ) throws -> [UInt64] {
        var seen = [UInt64](repeating: 0, count: World.subjectCount)
        for environment in 0..<environments {
            var sequence: UInt64 = 0
            while true {
                let next = try scan(environment, sequence) { frame in
                    let (number, revision) = try check(frame)
                    try require(seen[number] == revision, "WRONG: a frame out of order")
                    seen[number] += 1
                }
                guard next > sequence else { break }
                sequence = next
            }
        }
        return seen
    }

    /// The frame's subject and revision, once its bytes are those that were appended.
    private func check(_ frame: borrowing StoredFrame) throws -> (Int, UInt64) {
        let subject: SubjectID
        let revision: UInt64
        let leaf: Digest
        if frame.isTombstone {
            subject = SubjectID(frame.bytes, at: 0)
            revision = frame.bytes.littleEndian(UInt64.self, at: 16)
            leaf = Digest(frame.bytes.extracting(40..<72))
        } else {
            let header = try FrameHeader(frame.bytes)
            (subject, revision) = (header.subject, header.revision)
            leaf = FrameHeader.leaf(of: frame.bytes)
        }
        guard let number = World.number(of: subject), revision < sizes[number] else {
            throw Failure("WRONG: a frame that was never sent")
        }
        try require(try world.leaf(number, revision) == leaf, "WRONG: a frame's bytes")
        return (number, revision)
    }

    /// An error must say which file or directory, and where in it.
    private func requireNamed(_ error: any Error) throws {
        switch error as? LogError {
        case .damaged(let file, let place):
            try require(try file.hasPrefix(path) && !place.isEmpty, "an error without a place")
        case .notALog: break
        default: throw Failure("neither file nor place: \(error)")
        }
    }
}
