import LMDB
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Fault model: the process dies at once (SIGKILL); what it wrote before is in the page cache.
///
/// Says nothing about power loss.
@Suite struct CrashTests {
    @Test(arguments: [Environment.Flush.full, .lagged])
    func `a process killed inside a write leaves only what was committed`(
        flush: Environment.Flush
    ) async throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = scratch.environment as String, isLagged = (flush == .lagged) as Bool] in
            let environment = try Environment(
                opening: path,
                options: .init(flush: isLagged ? .lagged : .full)
            )
            let table = try environment.table("a", key: UInt64.self)
            let value = [UInt8](repeating: 1, count: 20_000)
            for key in 0..<10 as Range<UInt64> {
                try environment.write { try $0.put(value.span, for: key, in: table) }
            }
            try environment.read { reader in
                try environment.write { transaction in
                    for key in 10..<500 as Range<UInt64> {
                        try transaction.put(value.span, for: key, in: table)
                    }
                    kill(getpid(), SIGKILL)
                }
            }
        }
        guard case .sound = try PageCheck.check(scratch.environment) else {
            Issue.record("the killed process left a damaged file")
            return
        }
        let environment = try Environment(opening: scratch.environment)
        let table = try environment.table("a", key: UInt64.self)
        #expect(try environment.read { try $0.count(of: table) } == 10)
        // The slots of the dead reader and the lock of the dead writer are not in the way.
        try environment.write { try $0.clear(table) }
        try environment.write { try $0.put([1].span, for: 1, in: table) }
        #expect(try environment.read { try $0.count(of: table) } == 1)
    }
}
