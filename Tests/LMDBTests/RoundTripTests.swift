import LMDB
import Testing

@Suite struct RoundTripTests {
    @Test func `what a write put, a read gets`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: UInt64.self)
        let value: [UInt8] = [1, 2, 3]
        try environment.write { transaction in
            try transaction.put(value.span, for: 7, in: table)
            try transaction.reserve(byteCount: 2, for: 9, in: table, mode: .append) { bytes in
                bytes[0] = 8
            }
        }
        let found = try environment.read { transaction throws(LMDBError) -> [[UInt8]] in
            var all: [[UInt8]] = []
            try transaction.forEach(in: table) { key, value in
                all.append([UInt8(key)] + [UInt8](value))
                return .next
            }
            guard let value = try transaction.get(7, from: table) else { return [] }
            guard let last = try transaction.last(in: table) else { return [] }
            return all + [[UInt8](value), [UInt8(last.key)]]
        }
        #expect(found == [[7, 1, 2, 3], [9, 8, 0], [1, 2, 3], [9]])
        environment.close()
    }
}
