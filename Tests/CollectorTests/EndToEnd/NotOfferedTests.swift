import Collector
import Commands
import Finance
import Testing

/// What a provider does not have, or a request does not open, leaves its evidence and no failure.
struct NotOfferedTests {
    @Test(arguments: [UInt32(40_104), 40_301, 40_401, 40_501])
    func `a code of what is not offered is in the evidence and on the board`(code: UInt32)
        async throws
    {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 1, 1)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let (subject, failures) = try await town.enrol(0, with: collector)
            #expect(failures.isEmpty)
            try await town.misbehave(["refuse=\(code)/104"])
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            var bytes: [UInt8] = []
            let office = try ConsentDesk(vault: town.vault, log: town.log)
            try office.forEachEvent(of: subject) { EventBytes.append($0, to: &bytes) }
            let events = bytes
            var board = CollectionBoardState()
            var cursor = Finance.EventCursor(events.span, of: AssetID(high: 0, low: 0))
            while let event = try cursor.next() {
                try CollectionBoard().fold(event, into: &board)
            }
            let asked = board.providers.values.filter { provider in
                provider.cells[UInt32(ProviderAPI.bank004.rawValue)]?.errors[code] ?? 0 > 0
            }
            #expect(!asked.isEmpty)
            for provider in asked {
                // Nothing is wrong, so nothing is tried again sooner.
                #expect(provider.standing.failures == 0)
                let errors = provider.cells[UInt32(ProviderAPI.bank004.rawValue)]?.errors ?? [:]
                #expect(errors.keys.sorted() == [code])
            }
        }
    }
}
