import Collector
import Finance
import MyData
import Sandbox
import Testing

/// Redriving records what the request that lives now opens.
struct RedriveScopeTests {
    @Test
    func `an account that a new request leaves out is not recorded from what was put aside`()
        async throws
    {
        try await Town.open(RedriveTests.plan) { town in
            let subject = try await RedriveTests.putAside(town)
            let collector = try town.collector()
            let bank = try ReachTests.bank(of: town)
            let account = try ReachTests.account(of: subject, at: bank, collector)
            let (_, failures) = try await town.enrol(0, with: collector, joining: town.join) {
                guard $0.code == bank else { return nil }
                var terms = town.terms($0)
                terms.assets = [RequestTerms.NamedAsset(.deposit, account.id)]
                return (terms, [account.key])
            }
            #expect(failures.isEmpty)
            let desk = try RedriveTests.desk(town, tolerant: true)
            var (taken, refused) = (0, 0)
            for entry in try RedriveTests.open(desk, subject) where entry.provider == bank {
                let now = RedriveTests.now(town)
                do throws(QuarantineError) {
                    let result = try await desk.redrive(entry.id, by: "t", at: now)
                    guard case .taken = result else {
                        Issue.record("\(result)")
                        continue
                    }
                    taken += 1
                } catch {
                    #expect(error == .refused(.assetOutsideScope))
                    refused += 1
                }
            }
            #expect(taken == 1 && refused > 0)
            let others = town.ledgers(of: 0).filter { $0.provider == bank && $0.key != account.key }
            let known = try collector.books.book(of: subject).state.assets.values
            for line in others {
                let asset = known.first { $0.provider == bank && $0.key == line.key }
                #expect(asset?.calls[104] == nil)
            }
        }
    }
}
