import ArgumentParser
import Cryptography
import EventLog
import Files
import Foundation
import Frame
import Vault

extension LogCommand {
    /// `jangbu log key`.
    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key",
            abstract: "The operator's public key: what heads and proofs are checked with."
        )

        @OptionGroup var options: SettingsOptions

        func run() throws {
            let (vault, log) = try DataDirectory(options.settings()).open()
            defer { log.close() }
            Terminal.shared.data(Hex.encode(vault.publicKey))
        }
    }

    /// `jangbu log head`.
    struct Head: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "head",
            abstract: "A signed head: size and root of a person's log or of a partition.",
            discussion: """
                A checkpoint in a signed note (c2sp.org/tlog-checkpoint), as transparency-log \
                tools read it. Whoever keeps it can tell later whether anything before it was \
                changed.

                Example: jangbu log head --subject 0f3b...
                """
        )

        @OptionGroup var options: SettingsOptions
        @Option(help: "The person's id, 32 hexadecimal digits.") var subject: String?
        @Option(help: "Which partition.") var partition: Int?

        func validate() throws {
            guard (subject == nil) != (partition == nil) else {
                throw ValidationError("Say --subject or --partition.")
            }
        }

        func run() throws {
            let (vault, log) = try DataDirectory(options.settings()).open()
            defer { log.close() }
            // Its last line has its end already.
            Terminal.shared.data(String(try note(vault, log).text.dropLast()))
        }

        private func note(_ vault: Vault, _ log: EventLog) throws -> SignedNote {
            guard let partition else {
                return try vault.note(of: SubjectID(argument: subject), in: log)
            }
            guard partition >= 0, partition < log.layout.partitions else {
                throw Failure(.input, "The log has partitions 0 to \(log.layout.partitions - 1).")
            }
            return try vault.note(log.checkpoint(of: partition), "partition/\(partition)", log)
        }
    }

    /// `jangbu log prove`.
    struct Prove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prove",
            abstract: "Proof that a frame, or one event of it, is in a person's log.",
            discussion: """
                With a signed head; check it anywhere with jangbu log check-proof. --event opens \
                that event and puts it into the proof in clear; of the frame's others the proof \
                tells nothing.

                Example: jangbu log prove --subject 0f3b... --revision 4 --event 0 > proof.json
                """
        )

        @OptionGroup var options: SettingsOptions
        @Option(help: "The person's id, 32 hexadecimal digits.") var subject: String
        @Option(help: "Which frame.") var revision: UInt64
        @Option(help: "Which event of the frame, from 0.") var event: Int?

        func run() throws {
            let id = try SubjectID(argument: subject)
            let (vault, log) = try DataDirectory(options.settings()).open()
            defer { log.close() }
            if event != nil { try vault.attach(log) }
            let head = try vault.note(of: id, in: log)
            guard revision < head.size else {
                throw Failure(.input, "The log has \(head.size) frames of this person.")
            }
            var frame: (leaf: Digest, bytes: [UInt8]?)?
            _ = try log.read(id, from: revision, limit: 1) { stored in
                frame = (stored.leaf, stored.isTombstone ? nil : stored.bytes.array)
            }
            guard let frame else { throw LogError.outOfRange(size: revision) }
            let path = try log.inclusionProof(of: revision, in: id, size: head.size)
            let proof = ProofFile(
                head: head.text,
                revision: revision,
                leaf: frame.leaf.description,
                path: path.map(\.description),
                event: try event.map { try ProofFile.Event($0, of: frame.bytes, vault) }
            )
            Terminal.shared.data(try JSONText.encode(proof))
        }
    }

    /// `jangbu log check-proof`.
    struct CheckProof: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check-proof",
            abstract: "Check a proof with nothing but the operator's public key.",
            discussion: """
                Needs no data directory and no network. Ends with 1 when the proof does not hold.

                Example: jangbu log check-proof proof.json --public-key 5d0e...
                """
        )

        @Argument(help: "The proof's file.", completion: .file()) var file: String
        @Option(help: "64 hexadecimal digits, as jangbu log key prints them.")
        var publicKey: String

        func run() throws {
            guard let key = Hex.decode(publicKey), key.count == Digest.byteCount else {
                throw ValidationError("A public key has 64 hexadecimal digits.")
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let proof: ProofFile
            do {
                let bytes = try Files.read(file, limit: 16 << 20)
                proof = try decoder.decode(ProofFile.self, from: Data(bytes))
            } catch is DecodingError {
                throw Failure(.data, "\(file) is not a proof.")
            }
            Terminal.shared.data(try proof.check(by: key))
        }
    }
}

/// What `jangbu log prove` prints: hashes in hexadecimal, bytes in base64.
struct ProofFile: Codable {
    /// The signed head.
    let head: String
    let revision: UInt64
    let leaf: String
    /// From the leaf up to the head's root.
    let path: [String]
    let event: Event?

    /// One event of the frame, and the frame as it is stored: sealed, so it tells nothing else.
    struct Event: Codable {
        let index: Int
        let event, blind, frame: String
        /// From the event up to the root in the frame's header.
        let path: [String]

        init(_ index: Int, of frame: [UInt8]?, _ vault: Vault) throws {
            guard let frame else {
                throw Failure(.input, "Compaction dropped the frame; only its hash is left.")
            }
            let header = try FrameHeader(frame.span)
            guard index >= 0, index < Int(header.eventCount) else {
                throw Failure(.input, "The frame has \(header.eventCount) events.")
            }
            let key = try vault.key(
                of: header.subject,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .audit
            )
            var opener = try FrameOpener()
            defer { opener.close() }
            let proof = try opener.prove(index, of: frame.span, key: key)
            self.index = index
            event = Base64.encode(proof.event)
            blind = Base64.encode(proof.blind)
            self.frame = Base64.encode(frame)
            path = proof.path.map(\.description)
        }
    }

    /// What the proof shows, once all of it holds.
    func check(by publicKey: [UInt8]) throws -> String {
        let origin = head.prefix { $0 != "\n" }.split(separator: "/")
        guard origin.count == 4, origin[2] == "subject",
            let subject = SubjectID(hexadecimal: origin[3]),
            let note = SignedNote(
                head,
                signer: origin[..<2].joined(separator: "/"),
                publicKey: publicKey
            )
        else { throw Failure(.differs, "The head is not signed by this key.") }
        guard let leaf = ProofFile.digest(leaf), let path = ProofFile.digests(path) else {
            throw Failure(.data, "A hash of the proof does not have 64 hexadecimal digits.")
        }
        let holds = Merkle.verifyInclusion(
            of: leaf,
            at: revision,
            count: note.size,
            path: path,
            root: note.root
        )
        guard holds else { throw Failure(.differs, "The frame is not in the tree of the head.") }
        let frame = "frame \(revision) of \(note.size) of \(subject) in log \(origin[1])"
        guard let event else { return "proven: \(frame)" }
        try check(event, leaf: leaf, subject)
        return "proven: event \(event.index) of \(frame)"
    }

    private func check(_ event: Event, leaf: Digest, _ subject: SubjectID) throws {
        guard let frame = Base64.decode(event.frame), let bytes = Base64.decode(event.event),
            let blind = Base64.decode(event.blind), let path = ProofFile.digests(event.path),
            frame.count >= FrameLimit.headerByteCount
        else { throw Failure(.data, "The event's part of the proof is malformed.") }
        let header = Array(frame.prefix(FrameLimit.headerByteCount))
        let fields: FrameHeader
        do {
            fields = try FrameHeader(header.span)
        } catch {
            throw Failure(.data, "The event's frame is malformed.")
        }
        let proof = EventProof(
            header: header,
            index: event.index,
            blind: blind,
            event: bytes,
            path: path
        )
        guard FrameHeader.leaf(of: frame.span) == leaf, fields.subject == subject,
            fields.revision == revision, proof.verify()
        else { throw Failure(.differs, "The event is not in the frame.") }
    }

    private static func digest(_ text: String) -> Digest? {
        guard let bytes = Hex.decode(text), bytes.count == Digest.byteCount else { return nil }
        return Digest(bytes)
    }

    private static func digests(_ texts: [String]) -> [Digest]? {
        let digests = texts.compactMap(digest)
        return digests.count == texts.count ? digests : nil
    }
}

extension SubjectID {
    /// A person's id as the command line gives it.
    fileprivate init(argument: String?) throws {
        guard let argument, let id = SubjectID(hexadecimal: argument) else {
            throw ValidationError("A person's id has 32 hexadecimal digits.")
        }
        self = id
    }
}

extension Vault {
    /// The signed head of a person's log, which must have a frame.
    fileprivate func note(of subject: SubjectID, in log: EventLog) throws -> SignedNote {
        let head = try log.head(of: subject)
        guard head.size > 0 else {
            throw Failure(.input, "The log has nothing of this person.")
        }
        return try note(head, "subject/\(subject)", log)
    }

    fileprivate func note(
        _ head: TreeHead,
        _ tree: String,
        _ log: EventLog
    ) throws -> SignedNote {
        try SignedNote(
            origin: "jangbu/\(log.id)/\(tree)",
            size: head.size,
            root: head.root,
            signer: "jangbu/\(log.id)",
            sign: { try sign($0) },
            publicKey: publicKey
        )
    }
}
