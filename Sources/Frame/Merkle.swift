public import Cryptography

/// Hash trees of RFC 6962 §2.1: leaf SHA-256(0x00 ‖ data), node SHA-256(0x01 ‖ left ‖ right).
public enum Merkle {
    /// Hash of two children.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        SHA256.hash(prefix: 1, left, right)
    }

    /// Root of no leaves: SHA-256 of nothing.
    public static let emptyRoot = SHA256.hash([])

    /// Root of `leaves`.
    public static func root(of leaves: [Digest]) -> Digest {
        var scratch = leaves
        return reduce(&scratch)
    }

    /// Root of `leaves`, which are overwritten.
    ///
    /// Pairing neighbours and carrying an odd last one up gives exactly RFC 6962's split at the
    /// largest power of two.
    static func reduce(_ leaves: inout [Digest]) -> Digest {
        guard !leaves.isEmpty else { return emptyRoot }
        var count = leaves.count
        while count > 1 {
            let pairs = count / 2
            for index in 0..<pairs {
                leaves[index] = node(leaves[2 * index], leaves[2 * index + 1])
            }
            if !count.isMultiple(of: 2) { leaves[pairs] = leaves[count - 1] }
            count = (count + 1) / 2
        }
        return leaves[0]
    }

    /// Sibling hashes of leaf `index`, from the leaf up.
    public static func inclusionProof(of index: Int, in leaves: [Digest]) -> [Digest] {
        precondition(index >= 0 && index < leaves.count, "the leaf is in the tree")
        return inclusionProof(of: UInt64(index), count: UInt64(leaves.count)) { range in
            root(of: Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }

    /// Sibling hashes of leaf `index` of `count`, from the leaf up; `subtree` gives the root of a
    /// range of leaves.
    public static func inclusionProof<E: Error>(
        of index: UInt64,
        count: UInt64,
        subtree: (Range<UInt64>) throws(E) -> Digest
    ) throws(E) -> [Digest] {
        precondition(index < count, "the leaf is in the tree")
        var range = 0..<count
        var path: [Digest] = []
        while range.count > 1 {
            let middle = range.lowerBound + split(UInt64(range.count))
            if index < middle {
                path.append(try subtree(middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try subtree(range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// Checks that `leaf` is at `index` of the tree of `count` leaves with `root` (RFC 9162
    /// §2.1.3.2).
    public static func verifyInclusion(
        of leaf: Digest,
        at index: UInt64,
        count: UInt64,
        path: [Digest],
        root: Digest
    ) -> Bool {
        guard index < count else { return false }
        var (node, last) = (index, count - 1)
        var hash = leaf
        for sibling in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = Merkle.node(sibling, hash)
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = Merkle.node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Hashes that show that the first `old` of `count` leaves are the tree of `old` leaves.
    public static func consistencyProof<E: Error>(
        from old: UInt64,
        count: UInt64,
        subtree: (Range<UInt64>) throws(E) -> Digest
    ) throws(E) -> [Digest] {
        precondition(old <= count, "the old tree is not larger")
        guard old > 0, old < count else { return [] }
        var path: [Digest] = []
        var range = 0..<count
        var isWhole = true
        while range.upperBound != old {
            let middle = range.lowerBound + split(UInt64(range.count))
            if old <= middle {
                path.append(try subtree(middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try subtree(range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { path.append(try subtree(range)) }
        return path.reversed()
    }

    /// Checks a consistency proof (RFC 9162 §2.1.4.2).
    public static func verifyConsistency(
        from old: UInt64,
        oldRoot: Digest,
        to count: UInt64,
        root: Digest,
        path: [Digest]
    ) -> Bool {
        guard old <= count else { return false }
        guard old > 0 else { return path.isEmpty && oldRoot == emptyRoot }
        guard old < count else { return path.isEmpty && oldRoot == root }
        var rest = path[...]
        if old & (old - 1) == 0 { rest = ([oldRoot] + path)[...] }
        guard let first = rest.popFirst() else { return false }
        var (node, last) = (old - 1, count - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (oldHash, newHash) = (first, first)
        for sibling in rest {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                oldHash = Merkle.node(sibling, oldHash)
                newHash = Merkle.node(sibling, newHash)
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newHash = Merkle.node(newHash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && oldHash == oldRoot && newHash == root
    }

    /// Largest power of two smaller than `count`, which is at least 2.
    static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
public struct TreeFrontier: Equatable, Sendable {
    /// Leaves appended.
    public private(set) var count: UInt64 = 0
    /// One root for each set bit of `count`, highest bit first.
    public private(set) var nodes: [Digest] = []

    /// The empty tree.
    public init() {}

    /// A frontier as stored; nil when the nodes do not fit the count.
    public init?(count: UInt64, nodes: [Digest]) {
        guard nodes.count == count.nonzeroBitCount else { return nil }
        (self.count, self.nodes) = (count, nodes)
    }

    /// Adds a leaf: amortised one node hash.
    public mutating func append(_ leaf: Digest) {
        var hash = leaf
        var size = count
        while size & 1 == 1 {
            hash = Merkle.node(nodes.removeLast(), hash)
            size >>= 1
        }
        nodes.append(hash)
        count += 1
    }

    /// Root over all leaves.
    public var root: Digest {
        guard var hash = nodes.last else { return Merkle.emptyRoot }
        for node in nodes.dropLast().reversed() { hash = Merkle.node(node, hash) }
        return hash
    }
}
