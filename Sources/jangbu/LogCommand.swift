import ArgumentParser
import Cryptography
import EventLog
import Finance
import Frame
import Vault

/// `jangbu log`: the log itself.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Look at the log, prove what is in it, check it, copy it, compact it.",
        subcommands: [
            Stats.self, Tail.self, Show.self, Verify.self, Backup.self, Restore.self, Compact.self,
            Reindex.self, Head.self, Prove.self, CheckProof.self, Key.self,
        ]
    )

    /// `jangbu log stats`.
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Frames, blocks and bytes by environment."
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let log = try DataDirectory(options.settings()).openLogToLook()
            defer { log.close() }
            let figures = try log.figures()
            for figure in figures {
                guard let failure = figure.indexFailure else { continue }
                Terminal.shared.note("environment \(figure.environment), index: \(failure)")
            }
            guard !json else {
                return Terminal.shared.data(try JSONText.encode(Body(log, figures)))
            }
            var table = Table([
                "environment", "frames", "blocks", "log bytes", "index bytes", "bytes a frame",
            ])
            for figure in figures {
                table.add(
                    String(figure.environment),
                    [
                        Text.grouped(figure.frames), Text.grouped(figure.blocks),
                        Text.grouped(figure.logBytes), Text.grouped(figure.indexBytes),
                        Text.grouped((figure.logBytes + figure.indexBytes) / max(1, figure.frames)),
                    ]
                )
            }
            Terminal.shared.data(
                "log \(log.id), \(log.layout.partitions) partitions\n\n" + table.text
            )
        }

        private struct Body: Encodable {
            let log: String
            let environments, partitions: Int
            let frames, blocks, logBytes, indexBytes: UInt64
            let positions: [UInt64]

            init(_ log: EventLog, _ figures: [LogFigures]) {
                self.log = log.id
                environments = log.layout.environments
                partitions = log.layout.partitions
                frames = figures.reduce(0) { $0 + $1.frames }
                blocks = figures.reduce(0) { $0 + $1.blocks }
                logBytes = figures.reduce(0) { $0 + $1.logBytes }
                indexBytes = figures.reduce(0) { $0 + $1.indexBytes }
                positions = (0..<log.layout.partitions).map { log.nextPosition(partition: $0) }
            }
        }
    }

    /// `jangbu log tail`.
    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tail",
            abstract: "Clear headers of a partition's newest frames.",
            discussion: """
                With --salvage it reads a damaged log that does not open: what is sound, with a \
                line for positions that are missing; ends with 1 when something is damaged.

                Example: jangbu log tail --partition 3 --count 5 --json
                """
        )

        @OptionGroup var options: SettingsOptions
        @Option(help: "Which partition.") var partition = 0
        @Option(help: "How many frames.") var count = 10
        @Flag(help: "Read what can be read of a damaged log.") var salvage = false
        @Flag(help: "Print JSON lines.") var json = false

        func run() throws {
            let directory = try DataDirectory(options.settings())
            guard !salvage else {
                return try SalvagedOutput(directory, json: json).tail(
                    partition,
                    count: max(0, count)
                )
            }
            let log = try directory.openLogToLook()
            defer { log.close() }
            guard partition >= 0, partition < log.layout.partitions else {
                throw Failure(.input, "The log has partitions 0 to \(log.layout.partitions - 1).")
            }
            let next = log.nextPosition(partition: partition)
            let count = max(0, count)
            var lines: [String] = []
            _ = try log.follow(
                partition: partition,
                from: next - min(next, UInt64(count)),
                limit: count
            ) { frame in
                let line = try HeaderLine(frame)
                lines.append(try json ? JSONText.encode(line) : line.text)
            }
            for line in lines { Terminal.shared.data(line) }
        }
    }

    /// `jangbu log show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "A person's log: its head and its frames' clear headers; nothing is opened.",
            discussion: """
                With --salvage it reads a damaged log that does not open: what is sound of this \
                person, with a line for revisions that are lost; ends with 1 when there are or may \
                be such.

                Example: jangbu log show 0f3b... --from 10 --limit 5
                """
        )

        @OptionGroup var options: SettingsOptions
        @Argument(help: "The person's id, 32 hexadecimal digits.") var subject: String
        @Option(help: "First revision.") var from: UInt64 = 0
        @Option(help: "How many frames.") var limit = 20
        @Flag(help: "Read what can be read of a damaged log, and name what cannot.")
        var salvage = false
        @Flag(help: "Print JSON lines.") var json = false

        func run() throws {
            guard let id = SubjectID(hexadecimal: subject) else {
                throw ValidationError("A person's id has 32 hexadecimal digits.")
            }
            let directory = try DataDirectory(options.settings())
            guard !salvage else {
                return try SalvagedOutput(directory, json: json).show(
                    id,
                    from: from,
                    limit: max(0, limit)
                )
            }
            let log = try directory.openLogToLook()
            defer { log.close() }
            let head = try log.head(of: id)
            guard head.size > 0 else {
                throw Failure(.input, "The log has nothing of this person.")
            }
            Terminal.shared.note("\(head.size) frames, root \(head.root)")
            var lines: [String] = []
            _ = try log.read(id, from: from, limit: max(0, limit)) { frame in
                let line = try HeaderLine(frame)
                lines.append(try json ? JSONText.encode(line) : line.text)
            }
            for line in lines { Terminal.shared.data(line) }
        }
    }
}

/// A frame's clear header as a line.
struct HeaderLine: Encodable {
    let partition: Int
    let position: UInt64
    let subject: String
    let revision: UInt64
    let kind: String
    let events: Int
    let bytes: Int
    let recordedAtMicroseconds: Int64
    let leaf: String

    init(_ frame: borrowing StoredFrame) throws {
        partition = frame.partition
        position = frame.position
        guard !frame.isTombstone else {
            (subject, revision, kind, events) = ("", 0, "tombstone", 0)
            (bytes, recordedAtMicroseconds, leaf) = (frame.bytes.count, 0, "")
            return
        }
        let header = try FrameHeader(frame.bytes)
        subject = header.subject.description
        revision = header.revision
        kind = header.kind.word
        events = Int(header.eventCount)
        bytes = header.frameByteCount
        recordedAtMicroseconds = header.recordedAt
        leaf = FrameHeader.leaf(of: frame.bytes).description
    }

    var text: String {
        "\(partition):\(position)  \(subject) \(revision)  \(kind)  \(events) events  \(bytes) B  "
            + "leaf \(leaf.prefix(16))"
    }
}
