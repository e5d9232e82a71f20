import Cryptography
import Simulation
import Testing

@testable import Frame

/// RFC 6962 §2.1 as it is written: recursion over lists, and nothing shared with the code.
enum Reference {
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        switch leaves.count {
        case 0: return SHA256.hash([])
        case 1: return leaves[leaves.startIndex]
        default:
            let middle = leaves.startIndex + split(leaves.count)
            let (left, right) = (root(leaves[..<middle]), root(leaves[middle...]))
            return SHA256.hash([1] + left.bytes + right.bytes)
        }
    }

    static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    /// PATH(m, D[n]).
    static func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.startIndex + split(leaves.count)
        return index < split(leaves.count)
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - split(leaves.count), leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// SUBPROOF(m, D[n], b).
    static func subproof(_ old: Int, _ leaves: ArraySlice<Digest>, _ whole: Bool) -> [Digest] {
        if old == leaves.count { return whole ? [] : [root(leaves)] }
        let power = split(leaves.count)
        let middle = leaves.startIndex + power
        return old <= power
            ? subproof(old, leaves[..<middle], whole) + [root(leaves[middle...])]
            : subproof(old - power, leaves[middle...], false) + [root(leaves[..<middle])]
    }
}

@Suite struct MerkleTests {
    static let leaves = (0..<130).map { SHA256.hash([0, UInt8($0)]) }

    static func leaves(_ count: Int) -> [Digest] { Array(leaves.prefix(count)) }

    static func changed(_ digest: Digest, _ bit: Int) -> Digest {
        var bytes = digest.bytes
        bytes[bit / 8 % 32] ^= 1 << UInt8(bit % 8)
        return Digest(bytes)
    }

    @Test func `roots of 0 to 130 leaves are those of RFC 6962, appended or all at once`() {
        var frontier = TreeFrontier()
        for count in 0...130 {
            let leaves = MerkleTests.leaves(count)
            let root = Reference.root(leaves[...])
            #expect(Merkle.root(of: leaves) == root, "\(count) leaves")
            #expect(frontier.root == root, "\(count) leaves appended")
            #expect(frontier.count == UInt64(count))
            #expect(frontier.nodes.count == count.nonzeroBitCount)
            #expect(TreeFrontier(count: frontier.count, nodes: frontier.nodes) == frontier)
            #expect(TreeFrontier(count: frontier.count, nodes: frontier.nodes + [root]) == nil)
            if count < 130 { frontier.append(MerkleTests.leaves[count]) }
        }
    }

    @Test func `the roots of Certificate Transparency's own test tree come out`() {
        let data = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        let leaves = data.map { SHA256.hash([0] + (Hex.decode($0) ?? [])) }
        #expect(
            Merkle.root(of: Array(leaves.prefix(1))).description
                == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        )
        #expect(
            Merkle.root(of: leaves).description
                == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        )
    }

    @Test func `inclusion proofs of trees up to 64 are the RFC's, verify, and nothing else does`() {
        for count in 1...64 {
            let leaves = MerkleTests.leaves(count)
            let root = Merkle.root(of: leaves)
            for index in 0..<count {
                let path = Merkle.inclusionProof(of: index, in: leaves)
                #expect(path == Reference.path(index, leaves[...]))
                let verify = { (leaf: Digest, at: Int, size: Int, path: [Digest], root: Digest) in
                    Merkle.verifyInclusion(
                        of: leaf,
                        at: UInt64(at),
                        count: UInt64(size),
                        path: path,
                        root: root
                    )
                }
                #expect(verify(leaves[index], index, count, path, root))
                #expect(
                    !verify(MerkleTests.changed(leaves[index], index), index, count, path, root)
                )
                #expect(!verify(leaves[index], index, count, path, MerkleTests.changed(root, 7)))
                #expect(!verify(leaves[index], index, count, path + [root], root))
                #expect(!verify(leaves[index], count, count, path, root))
                for other in 0..<count where other != index {
                    #expect(!verify(leaves[index], other, count, path, root))
                }
                if !path.isEmpty {
                    #expect(!verify(leaves[index], index, count, Array(path.dropLast()), root))
                    #expect(!verify(leaves[index], index, count, Array(path.dropFirst()), root))
                }
                for step in path.indices {
                    var mutated = path
                    mutated[step] = MerkleTests.changed(path[step], index * 5)
                    #expect(!verify(leaves[index], index, count, mutated, root))
                }
            }
        }
    }

    @Test func `an inclusion proof holds for one size of tree only, where sizes can differ`() {
        // A path fixes how many times it turns, not the size: RFC 9162 leaves sizes with the same
        // turns to the signed head. What verifies under another size is still this leaf and root.
        for count in 1...40 {
            let leaves = MerkleTests.leaves(count)
            let root = Merkle.root(of: leaves)
            for index in 0..<count {
                let path = Merkle.inclusionProof(of: index, in: leaves)
                for size in 0...80 where size <= index || Reference.path(index, size) != path.count
                {
                    #expect(
                        !Merkle.verifyInclusion(
                            of: leaves[index],
                            at: UInt64(index),
                            count: UInt64(size),
                            path: path,
                            root: root
                        )
                    )
                }
            }
        }
    }

    @Test func `consistency proofs up to 40 are the RFC's, verify, and mutated ones do not`() {
        for count in 0...40 {
            let leaves = MerkleTests.leaves(count)
            let root = Merkle.root(of: leaves)
            for old in 0...count {
                let oldRoot = Merkle.root(of: MerkleTests.leaves(old))
                let path = Merkle.consistencyProof(from: UInt64(old), count: UInt64(count)) {
                    Reference.root(leaves[Int($0.lowerBound)..<Int($0.upperBound)])
                }
                if old > 0 { #expect(path == Reference.subproof(old, leaves[...], true)) }
                let verify = {
                    (old: Int, oldRoot: Digest, count: Int, root: Digest, path: [Digest]) in
                    Merkle.verifyConsistency(
                        from: UInt64(old),
                        oldRoot: oldRoot,
                        to: UInt64(count),
                        root: root,
                        path: path
                    )
                }
                #expect(verify(old, oldRoot, count, root, path), "\(old) of \(count)")
                #expect(!verify(old, MerkleTests.changed(oldRoot, 3), count, root, path))
                #expect(!verify(old, oldRoot, count, root, path + [root]))
                #expect(!verify(count + 1, oldRoot, count, root, path))
                if old > 0 {
                    #expect(!verify(old, oldRoot, count, MerkleTests.changed(root, 9), path))
                }
                if !path.isEmpty {
                    #expect(!verify(old, oldRoot, count, root, Array(path.dropLast())))
                }
                for step in path.indices {
                    var mutated = path
                    mutated[step] = MerkleTests.changed(path[step], old * 3)
                    #expect(!verify(old, oldRoot, count, root, mutated), "\(old) of \(count)")
                }
                for other in 1...41 where other != old && old > 0 && other <= count {
                    #expect(!verify(other, oldRoot, count, root, path), "\(other) for \(old)")
                }
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `proofs of huge trees are as long as their height`(seed: Seed) {
        var seed = seed
        for _ in 0..<200 {
            let count = seed.next() >> UInt64(1 + seed.below(62)) | 1
            let index = seed.next() % count
            let path = Merkle.inclusionProof(of: index, count: count) { _ in Digest() }
            #expect(path.count <= 64 - (count - 1).leadingZeroBitCount, "\(seed)")
        }
    }
}

extension Reference {
    /// How many siblings leaf `index` of `count` has.
    static func path(_ index: Int, _ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let power = split(count)
        return 1 + (index < power ? path(index, power) : path(index - power, count - power))
    }
}
