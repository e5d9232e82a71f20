import Commands
import Finance
import MyData
import Sandbox
import Testing

@testable import Collector

/// What a provider does not have, or a request does not open, leaves its evidence and no failure;
/// and what it has after all is collected.
struct NotOfferedTests {
    private static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 1, 1)
        return plan
    }

    @Test(arguments: [UInt32(40_104), 40_301, 40_401, 40_501])
    func `a code of what is not offered is in the evidence and on the board`(code: UInt32)
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, failures) = try await town.enrol(0, with: collector)
            #expect(failures.isEmpty)
            try await town.misbehave(["refuse=\(code)/104"])
            for (provider, result) in try await collector.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            var bytes: [UInt8] = []
            for event in try town.evidence(of: subject) { EventBytes.append(event, to: &bytes) }
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

    @Test(arguments: [UInt32(40_301), 40_401, 40_501], [true, false])
    func `an API that is there the next time is collected, in this process after a day`(
        code: UInt32,
        isRestarted: Bool
    ) async throws {
        try await Town.open(Self.plan) { town in
            let first = try town.collector()
            let (subject, _) = try await town.enrol(0, with: first)
            town.script.set { $0.call.api == .bank004 ? .refused(code) : nil }
            _ = try await first.collect(subject, for: .userConsent)
            #expect(town.script.count(.bank004) > 0)
            #expect(try town.differences(of: 0, subject) != [])
            town.script.set(nil)
            if !isRestarted {
                // What it said that it lacks is not asked for again and again.
                _ = try await first.collect(subject, for: .userRefresh)
                #expect(town.script.count(.bank004) == 0)
                town.clock.advance(by: 86_400)
            }
            let last = isRestarted ? try town.collector() : first
            for (provider, result) in try await last.collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete, "\(provider)")
            }
            #expect(town.script.count(.bank004) > 0)
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `who was not asked because of what others were told is asked for the next time`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let first = try town.collector()
            let (subject, _) = try await town.enrol(0, with: first)
            for desk in first.desks.values { desk.lacks(.bank004) }
            town.script.set(nil)
            for (_, result) in try await first.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete)
            }
            #expect(town.script.count(.bank004) == 0)
            // The lists have not changed since.
            for (_, result) in try await town.collector().collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `what was answered once is taken to be there, whatever one call is told`() async throws {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            _ = try await collector.collect(subject, for: .userConsent)
            for api in [ProviderAPI.bank001, .bank004] {
                town.script.set { $0.call.api == api ? .refused(40_401) : nil }
                _ = try await collector.collect(subject, for: .userSearch)
                #expect(town.script.count(api) > 0)
                town.script.set(nil)
                for (_, result) in try await collector.collect(subject, for: .userRefresh) {
                    #expect(try result.get().isComplete)
                }
                #expect(town.script.count(api) > 0)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `a scope that one request lacks is no provider's, whatever the HTTP status`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let body = BookAnswerText.scopeMissing
            town.script.set { $0.call.api == .bank004 ? .body(body) : nil }
            _ = try await collector.collect(subject, for: .userConsent)
            #expect(town.script.count(.bank004) > 0)
            town.script.set(nil)
            // Nobody's answer kept it from being asked: not of others, not of this person either.
            for (_, result) in try await collector.collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    private enum BookAnswerText {
        static let scopeMissing = Array(#"{"rsp_code":"40104","rsp_msg":""}"#.utf8)
    }
}
