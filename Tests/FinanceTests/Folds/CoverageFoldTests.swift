import Finance
import Foundation
import SwiftProtobuf
import Testing

@Suite struct CoverageFoldTests {
    private func row(_ day: Int64, _ amount: Int64, _ balance: Int64?, seconds: Int64 = 0) -> Event
    {
        var event = Event()
        event.occurredAt = day * 86_400 + seconds
        event.bankTransactionPosted.amount = abs(amount)
        event.bankTransactionPosted.kind = amount < 0 ? .withdrawn : .deposited
        if let balance { event.bankTransactionPosted.balanceAfter = balance }
        return event
    }

    private func transfer(
        _ from: UInt32,
        _ to: UInt32,
        code: UInt32 = 0,
        quarantined: UInt32 = 0,
        api: ProviderAPI = .bank004,
        at seconds: Int64 = 1_750_000_000
    ) -> Event {
        var event = Event()
        event.occurredAt = seconds
        event.transferCompleted.compartment = Data([UInt8](repeating: 3, count: 16))
        event.transferCompleted.quarantined = quarantined
        var call = TransferCall()
        call.api = api
        (call.fromOn, call.toOn, call.code) = (from, to, code)
        event.transferCompleted.calls = [call]
        return event
    }

    private func failure(_ api: ProviderAPI, code: UInt32 = 50_001) -> Event {
        var event = Event()
        event.occurredAt = 1_750_000_000
        event.transferFailed.compartment = Data([UInt8](repeating: 3, count: 16))
        event.transferFailed.api = api
        event.transferFailed.code = code
        return event
    }

    private func report(_ events: [Event]) throws -> CoverageReport {
        var state = CoverageState()
        for event in events {
            let bytes = try FoldFixtures.encoded(event)
            try Finance.Coverage().fold(
                EventView(bytes.span, of: FoldFixtures.asset()),
                into: &state
            )
            let stored = try CoverageState(decoding: state.encoded.span)
            #expect(stored.encoded == state.encoded)
            state = stored
        }
        return CoverageReport(of: state)
    }

    @Test func `balances that follow from each other are proven, whatever the order`() throws {
        let rows = [
            row(20_000, 100, 1_100), row(20_000, -50, 1_050), row(20_003, -50, 1_000),
            row(20_003, 10, 1_010), row(20_009, 5, 1_015),
        ]
        for order in [rows, rows.reversed(), [rows[2], rows[0], rows[4], rows[1], rows[3]]] {
            let continuity = try #require(try report(order).assets.first?.continuity.first)
            #expect(continuity.gaps == [])
            #expect(continuity.proven.map(\.description) == ["2024-10-04...2024-10-13"])
            #expect(continuity.since?.description == "2024-10-04")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a day of hundreds of rows is whole in any order, and again when a wrong one goes`(
        seed: UInt64
    ) throws {
        var random = FoldRandom(seed: seed)
        var balance: Int64 = 10_000
        let rows = (0..<300).map { _ in
            let amount = Int64(random.below(9_000) + 1) - 4_500
            balance += amount
            return row(20_000, amount, balance)
        }
        let wrong = row(20_000, 5, 77)
        var retracted = Event()
        retracted.occurredAt = 20_001 * 86_400
        retracted.transactionRetracted.event = try wrong.serializedBytes()
        for _ in 0..<3 {
            let order = rows.shuffled(using: &random)
            let whole = try #require(try report(order).assets.first?.continuity.first)
            #expect(whole.gaps == [] && whole.proven.count == 1, "SEED=\(seed)")
            let broken = try report([wrong] + order)
            #expect(broken.assets.first?.continuity.first?.gaps.count == 1, "SEED=\(seed)")
            let healed = try report([wrong] + order + [retracted])
            #expect(healed.assets.first?.continuity.first == whole, "SEED=\(seed)")
        }
    }

    @Test func `balances at the ends of what fits are told apart`() throws {
        for (amount, balance) in [(1, Int64.max), (-1, .min), (.max, .max), (7, -5)]
            as [(Int64, Int64)]
        {
            let rows = [row(20_000, amount, balance), row(20_001, 0, balance)]
            let continuity = try #require(try report(rows).assets.first?.continuity.first)
            #expect(continuity.gaps == [] && continuity.proven.count == 1, "\(amount)")
        }
    }

    @Test func `a missing movement is a gap of its amount, and what follows holds again`() throws {
        let rows = [row(20_000, 100, 1_100), row(20_004, -50, 750), row(20_005, 50, 800)]
        let continuity = try #require(try report(rows).assets.first?.continuity.first)
        #expect(continuity.gaps.map(\.missing) == [-300])
        #expect(continuity.gaps.map { "\($0.first) \($0.last)" } == ["2024-10-04 2024-10-08"])
        #expect(continuity.since?.description == "2024-10-08")
        let filled = rows + [row(20_002, -300, 800)]
        #expect(try report(filled).assets.first?.continuity.first?.gaps == [])
    }

    @Test func `a day that does not add up is broken, a silent one proves nothing`() throws {
        let broken = [row(20_000, 100, 1_100), row(20_000, 7, 900), row(20_001, 1, 901)]
        let continuity = try #require(try report(broken).assets.first?.continuity.first)
        #expect(continuity.gaps.map(\.missing) == [nil])
        #expect(continuity.since?.description == "2024-10-05")
        let silent = [row(20_000, 100, 1_100), row(20_001, 7, nil), row(20_002, 1, 901)]
        let quiet = try #require(try report(silent).assets.first?.continuity.first)
        #expect(quiet.gaps == [] && quiet.proven.count == 2)
        #expect(quiet.since?.description == "2024-10-06" && !quiet.isWhole)
    }

    @Test func `an account that says its balances no longer is not proven to its last movement`()
        throws
    {
        let rows = (0..<3).map { row(20_000 + Int64($0), 10, 100 + Int64($0) * 10) }
        let whole = try #require(try report(rows).assets.first)
        #expect(whole.isProven && whole.continuity[0].since?.description == "2024-10-04")
        let asset = try #require(try report(rows + [row(20_009, 5, nil)]).assets.first)
        #expect(!asset.isProven && asset.continuity[0].since == nil)
        #expect(asset.continuity[0].proven == whole.continuity[0].proven)
        let again = try #require(try report(rows + [row(20_002, 5, nil)]).assets.first)
        #expect(!again.isProven && again.continuity[0].since == nil)
    }

    @Test func `a row missing from a day that ends where it began is one broken day of its amount`()
        throws
    {
        // 0 → 1,000,000 → 400,000 → 0; the one in the middle is missing.
        let swept = [row(20_001, 1_000_000, 1_000_000), row(20_001, -400_000, 0)]
        let round = [row(20_000, 50, 50), row(20_000, -50, 0)]
        let before = [row(19_999, 9, 0)] + round
        let after = [row(20_002, 7, 7), row(20_002, -7, 0), row(20_003, 30, 30)]
        let continuity = try #require(
            try report(before + swept + after).assets.first?.continuity.first
        )
        #expect(continuity.gaps.map(\.missing) == [-600_000])
        #expect(continuity.gaps.map { "\($0.first) \($0.last)" } == ["2024-10-05 2024-10-05"])
        #expect(
            continuity.proven.map(\.description)
                == ["2024-10-03...2024-10-04", "2024-10-06...2024-10-07"]
        )
        #expect(continuity.since?.description == "2024-10-06" && !continuity.isWhole)
        let filled = swept + [row(20_001, -600_000, 400_000)]
        let whole = try report(before + filled + after).assets.first
        #expect(whole?.continuity.first?.isWhole == true)
        // The day before and after it do not fit each other: there is more than it missing.
        let apart = try report(before + swept + [row(20_002, 30, 35)]).assets.first
        #expect(apart?.continuity.first?.gaps.map(\.missing) == [400_000, -999_995])
    }

    @Test func `days that complete answers cover are joined, up to the last that was surely over`()
        throws
    {
        // 1,750,000,000 is 00:06 on 2025-06-16 in Korea: for a clock that is late it is the 15th.
        // Bills whose lines are missing.
        var open = transfer(20_250_301, 20_250_331)
        open.transferCompleted.calls[0].unsettled = true
        let events = [
            open,
            transfer(20_250_501, 20_250_510), transfer(20_250_520, 20_250_616),
            transfer(20_250_511, 20_250_515), transfer(20_250_401, 20_250_402, code: 50_001),
            transfer(20_250_401, 20_250_402, quarantined: 1), transfer(0, 0, code: 1),
        ]
        let answers = try #require(try report(events).assets.first?.answers.first)
        #expect(answers.apiCode == 104)
        #expect(answers.lastAt == 1_750_000_000)
        #expect(
            answers.days.map(\.description)
                == ["2025-05-01...2025-05-15", "2025-05-20...2025-06-14"]
        )
        let later = transfer(20_250_520, 20_250_616, at: 1_750_003_600)
        let days = try report([later]).assets.first?.answers.first?.days
        #expect(days?.map(\.description) == ["2025-05-20...2025-06-15"])
    }

    @Test func `an account that moved on more days than are told apart still adds up`() throws {
        var balance: Int64 = 0
        let rows = (0..<1_000).map { number -> Event in
            balance += 10
            return row(18_000 + Int64(number), 10, balance)
        }
        var state = CoverageState()
        for event in rows {
            let bytes = try FoldFixtures.encoded(event)
            try Finance.Coverage().fold(
                EventView(bytes.span, of: FoldFixtures.asset()),
                into: &state
            )
        }
        let whole = CoverageReport(of: state).assets[0].continuity[0]
        #expect(whole.gaps == [] && whole.proven.count == 1)
        #expect(state.encoded.count < 16_000, "\(state.encoded.count)")
        #expect(try CoverageState(decoding: state.encoded.span).encoded == state.encoded)
    }

    @Test func `days count as covered when every API over a period answered for them`() throws {
        var other = transfer(20_250_401, 20_250_620)
        other.transferCompleted.calls[0].api = .bank007
        let hole = transfer(20_250_501, 20_250_510)
        let report = try report([hole, other, transfer(20_250_520, 20_250_531)])
        let asset = try #require(report.assets.first)
        #expect(
            asset.coveredDays?.map(\.description)
                == ["2025-05-01...2025-05-10", "2025-05-20...2025-05-31"]
        )
        #expect(asset.uncoveredDays.map(\.description) == ["2025-05-11...2025-05-19"])
    }

    @Test func `no day is covered while an API over a period never answered`() throws {
        let answered = transfer(20_250_501, 20_250_510, api: .card008)
        let asset = try #require(try report([answered, failure(.card009)]).assets.first)
        #expect(asset.coveredDays == [] && asset.unanswered == [209])
        #expect(asset.answers.map(\.apiCode) == [208])
        let days = ["2025-05-01...2025-05-10"]
        // A state, and what the provider does not offer, however often and in whatever order.
        let unoffered = [failure(.card009, code: 40_401), failure(.card009)]
        for events in [[failure(.card002)], unoffered, unoffered.reversed()] {
            let asset = try #require(try report([answered] + events).assets.first)
            #expect(asset.coveredDays?.map(\.description) == days && asset.unanswered == [])
        }
        let second = transfer(20_250_501, 20_250_512, api: .card009)
        let both = try #require(
            try report([failure(.card009), answered, second, failure(.card009)]).assets.first
        )
        #expect(both.coveredDays?.map(\.description) == days && both.unanswered == [])
    }

    @Test func `an asset whose APIs only tell a state has no covered days`() throws {
        let report = try report([transfer(0, 0, api: .bank003)])
        let asset = try #require(report.assets.first)
        #expect(asset.coveredDays == nil)
        #expect(asset.uncoveredDays == [])
        #expect(asset.lastAnsweredAt == 1_750_000_000)
    }
}

extension StateCodingTests {
    @Test(arguments: FoldFixtures.seeds)
    func `coverage is its bytes, and days of no answer are none`(seed: UInt64) throws {
        var random = FoldRandom(seed: seed)
        let events = (0..<150).map { index in
            let seconds = 1_700_000_000 + Int64(random.below(60)) * 86_400
            let api = [ProviderAPI.card008, .card009, .bank004][random.below(3)]
            let asset = Data([UInt8](repeating: UInt8(random.below(3)), count: 16))
            let event =
                switch index % 3 {
                case 0: WealthFixtures.movement(5, after: Int64(random.below(900)), at: seconds)
                case 1:
                    WealthFixtures.event(at: seconds) {
                        $0.transferFailed.compartment = asset
                        $0.transferFailed.api = api
                        $0.transferFailed.code = [40_401, 50_001][random.below(2)]
                    }
                default:
                    WealthFixtures.event(at: seconds) {
                        var call = TransferCall()
                        (call.api, call.fromOn, call.toOn) = (api, 20_230_901, 20_231_231)
                        $0.transferCompleted.compartment = asset
                        $0.transferCompleted.calls = [call]
                    }
                }
            return (UInt64(random.below(3)), event)
        }
        let state = try WealthFixtures.fold(Finance.Coverage(), events)
        try obeysLaws(CoverageState.self, state.encoded, seed: seed)
        // One asset, one API, its last answer, offered, one run of a day; no balances.
        func bytes(answer: [UInt8]) -> [UInt8] {
            [1] + [UInt8](repeating: 7, count: 16) + [1, 0xD0, 0x01] + answer
                + [0, 1, 0xC0, 0xB8, 0x02, 0xC0, 0xB8, 0x02, 0]
        }
        let (answered, never) = (bytes(answer: [1, 10]), bytes(answer: [0]))
        #expect(try CoverageState(decoding: answered.span).encoded == answered)
        #expect(throws: FoldError.malformedState) { try CoverageState(decoding: never.span) }
    }
}
