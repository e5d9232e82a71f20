import LMDB
import Simulation

/// Three tables of the shapes the module is used with, changed at random, and a model of them.
///
/// `numbers`: 8-byte keys, short values. `names`: keys of 1…511 bytes. `blocks`: appended, values
/// of up to ten pages.
struct SampleTables {
    static let names = ["blocks", "names", "numbers"]

    typealias Content = [String: [[UInt8]: [UInt8]]]

    let numbers: Table<UInt64>
    let names: Table<BytesKey>
    let blocks: Table<UInt64>

    init(of environment: Environment) throws {
        numbers = try environment.table("numbers", key: UInt64.self)
        names = try environment.table("names", key: BytesKey.self)
        blocks = try environment.table("blocks", key: UInt64.self)
    }

    static let empty: Content = ["numbers": [:], "names": [:], "blocks": [:]]

    /// One commit of up to `changes` changes; the model follows.
    func change(
        _ environment: Environment,
        _ model: inout Content,
        _ changes: Int,
        using seed: inout Seed
    ) throws {
        var content = model
        try environment.write { transaction in
            for _ in 0..<changes {
                try changeOne(&transaction, &content, using: &seed)
            }
        }
        model = content
    }

    private func changeOne(
        _ transaction: inout WriteTransaction,
        _ content: inout Content,
        using seed: inout Seed
    ) throws {
        switch seed.below(10) {
        case 0...3:
            let key = UInt64(seed.below(2_000))
            let value = seed.bytes(seed.below(120))
            try transaction.put(value.span, for: key, in: numbers)
            content["numbers", default: [:]][key.bytes] = value
        case 4:
            let key = UInt64(seed.below(2_000))
            let wasThere = try transaction.delete(key, from: numbers)
            let inModel = content["numbers", default: [:]].removeValue(forKey: key.bytes) != nil
            guard wasThere == inModel else { throw Disagreement() }
        case 5, 6:
            let name = seed.bytes(1 + seed.below(seed.below(8) == 0 ? 511 : 40))
            let value = seed.bytes(seed.below(seed.below(6) == 0 ? 6_000 : 60))
            try transaction.put(value.span, for: BytesKey(name), in: names)
            content["names", default: [:]][name] = value
        case 7:
            guard
                let name = content["names", default: [:]].keys.min(by: {
                    $0.lexicographicallyPrecedes($1)
                })
            else { return }
            try transaction.delete(BytesKey(name), from: names)
            content["names", default: [:]][name] = nil
        case 8:
            let last = try transaction.last(in: blocks)?.key ?? 0
            let value = seed.bytes(1 + seed.below(40_000))
            try transaction.reserve(
                byteCount: value.count,
                for: last + 1,
                in: blocks,
                mode: .append
            ) {
                for index in value.indices { $0[index] = value[index] }
            }
            content["blocks", default: [:]][(last + 1).bytes] = value
        default:
            guard let first = try transaction.first(in: blocks)?.key else { return }
            try transaction.delete(first, from: blocks)
            content["blocks", default: [:]][first.bytes] = nil
        }
    }

    /// All that the tables hold, in order, through LMDB.
    func entries(_ environment: Environment) throws -> [Row] {
        try environment.read { transaction in
            var rows: [Row] = []
            try transaction.forEach(in: blocks) { key, value in
                rows.append(Row(table: "blocks", key: key.bytes, value: [UInt8](value)))
                return .next
            }
            try transaction.forEach(in: names) { key, value in
                rows.append(Row(table: "names", key: key.bytes, value: [UInt8](value)))
                return .next
            }
            try transaction.forEach(in: numbers) { key, value in
                rows.append(Row(table: "numbers", key: key.bytes, value: [UInt8](value)))
                return .next
            }
            return rows
        }
    }

    /// The model in the order of `entries`.
    static func entries(_ content: Content) -> [Row] {
        names.flatMap { table in
            content[table, default: [:]]
                .sorted { $0.key.lexicographicallyPrecedes($1.key) }
                .map { Row(table: table, key: $0.key, value: $0.value) }
        }
    }
}

/// A key and its value as they were stored.
struct Row: Equatable {
    var table: String
    var key: [UInt8]
    var value: [UInt8]
}

/// The environment and its model differ.
struct Disagreement: Error {
    /// Where it was seen.
    let line: Int

    init(_ line: Int = #line) {
        self.line = line
    }
}

extension UInt64 {
    var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) }
    }
}
