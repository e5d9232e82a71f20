import Commands
import Frame
import Simulation
import Testing
import Vault

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The recorder's speed: small in every run, whole with BENCH=1.
///
/// Prints; checks the digest only.
@Suite struct MeasureTests {
    private static var personCount: Int { unsafe getenv("BENCH") == nil ? 200 : 20_000 }

    @Test func `recording rows of many persons`() async throws {
        let office = try Office(eventsPerFrame: 25)
        let persons = MeasureTests.personCount
        let groups = try (0..<persons).map { person in
            try Office.rows("P\(person)", "A", (0..<50).map { Int64(person * 100 + $0) })
        }
        let clock = ContinuousClock()
        var appended = 0
        let first = try await clock.measure {
            for start in stride(from: 0, to: persons, by: 2_000) {
                let part = Array(groups[start..<min(start + 2_000, persons)])
                let done = try await office.recorder.record(part, at: Office.now)
                appended += done.reduce(0) { $0 + $1.appendedCount }
            }
        }
        var duplicates = 0
        let again = try await clock.measure {
            for start in stride(from: 0, to: persons, by: 2_000) {
                let part = Array(groups[start..<min(start + 2_000, persons)])
                let done = try await office.recorder.record(part, at: Office.now)
                duplicates += done.reduce(0) { $0 + $1.duplicateCount }
            }
        }
        #expect(appended == persons * 50)
        #expect(duplicates == persons * 50)
        print("MEASURE \(appended) rows of \(persons) persons: first \(first), again \(again)")
    }
}
