import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

@Suite struct GateTests {
    @Test(arguments: Seed.smoke)
    func `nobody holds a subject that another holds, and everybody gets through`(seed: Seed)
        async throws
    {
        let gate = SubjectGate()
        let watch = Watch()
        await withTaskGroup(of: Void.self) { group in
            var chance = seed
            for _ in 0..<200 {
                let wanted = (0..<Int.random(in: 1...4, using: &chance)).map { _ in
                    SubjectID(high: 1, low: UInt64.random(in: 0..<6, using: &chance))
                }
                group.addTask {
                    await gate.hold(wanted) {
                        watch.enter(wanted)
                        await Task.yield()
                        watch.leave(wanted)
                    }
                }
            }
        }
        let (clashes, done) = watch.counts
        #expect(clashes == 0, "\(seed)")
        #expect(done == 200, "\(seed)")
    }
}

/// Notes who is inside with which subjects.
private final class Watch: Sendable {
    private struct State {
        var held: Set<SubjectID> = []
        var clashes = 0
        var done = 0
    }

    private let state = Mutex(State())

    func enter(_ subjects: [SubjectID]) {
        state.withLock { state in
            if !state.held.isDisjoint(with: subjects) { state.clashes += 1 }
            state.held.formUnion(subjects)
        }
    }

    func leave(_ subjects: [SubjectID]) {
        state.withLock { state in
            state.held.subtract(subjects)
            state.done += 1
        }
    }

    var counts: (clashes: Int, done: Int) { state.withLock { ($0.clashes, $0.done) } }
}
