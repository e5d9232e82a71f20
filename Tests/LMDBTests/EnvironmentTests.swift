import LMDB
import Testing

@Suite struct EnvironmentTests {
    @Test func `a table is found again after closing and one never made is not`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        do {
            let environment = try Environment(opening: scratch.environment)
            let table = try environment.makeTable("b", key: UInt32.self)
            try environment.write { try $0.put([1].span, for: 1, in: table) }
        }
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("b", key: UInt32.self)
        #expect(try environment.read { try $0.count(of: table) } == 1)
        #expect(throws: LMDBError(code: .notFound, operation: "mdb_dbi_open")) {
            _ = try environment.table("c", key: UInt32.self)
        }
    }

    @Test func `a directory is open once in a process, whatever path leads to it`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment)
        let environment = try Environment(opening: scratch.environment)
        #expect(throws: LMDBError(code: .alreadyOpen, operation: "open")) {
            _ = try Environment(opening: scratch.path + "/../" + scratch.name + "/environment")
        }
        #expect(throws: LMDBError(code: .alreadyOpen, operation: "check")) {
            _ = try PageCheck.check(scratch.environment)
        }
        environment.close()
        _ = try Environment(opening: scratch.environment)
    }

    @Test func `nothing is created over what is there, and what a crash left beside is removed`()
        throws
    {
        let scratch = Scratch()
        #expect(!Environment.exists(at: scratch.environment))
        try Environment.create(at: scratch.environment + ".creating", tables: ["left"])
        try Environment.create(at: scratch.environment, tables: ["a"])
        #expect(Environment.exists(at: scratch.environment))
        #expect(!Environment.exists(at: scratch.environment + ".creating"))
        #expect(throws: LMDBError(code: .fileExists, operation: "create")) {
            try Environment.create(at: scratch.environment)
        }
        #expect(throws: LMDBError.self) { try Environment(opening: scratch.path) }
    }

    @Test func `a read-only environment reads and refuses to write`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(
            opening: scratch.environment,
            options: .init(isReadOnly: true)
        )
        let table = try environment.table("a", key: UInt64.self)
        #expect(try environment.read { try $0.first(in: table) == nil })
        #expect(throws: LMDBError(code: .readOnly, operation: "write")) {
            try environment.write { try $0.put([1].span, for: 1, in: table) }
        }
    }

    @Test func `a write that throws leaves no trace, one that returns is seen`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: UInt64.self)
        let before = try environment.lastTransactionID
        #expect(throws: Disagreement.self) {
            try environment.write { transaction in
                try transaction.put([1].span, for: 1, in: table)
                throw Disagreement()
            }
        }
        #expect(try environment.read { try $0.count(of: table) } == 0)
        #expect(try environment.lastTransactionID == before)
        let id = try environment.write { transaction throws(LMDBError) in
            try transaction.put([1].span, for: 1, in: table)
            return transaction.id
        }
        #expect(try environment.read { try $0.contains(1, in: table) })
        #expect(try environment.lastTransactionID == id)
        try environment.sync()
    }

    @Test func `a full map undoes the write and the environment goes on`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let options = Environment.Options(mapSizeBytes: 1 << 20, flush: .lagged)
        let environment = try Environment(opening: scratch.environment, options: options)
        let table = try environment.table("a", key: UInt64.self)
        let value = [UInt8](repeating: 7, count: 10_000)
        var stored: UInt64 = 0
        let failure = #expect(throws: LMDBError.self) {
            while true {
                try environment.write { try $0.put(value.span, for: stored, in: table) }
                stored += 1
            }
        }
        #expect(failure?.isSpaceExhausted == true)
        #expect(failure?.code == .mapFull)
        #expect(stored > 50)
        #expect(try environment.read { try $0.count(of: table) } == Int(stored))
        // Two commits later the pages that the first freed can be used again.
        for key in 0..<3 as Range<UInt64> {
            try environment.write { _ = try $0.delete(key, from: table) }
        }
        try environment.write { try $0.put(value.span, for: 999, in: table) }
        #expect(try environment.read { try $0.count(of: table) } == Int(stored) - 2)
    }

    @Test func `more readers than allowed are refused and counted`() throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        let environment = try Environment(
            opening: scratch.environment,
            options: .init(readersMax: 2)
        )
        let table = try environment.table("a", key: UInt64.self)
        try environment.read { outer in
            try environment.write { try $0.put([1].span, for: 1, in: table) }
            try environment.write { try $0.put([1].span, for: 2, in: table) }
            try environment.read { inner in
                #expect(try outer.count(of: table) == 0)
                #expect(try inner.count(of: table) == 2)
                #expect(inner.id == outer.id + 2)
                let figures = try environment.figures()
                #expect(figures.liveReaders == 2)
                #expect(figures.oldestReaderLag == 2)
                #expect(throws: LMDBError(code: .readersFull, operation: "read")) {
                    try environment.read { _ in }
                }
            }
        }
        #expect(try environment.figures().liveReaders == 0)
        #expect(try environment.figures().oldestReaderLag == 0)
    }
}
