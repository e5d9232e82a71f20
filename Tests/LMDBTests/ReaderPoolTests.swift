import LMDB
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite struct ReaderPoolTests {
    @Test func `each of many readers beside a writer sees one whole commit`() async throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a", "b"])
        let environment = try Environment(
            opening: scratch.environment,
            options: .init(readersMax: 8, flush: .lagged)
        )
        let left = try environment.table("a", key: UInt64.self)
        let right = try environment.table("b", key: UInt64.self)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var torn = 0
                    for _ in 0..<2_000 {
                        torn += try environment.read { transaction in
                            let count = try transaction.count(of: left)
                            let isWhole =
                                try transaction.count(of: right) == count
                                && transaction.last(in: left)?.key
                                    == transaction.last(in: right)?.key
                            return isWhole ? 0 : 1
                        }
                    }
                    return torn
                }
            }
            for key in 0..<300 as Range<UInt64> {
                try environment.write { transaction in
                    try transaction.put([1].span, for: key, in: left, mode: .append)
                    try transaction.put([2].span, for: key, in: right, mode: .append)
                }
            }
            for try await torn in group { #expect(torn == 0) }
        }
        #expect(try environment.figures().liveReaders == 0)
    }
}
