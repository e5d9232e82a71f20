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

    /// Starts a file that is not there yet.
    init(
        _ path: String, from: UInt64, to: UInt64, base: UInt64, frames: UInt64, subjects: Int,
        commands: Int
    ) throws(FileError) {
        file = try File(path, .create)
        (summary.from, summary.to) = (from, to)
        (summary.base, summary.frames) = (base, frames)
        summary.subjects = Bloom(keyCount: subjects)
        summary.commands = Bloom(keyCount: commands)
        buffer.reserveCapacity(1 << 20)
    }

    /// Adds consecutive frames of one subject; subjects come in order, revisions too.
    mutating func add(
        _ subject: SubjectID, firstRevision: UInt64, _ entries: ArraySlice<IndexEntry>
    ) throws(FileError) {
        summary.subjects.insert(subject)
        var (rest, revision) = (entries, firstRevision)
        while !rest.isEmpty {
            let room = IndexRun.chunkByteCountMax - chunk.count - RecordReader.headerByteCount
            let fit = min(rest.count, room / IndexRun.entryByteCount)
            guard fit > 0 else {
                try endSubjectChunk()
                continue
            }
            if chunk.isEmpty { fenceSubject = (subject, revision) }
            subject.append(to: &chunk)
            chunk.appendLittleEndian(revision)
            chunk.appendLittleEndian(UInt32(fit))
            for entry in rest.prefix(fit) {
                chunk.appendLittleEndian(entry.location.raw)
                entry.leaf.append(to: &chunk)
            }
            rest = rest.dropFirst(fit)
            revision += UInt64(fit)
        }
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

    /// Adds a partition's frames, `locations` in position order.
    mutating func add(
        partition: Int, first: UInt64, locations: [Location], tiles: [Digest], rest: [Digest]
    ) throws(FileError) {
        let start = offset + buffer.count
        var index = 0
        while index < locations.count {
            let end = min(index + IndexRun.positionsPerChunk, locations.count)
            for location in locations[index..<end] { chunk.appendLittleEndian(location.raw) }
            try endChunk()
            index = end
        }
        summary.partitions.append(
            RunSummary.Part(
                partition: partition, first: first, count: UInt64(locations.count), offset: start,
                tiles: tiles, rest: rest))
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
        footer.appendLittleEndian(UInt64(0))
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
                subject: subject, firstRevision: revision, offset: offset + buffer.count,
                byteCount: chunk.count))
        try endChunk()
    }

    private mutating func endCommandChunk() throws(FileError) {
        guard let command = fenceCommand, !chunk.isEmpty else { return }
        summary.commandFences.append(
            RunSummary.CommandFence(
                command: command, offset: offset + buffer.count, byteCount: chunk.count))
        try endChunk()
    }

    private mutating func endChunk() throws(FileError) {
        var length: [UInt8] = []
        length.appendLittleEndian(UInt32(chunk.count))
        let checksum = Checksum.crc32c(
            chunk.span, continuing: Checksum.crc32c(length.span))
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
