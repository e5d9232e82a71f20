import LMDB
import Testing

/// What would hang, or read freed memory, traps with a sentence.
@Suite struct MisuseTests {
    @Test func `a write inside a write of the same thread traps`() async {
        await expectTrap("a write transaction was begun inside another of the same thread") {
            let (environment, _) = try sample()
            try environment.write { _ in
                try environment.write { _ in }
            }
        }
    }

    @Test func `a table used with another environment's transaction traps`() async {
        await expectTrap("a table was used with a transaction of another environment") {
            let (_, table) = try sample()
            let (other, _) = try sample()
            try other.read { _ = try $0.count(of: table) }
        }
    }

    @Test func `a table opened inside a write traps`() async {
        await expectTrap("a table was opened inside a write transaction") {
            let (environment, _) = try sample()
            try environment.write { _ in _ = try environment.makeTable("b", key: UInt64.self) }
        }
    }

    @Test func `closing with a reader open traps`() async {
        await expectTrap("an environment was closed while a read transaction was open") {
            let (environment, _) = try sample()
            try environment.read { _ in environment.close() }
        }
    }

    @Test func `closing with a writer open traps`() async {
        await expectTrap("an environment was closed while a write transaction was open") {
            let (environment, _) = try sample()
            try environment.write { _ in environment.close() }
        }
    }

    @Test func `a closed environment traps when read`() async {
        await expectTrap("a read transaction was begun on a closed environment") {
            let (environment, _) = try sample()
            environment.close()
            try environment.read { _ in }
        }
    }
}
