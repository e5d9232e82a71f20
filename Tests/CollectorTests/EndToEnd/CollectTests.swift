import Collector
import Finance
import Simulation
import Testing

/// One person or a few, all their banks and cards, over loopback mutual TLS.
struct CollectTests {
    @Test
    func `what is collected is what the sandbox's ledger says, and again it is nothing new`()
        async throws
    {
        try await Town.open { town in
            let collector = try town.collector()
            for person in 0..<town.plan.persons {
                let (subject, failures) = try await town.enrol(person, with: collector)
                #expect(failures.isEmpty)
                var added = 0
                for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                    let outcome = try result.get()
                    #expect(outcome.isComplete, "\(provider)")
                    added += outcome.added
                }
                #expect(added > 0)
                #expect(try town.differences(of: person, subject) == [])
                // Another process, which knows nothing but the log.
                let again = try town.collector()
                for (_, result) in try await again.collect(subject, for: .userRefresh) {
                    let outcome = try result.get()
                    #expect(outcome.isComplete)
                    #expect(outcome.added == 0)
                    #expect(outcome.retracted == 0)
                }
                #expect(try town.differences(of: person, subject) == [])
            }
        }
    }
}
