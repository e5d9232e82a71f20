import LMDB
import Testing

/// Fault model: the power fails while commit n+2 is being written and commit n+1's meta page was
/// not flushed yet, as lagged flushes allow: the meta pages are n's and n−1's, and pages of n−1 may
/// have been used again.
@Suite struct SalvageTests {
    @Test func `after a power cut a salvage begins at the newest commit, not at pages used again`()
        throws
    {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["blocks", "identity"])
        var images: [Image] = []
        do {
            let environment = try Environment(opening: scratch.environment)
            let blocks = try environment.table("blocks", key: UInt64.self)
            let identity = try environment.table("identity", key: UInt64.self)
            try environment.write { try $0.put([1].span, for: 0, in: identity) }
            images.append(try Image(path: scratch.dataFile))
            for number in 0..<120 {
                let value = [UInt8](repeating: UInt8(number), count: 40 + number * 37 % 2_000)
                try environment.write { transaction in
                    try transaction.put(value.span, for: UInt64(number), in: blocks)
                }
                images.append(try Image(path: scratch.dataFile))
            }
        }
        let metaBytes = 2 * 4_096
        for number in 1..<images.count - 2 {
            var cut = images[number + 2]
            cut.bytes.replaceSubrange(..<metaBytes, with: images[number].bytes[..<metaBytes])
            try cut.write(to: scratch.dataFile)
            for (table, count) in [("blocks", number), ("identity", 1)] {
                let found = try TableSalvage(reading: table, in: scratch.environment)
                #expect(found.isNewest, "commit \(number), \(table)")
                #expect(found.entries.count == count, "commit \(number), \(table)")
            }
        }
    }
}
