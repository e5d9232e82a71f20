/// Where in a text a pattern must stand.
enum TextAnchor: UInt8, Sendable {
    case exact, prefix, word, contains

    init?(_ name: Substring) {
        switch name {
        case "exact": self = .exact
        case "prefix": self = .prefix
        case "word": self = .word
        case "contains": self = .contains
        default: return nil
        }
    }
}

/// Finds which of many patterns are in a text, in one pass over it whatever their number.
///
/// An automaton after Aho and Corasick, "Efficient string matching" (CACM 18, 1975): a trie of the
/// patterns, with a link at each node to the longest other node that the text so far also ends in.
struct TextMatcher: Sendable {
    struct Pattern: Sendable {
        let bytes: [UInt8]
        let anchor: TextAnchor
        /// The letter after the pattern must not continue a word.
        let endsWord: Bool
        /// What the caller knows the pattern by.
        let rule: Int
    }

    struct Match: Hashable, Sendable {
        let rule: Int
        /// Bytes of the normalised text.
        let range: Range<Int>

        func moved(by count: Int) -> Match {
            Match(rule: rule, range: (range.lowerBound + count)..<(range.upperBound + count))
        }
    }

    private struct Node {
        var edges: Range<Int32> = 0..<0
        var link: Int32 = 0
        /// Nearest node along the links, or this one, at which patterns end; 0 is none.
        var output: Int32 = 0
        var patterns: Range<Int32> = 0..<0
    }

    private var nodes: [Node] = [Node()]
    private var edgeBytes: [UInt8] = []
    private var edgeTargets: [Int32] = []
    private var patterns: [Pattern] = []

    init(_ unordered: [Pattern]) {
        // Sorted, each node's patterns and children are neighbours: the trie is built without maps.
        patterns = unordered.sorted {
            $0.bytes == $1.bytes ? $0.rule < $1.rule : $0.bytes.lexicographicallyPrecedes($1.bytes)
        }
        grow()
        connect()
    }

    private mutating func grow() {
        var queue: [(range: Range<Int>, depth: Int)] = [(0..<patterns.count, 0)]
        var next = 0
        while next < queue.count {
            var (range, depth) = queue[next]
            let first = range.lowerBound
            while let index = range.first, patterns[index].bytes.count == depth {
                range = (index + 1)..<range.upperBound
            }
            nodes[next].patterns = Int32(first)..<Int32(range.lowerBound)
            let edge = Int32(edgeBytes.count)
            while let start = range.first {
                let byte = patterns[start].bytes[depth]
                let end = range.first { patterns[$0].bytes[depth] != byte } ?? range.upperBound
                edgeBytes.append(byte)
                edgeTargets.append(Int32(nodes.count))
                nodes.append(Node())
                queue.append((start..<end, depth + 1))
                range = end..<range.upperBound
            }
            nodes[next].edges = edge..<Int32(edgeBytes.count)
            next += 1
        }
    }

    private mutating func connect() {
        // Breadth first, so a node's link is shallower and already complete.
        for node in nodes.indices {
            if node > 0, !nodes[node].patterns.isEmpty { nodes[node].output = Int32(node) }
            if nodes[node].output == 0 { nodes[node].output = nodes[Int(nodes[node].link)].output }
            for edge in nodes[node].edges {
                let target = Int(edgeTargets[Int(edge)])
                nodes[target].link =
                    node == 0 ? 0 : step(from: nodes[node].link, by: edgeBytes[Int(edge)])
            }
        }
    }

    private func step(from start: Int32, by byte: UInt8) -> Int32 {
        var node = start
        while true {
            for edge in nodes[Int(node)].edges where edgeBytes[Int(edge)] == byte {
                return edgeTargets[Int(edge)]
            }
            if node == 0 { return 0 }
            node = nodes[Int(node)].link
        }
    }

    /// The best match in a normalised text: an exact one, else the longest, else the lowest rule.
    func best(in text: [UInt8]) -> Match? {
        var best: (match: Match, isExact: Bool)?
        var node: Int32 = 0
        for end in 1..<(text.count + 1) {
            node = step(from: node, by: text[end - 1])
            var output = nodes[Int(node)].output
            while output != 0 {
                for index in nodes[Int(output)].patterns {
                    let pattern = patterns[Int(index)]
                    let range = (end - pattern.bytes.count)..<end
                    guard fits(pattern, range, in: text) else { continue }
                    let isExact = pattern.anchor == .exact
                    if let best,
                        (best.isExact, best.match.range.count, -best.match.rule)
                            >= (isExact, range.count, -pattern.rule)
                    {
                        continue
                    }
                    best = (Match(rule: pattern.rule, range: range), isExact)
                }
                output = nodes[Int(nodes[Int(output)].link)].output
            }
        }
        return best?.match
    }

    private func fits(_ pattern: Pattern, _ range: Range<Int>, in text: [UInt8]) -> Bool {
        let endsText = range.upperBound == text.count
        if pattern.endsWord, !endsText, TextMatcher.isWord(text[range.upperBound]) { return false }
        switch pattern.anchor {
        case .contains: return true
        case .prefix: return range.lowerBound == 0
        case .exact: return range.lowerBound == 0 && endsText
        case .word:
            return (range.lowerBound == 0 || !TextMatcher.isWord(text[range.lowerBound - 1]))
                && (endsText || !TextMatcher.isWord(text[range.upperBound]))
        }
    }

    /// ASCII letters and digits continue a word; a Korean letter beside them ends it.
    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39
    }
}

/// Lexicographic order of the triple that ranks matches.
private func >= (left: (Bool, Int, Int), right: (Bool, Int, Int)) -> Bool {
    if left.0 != right.0 { return left.0 }
    return (left.1, left.2) >= (right.1, right.2)
}
