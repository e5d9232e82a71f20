import Simulation

/// Spoils bytes in the ways in which a wire, a disk and an adversary do.
enum Mutation {
    /// Bytes that mean something somewhere: JSON, forms, YAML, varints, DER.
    private static let marks = Array("{}[]:,\"\\%&=+-.eE0 \n#*!|<>/@".utf8) + [0, 0x7f, 0x80, 0xff]

    static func of(_ bytes: [UInt8], _ chance: inout Seed) -> [UInt8] {
        var bytes = bytes
        for _ in 0...chance.below(4) {
            guard !bytes.isEmpty else { return chance.bytes(chance.below(64)) }
            let at = chance.below(bytes.count)
            switch chance.below(9) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
            case 1: bytes[at] ^= 1 << UInt8(chance.below(8))
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(marks[chance.below(marks.count)], at: at)
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + chance.below(40)))
            case 5: bytes.insert(contentsOf: bytes[at...].prefix(chance.below(60)), at: at)
            case 6: bytes.removeSubrange(at...)
            case 7: digits(&bytes, at, &chance)
            default: bytes.insert(contentsOf: chance.bytes(chance.below(12)), at: at)
            }
        }
        return bytes
    }

    /// A number becomes one at the edge of what a word holds.
    private static func digits(_ bytes: inout [UInt8], _ at: Int, _ chance: inout Seed) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = bytes[at...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        let edges = [
            "0", "9223372036854775807", "9223372036854775808", "18446744073709551616", "4294967296",
            "-1", "99999999", "00000000", "999999999999999999999999999999",
        ]
        bytes.replaceSubrange(start..<end, with: edges[chance.below(edges.count)].utf8)
    }
}
