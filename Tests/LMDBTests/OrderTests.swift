import LMDB
import Simulation
import Testing

@Suite struct OrderTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `seeking and walking find what a sorted array finds`(number: UInt64) throws {
        var seed = Seed(number)
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: PairKey<Bytes16Key, UInt64>.self)
        var keys: Set<PairKey<Bytes16Key, UInt64>> = []
        for _ in 0..<400 {
            keys.insert(.init(.init(high: seed.next() % 3, low: seed.next() % 3), seed.next() % 99))
        }
        try environment.write { transaction in
            for key in keys {
                try transaction.put([UInt8](key.second.bytes).span, for: key, in: table)
            }
        }
        let sorted = keys.sorted(by: less)
        try environment.read { transaction in
            var seen: [PairKey<Bytes16Key, UInt64>] = []
            try transaction.forEach(in: table) { key, value in
                #expect([UInt8](value) == key.second.bytes, "\(seed)")
                seen.append(key)
                return .next
            }
            #expect(seen == sorted, "\(seed)")
            #expect(try transaction.first(in: table)?.key == sorted.first)
            #expect(try transaction.last(in: table)?.key == sorted.last)
            for _ in 0..<300 {
                let key = PairKey(
                    Bytes16Key(high: seed.next() % 4, low: seed.next() % 4),
                    seed.next() % 120
                )
                let after = sorted.first { !less($0, key) }
                let before = sorted.last { !less(key, $0) }
                #expect(try transaction.first(atOrAfter: key, in: table)?.key == after, "\(seed)")
                #expect(try transaction.last(atOrBefore: key, in: table)?.key == before, "\(seed)")
                #expect(try transaction.contains(key, in: table) == keys.contains(key), "\(seed)")
                var down = try transaction.cursor(over: table, from: key, order: .descending)
                #expect(try down.next()?.key == before, "\(seed)")
                var up = try transaction.cursor(over: table, from: key)
                #expect(try up.next()?.key == after, "\(seed)")
            }
            var down = try transaction.cursor(over: table, order: .descending)
            var reversed: [PairKey<Bytes16Key, UInt64>] = []
            while let entry = try down.next() { reversed.append(entry.key) }
            #expect(reversed == sorted.reversed(), "\(seed)")
            let isAtEnd = try down.next() == nil
            #expect(isAtEnd)
        }
    }

    @Test func `a prefix orders before what it begins, and numbers by size`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["bytes", "numbers"])
        let environment = try Environment(opening: scratch.environment)
        let bytes = try environment.table("bytes", key: BytesKey.self)
        let numbers = try environment.table("numbers", key: UInt32.self)
        try environment.write { transaction in
            for key in [[2], [1, 0], [1], [1, 255], [255]] as [[UInt8]] {
                try transaction.put(key.span, for: BytesKey(key), in: bytes)
            }
            let none: [UInt8] = []
            for key in [256, 1, 65_536, .max, 0] as [UInt32] {
                try transaction.put(none.span, for: key, in: numbers)
            }
        }
        try environment.read { transaction in
            var keys: [[UInt8]] = []
            try transaction.forEach(in: bytes, from: BytesKey([1, 0])) { key, _ in
                keys.append(key.bytes)
                return keys.count == 3 ? .stop : .next
            }
            #expect(keys == [[1, 0], [1, 255], [2]])
            var found: [UInt32] = []
            try transaction.forEach(in: numbers) { key, value in
                let byteCount = value.count
                #expect(byteCount == 0)
                found.append(key)
                return .next
            }
            #expect(found == [0, 1, 256, 65_536, .max])
        }
    }

    @Test func `appending a key that is not the greatest is refused and costs the transaction`()
        throws
    {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: UInt64.self)
        try environment.write { try $0.put([1].span, for: 5, in: table, mode: .append) }
        for key in [5, 4] as [UInt64] {
            #expect(throws: LMDBError(code: .keyExists, operation: "mdb_put")) {
                try environment.write { try $0.put([2].span, for: key, in: table, mode: .append) }
            }
        }
        #expect(throws: LMDBError(code: .keyExists, operation: "mdb_put")) {
            try environment.write { try $0.put([2].span, for: 5, in: table, mode: .insertOnly) }
        }
        let value = try environment.read { transaction throws(LMDBError) -> [UInt8]? in
            guard let bytes = try transaction.get(5, from: table) else { return nil }
            return [UInt8](bytes)
        }
        #expect(value == [1])
    }

    @Test func `an empty key is refused and the longest is stored`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: BytesKey.self)
        #expect(throws: LMDBError(code: .badValueSize, operation: "mdb_put")) {
            try environment.write { try $0.put([1].span, for: BytesKey([]), in: table) }
        }
        let longest = BytesKey([UInt8](repeating: 9, count: 511))
        try environment.write { try $0.put([1].span, for: longest, in: table) }
        #expect(try environment.read { try $0.first(in: table)?.key == longest })
    }

    private func less(
        _ a: PairKey<Bytes16Key, UInt64>,
        _ b: PairKey<Bytes16Key, UInt64>
    ) -> Bool {
        (a.first.high, a.first.low, a.second) < (b.first.high, b.first.low, b.second)
    }
}
