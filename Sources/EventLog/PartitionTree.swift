internal import Cryptography
internal import Frame

/// The tree over a partition's frames: whole runs of 256 leaves as their roots, and the rest.
///
/// A subtree of 256 aligned leaves is a node of the whole tree (RFC 6962 splits at powers of two),
/// so 32 bytes per 256 frames are enough to prove anything after reading at most 511 leaves.
struct PartitionTree: Sendable {
    /// Leaves of a tile.
    static let tileLeafCount: UInt64 = 256

    /// Roots of the complete tiles.
    private(set) var tiles: [Digest] = []
    private var top = TreeFrontier()
    private var rest = TreeFrontier()
    /// Leaves after the last complete tile.
    private(set) var restLeaves: [Digest] = []

    init() {}

    /// Complete tiles only; the leaves after them are appended next.
    init(tiles: [Digest]) {
        self.tiles = tiles
        for tile in tiles { top.append(tile) }
    }

    /// Frames, which is the next position.
    var count: UInt64 { UInt64(tiles.count) * PartitionTree.tileLeafCount + rest.count }

    mutating func append(_ leaf: Digest) {
        rest.append(leaf)
        restLeaves.append(leaf)
        guard rest.count == PartitionTree.tileLeafCount else { return }
        tiles.append(rest.root)
        top.append(rest.root)
        rest = TreeFrontier()
        restLeaves.removeAll(keepingCapacity: true)
    }

    var root: Digest {
        guard rest.count > 0 else { return top.root }
        var hash = rest.root
        for node in top.nodes.reversed() { hash = Merkle.node(node, hash) }
        return hash
    }
}
