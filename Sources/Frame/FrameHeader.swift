public import Cryptography

/// The clear 168 bytes at the start of a frame, all of them authenticated by the body's seal.
public struct FrameHeader: Equatable, Sendable {
    /// `JBF1` read little-endian.
    static let magic: UInt32 = 0x3146_424a
    static let version: UInt8 = 1

    /// How keys are derived, content is packed, padded and sealed.
    public var suite: UInt8
    /// What the frame holds.
    public var kind: FrameKind
    /// Bit 0: padded to buckets, because a counterparty chose some of the text.
    public var flags: UInt8
    /// Events in the body, 1...1,024.
    public var eventCount: UInt32
    /// Bytes after the header, tag included.
    public var bodyByteCount: UInt32
    /// Which of the compartment's keys seals the frame.
    public var keyEpoch: UInt32
    /// Version of the schema lock that the writer had.
    public var schemaSet: UInt32
    /// 0-based place in the subject's log.
    public var revision: UInt64
    /// When the frame was sealed, microseconds since 1970-01-01 UTC: data, never order.
    public var recordedAt: Int64
    /// Whose log the frame is in.
    public var subject: SubjectID
    /// Whose key opens it.
    public var compartment: CompartmentID
    /// Which command appended it.
    public var command: CommandID
    /// 16 random bytes; with the compartment's key they give the frame's own.
    public var saltHigh: UInt64
    /// Bytes 8...15 of the salt.
    public var saltLow: UInt64
    /// Excludes that a second key opens the frame to something else.
    public var keyCommitment: Digest
    /// RFC 6962 root over the blinded events.
    public var eventRoot: Digest

    /// Bytes of the whole frame.
    public var frameByteCount: Int { FrameLimit.headerByteCount + Int(bodyByteCount) }

    /// Reads and checks the header at the start of `bytes`; the body may be missing.
    public init(_ bytes: Span<UInt8>) throws(FrameError) {
        guard bytes.count >= FrameLimit.headerByteCount else { throw .truncated }
        guard bytes.littleEndian(UInt32.self, at: 0) == FrameHeader.magic,
            bytes[4] == FrameHeader.version
        else { throw .notAFrame }
        suite = bytes[5]
        guard let kind = FrameKind(rawValue: bytes[6]) else { throw .unknownKind(bytes[6]) }
        self.kind = kind
        flags = bytes[7]
        eventCount = bytes.littleEndian(UInt32.self, at: 8)
        bodyByteCount = bytes.littleEndian(UInt32.self, at: 12)
        keyEpoch = bytes.littleEndian(UInt32.self, at: 16)
        schemaSet = bytes.littleEndian(UInt32.self, at: 20)
        revision = bytes.littleEndian(UInt64.self, at: 24)
        recordedAt = bytes.littleEndian(Int64.self, at: 32)
        subject = SubjectID(bytes, at: 40)
        compartment = CompartmentID(bytes, at: 56)
        command = CommandID(bytes, at: 72)
        saltHigh = bytes.bigEndian(UInt64.self, at: 88)
        saltLow = bytes.bigEndian(UInt64.self, at: 96)
        keyCommitment = Digest(bytes.extracting(104..<136))
        eventRoot = Digest(bytes.extracting(136..<168))
        try checkRanges()
    }

    init(sealing content: FrameContent, salt: (UInt64, UInt64), suite: UInt8) {
        self.suite = suite
        kind = content.kind
        flags = content.counterpartyText ? 1 : 0
        eventCount = UInt32(content.eventCount)
        bodyByteCount = 0
        keyEpoch = content.keyEpoch
        schemaSet = content.schemaSet
        revision = content.revision
        recordedAt = content.recordedAt
        subject = content.subject
        compartment = content.compartment
        command = content.command
        (saltHigh, saltLow) = salt
        keyCommitment = Digest()
        eventRoot = Digest()
    }

    private func checkRanges() throws(FrameError) {
        guard suite == Suite.first.number else { throw .unknownSuite(suite) }
        guard flags & ~1 == 0 else { throw .outOfRange(field: "flags") }
        guard eventCount >= 1, eventCount <= FrameLimit.eventCountMax else {
            throw .outOfRange(field: "event count")
        }
        guard bodyByteCount >= 32 + 16, frameByteCount <= FrameLimit.byteCountMax else {
            throw .outOfRange(field: "body length")
        }
    }

    /// Writes the 168 bytes at `offset`.
    func write(into out: inout MutableSpan<UInt8>, at offset: Int) {
        out.setLittleEndian(FrameHeader.magic, at: offset)
        out[offset + 4] = FrameHeader.version
        out[offset + 5] = suite
        out[offset + 6] = kind.rawValue
        out[offset + 7] = flags
        out.setLittleEndian(eventCount, at: offset + 8)
        out.setLittleEndian(bodyByteCount, at: offset + 12)
        out.setLittleEndian(keyEpoch, at: offset + 16)
        out.setLittleEndian(schemaSet, at: offset + 20)
        out.setLittleEndian(revision, at: offset + 24)
        out.setLittleEndian(recordedAt, at: offset + 32)
        subject.write(into: &out, at: offset + 40)
        compartment.write(into: &out, at: offset + 56)
        command.write(into: &out, at: offset + 72)
        out.setLittleEndian(saltHigh.byteSwapped, at: offset + 88)
        out.setLittleEndian(saltLow.byteSwapped, at: offset + 96)
        keyCommitment.write(into: &out, at: offset + 104)
        eventRoot.write(into: &out, at: offset + 136)
    }

    /// Leaf hash of a whole frame: SHA-256(0x00 ‖ frame bytes), over ciphertext.
    public static func leaf(of frame: Span<UInt8>) -> Digest {
        SHA256.hash(prefix: 0, frame)
    }
}

/// What a caller decides about a frame before it is sealed.
public struct FrameContent: Sendable {
    /// What the frame holds.
    public var kind: FrameKind
    /// Whose log.
    public var subject: SubjectID
    /// Whose key.
    public var compartment: CompartmentID
    /// Which of the compartment's keys.
    public var keyEpoch: UInt32
    /// The subject's next revision.
    public var revision: UInt64
    /// Which command.
    public var command: CommandID
    /// When, microseconds since 1970-01-01 UTC.
    public var recordedAt: Int64
    /// Schema lock version.
    public var schemaSet: UInt32
    /// Events that follow, 1...1,024.
    public var eventCount: Int
    /// A counterparty chose some of the text, so length could tell what it says: pad to buckets.
    public var counterpartyText: Bool

    /// Collects the fields.
    public init(
        kind: FrameKind,
        subject: SubjectID,
        compartment: CompartmentID,
        keyEpoch: UInt32,
        revision: UInt64,
        command: CommandID,
        recordedAt: Int64,
        schemaSet: UInt32,
        eventCount: Int,
        counterpartyText: Bool = false
    ) {
        self.kind = kind
        self.subject = subject
        self.compartment = compartment
        self.keyEpoch = keyEpoch
        self.revision = revision
        self.command = command
        self.recordedAt = recordedAt
        self.schemaSet = schemaSet
        self.eventCount = eventCount
        self.counterpartyText = counterpartyText
    }
}
