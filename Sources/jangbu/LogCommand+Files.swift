import ArgumentParser
import Cryptography
import EventLog
import Files
import Frame
import Synchronization
import Vault

extension LogCommand {
    /// `jangbu log verify`.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Read the whole log: checksums, order, every index; say what is damaged.",
            discussion: "The log must not be open elsewhere. Ends with 1 when something is damaged."
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let directory = try DataDirectory(options.settings())
            let progress = CopyProgressBar("verify")
            let report = try EventLog.verify(directory.log) { progress.show($0) }
            progress.end()
            let body = Body(
                frames: report.frames,
                tombstones: report.tombstones,
                blocks: report.blocks,
                subjects: report.subjects,
                digest: report.digest.description,
                damageCount: report.damageCount,
                damages: report.damages.map(\.description)
            )
            Terminal.shared.data(try json ? JSONText.encode(body) : body.text)
            guard report.damages.isEmpty else { throw ExitCode(ExitClass.differs.rawValue) }
        }

        private struct Body: Encodable {
            let frames, tombstones, blocks: UInt64
            let subjects: Int
            let digest: String
            let damageCount: UInt64
            let damages: [String]

            var text: String {
                "\(Text.grouped(frames)) frames of \(Text.grouped(subjects)) subjects in "
                    + "\(Text.grouped(blocks)) blocks, \(Text.grouped(tombstones)) tombstones\n"
                    + "digest \(digest)\n"
                    + (damages.isEmpty
                        ? "sound"
                        : "DAMAGED in \(Text.grouped(damageCount)) places\n"
                            + damages.joined(separator: "\n"))
            }
        }
    }

    /// `jangbu log restore`.
    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Make the log of a data directory that has none from a backup.",
            discussion: """
                Erasures that came after the backup win: their keys are gone from the vault, \
                which is not in the backup. \
                Read models are folded anew at the next start.

                Example: jangbu log restore /backups/jangbu --data-directory /srv/jangbu
                """
        )

        @OptionGroup var options: SettingsOptions
        @Argument(help: "Folder of the backup.", completion: .directory) var source: String
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let directory = try DataDirectory(options.settings())
            guard Files.exists(source) else { throw Failure(.input, "\(source) is not there.") }
            // Folded from a log that may have been longer. First, so that a crash leaves no log
            // beside them.
            if !Files.exists(directory.log + "/environment-00") {
                try Files.removeTree(directory.projections)
            }
            let progress = CopyProgressBar("restore")
            var blocks: UInt64 = 0
            try EventLog.restore(from: source, to: directory.log) {
                blocks = $0.blocks
                progress.show($0)
            }
            progress.end()
            let body = Body(log: directory.log, blocks: blocks)
            Terminal.shared.data(
                try json
                    ? JSONText.encode(body)
                    : "\(Text.grouped(blocks)) blocks restored to \(body.log)"
            )
        }

        private struct Body: Encodable {
            let log: String
            let blocks: UInt64
        }
    }

    /// `jangbu log compact`.
    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract:
                "Replace frames whose keys are destroyed by their hashes; heads stay the same.",
            discussion: "The log must not be open elsewhere."
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let directory = try DataDirectory(options.settings())
            let dropped = try Droppable(directory)
            let progress = CopyProgressBar("compact")
            let report = try EventLog.compact(
                directory.log,
                isDropped: { dropped.contains($0) },
                progress: { progress.show($0) }
            )
            progress.end()
            let body = Body(
                frames: report.frames,
                dropped: report.dropped,
                bytesBefore: report.bytesBefore,
                bytesAfter: report.bytesAfter
            )
            Terminal.shared.data(try json ? JSONText.encode(body) : body.text)
        }

        private struct Body: Encodable {
            let frames, dropped, bytesBefore, bytesAfter: UInt64

            var text: String {
                "\(Text.grouped(dropped)) of \(Text.grouped(frames)) frames dropped, "
                    + "\(Text.grouped(bytesBefore)) bytes before, \(Text.grouped(bytesAfter)) after"
            }
        }
    }

    /// `jangbu log reindex`.
    struct Reindex: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reindex",
            abstract: "Drop the index; the next start builds it again from the blocks."
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let directory = try DataDirectory(options.settings())
            try EventLog.reindex(directory.log)
            // Builds it now, so that a fault shows here.
            let log = try directory.openLog()
            defer { log.close() }
            let frames = try log.figures().reduce(0) { $0 + $1.frames }
            Terminal.shared.data(
                try json
                    ? JSONText.encode(["frames": frames])
                    : "the index of \(Text.grouped(frames)) frames is built again"
            )
        }
    }
}

/// Which frames nobody can open any more, found while vault and log are open, used when the log is
/// closed.
private struct Droppable {
    private var erased: Set<SubjectID> = []
    private var shredded: Set<Place> = []

    private struct Place: Hashable {
        let subject: SubjectID
        let compartment: CompartmentID
        let epoch: UInt32
    }

    init(_ directory: DataDirectory) throws {
        let (vault, log) = try directory.open()
        defer { log.close() }
        try vault.attach(log)
        var seen: Set<Place> = []
        for environment in 0..<log.layout.environments {
            var sequence: UInt64 = 0
            while true {
                let next = try log.scan(environment: environment, from: sequence, blockLimit: 64) {
                    frame in
                    guard !frame.isTombstone else { return }
                    let header = try FrameHeader(frame.bytes)
                    guard !header.subject.isPlatform else { return }
                    if vault.state(of: header.subject) == .erased {
                        erased.insert(header.subject)
                        return
                    }
                    guard header.compartment != .keys else { return }
                    let place = Place(
                        subject: header.subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch
                    )
                    guard seen.insert(place).inserted else { return }
                    if try Droppable.isDestroyed(place, vault) { shredded.insert(place) }
                }
                guard next > sequence else { break }
                sequence = next
            }
        }
    }

    /// Whether a key was destroyed; one that is only not here may come back when a vault or log is
    /// restored.
    private static func isDestroyed(_ place: Place, _ vault: Vault) throws(VaultError) -> Bool {
        do throws(VaultError) {
            _ = try vault.key(
                of: place.subject,
                compartment: place.compartment,
                epoch: place.epoch,
                for: .projection
            )
            return false
        } catch {
            switch error {
            case .compartmentErased: return try hasWrapsInForce(place.subject, vault)
            case .unknownSubject, .unknownCompartment, .damaged: return false
            default: throw error
            }
        }
    }

    /// Without them this is an older copy of the log.
    private static func hasWrapsInForce(
        _ subject: SubjectID,
        _ vault: Vault
    ) throws(VaultError) -> Bool {
        do throws(VaultError) {
            _ = try vault.newest(.role(.view), of: subject, for: .projection)
            return true
        } catch {
            guard error == .unknownCompartment else { throw error }
            return false
        }
    }

    func contains(_ header: FrameHeader) -> Bool {
        erased.contains(header.subject)
            || shredded.contains(
                Place(
                    subject: header.subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch
                )
            )
    }
}

/// Progress of work that goes block by block.
final class CopyProgressBar: Sendable {
    private let progress: Progress
    private let last = Mutex<Int>(0)

    init(_ title: String) { progress = Progress(title, unit: "blocks") }

    func show(_ state: CopyProgress) {
        last.withLock { $0 = Int(state.blocks) }
        progress.show(
            Int(state.blocks),
            share: state.total == 0 ? nil : Double(state.blocks) / Double(state.total)
        )
    }

    func end() { progress.end(last.withLock { $0 }) }
}
