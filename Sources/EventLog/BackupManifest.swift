internal import Cryptography
internal import Files
internal import Frame

/// What a whole backup holds: the log's identity, where each environment ends, and its partitions'
/// trees there.
///
/// Written after the segments it counts are durable, so a restore can tell a backup that lost a
/// segment, or that was cut off, from a whole one.
///
/// The file is the magic JBM1 (4 bytes) and the log's identity (44), then for each environment its
/// end (8) and partitions (4), for each of these its number (4), frames (8) and one 32-byte root
/// for each set bit of the frames, highest first; a CRC-32C of all before it (4) is last.
struct BackupManifest: Equatable {
    private static let magic: UInt32 = 0x314d_424a  // JBM1

    /// Of environment 0.
    let identity: LogIdentity
    var environments: [BackupExtent]

    init(_ identity: LogIdentity) {
        self.identity = identity.of(environment: 0)
        environments = Array(repeating: BackupExtent(), count: identity.layout.environments)
    }

    /// The manifest of `backup`; nil when no backup into it was ever finished.
    static func read(in backup: String) throws -> BackupManifest? {
        let path = path(in: backup)
        guard Files.exists(path) else { return nil }
        let bytes = try Files.read(path)
        guard let manifest = BackupManifest(bytes.span) else {
            throw LogError.damaged(file: path, place: "the manifest")
        }
        return manifest
    }

    func write(in backup: String) throws(FileError) {
        try Files.replace(BackupManifest.path(in: backup), with: bytes)
    }

    private static func path(in backup: String) -> String { backup + "/manifest" }

    private var bytes: [UInt8] {
        var out: [UInt8] = []
        out.appendLittleEndian(BackupManifest.magic)
        out += identity.bytes
        for environment in environments {
            out.appendLittleEndian(environment.end)
            out.appendLittleEndian(UInt32(environment.partitions.count))
            for (partition, tree) in environment.partitions.sorted(by: { $0.key < $1.key }) {
                out.appendLittleEndian(UInt32(partition))
                out.appendLittleEndian(tree.count)
                for node in tree.nodes { node.append(to: &out) }
            }
        }
        out.appendLittleEndian(Checksum.crc32c(out.span))
        return out
    }

    /// Nil when the bytes do not have exactly this form.
    private init?(_ bytes: Span<UInt8>) {
        let start = 4 + LogIdentity.byteCount
        guard bytes.count >= start + 4,
            bytes.littleEndian(UInt32.self, at: 0) == BackupManifest.magic,
            bytes.littleEndian(UInt32.self, at: bytes.count - 4)
                == Checksum.crc32c(bytes.extracting(0..<bytes.count - 4)),
            let identity = LogIdentity(bytes.extracting(4..<start))
        else { return nil }
        self.identity = identity
        environments = []
        let fields = bytes.extracting(0..<bytes.count - 4)
        var offset = start
        for _ in 0..<identity.layout.environments {
            guard let extent = BackupExtent(fields, at: &offset) else { return nil }
            environments.append(extent)
        }
        guard offset == fields.count else { return nil }
    }
}

/// How far the blocks of one environment go in a backup, and the trees over their frames.
struct BackupExtent: Equatable {
    /// Blocks below this are in the backup.
    private(set) var end: UInt64 = 0
    private(set) var partitions: [Int: TreeFrontier] = [:]

    init() {}

    /// Its part of a manifest, which begins at `offset`; nil when it is not all there.
    init?(_ bytes: Span<UInt8>, at offset: inout Int) {
        guard bytes.count - offset >= 12 else { return nil }
        end = bytes.littleEndian(UInt64.self, at: offset)
        let count = Int(bytes.littleEndian(UInt32.self, at: offset + 8))
        offset += 12
        for _ in 0..<count {
            guard bytes.count - offset >= 12 else { return nil }
            let partition = Int(bytes.littleEndian(UInt32.self, at: offset))
            let frames = bytes.littleEndian(UInt64.self, at: offset + 4)
            offset += 12
            guard bytes.count - offset >= frames.nonzeroBitCount * Digest.byteCount else {
                return nil
            }
            var nodes: [Digest] = []
            for _ in 0..<frames.nonzeroBitCount {
                nodes.append(Digest(bytes.extracting(offset..<offset + Digest.byteCount)))
                offset += Digest.byteCount
            }
            partitions[partition] = TreeFrontier(count: frames, nodes: nodes)
        }
    }

    /// Takes in the frames of the next block.
    mutating func add(_ frames: [BlockLeaf]) throws(BlockDamage) {
        for frame in frames {
            guard partitions[frame.partition, default: TreeFrontier()].count == frame.position
            else { throw .order }
            partitions[frame.partition, default: TreeFrontier()].append(frame.leaf)
        }
        end += 1
    }
}
