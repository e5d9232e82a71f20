import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import EventLog

#if canImport(Glibc)
    import Glibc
#endif

/// Readers of bytes that anybody may have changed: an error, never a trap.
///
/// Half of the mutants have their checksums made right again, so that what lies behind the checksum
/// is reached.
@Suite struct FuzzTests {
    private static let seeds: [UInt64] = [1, 2]
    private static let isTorture =
        unsafe getenv("JANGBU_TORTURE").map { unsafe atoi($0) != 0 } ?? false

    @Test(arguments: seeds)
    func `no bytes make the readers of frames and blocks trap`(number: UInt64) async {
        await #expect(processExitsWith: .success, "seed \(number)") { [number] in
            try Mutants.tryFrames(Seed(number), count: 50_000)
            try Mutants.tryBlocks(Seed(number), count: 50_000)
        }
    }

    @Test(arguments: seeds)
    func `no bytes make the readers of index runs trap`(number: UInt64) async {
        let count = Self.isTorture ? 50_000 : 5_000
        await #expect(processExitsWith: .success, "seed \(number)") {
            [number, count = count as Int] in
            try Mutants.tryRuns(Seed(number), count: count)
        }
    }

    @Test(arguments: seeds)
    func `no bytes make the readers of backup segments trap`(number: UInt64) async {
        let count = Self.isTorture ? 50_000 : 2_000
        await #expect(processExitsWith: .success, "seed \(number)") {
            [number, count = count as Int] in
            try await Mutants.trySegments(Seed(number), count: count)
        }
    }
}

/// Bytes with some of them changed.
private enum Mutants {
    static func mutant(of bytes: [UInt8], _ seed: inout Seed) -> [UInt8] {
        var bytes = bytes
        for _ in 0...seed.next() % 3 where !bytes.isEmpty {
            let at = Int(seed.next() % UInt64(bytes.count))
            let length = min(bytes.count - at, 1 + Int(seed.next() % 12))
            switch seed.next() % 7 {
            case 0: bytes[at] ^= 1 << UInt8(seed.next() % 8)
            case 1: for index in at..<at + length { bytes[index] = 0xff }
            case 2: for index in at..<at + length { bytes[index] = 0 }
            case 3: bytes[at] = UInt8(truncatingIfNeeded: seed.next())
            case 4: bytes.removeSubrange(at..<at + length)
            case 5: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
            default: bytes.removeSubrange(at...)
            }
        }
        return bytes
    }

    private static func setChecksum(_ bytes: inout [UInt8], at: Int, over range: Range<Int>) {
        guard range.lowerBound <= range.upperBound, range.upperBound <= bytes.count,
            at + 4 <= bytes.count
        else { return }
        let checksum = Checksum.crc32c(bytes.span.extracting(range))
        for index in 0..<4 {
            bytes[at + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
        }
    }

    static func tryFrames(_ start: Seed, count: Int) throws {
        var (seed, world) = (start, try World(start))
        let batch = try world.batch(for: [world.subject()], eventCount: 20)
        let frame = batch.frame(0).array
        var opener = try FrameOpener()
        for _ in 0..<count {
            let bytes = mutant(of: frame, &seed)
            let isTombstone = seed.next() % 4 == 0
            _ = FrameFacts(bytes.span, isTombstone: isTombstone)
            do {
                _ = try opener.open(bytes.span, key: world.key, checkingRoot: true)
                precondition(bytes == frame, "a changed frame opened")
            } catch {
                continue
            }
        }
    }

    static func tryBlocks(_ start: Seed, count: Int) throws {
        var (seed, world) = (start, try World(start))
        let batch = try world.batch(for: (0..<5).map { _ in world.subject() })
        let sound = block(of: batch)
        for _ in 0..<count {
            var bytes = mutant(of: sound, &seed)
            if seed.next() % 2 == 0, bytes.count >= 32 {
                let size = UInt32(bytes.count)
                for index in 0..<4 {
                    bytes[20 + index] = UInt8(truncatingIfNeeded: size >> (8 * index))
                }
                setChecksum(&bytes, at: 4, over: 8..<bytes.count)
            }
            do {
                let block = try Block(bytes.span, sequence: 7)
                for slot in 0..<block.count {
                    let entry = try block.entry(slot)
                    _ = FrameFacts(
                        block.bytes.extracting(entry.range),
                        isTombstone: entry.isTombstone
                    )
                }
            } catch {
                continue
            }
        }
    }

    private static func block(of batch: FrameBatch) -> [UInt8] {
        let size = BlockWriter.byteCount(
            frames: batch.entries.count,
            frameBytes: batch.bytes.count
        )
        var bytes = [UInt8](repeating: 0, count: size)
        var span = bytes.mutableSpan
        var writer = BlockWriter(frames: batch.entries.count)
        for index in batch.entries.indices {
            writer.add(batch.frame(index), partition: 3, position: UInt64(index), to: &span)
        }
        writer.finish(sequence: 7, &span)
        return bytes
    }

    static func tryRuns(_ start: Seed, count: Int) throws {
        let directory = try TemporaryDirectory()
        var seed = start
        let (sound, entries) = try run(in: directory, &seed)
        let footer = sound.count - IndexRun.footerByteCount
        let summary = Int(sound.span.littleEndian(UInt64.self, at: footer + 8))
        for number in 0..<count {
            // Half of them in the summary, which is small beside the chunks.
            let kept = seed.next() % 2 == 0 ? 0 : summary
            var bytes = Array(sound[..<kept]) + mutant(of: Array(sound[kept...]), &seed)
            if seed.next() % 2 == 0 { repair(&bytes) }
            // A new name each time: removed files keep their bytes while they are open.
            let path = directory.path + "/\(number).run"
            try Files.replace(path, with: bytes)
            do {
                let run = try IndexRun(opening: path)
                defer { run.close() }
                let entry = entries[Int(seed.next() % UInt64(entries.count))]
                _ = try run.find(entry.command)
                _ = try run.location(of: entry.position, in: entry.partition)
                var found: [IndexEntry] = []
                try run.collect(entry.subject, from: entry.revision, into: &found)
                try run.forEachEntry { _, _, _, _ in }
                try RunMerge(parts: [run, run], isEnding: { false }).write(to: path + ".merged")
            } catch is LogError {
                // Named.
            } catch is FileError {
                // A merge of a run with itself may ask for what no file gives.
            }
            try Files.remove(path)
            try Files.remove(path + ".merged")
        }
    }

    private static func run(
        in directory: TemporaryDirectory,
        _ seed: inout Seed
    ) throws -> ([UInt8], [TailEntry]) {
        var tail = Tail(base: 0)
        for number in 0..<600 {
            let entry = TailEntry(
                subject: SubjectID(high: 1, low: UInt64(number % 7)),
                command: CommandID(high: seed.next(), low: seed.next()),
                revision: UInt64(number / 7),
                position: UInt64(number / 2),
                location: Location(sequence: UInt64(number), slot: 0),
                leaf: Digest(),
                previous: Tail.none,
                partition: number % 2
            )
            tail.append(entry)
        }
        let path = directory.path + "/sound.run"
        try RunBuilder(tail, from: 0, to: 600, before: [:]).write(to: path)
        return (try Files.read(path), Array(tail.entries))
    }

    /// Makes the checksums of the footer and of the summary right.
    private static func repair(_ bytes: inout [UInt8]) {
        let footer = bytes.count - IndexRun.footerByteCount
        guard footer > 0 else { return }
        let start = Int(clamping: bytes.span.littleEndian(UInt64.self, at: footer + 8))
        if start < footer {
            let size = UInt64(footer - start)
            for index in 0..<8 {
                bytes[footer + 16 + index] = UInt8(truncatingIfNeeded: size >> (8 * index))
            }
            setChecksum(&bytes, at: footer + 24, over: start..<footer)
        }
        setChecksum(&bytes, at: footer + 36, over: footer..<footer + 36)
    }

    static func trySegments(_ start: Seed, count: Int) async throws {
        let directory = try TemporaryDirectory()
        var (seed, world) = (start, try World(start))
        let log = try openLog(directory)
        for _ in 0..<6 { _ = try await log.append(try world.batch(for: [world.subject()])) }
        try log.backup(to: directory.path + "/backup")
        log.close()
        let folder = directory.path + "/backup/environment-00"
        let name = try Files.names(in: folder)[0]
        let sound = try Files.read(folder + "/" + name)
        for _ in 0..<count {
            var bytes = mutant(of: sound, &seed)
            if seed.next() % 2 == 0 { setChecksum(&bytes, at: 40, over: 0..<40) }
            try Files.replace(folder + "/" + name, with: bytes)
            do {
                try EventLog.restore(
                    from: directory.path + "/backup",
                    to: directory.path + "/restored"
                )
                let damages = try EventLog.verify(directory.path + "/restored").damages
                precondition(damages.isEmpty, "a damaged backup was restored")
            } catch {
                // Named.
            }
            try Files.removeTree(directory.path + "/restored")
        }
    }
}
