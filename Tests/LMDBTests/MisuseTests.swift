import LMDB
import Testing

/// What would hang, or read freed memory, traps with a sentence.
@Suite struct MisuseTests {
    @Test func `a write inside a write of the same thread traps`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (environment, _) = try sample()
            try environment.write { _ in
                try environment.write { _ in }
            }
        }
        #expect(result.said("a write transaction was begun inside another of the same thread"))
    }

    @Test func `a table used with another environment's transaction traps`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (_, table) = try sample()
            let (other, _) = try sample()
            try other.read { _ = try $0.count(of: table) }
        }
        #expect(result.said("a table was used with a transaction of another environment"))
    }

    @Test func `a table opened inside a write traps`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (environment, _) = try sample()
            try environment.write { _ in _ = try environment.makeTable("b", key: UInt64.self) }
        }
        #expect(result.said("a table was opened inside a write transaction"))
    }

    @Test func `closing with a reader open traps`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (environment, _) = try sample()
            try environment.read { _ in environment.close() }
        }
        #expect(result.said("an environment was closed while a read transaction was open"))
    }

    @Test func `closing with a writer open traps`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (environment, _) = try sample()
            try environment.write { _ in environment.close() }
        }
        #expect(result.said("an environment was closed while a write transaction was open"))
    }

    @Test func `a closed environment traps when read`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let (environment, _) = try sample()
            environment.close()
            try environment.read { _ in }
        }
        #expect(result.said("a read transaction was begun on a closed environment"))
    }
}

/// An environment with a table; its directory goes at once, the open files stay.
private func sample() throws -> (Environment, Table<UInt64>) {
    let scratch = Scratch()
    try Environment.create(at: scratch.environment, tables: ["a"])
    let environment = try Environment(opening: scratch.environment)
    return (environment, try environment.table("a", key: UInt64.self))
}

extension ExitTest.Result? {
    /// Whether the process wrote `sentence` before it ended; optimised code traps without a word.
    fileprivate func said(_ sentence: String) -> Bool {
        #if DEBUG
            guard let bytes = self?.standardErrorContent else { return false }
            return String(decoding: bytes, as: UTF8.self).contains(sentence)
        #else
            return self != nil
        #endif
    }
}
