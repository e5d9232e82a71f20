import Finance
import Foundation
import SwiftProtobuf
import Testing

@testable import Collector

/// Which assets are there, and what is known of them, whatever order the log says it in.
struct ClosingTests {
    private static let asset = ProgressTests.opened().compartmentOpened.compartment
    private static let noon = KoreanClock.start(of: WindowsTests.today) + 12 * 3_600

    private static func answered(at now: Int64 = noon, mark: String = "5") -> Event {
        let today = WindowsTests.today
        return ProgressTests.completed(at: now, from: today, to: today, mark: mark)
    }

    private static func list(at now: Int64, mark: String = "", closing: [Data] = []) -> Event {
        var event = Event()
        event.occurredAt = now
        event.transferCompleted.provider = "A1BK010000"
        event.transferCompleted.calls = [
            .with { ($0.api, $0.searchTimestamp) = (.bank001, mark) }
        ]
        event.transferCompleted.closed = closing
        return event
    }

    private static func refused(at now: Int64, _ code: UInt32) -> Event {
        var event = Event()
        event.occurredAt = now
        event.transferFailed.provider = "A1BK010000"
        event.transferFailed.compartment = asset
        event.transferFailed.code = code
        return event
    }

    private static func token(_ request: UInt8) -> Event {
        var event = Event()
        event.tokenIssued.request = Data(repeating: request, count: 16)
        event.tokenIssued.provider = "A1BK010000"
        event.tokenIssued.accessToken = "a"
        event.tokenIssued.refreshToken = "r"
        return event
    }

    private static func deleted(_ compartments: [Data], of provider: String) -> Event {
        var event = Event()
        event.deletionCompleted.compartments = compartments
        event.deletionCompleted.provider = provider
        return event
    }

    private func folded(_ events: [Event]) throws -> CollectionState {
        var state = CollectionState()
        try ProgressTests.fold(events, into: &state)
        return state
    }

    @Test
    func `both signs close an asset, an answer opens it again`() throws {
        let (opened, now) = (ProgressTests.opened(), Self.noon)
        for sign in [Self.list(at: now, closing: [Self.asset]), Self.refused(at: now, 40_305)] {
            let closed = try folded([opened, Self.answered(at: now - 1), sign])
            #expect(closed.assets[ProgressTests.asset]?.closedAt == now)
            let again = try folded([opened, sign, Self.answered(at: now + 1)])
            #expect(again.assets[ProgressTests.asset]?.closedAt == nil)
            // What was put aside before and is taken in now says nothing of today.
            let late = try folded([opened, sign, Self.answered(at: now - 1)])
            #expect(late.assets[ProgressTests.asset]?.closedAt == now)
        }
        let other = try folded([opened, Self.refused(at: now, 40_402)])
        #expect(other.assets[ProgressTests.asset]?.closedAt == nil)
    }

    @Test
    func `in one transfer a refusal closes what other calls were still answered of`() throws {
        let now = Self.noon
        let state = try folded([
            ProgressTests.opened(), Self.answered(at: now), Self.refused(at: now, 40_305),
        ])
        let asset = try #require(state.assets[ProgressTests.asset])
        #expect(asset.closedAt == now)
        #expect(asset.calls[104]?.searchTimestamp == "5")
    }

    @Test
    func `an opening that is said again, or only after the evidence, loses nothing`() throws {
        let (opened, answered) = (ProgressTests.opened(), Self.answered())
        let usual = try folded([opened, answered])
        #expect(usual.assets[ProgressTests.asset]?.calls[104]?.searchTimestamp == "5")
        // An erasure says what survives anew; older openings cannot be read any more.
        #expect(try folded([opened, answered, opened]) == usual)
        #expect(try folded([answered, opened]) == usual)
        let closed = Self.list(at: Self.noon, closing: [Self.asset])
        #expect(
            try folded([opened, answered, closed]) == folded([answered, closed, opened])
        )
    }

    @Test
    func `what was deleted is forgotten, and its lists are asked for whole`() throws {
        let events = [
            ProgressTests.opened(), Self.answered(), Self.list(at: Self.noon, mark: "9"),
        ]
        for provider in ["A1BK010000", ""] {
            let state = try folded(events + [Self.deleted([Self.asset], of: provider)])
            #expect(state.assets.isEmpty)
            #expect(state.providers["A1BK010000"]?.lists[101]?.searchTimestamp == "")
        }
        let other = try folded(events + [Self.deleted([], of: "A1BK020000")])
        #expect(other.providers["A1BK010000"]?.lists[101]?.searchTimestamp == "9")
    }

    @Test
    func `a new request asks for its lists whole, a renewed token does not`() throws {
        var renewal = Self.token(1)
        renewal.tokenIssued.refreshToken = ""
        let events = [Self.token(1), Self.list(at: Self.noon, mark: "9"), renewal]
        let same = try folded(events)
        #expect(same.providers["A1BK010000"]?.lists[101]?.searchTimestamp == "9")
        let new = try folded(events + [Self.token(2)])
        #expect(new.providers["A1BK010000"]?.lists[101]?.searchTimestamp == "")
    }
}
