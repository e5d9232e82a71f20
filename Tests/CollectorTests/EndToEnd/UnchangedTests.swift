import Collector
import EventLog
import Finance
import Frame
import Testing

/// What asking again costs when nothing changed.
struct UnchangedTests {
    @Test
    func `asking again about two years adds no data and two in a hundred of the bytes`()
        async throws
    {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (6, 24, 24)
        plan.isPatient = true
        try await Town.open(plan) { town in
            let collector = try town.collector()
            // By the number of cards that a person has: who has few of them costs more a byte.
            var bytes: [Int: (first: Int, again: Int)] = [:]
            for person in 0..<town.plan.persons {
                let (subject, failures) = try await town.enrol(person, with: collector)
                #expect(failures.isEmpty)
                let before = try frames(of: subject, in: town)
                _ = try await collector.collect(subject, for: .userConsent)
                let collected = try frames(of: subject, in: town)
                for (_, result) in try await collector.collect(subject, for: .userRefresh) {
                    #expect(try result.get().isComplete)
                }
                let last = try frames(of: subject, in: town)
                #expect(last.providerCount == collected.providerCount)
                let cards = town.ledgers(of: person).filter {
                    $0.kind == UInt32(AssetKind.card.rawValue)
                }
                var sums = bytes[cards.count] ?? (0, 0)
                sums.first += collected.byteCount - before.byteCount
                sums.again += last.byteCount - collected.byteCount
                bytes[cards.count] = sums
            }
            for (cards, sums) in bytes.sorted(by: { $0.key < $1.key }) {
                print("MEASURE unchanged, cards \(cards): \(sums.first) bytes, \(sums.again) again")
            }
            let first = bytes.values.reduce(0) { $0 + $1.first }
            let again = bytes.values.reduce(0) { $0 + $1.again }
            print("MEASURE unchanged people of two years: \(first) bytes first, \(again) again")
            #expect(again * 50 <= first)
        }
    }

    private func frames(
        of subject: SubjectID,
        in town: Town
    ) throws -> (providerCount: Int, byteCount: Int) {
        var (providerCount, byteCount) = (0, 0)
        _ = try town.log.read(subject, from: 0, limit: 100_000) { frame in
            byteCount += frame.bytes.count
            if try FrameHeader(frame.bytes).kind == .provider { providerCount += 1 }
        }
        return (providerCount, byteCount)
    }
}
