import EventLog
import Finance
import Frame
import MyData
import Sandbox
import Simulation
import Testing

@testable import Collector

/// What one call meets, and what that means for the others: over loopback mutual TLS.
struct ReachTests {
    /// One person, and one call at a time at each provider.
    static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 2)
        plan.callsAtOnceMax = 1
        return plan
    }

    static func bank(of town: Town) throws -> String {
        try #require(
            town.world.providers(of: 0).first { town.providers[$0]?.industry == .bank }
        )
    }

    /// A deposit account that was asked about.
    static func account(
        of subject: SubjectID,
        at bank: String,
        _ collector: Collector
    ) throws -> (id: AssetID, key: String) {
        let assets = try collector.books.book(of: subject).state.assets
        let found = assets.filter {
            $0.value.provider == bank && $0.value.kind == UInt32(AssetKind.deposit.rawValue)
                && !$0.value.key.contains("/")
        }
        let first = try #require(found.min { $0.value.key < $1.value.key })
        return (first.key, first.value.key)
    }

    @Test
    func `a list says all again when the transfer ended before its assets were asked`()
        async throws
    {
        var plan = Self.plan
        plan.callsAtOnceMax = 16
        try await Town.open(plan) { town in
            let bank = try Self.bank(of: town)
            let (subject, failures) = try await town.enrol(0, with: town.collector())
            #expect(failures.isEmpty)
            // The list of retirement accounts ends the transfer, whatever the others say.
            town.script.set { query in
                query.provider == bank && query.call.api == .irp001 ? .refused(40_403) : nil
            }
            let cut = try await town.collector().collect(subject, from: bank, for: .userConsent)
            #expect(!cut.isComplete && cut.assets == 0)
            town.script.set(nil)
            for (_, result) in try await town.collector().collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test(arguments: [UInt32(40_403), 40_105, 50_009])
    func `what ends a person's or an asset's turn is asked about no more`(code: UInt32)
        async throws
    {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let (subject, _) = try await town.enrol(0, with: town.collector())
            town.script.set { query in
                guard query.provider == bank, query.call["account_num"] != nil else { return nil }
                return .refused(code)
            }
            let collector = try town.collector()
            let outcome = try await collector.collect(subject, from: bank, for: .userConsent)
            #expect(!outcome.isComplete)
            let asked = town.script.asked.compactMap { query in
                query.provider == bank ? query.call["account_num"] : nil
            }
            // 40105 is about one account, the others about the person.
            #expect(asked.count == (code == 40_105 ? Set(asked).count : 1))
            #expect(!asked.isEmpty)
            town.script.set(nil)
            for (_, result) in try await town.collector().collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `an API that fails for good keeps no other from being asked`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let (subject, _) = try await town.enrol(0, with: town.collector())
            let line = town.ledgers(of: 0).first {
                $0.provider == bank && $0.kind == UInt32(AssetKind.deposit.rawValue)
                    && !$0.key.contains("/")
            }
            let key = try #require(line?.key)
            // Four tries in a row do not make the provider one that is down.
            town.script.set { query in
                query.call.api == .bank002 && query.call["account_num"] == key
                    ? .refused(50_001) : nil
            }
            let collector = try town.collector()
            let outcome = try await collector.collect(subject, from: bank, for: .userConsent)
            #expect(outcome.failedCalls == 1)
            let assets = try collector.books.book(of: subject).state.assets.values
            let known = assets.first { $0.provider == bank && $0.key == key }
            #expect(known?.calls[102] == nil)
            #expect(known?.calls[103] != nil && known?.calls[104] != nil)
        }
    }

    @Test
    func `a bill whose lines failed is asked for again, however long ago it was`() async throws {
        var plan = Self.plan
        (plan.months, plan.historyMonths) = (6, 6)
        try await Town.open(plan) { town in
            let (subject, _) = try await town.enrol(0, with: town.collector())
            town.script.set { $0.call.api == .card005 ? .refused(40_001) : nil }
            _ = try await town.collector().collect(subject, for: .userConsent)
            #expect(town.script.count(.card005) > 0)
            // The record still says for which months the bills were asked.
            let bills = try town.evidence(of: subject).flatMap(\.transferCompleted.calls)
                .filter { $0.api == .card004 }
            #expect(!bills.isEmpty)
            #expect(bills.allSatisfy { $0.fromOn > 0 && $0.toOn > $0.fromOn })
            #expect(bills.contains { $0.unsettled })
            town.script.set(nil)
            for (_, result) in try await town.collector().collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `nothing has changed since nothing is no answer`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let (subject, _) = try await town.enrol(0, with: town.collector())
            town.script.set { query in
                let isOdd = [.bank003, .bank004].contains(query.call.api)
                return query.provider == bank && isOdd ? Town.Script.unchanged : nil
            }
            let collector = try town.collector()
            let outcome = try await collector.collect(subject, from: bank, for: .userConsent)
            #expect(outcome.failedCalls > 0)
            let account = try Self.account(of: subject, at: bank, collector)
            let known = try collector.books.book(of: subject).state.assets[account.id]
            #expect(known?.calls[103] == nil && known?.calls[104] == nil)
            town.script.set(nil)
            for (_, result) in try await town.collector().collect(subject, for: .userRefresh) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test
    func `an asset that is closed keeps the evidence of what it still answered`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let (subject, _) = try await town.enrol(0, with: town.collector())
            town.script.set { query in
                query.provider == bank && query.call.api == .bank003 ? .refused(40_305) : nil
            }
            let collector = try town.collector()
            _ = try await collector.collect(subject, from: bank, for: .userConsent)
            let account = try Self.account(of: subject, at: bank, collector)
            let known = try collector.books.book(of: subject).state.assets[account.id]
            #expect(known?.closedAt == town.clock.seconds)
            #expect(known?.calls[104]?.covered.isEmpty == false)
            // Closed is closed: nothing more is asked while its list says nothing new.
            town.script.set(nil)
            let again = try await collector.collect(subject, from: bank, for: .userRefresh)
            #expect(again.isComplete)
            #expect(!town.script.asked.contains { $0.call["account_num"] == account.key })
        }
    }

    @Test
    func `an account that its list no longer has is closed once and asked no more`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            _ = try await collector.collect(subject, from: bank, for: .userConsent)
            let account = try Self.account(of: subject, at: bank, collector)
            town.script.close(account.key, at: bank)
            for hour in 0..<3 {
                town.clock.advance(by: 3_600)
                let before = try frameCount(of: account.id, of: subject, in: town)
                // Another process each time, which knows nothing but the log.
                let outcome = try await town.collector()
                    .collect(subject, from: bank, for: hour < 2 ? .userRefresh : .userSearch)
                #expect(outcome.isComplete)
                let after = try frameCount(of: account.id, of: subject, in: town)
                #expect(after - before == (hour == 0 ? 1 : 0))
                #expect(!town.script.asked.contains { $0.call["account_num"] == account.key })
                let known = try collector.books.book(of: subject).state.assets[account.id]
                #expect(known?.closedAt == Town.start + 3_600)
            }
            // It was there after all.
            town.script.set(nil)
            let back = try await collector.collect(subject, from: bank, for: .userRefresh)
            #expect(back.isComplete)
            let known = try collector.books.book(of: subject).state.assets[account.id]
            #expect(known?.closedAt == nil)
        }
    }

    @Test
    func `an account that never answered is closed too`() async throws {
        try await Town.open(Self.plan) { town in
            let bank = try Self.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            town.script.set { query in
                query.call["account_num"] == nil ? nil : .refused(40_001)
            }
            _ = try await collector.collect(subject, from: bank, for: .userConsent)
            let account = try Self.account(of: subject, at: bank, collector)
            town.script.close(account.key, at: bank)
            _ = try await collector.collect(subject, from: bank, for: .userRefresh)
            let known = try collector.books.book(of: subject).state.assets[account.id]
            #expect(known?.closedAt == town.clock.seconds)
        }
    }

    private func frameCount(
        of asset: AssetID,
        of subject: SubjectID,
        in town: Town
    ) throws -> Int {
        var count = 0
        _ = try town.log.read(subject, from: 0, limit: 100_000) { frame in
            let compartment = try FrameHeader(frame.bytes).compartment
            if compartment.high == asset.high, compartment.low == asset.low { count += 1 }
        }
        return count
    }
}
