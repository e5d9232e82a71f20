import Simulation

/// One fault of a file.
enum Fault: CustomStringConvertible {
    case flip(byte: Int, bit: Int)
    case zero(sector: Int)
    case cut(to: Int)

    init(_ bytes: [UInt8], _ chance: inout Seed) {
        let size = UInt64(max(1, bytes.count))
        switch chance.next() % 8 {
        case 0: self = .zero(sector: Int(chance.next() % ((size + 511) / 512)))
        case 1: self = .cut(to: Int(chance.next() % size))
        case 2 where size > 4_096:
            // Headers and node tables are at the start of pages, where few flips would fall.
            let page = chance.next() % (size / 4_096)
            self = .flip(byte: Int(page * 4_096 + chance.next() % 64), bit: Int(chance.next() % 8))
        case 3 where size > 8_192:
            // The meta pages.
            let page = chance.next() % 2
            self = .flip(byte: Int(page * 4_096 + chance.next() % 152), bit: Int(chance.next() % 8))
        default: self = .flip(byte: Int(chance.next() % size), bit: Int(chance.next() % 8))
        }
    }

    func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard !bytes.isEmpty else { return bytes }
        switch self {
        case .flip(let byte, let bit): bytes[byte] ^= 1 << bit
        case .zero(let sector):
            for index in sector * 512..<min(bytes.count, sector * 512 + 512) { bytes[index] = 0 }
        case .cut(let size): bytes.removeSubrange(size...)
        }
        return bytes
    }

    var description: String {
        switch self {
        case .flip(let byte, let bit): "bit \(bit) of byte \(byte) flipped"
        case .zero(let sector): "sector \(sector) zeroed"
        case .cut(let size): "cut to \(size) bytes"
        }
    }
}
