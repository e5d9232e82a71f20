internal import Cryptography
internal import Files
internal import Frame

/// A frame's place and leaf hash, as the index keeps them.
struct IndexEntry: Equatable, Sendable {
    let location: Location
    let leaf: Digest
}

/// One immutable, sorted file of the index: where the frames of a range of blocks are, by subject,
/// by command and by position.
///
/// Derived from the blocks; deleted and built again at will.
///
/// The file is chunks of at most 16 KiB, each with its own CRC-32C, then a summary and a footer:
/// damage is found where it is, and a look-up reads one chunk.
final class IndexRun: Sendable {
    static let chunkByteCountMax = 16 << 10
    static let entryByteCount = 8 + Digest.byteCount
    static let commandByteCount = 24
    static let positionsPerChunk = 2_048
    static let footerByteCount = 40
    static let magic: UInt32 = 0x3158_424a  // JBX1

    let path: String
    let byteCount: Int
    let summary: RunSummary
    /// How often its frames were merged: 0 straight from a tail.
    let level: UInt64
    private let file: File

    init(opening path: String) throws(LogError) {
        self.path = path
        do {
            file = try File(path, .read)
            byteCount = try file.byteCount()
            guard byteCount >= IndexRun.footerByteCount else {
                throw LogError.damaged(file: path, place: "its length")
            }
            let footer = try file.read(
                at: byteCount - IndexRun.footerByteCount,
                count: IndexRun.footerByteCount
            )
            summary = try IndexRun.summary(in: file, footer: footer, byteCount, path)
            level = footer.span.littleEndian(UInt64.self, at: 28)
        } catch {
            throw LogError(error)
        }
    }

    private static func summary(
        in file: File,
        footer: [UInt8],
        _ byteCount: Int,
        _ path: String
    ) throws -> RunSummary {
        let fields = footer.span
        guard fields.littleEndian(UInt32.self, at: 0) == magic,
            fields.littleEndian(UInt32.self, at: 36)
                == Checksum.crc32c(fields.extracting(0..<36))
        else { throw LogError.damaged(file: path, place: "its footer") }
        let offset = Int(clamping: fields.littleEndian(UInt64.self, at: 8))
        let count = Int(clamping: fields.littleEndian(UInt64.self, at: 16))
        guard count <= byteCount - footerByteCount, offset == byteCount - footerByteCount - count
        else {
            throw LogError.damaged(file: path, place: "its footer")
        }
        let bytes = try file.read(at: offset, count: count)
        guard fields.littleEndian(UInt32.self, at: 24) == Checksum.crc32c(bytes.span),
            let summary = RunSummary(bytes.span),
            // What it counts has its place in the file, so it can be asked for as memory.
            summary.frames <= byteCount / entryByteCount,
            summary.partitions.allSatisfy({ $0.count <= byteCount / 8 })
        else { throw LogError.damaged(file: path, place: "its summary at byte \(offset)") }
        return summary
    }

    /// Appends the subject's frames at or after `revision` to `entries`, up to `limit` in all.
    func collect(
        _ subject: SubjectID,
        from revision: UInt64,
        limit: Int = .max,
        into entries: inout [IndexEntry]
    ) throws(LogError) {
        guard summary.subjects.mayContain(subject) else { return }
        var fence = summary.fence(of: subject, from: revision)
        while fence < summary.subjectFences.count, entries.count < limit,
            summary.subjectFences[fence].subject <= subject
        {
            let chunk = try chunk(
                at: summary.subjectFences[fence].offset,
                summary.subjectFences[fence].byteCount
            )
            var reader = RecordReader()
            while let record = reader.next(in: chunk.span) {
                guard record.subject == subject else { continue }
                let skip = revision > record.firstRevision ? revision - record.firstRevision : 0
                for index in Int(clamping: skip)..<max(Int(clamping: skip), record.count) {
                    guard entries.count < limit else { break }
                    entries.append(record.entry(index, in: chunk.span))
                }
            }
            guard reader.isWhole else { throw damage(summary.subjectFences[fence].offset) }
            fence += 1
        }
    }

    /// Calls `body` with every subject, revision, entry and its chunk's byte, in order.
    func forEachEntry(
        _ body: (SubjectID, UInt64, IndexEntry, Int) throws -> Void
    ) throws {
        for fence in summary.subjectFences {
            let chunk = try chunk(at: fence.offset, fence.byteCount)
            var reader = RecordReader()
            while let record = reader.next(in: chunk.span) {
                for index in 0..<record.count {
                    try body(
                        record.subject,
                        record.firstRevision &+ UInt64(index),
                        record.entry(index, in: chunk.span),
                        fence.offset
                    )
                }
            }
            guard reader.isWhole else { throw damage(fence.offset) }
        }
    }

    /// Where the command's frame is.
    func find(_ command: CommandID) throws(LogError) -> Location? {
        guard summary.commands.mayContain(command),
            let fence = summary.commandFence(of: command)
        else { return nil }
        let bytes = try chunk(at: fence.offset, fence.byteCount)
        var (low, high) = (0, bytes.count / IndexRun.commandByteCount)
        while low < high {
            let middle = (low + high) / 2
            let candidate = CommandID(bytes.span, at: middle * IndexRun.commandByteCount)
            if candidate == command {
                return Location(
                    raw: bytes.span.littleEndian(
                        UInt64.self,
                        at: middle * IndexRun.commandByteCount + 16
                    )
                )
            }
            if candidate < command { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Where the frame at a position is; nil when the run does not have it.
    func location(of position: UInt64, in partition: Int) throws(LogError) -> Location? {
        guard let part = summary.partitions.first(where: { $0.partition == partition }),
            position >= part.first, position - part.first < part.count
        else { return nil }
        let index = Int(position - part.first)
        let bytes = try chunk(index / IndexRun.positionsPerChunk, of: part)
        let at = index % IndexRun.positionsPerChunk * 8
        guard at + 8 <= bytes.count else { throw damage(part.offset) }
        return Location(raw: bytes.span.littleEndian(UInt64.self, at: at))
    }

    /// The locations of a partition's frames, chunk by chunk.
    func chunk(_ number: Int, of part: RunSummary.Part) throws(LogError) -> [UInt8] {
        let before = number * IndexRun.positionsPerChunk
        return try chunk(
            at: part.offset + number * (8 + IndexRun.positionsPerChunk * 8),
            min(IndexRun.positionsPerChunk, Int(part.count) - before) * 8
        )
    }

    /// A chunk's payload, checked.
    func chunk(at offset: Int, _ count: Int) throws(LogError) -> [UInt8] {
        do {
            guard offset >= 0, count >= 0, count <= byteCount - 8, offset <= byteCount - 8 - count
            else { throw damage(offset) }
            var bytes = try file.read(at: offset, count: count + 8)
            guard Int(bytes.span.littleEndian(UInt32.self, at: 4)) == count,
                bytes.span.littleEndian(UInt32.self, at: 0)
                    == Checksum.crc32c(bytes.span.extracting(4..<bytes.count))
            else { throw damage(offset) }
            bytes.removeFirst(8)
            return bytes
        } catch {
            throw LogError(error)
        }
    }

    func damage(_ offset: Int) -> LogError {
        .damaged(file: path, place: "byte \(offset)")
    }

    func close() { file.close() }
}

/// Walks the records of a subject chunk: subject 16, first revision 8, count 4, entries.
struct RecordReader {
    struct Record {
        let subject: SubjectID
        let firstRevision: UInt64
        let count: Int
        let start: Int

        func entry(_ index: Int, in chunk: Span<UInt8>) -> IndexEntry {
            let base = start + index * IndexRun.entryByteCount
            return IndexEntry(
                location: Location(raw: chunk.littleEndian(UInt64.self, at: base)),
                leaf: Digest(chunk.extracting(base + 8..<base + IndexRun.entryByteCount))
            )
        }
    }

    static let headerByteCount = 28
    private var offset = 0
    /// The chunk ended where a record ended.
    private(set) var isWhole = true

    mutating func next(in chunk: Span<UInt8>) -> Record? {
        guard offset < chunk.count else { return nil }
        guard offset + RecordReader.headerByteCount <= chunk.count else {
            isWhole = false
            return nil
        }
        let count = Int(chunk.littleEndian(UInt32.self, at: offset + 24))
        let start = offset + RecordReader.headerByteCount
        guard count <= (chunk.count - start) / IndexRun.entryByteCount else {
            isWhole = false
            return nil
        }
        let record = Record(
            subject: SubjectID(chunk, at: offset),
            firstRevision: chunk.littleEndian(UInt64.self, at: offset + 16),
            count: count,
            start: start
        )
        offset = start + count * IndexRun.entryByteCount
        return record
    }
}
