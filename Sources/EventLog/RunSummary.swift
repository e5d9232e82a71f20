internal import Cryptography
internal import Frame

/// What an index run keeps in memory: what it covers, where its chunks begin, its filters.
struct RunSummary: Sendable {
    struct SubjectFence: Sendable {
        let subject: SubjectID
        let firstRevision: UInt64
        let offset: Int
        let byteCount: Int
    }

    struct CommandFence: Sendable {
        let command: CommandID
        let offset: Int
        let byteCount: Int
    }

    struct Part: Sendable {
        let partition: Int
        /// Position of the run's first frame of the partition.
        let first: UInt64
        let count: UInt64
        /// First chunk of locations.
        let offset: Int
        /// Roots of the tiles that were completed by the run's frames.
        let tiles: [Digest]
        /// Leaves after the last complete tile, those of earlier runs included.
        let rest: [Digest]

        var chunkCount: Int {
            (Int(count) + IndexRun.positionsPerChunk - 1) / IndexRun.positionsPerChunk
        }

        var isPlausible: Bool {
            first <= RunSummary.countMax && count <= RunSummary.countMax && offset <= 1 << 56
        }
    }

    /// No log has so many frames; sums of two such numbers do not overflow.
    static let countMax: UInt64 = 1 << 56

    /// Blocks `from..<to` are covered.
    var from: UInt64 = 0
    var to: UInt64 = 0
    /// Frames before the run's first.
    var base: UInt64 = 0
    var frames: UInt64 = 0
    var subjectFences: [SubjectFence] = []
    var commandFences: [CommandFence] = []
    var partitions: [Part] = []
    var subjects = Bloom(keyCount: 0)
    var commands = Bloom(keyCount: 0)

    init() {}

    /// The last chunk that can begin with or before the subject's frame at `revision`.
    func fence(of subject: SubjectID, from revision: UInt64) -> Int {
        var (low, high) = (0, subjectFences.count)
        while low < high {
            let middle = (low + high) / 2
            let fence = subjectFences[middle]
            if (fence.subject, fence.firstRevision) <= (subject, revision) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return max(0, low - 1)
    }

    func commandFence(of command: CommandID) -> CommandFence? {
        var (low, high) = (0, commandFences.count)
        while low < high {
            let middle = (low + high) / 2
            if commandFences[middle].command <= command { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? commandFences[low - 1] : nil
    }
}

extension RunSummary {
    var bytes: [UInt8] {
        var out: [UInt8] = []
        for value in [from, to, base, frames] { out.appendLittleEndian(value) }
        out.appendLittleEndian(UInt32(subjectFences.count))
        for fence in subjectFences {
            fence.subject.append(to: &out)
            out.appendLittleEndian(fence.firstRevision)
            out.appendLittleEndian(UInt64(fence.offset))
            out.appendLittleEndian(UInt32(fence.byteCount))
        }
        out.appendLittleEndian(UInt32(commandFences.count))
        for fence in commandFences {
            fence.command.append(to: &out)
            out.appendLittleEndian(UInt64(fence.offset))
            out.appendLittleEndian(UInt32(fence.byteCount))
        }
        out.appendLittleEndian(UInt32(partitions.count))
        for part in partitions {
            out.appendLittleEndian(UInt32(part.partition))
            out.appendLittleEndian(part.first)
            out.appendLittleEndian(part.count)
            out.appendLittleEndian(UInt64(part.offset))
            for digests in [part.tiles, part.rest] {
                out.appendLittleEndian(UInt32(digests.count))
                for digest in digests { digest.append(to: &out) }
            }
        }
        for bloom in [subjects, commands] {
            out.appendLittleEndian(UInt32(bloom.words.count))
            for word in bloom.words { out.appendLittleEndian(word) }
        }
        return out
    }

    /// Nil when the bytes do not have exactly this form.
    init?(_ bytes: Span<UInt8>) {
        var reader = SummaryReader()
        from = reader.word(bytes)
        to = reader.word(bytes)
        base = reader.word(bytes)
        frames = reader.word(bytes)
        for _ in 0..<reader.count(bytes, each: 36) {
            let subject = SubjectID(high: reader.bigWord(bytes), low: reader.bigWord(bytes))
            subjectFences.append(
                SubjectFence(
                    subject: subject,
                    firstRevision: reader.word(bytes),
                    offset: Int(clamping: reader.word(bytes)),
                    byteCount: Int(reader.half(bytes))
                )
            )
        }
        for _ in 0..<reader.count(bytes, each: 28) {
            let command = CommandID(high: reader.bigWord(bytes), low: reader.bigWord(bytes))
            commandFences.append(
                CommandFence(
                    command: command,
                    offset: Int(clamping: reader.word(bytes)),
                    byteCount: Int(reader.half(bytes))
                )
            )
        }
        for _ in 0..<reader.count(bytes, each: 36) {
            let partition = Int(reader.half(bytes))
            let (first, count) = (reader.word(bytes), reader.word(bytes))
            let offset = Int(clamping: reader.word(bytes))
            let tiles = reader.digests(bytes)
            partitions.append(
                Part(
                    partition: partition,
                    first: first,
                    count: count,
                    offset: offset,
                    tiles: tiles,
                    rest: reader.digests(bytes)
                )
            )
        }
        subjects = Bloom(words: reader.words(bytes))
        commands = Bloom(words: reader.words(bytes))
        guard reader.isSound, reader.offset == bytes.count, !subjects.words.isEmpty,
            !commands.words.isEmpty, from < to, to <= Location.sequenceMax,
            base <= RunSummary.countMax, frames <= RunSummary.countMax,
            partitions.allSatisfy({ $0.isPlausible })
        else { return nil }
    }
}

/// Reads fields one after the other; after the end it gives zeros and is not sound any more.
private struct SummaryReader {
    private(set) var offset = 0
    private(set) var isSound = true

    private mutating func take(_ count: Int, of bytes: Span<UInt8>) -> Int? {
        guard isSound, count <= bytes.count - offset else {
            isSound = false
            return nil
        }
        offset += count
        return offset - count
    }

    mutating func word(_ bytes: Span<UInt8>) -> UInt64 {
        guard let at = take(8, of: bytes) else { return 0 }
        return bytes.littleEndian(UInt64.self, at: at)
    }

    mutating func bigWord(_ bytes: Span<UInt8>) -> UInt64 { word(bytes).byteSwapped }

    mutating func half(_ bytes: Span<UInt8>) -> UInt32 {
        guard let at = take(4, of: bytes) else { return 0 }
        return bytes.littleEndian(UInt32.self, at: at)
    }

    /// A count whose items of at least `each` bytes can still follow.
    mutating func count(_ bytes: Span<UInt8>, each: Int) -> Int {
        let count = Int(half(bytes))
        guard count <= (bytes.count - offset) / each else {
            isSound = false
            return 0
        }
        return count
    }

    mutating func digests(_ bytes: Span<UInt8>) -> [Digest] {
        var all: [Digest] = []
        for _ in 0..<count(bytes, each: 32) {
            guard let at = take(32, of: bytes) else { break }
            all.append(Digest(bytes.extracting(at..<at + 32)))
        }
        return all
    }

    mutating func words(_ bytes: Span<UInt8>) -> [UInt64] {
        var all: [UInt64] = []
        for _ in 0..<count(bytes, each: 8) { all.append(word(bytes)) }
        return all
    }
}
