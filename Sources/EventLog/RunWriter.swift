internal import Cryptography
internal import Files
internal import Frame

/// Writes an index run: subjects in order, then commands in order, then partitions, then `finish`.
struct RunWriter: ~Copyable {
    private let file: File
    private var summary = RunSummary()
    private var offset = 0
    private var buffer: [UInt8] = []
    private var chunk: [UInt8] = []
    private var fenceSubject: (SubjectID, UInt64)?
    private var fenceCommand: CommandID?
    private var record: OpenRecord?
    private var part: OpenPart?
    private let level: UInt64

    /// The chunk's last record, which the subject's next frames go on with.
    private struct OpenRecord {
        let subject: SubjectID
        let start: Int
        var next: UInt64
        var count: UInt32
    }

    private struct OpenPart {
        let partition: Int
        let first: UInt64
        let offset: Int
        var count: UInt64
    }

    /// Starts a file that is not there yet.
    init(
        _ path: String,
        from: UInt64,
        to: UInt64,
        base: UInt64,
        frames: UInt64,
        subjects: Int,
        commands: Int,
        level: UInt64 = 0
    ) throws(FileError) {
        file = try File(path, .create)
        self.level = level
        (summary.from, summary.to) = (from, to)
        (summary.base, summary.frames) = (base, frames)
        summary.subjects = Bloom(keyCount: subjects)
        summary.commands = Bloom(keyCount: commands)
        buffer.reserveCapacity(1 << 20)
    }

    /// Adds consecutive frames of one subject; subjects come in order, revisions too.
    mutating func add(
        _ subject: SubjectID,
        firstRevision: UInt64,
        _ entries: ArraySlice<IndexEntry>
    ) throws(FileError) {
        summary.subjects.insert(subject)
        var (rest, revision) = (entries, firstRevision)
        while !rest.isEmpty {
            let goesOn = record?.subject == subject && record?.next == revision
            let room =
                IndexRun.chunkByteCountMax - chunk.count
                - (goesOn ? 0 : RecordReader.headerByteCount)
            let fit = min(rest.count, room / IndexRun.entryByteCount)
            guard fit > 0 else {
                try endSubjectChunk()
                continue
            }
            if chunk.isEmpty { fenceSubject = (subject, revision) }
            if !goesOn { begin(subject, revision) }
            for entry in rest.prefix(fit) {
                chunk.appendLittleEndian(entry.location.raw)
                entry.leaf.append(to: &chunk)
            }
            extendRecord(by: fit)
            rest = rest.dropFirst(fit)
            revision += UInt64(fit)
        }
    }

    private mutating func begin(_ subject: SubjectID, _ revision: UInt64) {
        record = OpenRecord(subject: subject, start: chunk.count, next: revision, count: 0)
        subject.append(to: &chunk)
        chunk.appendLittleEndian(revision)
        chunk.appendLittleEndian(UInt32(0))
    }

    private mutating func extendRecord(by count: Int) {
        guard var open = record else { return }
        open.next += UInt64(count)
        open.count += UInt32(count)
        var span = chunk.mutableSpan
        span.setLittleEndian(open.count, at: open.start + 24)
        record = open
    }

    /// Ends the subjects; commands follow.
    mutating func endSubjects() throws(FileError) { try endSubjectChunk() }

    /// Adds a command; commands come in order.
    mutating func add(_ command: CommandID, at location: Location) throws(FileError) {
        summary.commands.insert(command)
        if chunk.count + 24 > IndexRun.chunkByteCountMax { try endCommandChunk() }
        if chunk.isEmpty { fenceCommand = command }
        command.append(to: &chunk)
        chunk.appendLittleEndian(location.raw)
    }

    /// Ends the commands; partitions follow.
    mutating func endCommands() throws(FileError) { try endCommandChunk() }

    /// Begins a partition; its locations follow in position order, then `endPartition`.
    mutating func begin(partition: Int, first: UInt64) {
        part = OpenPart(
            partition: partition,
            first: first,
            offset: offset + buffer.count,
            count: 0
        )
    }

    /// Adds the partition's next frame.
    mutating func add(_ location: Location) throws(FileError) {
        part?.count += 1
        chunk.appendLittleEndian(location.raw)
        if chunk.count == IndexRun.positionsPerChunk * 8 { try endChunk() }
    }

    /// Ends the partition with the tiles its frames completed and the leaves after the last tile.
    mutating func endPartition(tiles: [Digest], rest: [Digest]) throws(FileError) {
        if !chunk.isEmpty { try endChunk() }
        guard let part else { return }
        summary.partitions.append(
            RunSummary.Part(
                partition: part.partition,
                first: part.first,
                count: part.count,
                offset: part.offset,
                tiles: tiles,
                rest: rest
            )
        )
        self.part = nil
    }

    /// Writes the summary and the footer and makes the file durable; its name is not yet.
    mutating func finish() throws(FileError) {
        let bytes = summary.bytes
        let start = offset + buffer.count
        buffer.append(contentsOf: bytes)
        var footer: [UInt8] = []
        footer.appendLittleEndian(IndexRun.magic)
        footer.appendLittleEndian(UInt32(1))
        footer.appendLittleEndian(UInt64(start))
        footer.appendLittleEndian(UInt64(bytes.count))
        footer.appendLittleEndian(Checksum.crc32c(bytes.span))
        footer.appendLittleEndian(level)
        footer.appendLittleEndian(Checksum.crc32c(footer.span))
        buffer.append(contentsOf: footer)
        try flushBuffer()
        try file.sync()
        file.close()
    }

    private mutating func endSubjectChunk() throws(FileError) {
        guard let (subject, revision) = fenceSubject, !chunk.isEmpty else { return }
        summary.subjectFences.append(
            RunSummary.SubjectFence(
                subject: subject,
                firstRevision: revision,
                offset: offset + buffer.count,
                byteCount: chunk.count
            )
        )
        record = nil
        try endChunk()
    }

    private mutating func endCommandChunk() throws(FileError) {
        guard let command = fenceCommand, !chunk.isEmpty else { return }
        summary.commandFences.append(
            RunSummary.CommandFence(
                command: command,
                offset: offset + buffer.count,
                byteCount: chunk.count
            )
        )
        try endChunk()
    }

    private mutating func endChunk() throws(FileError) {
        var length: [UInt8] = []
        length.appendLittleEndian(UInt32(chunk.count))
        let checksum = Checksum.crc32c(
            chunk.span,
            continuing: Checksum.crc32c(length.span)
        )
        buffer.appendLittleEndian(checksum)
        buffer.append(contentsOf: length)
        buffer.append(contentsOf: chunk)
        chunk.removeAll(keepingCapacity: true)
        if buffer.count >= 1 << 20 { try flushBuffer() }
    }

    private mutating func flushBuffer() throws(FileError) {
        try file.write(buffer.span, at: offset)
        offset += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
