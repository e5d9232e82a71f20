internal import Cryptography
internal import Files
internal import Frame
internal import Synchronization

/// Merges index runs that follow on each other into one, a chunk of each in memory.
///
/// The parts stay in use until the merged run has its name; a crash before that leaves a file that
/// the next start removes, a crash after it leaves parts that the wider run covers.
struct RunMerge {
    /// Oldest first, without gaps between them.
    let parts: [IndexRun]
    /// Says that the log is being closed.
    let isEnding: () -> Bool

    func write(to path: String) throws {
        guard let first = parts.first, let last = parts.last else { return }
        let frames = parts.reduce(0) { $0 + $1.summary.frames }
        var writer = try RunWriter(
            path,
            from: first.summary.from,
            to: last.summary.to,
            base: first.summary.base,
            frames: frames,
            subjects: Int(frames),
            commands: Int(frames),
            level: last.level + 1
        )
        try mergeSubjects(into: &writer)
        try mergeCommands(into: &writer)
        try mergePartitions(into: &writer)
        try writer.finish()
    }

    private func mergeSubjects(into writer: inout RunWriter) throws {
        var cursors: [SubjectCursor] = []
        for part in parts { cursors.append(try SubjectCursor(part)) }
        while let subject = cursors.lazy.compactMap({ $0.record?.subject }).min() {
            try goOn()
            // In the parts' order, which is the order of the subject's revisions.
            for index in cursors.indices {
                while let record = cursors[index].record, record.subject == subject {
                    try writer.add(
                        subject,
                        firstRevision: record.firstRevision,
                        cursors[index].entries[...]
                    )
                    try cursors[index].advance()
                }
            }
        }
        try writer.endSubjects()
    }

    private func mergeCommands(into writer: inout RunWriter) throws {
        var cursors: [CommandCursor] = []
        for part in parts { cursors.append(try CommandCursor(part)) }
        while true {
            var least: (command: CommandID, index: Int)?
            for index in cursors.indices {
                guard let command = cursors[index].command else { continue }
                if least.map({ command < $0.command }) ?? true { least = (command, index) }
            }
            guard let least else { break }
            try goOn()
            try writer.add(least.command, at: cursors[least.index].location)
            try cursors[least.index].advance()
        }
        try writer.endCommands()
    }

    private func mergePartitions(into writer: inout RunWriter) throws {
        for partition in Set(parts.flatMap { $0.summary.partitions.map(\.partition) }).sorted() {
            var tiles: [Digest] = []
            var rest: [Digest] = []
            var isBegun = false
            for run in parts {
                for part in run.summary.partitions where part.partition == partition {
                    if !isBegun { writer.begin(partition: partition, first: part.first) }
                    isBegun = true
                    for number in 0..<part.chunkCount {
                        try goOn()
                        let chunk = try run.chunk(number, of: part)
                        for at in stride(from: 0, to: chunk.count, by: 8) {
                            try writer.add(
                                Location(raw: chunk.span.littleEndian(UInt64.self, at: at))
                            )
                        }
                    }
                    tiles += part.tiles
                    rest = part.rest
                }
            }
            try writer.endPartition(tiles: tiles, rest: rest)
        }
    }

    private func goOn() throws(LogError) {
        guard !isEnding() else { throw .closed }
    }
}

/// A run's subject records in order.
private struct SubjectCursor {
    private let run: IndexRun
    private var fence = 0
    private var reader = RecordReader()
    private var chunk: [UInt8] = []
    /// The record at hand; nil at the end.
    private(set) var record: RecordReader.Record?

    init(_ run: IndexRun) throws(LogError) {
        self.run = run
        try advance()
    }

    /// The entries of the record at hand.
    var entries: [IndexEntry] {
        guard let record else { return [] }
        var entries: [IndexEntry] = []
        entries.reserveCapacity(record.count)
        for index in 0..<record.count { entries.append(record.entry(index, in: chunk.span)) }
        return entries
    }

    mutating func advance() throws(LogError) {
        while true {
            // Copied out and back: a span of a stored array would hold all of self.
            var reader = reader
            record = reader.next(in: chunk.span)
            self.reader = reader
            guard reader.isWhole else {
                throw run.damage(run.summary.subjectFences[fence - 1].offset)
            }
            guard record == nil, fence < run.summary.subjectFences.count else { return }
            let next = run.summary.subjectFences[fence]
            chunk = try run.chunk(at: next.offset, next.byteCount)
            self.reader = RecordReader()
            fence += 1
        }
    }
}

/// A run's commands in order.
private struct CommandCursor {
    private let run: IndexRun
    private var fence = 0
    private var offset = 0
    private var chunk: [UInt8] = []
    /// The command at hand; nil at the end.
    private(set) var command: CommandID?

    init(_ run: IndexRun) throws(LogError) {
        self.run = run
        offset = -IndexRun.commandByteCount
        try advance()
    }

    /// Where the command's frame is.
    var location: Location {
        Location(raw: chunk.span.littleEndian(UInt64.self, at: offset + 16))
    }

    mutating func advance() throws(LogError) {
        offset += IndexRun.commandByteCount
        while offset + IndexRun.commandByteCount > chunk.count {
            guard fence < run.summary.commandFences.count else {
                command = nil
                return
            }
            let next = run.summary.commandFences[fence]
            chunk = try run.chunk(at: next.offset, next.byteCount)
            offset = 0
            fence += 1
        }
        command = CommandID(chunk.span, at: offset)
    }
}

extension LogIndex {
    /// The same as ``mergeWhileDue()`` for a caller that goes on without: the parts are as good as
    /// the merged run.
    ///
    /// The next fold tries again, except after damage: reading the same bytes again changes
    /// nothing, and would cost a merge at each fold.
    func mergeIfSound() {
        guard mergeFailure?.isDamage != true else { return }
        do {
            try mergeWhileDue()
            noteMerge(nil)
        } catch {
            noteMerge(error)
        }
    }

    /// Merges the newest runs while there are enough of one level; on the folder's thread, or while
    /// the log is being opened.
    func mergeWhileDue() throws(LogError) {
        while let parts = due() {
            guard let first = parts.first, let last = parts.last else { return }
            let path = path(from: first.summary.from, to: last.summary.to)
            do {
                let merge = RunMerge(parts: parts, isEnding: { self.isEnding })
                try LogIndex.write(path) { try merge.write(to: $0) }
                try replace(parts, with: IndexRun(opening: path))
                // Look-ups that began before go on in the parts' open files.
                for part in parts { try Files.remove(part.path) }
            } catch {
                throw LogError(error)
            }
        }
    }

    private func due() -> [IndexRun]? {
        let runs = runs
        guard let level = runs.last?.level else { return nil }
        let newest = runs.reversed().prefix { $0.level == level }
        return newest.count >= LogIndex.mergeCount ? newest.reversed() : nil
    }
}
