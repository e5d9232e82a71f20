import Finance
import Foundation
import SwiftProtobuf
import Testing

/// The read model of the collection console.
struct CollectionBoardTests {
    /// 2026-03-02 12:00 in Korea, a Monday.
    static let noon: Int64 = 1_772_420_400
    static let request = Data(repeating: 7, count: 16)
    static let bank = "A1BK010000"

    static func event(_ day: Int64 = 0, _ fill: (inout Event) -> Void) -> Event {
        var event = Event()
        event.occurredAt = noon + day * 86_400
        fill(&event)
        return event
    }

    static func requested(_ day: Int64 = 0, provider: String = bank) -> Event {
        event(day) { event in
            event.transferRequested.request = request
            event.transferRequested.provider = provider
            event.transferRequested.terms.scope = "bank.list bank.deposit"
            event.transferRequested.terms.scheduled = true
            event.transferRequested.terms.basicCycle = 7
            event.transferRequested.terms.additionalCycle = 14
            event.transferRequested.terms.endsOn = 20_261_231
        }
    }

    static func token(_ day: Int64 = 0, provider: String = bank) -> Event {
        event(day) { event in
            event.tokenIssued.request = request
            event.tokenIssued.provider = provider
            event.tokenIssued.accessToken = "t"
        }
    }

    /// Evidence of a list, or of an asset.
    static func completed(
        _ day: Int64,
        provider: String = bank,
        isOfAsset: Bool = false,
        trigger: TransferTrigger = .scheduled
    ) -> Event {
        event(day) { event in
            event.transferCompleted.request = request
            event.transferCompleted.provider = provider
            event.transferCompleted.trigger = trigger
            if isOfAsset { event.transferCompleted.compartment = Data(repeating: 3, count: 16) }
            event.transferCompleted.calls = [
                .with {
                    $0.api = isOfAsset ? .bank004 : .bank001
                    ($0.pages, $0.rows, $0.bytes, $0.milliseconds) = (2, 10, 4_000, 30)
                }
            ]
        }
    }

    static func failed(_ day: Int64, code: UInt32, status: UInt32 = 500) -> Event {
        event(day) { event in
            event.transferFailed.request = request
            event.transferFailed.provider = bank
            event.transferFailed.api = .bank004
            (event.transferFailed.code, event.transferFailed.status) = (code, status)
        }
    }

    static func aside(_ day: Int64, id: UInt64, part: UInt32 = 0) -> Event {
        event(day) { event in
            event.payloadQuarantined.id = id
            event.payloadQuarantined.provider = bank
            event.payloadQuarantined.api = .bank004
            event.payloadQuarantined.reason = .inconsistent
            event.payloadQuarantined.field = "trans_cnt"
            (event.payloadQuarantined.part, event.payloadQuarantined.parts) = (part, 2)
            event.payloadQuarantined.askedAt = event.occurredAt
            event.payloadQuarantined.size = 30_000
            event.payloadQuarantined.payload = Data("secret".utf8)
        }
    }

    static func folded(_ events: [Event]) throws -> CollectionBoardState {
        var state = CollectionBoardState()
        for event in events {
            let bytes: [UInt8] = try event.serializedBytes()
            let view = try EventView(bytes.span, of: FoldFixtures.asset())
            try CollectionBoard().fold(view, into: &state)
        }
        return state
    }

    private func totals(_ states: [CollectionBoardState]) -> CollectionTotals {
        var totals = CollectionTotals()
        for state in states { totals.add(state) }
        return totals
    }

    private func day(_ offset: Int64) throws -> UInt32 {
        let day = try #require(CivilDate(secondsSinceEpoch: Self.noon + offset * 86_400))
        return UInt32(day.daysSinceEpoch)
    }

    @Test func `a first transfer is due on the day of the request, the next on a Sunday`()
        throws
    {
        let before = try Self.folded([Self.requested(), Self.token()])
        #expect(totals([before]).providers[Self.bank]?.due == [try day(0): 1])
        let after = try Self.folded([Self.requested(), Self.token(), Self.completed(2)])
        // Monday and two days; the week's end is the Sunday after.
        #expect(totals([after]).providers[Self.bank]?.due == [try day(6): 1])
        // Its own day and the next are in time.
        #expect(after.providers[Self.bank]?.made.map(\.lateDays) == [1])
    }

    @Test func `nothing is due without a token, or after the request ends`() throws {
        #expect(totals([try Self.folded([Self.requested()])]).providers[Self.bank] == nil)
        let ended = Self.event(1) { event in
            event.tokenEnded.request = Self.request
            event.tokenEnded.provider = Self.bank
            event.tokenEnded.reason = .refused
        }
        let state = try Self.folded([Self.requested(), Self.token(), ended])
        #expect(totals([state]).providers[Self.bank]?.regular == 0)
    }

    @Test func `a transfer is one, however many assets have evidence of it`() throws {
        let state = try Self.folded([
            Self.requested(), Self.token(), Self.completed(1),
            Self.completed(1, isOfAsset: true), Self.completed(1, isOfAsset: true),
            Self.completed(8),
        ])
        let bank = try #require(state.providers[Self.bank])
        #expect(bank.transfers == 2)
        #expect(bank.cells[UInt32(ProviderAPI.bank004.rawValue)]?.counts.calls == 2)
        #expect(bank.cells[UInt32(ProviderAPI.bank001.rawValue)]?.counts.bytes == 8_000)
        // Due on the day 6, a Sunday; made on the Tuesday after.
        #expect(bank.made.map(\.lateDays) == [0, 2])
    }

    @Test func `what goes on with a transfer is no other, and is overdue until it is made`()
        throws
    {
        var cut = Self.failed(1, code: 50_001)
        (cut.transferFailed.trigger, cut.transferFailed.stillDue) = (.scheduled, true)
        var rest = Self.completed(3, isOfAsset: true)
        rest.transferCompleted.begunOn = try #require(
            CivilDate(secondsSinceEpoch: Self.noon + 86_400)
        ).digits
        let events = [Self.requested(), Self.token(), Self.completed(1), cut]
        let open = try Self.folded(events)
        #expect(totals([open]).providers[Self.bank]?.due == [try day(1): 1])
        let done = try Self.folded(events + [rest])
        #expect(totals([done]).providers[Self.bank]?.due == [try day(6): 1])
        #expect(done.providers[Self.bank]?.made.map(\.lateDays) == [0])
    }

    @Test(
        arguments: [
            (50_005, 500, 50_005), (12_345, 500, CollectionError.other), (0, 503, 500),
            (0, 0, CollectionError.unanswered), (0, 999, CollectionError.unanswered),
            (1, 200, 200),
        ] as [(UInt32, UInt32, UInt32)]
    )
    func `there are few numbers of errors, whatever is answered`(
        code: UInt32,
        status: UInt32,
        number: UInt32
    ) throws {
        #expect(CollectionError.number(code: code, status: status) == number)
        let state = try Self.folded([Self.failed(0, code: code, status: status)])
        let cell = state.providers[Self.bank]?.cells[UInt32(ProviderAPI.bank004.rawValue)]
        #expect(cell?.errors == [number: 1])
        #expect(state.providers[Self.bank]?.standing.failures == 1)
    }

    @Test func `an answer is put aside once with its parts, and goes when it is released`()
        throws
    {
        let events = [Self.aside(0, id: 9), Self.aside(0, id: 9, part: 1), Self.aside(1, id: 4)]
        let state = try Self.folded(events)
        #expect(state.aside.keys.sorted() == [4, 9])
        let api = UInt32(ProviderAPI.bank004.rawValue)
        #expect(totals([state]).providers[Self.bank]?.cells[api]?.aside == 2)
        let retried = Self.event(2) { event in
            event.quarantineRetried.id = 4
            event.quarantineRetried.reason = .fieldType
            event.quarantineRetried.field = "trans_amt"
            event.quarantineRetried.row = 3
        }
        let released = Self.event(3) { $0.quarantineReleased.id = 9 }
        let after = try Self.folded(events + [retried, released])
        #expect(after.aside.map(\.key) == [4])
        #expect(after.aside[4]?.reason == .fieldType)
        #expect(after.aside[4]?.row == 3)
        let cell = totals([after]).providers[Self.bank]?.cells[api]
        #expect(cell?.aside == 1)
        #expect(cell?.counts.quarantined == 2)
    }

    @Test func `what was taken in long after it was asked for takes nothing back in time`()
        throws
    {
        let late = Self.completed(1)
        let state = try Self.folded([
            Self.requested(), Self.token(), Self.completed(8), Self.failed(9, code: 50_001),
            late,
        ])
        let bank = try #require(state.providers[Self.bank])
        #expect(bank.standing.scheduledOn == CivilDate(secondsSinceEpoch: Self.noon + 8 * 86_400))
        #expect(bank.standing.failures == 1)
        let cell = bank.cells[UInt32(ProviderAPI.bank001.rawValue)]
        #expect(cell?.goodAt == Self.noon + 8 * 86_400)
    }

    /// A life of chance at a few providers.
    static func history(seed: UInt64, count: Int) -> [Event] {
        var random = FoldRandom(seed: seed)
        let providers = (0..<3).map { "A\(random.below(5))BK01000\($0)" }
        return (0..<count).map { number -> Event in
            let day = Int64(number / 3)
            let provider = providers[random.below(3)]
            switch random.below(8) {
            case 0: return requested(day, provider: provider)
            case 1: return token(day, provider: provider)
            case 2: return failed(day, code: UInt32(50_000 + random.below(12)))
            case 3: return aside(day, id: UInt64(random.below(20)))
            case 4: return event(day) { $0.quarantineReleased.id = UInt64(random.below(20)) }
            case 5: return completed(day, provider: provider, isOfAsset: true)
            default: return completed(day, provider: provider)
            }
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a board and its totals are their bytes`(seed: UInt64) throws {
        let state = try Self.folded(Self.history(seed: seed, count: 120))
        try StateCodingTests().obeysLaws(CollectionBoardState.self, state.encoded, seed: seed)
        try StateCodingTests()
            .obeysLaws(CollectionTotals.self, totals([state]).encoded, seed: seed)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a person who is taken off leaves the totals as they were`(seed: UInt64) throws {
        let states = try (0..<12).map {
            try Self.folded(Self.history(seed: seed &+ UInt64($0), count: 60))
        }
        var all = totals(states)
        for state in states.dropFirst(5) { all.remove(state) }
        #expect(all.encoded == totals(Array(states.prefix(5))).encoded, "SEED=\(seed)")
        for state in states.prefix(5) { all.remove(state) }
        #expect(all.encoded == CollectionTotals().encoded, "SEED=\(seed)")
    }

    @Test func `the board holds nothing of an answer's content`() throws {
        let state = try Self.folded([Self.aside(0, id: 9)])
        let secret = Array("secret".utf8)
        let bytes = state.encoded + totals([state]).encoded
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: secret) })
    }

    @Test func `nothing asked is the shortest encoding`() {
        #expect(CollectionBoardState().encoded == [7, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(CollectionTotals().encoded == [0, 0])
    }
}
