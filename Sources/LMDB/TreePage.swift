/// A page of a tree, every node of it known to lie inside.
///
/// Header of 16 bytes: page number 8, pad 2, flags 2, end of the node table (`lower`) 2, start of
/// the nodes (`upper`) 2. The table has the offset of each node in key order. A node: size or child
/// page 4, flags 2, key size 2, key, then the value or, of a long value, the page it begins at;
/// padded to even. Nodes fill the page from `upper` to its end without a gap.
struct TreePage {
    static let headerByteCount = 16
    static let nodeHeaderByteCount = 8

    enum Kind {
        case branch, leaf
    }

    /// A fault and the byte in the page where it is.
    struct Fault: Error {
        let offset: Int
        let problem: String

        init(_ offset: Int, _ problem: String) {
            self.offset = offset
            self.problem = problem
        }
    }

    let bytes: [UInt8]
    let kind: Kind
    /// How many nodes there are.
    let count: Int

    /// Reads page `number`; `bytes` is the whole page.
    init(_ bytes: [UInt8], number: UInt64, kind: Kind) throws(Fault) {
        self.bytes = bytes
        self.kind = kind
        if bytes.uint64(at: 0) != number { throw Fault(0, "the page has another page's number") }
        let flags = bytes.uint16(at: 10)
        if flags != (kind == .leaf ? PageFlags.leaf : PageFlags.branch) {
            throw Fault(10, "not the kind of page that belongs at this depth")
        }
        let lower = Int(bytes.uint16(at: 12))
        let upper = Int(bytes.uint16(at: 14))
        guard lower % 2 == 0, lower > Self.headerByteCount, lower <= upper, upper <= bytes.count,
            upper % 2 == 0
        else { throw Fault(12, "the bounds of the free room are out of range or no node is there") }
        count = (lower - Self.headerByteCount) / 2
        try checkTiling(from: upper)
    }

    /// The nodes, ordered by place, must cover `upper` to the end of the page exactly.
    private func checkTiling(from upper: Int) throws(Fault) {
        // Place in the high half, size in the low: ordering the numbers orders the places.
        var extents: [UInt64] = []
        extents.reserveCapacity(count)
        for index in 0..<count {
            let start = nodeOffset(index)
            guard start >= upper, start % 2 == 0, start + Self.nodeHeaderByteCount <= bytes.count
            else { throw Fault(tableOffset(index), "a node lies outside the page") }
            let size = nodeByteCount(index)
            guard start + size <= bytes.count else {
                throw Fault(start, "a node is longer than the page")
            }
            extents.append(UInt64(start) << 32 | UInt64(size))
        }
        extents.sort()
        var end = upper
        for extent in extents {
            let start = Int(extent >> 32)
            guard start == end else { throw Fault(min(start, end), "nodes overlap or leave a gap") }
            end = start + Int(extent & 0xFFFF_FFFF)
        }
        guard end == bytes.count else { throw Fault(end, "nodes do not reach the end of the page") }
    }

    func tableOffset(_ index: Int) -> Int {
        Self.headerByteCount + 2 * index
    }

    func nodeOffset(_ index: Int) -> Int {
        Int(bytes.uint16(at: tableOffset(index)))
    }

    func nodeFlags(_ index: Int) -> UInt16 {
        bytes.uint16(at: nodeOffset(index) + 4)
    }

    func key(_ index: Int) -> ArraySlice<UInt8> {
        let start = nodeOffset(index) + Self.nodeHeaderByteCount
        return bytes[start..<start + keyByteCount(index)]
    }

    /// Of a branch: the page below.
    func child(_ index: Int) -> UInt64 {
        let start = nodeOffset(index)
        return UInt64(bytes.uint32(at: start)) | UInt64(bytes.uint16(at: start + 4)) << 32
    }

    /// Of a leaf: the value's length, wherever it lies.
    func valueByteCount(_ index: Int) -> Int {
        Int(bytes.uint32(at: nodeOffset(index)))
    }

    /// Of a leaf: where the value, or the number of its page, begins.
    func valueOffset(_ index: Int) -> Int {
        nodeOffset(index) + Self.nodeHeaderByteCount + keyByteCount(index)
    }

    func keyByteCount(_ index: Int) -> Int {
        Int(bytes.uint16(at: nodeOffset(index) + 6))
    }

    func isLong(_ index: Int) -> Bool {
        nodeFlags(index) == NodeFlags.long
    }

    private func nodeByteCount(_ index: Int) -> Int {
        var size = Self.nodeHeaderByteCount + keyByteCount(index)
        if kind == .leaf { size += isLong(index) ? 8 : valueByteCount(index) }
        return size + size % 2
    }
}

/// `mn_flags` of a leaf's node.
enum NodeFlags {
    /// The value lies in pages of its own (F_BIGDATA).
    static let long: UInt16 = 0x01
    /// The value is a table's record (F_SUBDATA).
    static let table: UInt16 = 0x02
}

/// A set of page numbers below a limit.
struct PageSet {
    private var words: [UInt64]
    private(set) var count: UInt64 = 0

    init(limit: UInt64) {
        words = Array(repeating: 0, count: Int((limit + 63) / 64))
    }

    func contains(_ page: UInt64) -> Bool {
        words[Int(page / 64)] >> (page % 64) & 1 == 1
    }

    /// Adds `page`; whether it was not there before.
    mutating func insert(_ page: UInt64) -> Bool {
        guard !contains(page) else { return false }
        words[Int(page / 64)] |= 1 << (page % 64)
        count += 1
        return true
    }

    /// The first `limit` pages that are in both sets, which have one limit.
    func common(with other: PageSet, atMost limit: Int) -> [UInt64] {
        var pages: [UInt64] = []
        for (index, pair) in zip(words, other.words).enumerated() {
            var both = pair.0 & pair.1
            while both != 0, pages.count < limit {
                pages.append(UInt64(index) * 64 + UInt64(both.trailingZeroBitCount))
                both &= both - 1
            }
        }
        return pages
    }
}
