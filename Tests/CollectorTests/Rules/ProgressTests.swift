import Finance
import Foundation
import Simulation
import SwiftProtobuf
import Testing

@testable import Collector

/// The read model that says what to ask next.
struct ProgressTests {
    static let asset = AssetID(high: 7, low: 9)
    static let request = Data(repeating: 1, count: 16)

    /// Feeds events as the log would.
    static func fold(_ events: [Event], into state: inout CollectionState) throws {
        for event in events {
            let bytes: [UInt8] = try event.serializedBytes()
            let view = try EventView(bytes.span, of: asset)
            try CollectionProgress().fold(view, into: &state)
        }
    }

    static func opened() -> Event {
        var event = Event()
        event.compartmentOpened.compartment = Data([0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9])
        event.compartmentOpened.purpose = .asset
        event.compartmentOpened.assetKind = .deposit
        event.compartmentOpened.provider = "A1BK010000"
        event.compartmentOpened.assetKey = "key"
        return event
    }

    static func completed(
        at now: Int64,
        from: CivilDate,
        to: CivilDate,
        mark: String = "",
        trigger: TransferTrigger = .scheduled
    ) -> Event {
        var event = Event()
        event.occurredAt = now
        event.transferCompleted.request = request
        event.transferCompleted.provider = "A1BK010000"
        event.transferCompleted.compartment = opened().compartmentOpened.compartment
        event.transferCompleted.trigger = trigger
        var call = TransferCall()
        call.api = .bank004
        (call.fromOn, call.toOn) = (from.digits, to.digits)
        call.searchTimestamp = mark
        event.transferCompleted.calls = [call]
        return event
    }

    @Test
    func `the day on which it was asked is not covered, and days join`() throws {
        var state = CollectionState()
        let today = WindowsTests.today
        let noon = KoreanClock.start(of: today) + 12 * 3_600
        try ProgressTests.fold(
            [
                ProgressTests.opened(),
                ProgressTests.completed(at: noon, from: today.adding(days: -9), to: today),
                ProgressTests.completed(
                    at: noon,
                    from: today.adding(days: -19),
                    to: today.adding(days: -10)
                ),
            ],
            into: &state
        )
        let call = state.assets[ProgressTests.asset]?.calls[104]
        #expect(call?.covered == [today.adding(days: -19)...today.adding(days: -1)])
        #expect(call?.scheduledOn == today)
    }

    @Test
    func `an answer whose lines are missing keeps neither its mark nor its days`() throws {
        let today = WindowsTests.today
        let noon = KoreanClock.start(of: today) + 12 * 3_600
        var event = ProgressTests.completed(
            at: noon,
            from: today.adding(days: -9),
            to: today,
            mark: "5"
        )
        event.transferCompleted.calls[0].unsettled = true
        var state = CollectionState()
        try ProgressTests.fold([ProgressTests.opened(), event], into: &state)
        let call = state.assets[ProgressTests.asset]?.calls[104]
        #expect(call?.covered == [] && call?.searchTimestamp == "")
        #expect(call?.answeredAt == noon)
    }

    @Test
    func `what was asked in vain is remembered until it is answered or is none of the asset's`()
        throws
    {
        func failed(_ code: UInt32) -> Event {
            var event = Event()
            event.transferFailed.provider = "A1BK010000"
            event.transferFailed.compartment = ProgressTests.opened().compartmentOpened.compartment
            event.transferFailed.api = .bank004
            event.transferFailed.code = code
            return event
        }
        let answer = ProgressTests.completed(
            at: KoreanClock.start(of: WindowsTests.today),
            from: WindowsTests.today,
            to: WindowsTests.today
        )
        for (events, isOpen) in [
            ([failed(50_001)], true), ([failed(40_401)], true),
            ([failed(50_001), answer], false), ([answer, failed(50_001)], false),
            ([failed(50_001), failed(40_402)], false), ([failed(40_105)], false),
        ] {
            var state = CollectionState()
            try ProgressTests.fold([ProgressTests.opened()] + events, into: &state)
            #expect(state.assets[ProgressTests.asset]?.unanswered == (isOpen ? [104] : []))
            var bytes: [UInt8] = []
            state.encode(into: &bytes)
            #expect(try CollectionState(decoding: bytes.span) == state)
        }
    }

    @Test
    func `just after midnight yesterday is not covered yet`() throws {
        var state = CollectionState()
        let today = WindowsTests.today
        let after = KoreanClock.start(of: today) + 1_800
        try ProgressTests.fold(
            [
                ProgressTests.opened(),
                ProgressTests.completed(at: after, from: today.adding(days: -5), to: today),
            ],
            into: &state
        )
        let call = state.assets[ProgressTests.asset]?.calls[104]
        #expect(call?.covered == [today.adding(days: -5)...today.adding(days: -2)])
    }

    @Test
    func `a renewal keeps the refresh token and an end forgets both`() throws {
        var (state, first, renewal, end) = (CollectionState(), Event(), Event(), Event())
        first.tokenIssued.request = ProgressTests.request
        first.tokenIssued.provider = "A1BK010000"
        first.tokenIssued.accessToken = "a"
        first.tokenIssued.refreshToken = "r"
        first.tokenIssued.refreshExpiresAt = 9
        first.tokenIssued.scope = "bank.list"
        renewal.tokenIssued.request = ProgressTests.request
        renewal.tokenIssued.provider = "A1BK010000"
        renewal.tokenIssued.accessToken = "b"
        try ProgressTests.fold([first, renewal], into: &state)
        let token = state.providers["A1BK010000"]?.token
        #expect(token?.access == "b")
        #expect(token?.refresh == "r")
        #expect(token?.scope == "bank.list")
        end.tokenEnded.request = ProgressTests.request
        end.tokenEnded.provider = "A1BK010000"
        end.tokenEnded.reason = .withdrawn
        try ProgressTests.fold([end], into: &state)
        #expect(state.providers["A1BK010000"]?.token?.access == "")
        #expect(state.providers["A1BK010000"]?.token?.end == .withdrawn)
    }

    @Test(arguments: Seed.smoke)
    func `what is known is encoded in one way and read again`(seed: Seed) throws {
        var chance = seed
        var state = CollectionState()
        try ProgressTests.fold([ProgressTests.opened()], into: &state)
        for _ in 0..<100 {
            let day = CivilDate(daysSinceEpoch: 20_000 + Int32(chance.below(700)))
            let begin = day.adding(days: -Int32(chance.below(40)))
            let event = ProgressTests.completed(
                at: KoreanClock.start(of: day) + Int64(chance.below(86_400)),
                from: begin,
                to: day,
                mark: "\(chance.below(1_000))"
            )
            do {
                var next = state
                try ProgressTests.fold([event], into: &next)
                state = next
            } catch let error as FoldError {
                #expect(error == .full, "\(seed)")
            }
            var bytes: [UInt8] = []
            state.encode(into: &bytes)
            let again = try CollectionState(decoding: bytes.span)
            #expect(again == state, "\(seed)")
            var twice: [UInt8] = []
            again.encode(into: &twice)
            #expect(twice == bytes, "\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `any bytes at all are read or refused, and what is read is canonical`(
        seed: Seed
    ) throws {
        var chance = seed
        var state = CollectionState()
        let today = WindowsTests.today
        try ProgressTests.fold(
            [
                ProgressTests.opened(),
                ProgressTests.completed(
                    at: KoreanClock.start(of: today),
                    from: today.adding(days: -9),
                    to: today,
                    mark: "5"
                ),
            ],
            into: &state
        )
        var valid: [UInt8] = []
        state.encode(into: &valid)
        for _ in 0..<5_000 {
            var bytes = valid
            for _ in 0...chance.below(3) {
                bytes[chance.below(bytes.count)] = UInt8(chance.below(256))
            }
            do throws(FoldError) {
                let read = try CollectionState(decoding: bytes.span)
                var again: [UInt8] = []
                read.encode(into: &again)
                #expect(again == bytes, "\(seed)")
            } catch {
                #expect(error == .malformedState, "\(seed)")
            }
        }
    }
}
