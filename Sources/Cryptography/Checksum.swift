/// CRC-32C (Castagnoli, reflected, RFC 3720 §B.4): finds damage, not tampering.
public enum Checksum {
    /// Checksum of `bytes`, continuing from `previous`.
    public static func crc32c(_ bytes: Span<UInt8>, continuing previous: UInt32 = 0) -> UInt32 {
        var crc = ~previous
        // Table indexes are bytes of a 32- or 64-bit word; loads stay below `count`.
        unsafe tables.withUnsafeBufferPointer { table in
            unsafe bytes.withUnsafeBytes { raw in
                var offset = 0
                while offset + 8 <= raw.count {
                    let word = unsafe UInt64(
                        littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    )
                    unsafe crc = step(word ^ UInt64(crc), table)
                    offset += 8
                }
                while offset < raw.count {
                    let index = unsafe Int((crc ^ UInt32(raw[offset])) & 0xff)
                    crc = unsafe table[index] ^ (crc >> 8)
                    offset += 1
                }
            }
        }
        return ~crc
    }

    @inline(__always)
    private static func step(_ word: UInt64, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
        var result: UInt32 = 0
        var rest = word
        var row = 7 * 256
        for _ in 0..<8 {
            // `row` is a multiple of 256 below 2,048 and the byte below 256.
            result ^= unsafe table[row + Int(rest & 0xff)]
            rest >>= 8
            row -= 256
        }
        return result
    }

    /// Eight tables for eight bytes a step (Kounavis and Berry 2005).
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
            tables[index] = value
        }
        for index in 256..<2_048 {
            let value = tables[index - 256]
            tables[index] = tables[Int(value & 0xff)] ^ value >> 8
        }
        return tables
    }()
}
