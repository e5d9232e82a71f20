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

    @Test func `observing pages of approvals costs what recording rows costs`() async throws {
        let office = try Office(eventsPerFrame: 128)
        let clock = ContinuousClock()
        let pages = MeasureTests.personCount / 4
        let events = (0..<500).map { (number: Int) -> [UInt8] in
            Answers.approval(
                Int64(number) * 1_000,
                on: 20_000 + Int32(number % 30),
                number: "\(10_000_000 + number)",
                shop: "shop \(number % 97)"
            )
        }
        let answer = Answers.approvals("A", 20_000...20_030, events)
        let rows = try AssetRows(person: [], name: answer.name, allEvents: answer.events)
        let subjects = try office.vault.enrol((0..<pages * 2).map { Array("\($0)".utf8) })
        let groups = Array(repeating: rows, count: pages)
        let observed = subjects[pages...].map {
            PersonObservations(of: $0, [answer], evidence: Answers.evidence)
        }
        var times: [Duration] = []
        for _ in 0..<2 {
            times.append(
                try await clock.measure {
                    let done = try await office.recorder.record(
                        groups,
                        of: Array(subjects[..<pages]),
                        at: Office.now
                    )
                    #expect(done.count == pages)
                }
            )
            times.append(
                try await clock.measure {
                    let done = await office.recorder.observe(observed, at: Office.now)
                    for person in done { _ = try person.get() }
                }
            )
        }
        let rates = times.map { Int(Double(pages * 500) / ($0 / .seconds(1)) / 1_000) }
        print("MEASURE \(pages) pages of 500: record, observe, again both: \(rates) k rows/s")
    }
}
