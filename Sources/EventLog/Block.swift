internal import Cryptography
internal import Frame

/// What one group brought to its environment, in arrival order: a header, a directory, the frames.
///
/// ```
///  0  4  magic JBB1           16  4  frames
///  4  4  CRC-32C of the rest  20  4  bytes of the whole block
///  8  8  environment sequence 24  8  reserved, zero
/// 32 16  per frame: partition 2, flags 2, offset 4, position 8
///        the frames, or tombstones, one after the other
/// ```
/// The checksum covers everything from byte 8. A block is never rewritten; `compact` writes new
/// environments.
struct Block: ~Escapable {
    static let headerByteCount = 32
    static let entryByteCount = 16
    static let magic: UInt32 = 0x3142_424a
    /// At most this many bytes in a block: one block is one sequential read and one checksum.
    static let byteCountMax = 1 << 20

    let bytes: Span<UInt8>
    let sequence: UInt64
    let count: Int

    /// Checks the block that was stored as `sequence`.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, sequence: UInt64) throws(BlockDamage) {
        guard bytes.count >= Block.headerByteCount,
            bytes.littleEndian(UInt32.self, at: 0) == Block.magic,
            Int(bytes.littleEndian(UInt32.self, at: 20)) == bytes.count
        else { throw .header }
        guard
            bytes.littleEndian(UInt32.self, at: 4)
                == Checksum.crc32c(bytes.extracting(8..<bytes.count))
        else { throw .checksum }
        guard bytes.littleEndian(UInt64.self, at: 8) == sequence else { throw .misplaced }
        let count = Int(bytes.littleEndian(UInt32.self, at: 16))
        guard count >= 1,
            count <= (bytes.count - Block.headerByteCount) / Block.entryByteCount
        else { throw .directory }
        self.bytes = bytes
        self.sequence = sequence
        self.count = count
    }

    /// The block that was stored as `sequence`, unread but for its header.
    ///
    /// For a reader that checks the frame it wants by itself: a checksum over the whole block would
    /// cost hundreds of times the frame.
    @_lifetime(copy bytes)
    init(unchecked bytes: Span<UInt8>, sequence: UInt64) throws(BlockDamage) {
        guard bytes.count >= Block.headerByteCount,
            bytes.littleEndian(UInt32.self, at: 0) == Block.magic
        else { throw .header }
        let count = Int(bytes.littleEndian(UInt32.self, at: 16))
        guard count >= 1,
            count <= (bytes.count - Block.headerByteCount) / Block.entryByteCount
        else { throw .directory }
        self.bytes = bytes
        self.sequence = sequence
        self.count = count
    }

    /// Where entry `slot` says its frame is.
    func entry(_ slot: Int) throws(BlockDamage) -> BlockEntry {
        guard slot >= 0, slot < count else { throw .directory }
        let base = Block.headerByteCount + slot * Block.entryByteCount
        let start = Int(bytes.littleEndian(UInt32.self, at: base + 4))
        let end =
            slot + 1 < count
            ? Int(bytes.littleEndian(UInt32.self, at: base + Block.entryByteCount + 4))
            : bytes.count
        guard start >= Block.headerByteCount + count * Block.entryByteCount, start < end,
            end <= bytes.count
        else { throw .directory }
        return BlockEntry(
            partition: Int(bytes.littleEndian(UInt16.self, at: base)),
            isTombstone: bytes.littleEndian(UInt16.self, at: base + 2) == 1,
            range: start..<end,
            position: bytes.littleEndian(UInt64.self, at: base + 8)
        )
    }
}

/// One line of a block's directory.
struct BlockEntry {
    let partition: Int
    let isTombstone: Bool
    let range: Range<Int>
    let position: UInt64
}

/// What is wrong with a block.
enum BlockDamage: String, Error {
    case header = "the block header"
    case checksum = "the block checksum"
    case misplaced = "a block under another's key"
    case directory = "the block directory"
    case frame = "a frame's header"
    case order = "a frame's place in its log"
}

/// Writes one block into the bytes that LMDB reserved for it.
struct BlockWriter {
    /// Bytes that `count` frames of `frameBytes` together take as a block.
    static func byteCount(frames count: Int, frameBytes: Int) -> Int {
        Block.headerByteCount + count * Block.entryByteCount + frameBytes
    }

    private var slot = 0
    private var offset: Int

    init(frames count: Int) {
        offset = Block.headerByteCount + count * Block.entryByteCount
    }

    /// Adds the next frame and its directory line.
    mutating func add(
        _ frame: Span<UInt8>,
        partition: Int,
        position: UInt64,
        isTombstone: Bool = false,
        to out: inout MutableSpan<UInt8>
    ) {
        let base = Block.headerByteCount + slot * Block.entryByteCount
        out.setLittleEndian(UInt16(partition), at: base)
        out.setLittleEndian(UInt16(isTombstone ? 1 : 0), at: base + 2)
        out.setLittleEndian(UInt32(offset), at: base + 4)
        out.setLittleEndian(position, at: base + 8)
        out.copy(frame, at: offset)
        slot += 1
        offset += frame.count
    }

    /// Writes the header; nothing may be added after it.
    func finish(sequence: UInt64, _ out: inout MutableSpan<UInt8>) {
        precondition(offset == out.count, "a block is filled exactly")
        out.setLittleEndian(Block.magic, at: 0)
        out.setLittleEndian(sequence, at: 8)
        out.setLittleEndian(UInt32(slot), at: 16)
        out.setLittleEndian(UInt32(out.count), at: 20)
        out.setLittleEndian(UInt64(0), at: 24)
        let checksum = Checksum.crc32c(out.span.extracting(8..<out.count))
        out.setLittleEndian(checksum, at: 4)
    }
}

/// What compaction leaves of a frame nobody can open: subject 16, revision 8, command 16 and the
/// leaf hash 32, so that revisions, idempotency and proofs stay as they were.
struct Tombstone {
    static let byteCount = 72

    let subject: SubjectID
    let revision: UInt64
    let command: CommandID
    let leaf: Digest

    init(subject: SubjectID, revision: UInt64, command: CommandID, leaf: Digest) {
        (self.subject, self.revision) = (subject, revision)
        (self.command, self.leaf) = (command, leaf)
    }

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Tombstone.byteCount else { return nil }
        subject = SubjectID(bytes, at: 0)
        revision = bytes.littleEndian(UInt64.self, at: 16)
        command = CommandID(bytes, at: 24)
        leaf = Digest(bytes.extracting(40..<72))
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        subject.append(to: &out)
        out.appendLittleEndian(revision)
        command.append(to: &out)
        leaf.append(to: &out)
        return out
    }
}
