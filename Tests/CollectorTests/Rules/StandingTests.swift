import Finance
import Foundation
import SwiftProtobuf
import Testing

@testable import Collector

/// When a regular transfer is due again after what happened.
struct StandingTests {
    private static let provider = "A1BK010000"
    private static let id = Data(repeating: 1, count: 16)
    /// A Saturday, the last day of a week.
    private static let saturday = WindowsTests.today
    private static let noon = KoreanClock.start(of: saturday) + 12 * 3_600

    private static func failed(
        at now: Int64,
        _ code: UInt32 = 50_001,
        trigger: TransferTrigger = .scheduled,
        isStillDue: Bool = false
    ) -> Event {
        var event = Event()
        event.occurredAt = now
        event.transferFailed.stillDue = isStillDue
        event.transferFailed.provider = provider
        event.transferFailed.trigger = trigger
        event.transferFailed.code = code
        return event
    }

    private static func made(at now: Int64, isOfAsset: Bool = false) -> Event {
        var event = Event()
        event.occurredAt = now
        event.transferCompleted.provider = provider
        event.transferCompleted.trigger = .scheduled
        if isOfAsset {
            event.transferCompleted.compartment =
                ProgressTests.opened().compartmentOpened.compartment
        }
        event.transferCompleted.calls = [.with { $0.api = isOfAsset ? .bank004 : .bank001 }]
        return event
    }

    /// A request that was made a week before, with the provider's standing after `events`.
    private func world(
        _ events: [Event],
        cycles: (basic: UInt32, additional: UInt32) = (7, 7)
    ) throws -> (request: TransferRequest, standing: ProviderStanding) {
        var requested = Event()
        requested.occurredAt = Self.noon - 7 * 86_400
        requested.transferRequested.request = Self.id
        requested.transferRequested.provider = Self.provider
        requested.transferRequested.terms.scope = "bank.list bank.deposit"
        requested.transferRequested.terms.scheduled = true
        requested.transferRequested.terms.basicCycle = cycles.basic
        requested.transferRequested.terms.additionalCycle = cycles.additional
        requested.transferRequested.terms.endsOn = 20_270_630
        var token = Event()
        token.tokenIssued.request = Self.id
        token.tokenIssued.provider = Self.provider
        token.tokenIssued.accessToken = "a"
        var register = TransferRegister()
        let bytes: [UInt8] = try requested.serializedBytes()
        let view = try EventView(bytes.span, of: ProgressTests.asset)
        try ConsentRegister().fold(view, into: &register)
        var state = CollectionState()
        try ProgressTests.fold([token] + events, into: &state)
        let request = try #require(register.liveRequests.first)
        return (request, try #require(state.providers[Self.provider]?.standing))
    }

    private func next(_ world: (request: TransferRequest, standing: ProviderStanding)) -> Int64? {
        DueTime.next(
            under: world.request,
            after: world.standing,
            in: [],
            spread: 0,
            now: Self.noon
        )
    }

    @Test
    func `a transfer whose six lists were down waits as long as one whose one was`() throws {
        let one = try world([Self.failed(at: Self.noon)])
        let six = try world(Array(repeating: Self.failed(at: Self.noon), count: 6))
        #expect(six.standing.failures == 1)
        #expect(next(six) == next(one))
        #expect(next(one) == Self.noon + DueTime.retrySeconds)
        let twice = try world([Self.failed(at: Self.noon - 600), Self.failed(at: Self.noon)])
        #expect(next(twice) == Self.noon + 2 * DueTime.retrySeconds)
    }

    @Test
    func `when the week's share is used nobody asks before the next week`() throws {
        let sunday = Self.saturday.adding(days: 1)
        let used = try world([Self.failed(at: Self.noon, 42_901)])
        #expect(used.request.regularDay(after: used.standing) == sunday)
        #expect(try #require(next(used)) >= KoreanClock.start(of: sunday))
        // A person's own look has no quota, and the provider's refusal of it says nothing.
        let own = try world([Self.failed(at: Self.noon, 42_901, trigger: .userRefresh)])
        #expect(try #require(own.request.regularDay(after: own.standing)) < Self.saturday)
        let daily = try world([Self.failed(at: Self.noon, 42_901)], cycles: (1, 1))
        #expect(daily.request.regularDay(after: daily.standing) == sunday)
    }

    @Test
    func `what is still open is due since its transfer was begun, and waits longer each time`()
        throws
    {
        let (first, second) = (Self.noon - 2 * 86_400, Self.noon - 86_400)
        let cut = [Self.made(at: first), Self.failed(at: first, isStillDue: true)]
        let day = Self.saturday.adding(days: -2)
        for (events, wait) in [(cut, 1), (cut + [Self.failed(at: second, isStillDue: true)], 2)] {
            let open = try world(events, cycles: (28, 28))
            #expect(open.request.regularDay(after: open.standing) == day)
            #expect(open.standing.scheduledOn == day)
            let at = try #require(events.last).occurredAt
            #expect(
                DueTime.next(
                    under: open.request,
                    after: open.standing,
                    in: [],
                    spread: 0,
                    now: at
                ) == at + Int64(wait) * DueTime.retrySeconds
            )
            // What goes on with it belongs to its cycle, and ends it.
            #expect(open.request.begunDay(after: open.standing, on: Self.saturday) == day)
            var rest = Self.made(at: Self.noon, isOfAsset: true)
            rest.transferCompleted.begunOn = day.digits
            let done = try world(events + [rest], cycles: (28, 28))
            #expect(done.standing.scheduledOn == day && done.standing.stillDueAt == nil)
            let next = Quota.nextDay(after: day, cycleDays: 28)
            #expect(done.request.regularDay(after: done.standing) == next)
            #expect(done.request.begunDay(after: done.standing, on: Self.saturday) == nil)
            // Open for a whole cycle, the next is begun all the same.
            #expect(open.request.begunDay(after: open.standing, on: next) == nil)
        }
    }

    @Test
    func `what is refused when it is asked again is open no more`() throws {
        let first = Self.noon - 600
        let cut = [Self.made(at: first), Self.failed(at: first, isStillDue: true)]
        let next = Quota.nextDay(after: Self.saturday, cycleDays: 28)
        for code: UInt32 in [40_001, 40_401] {
            let over = try world(cut + [Self.failed(at: Self.noon, code)], cycles: (28, 28))
            #expect(over.request.regularDay(after: over.standing) == next)
        }
        // A person's own look ends nothing of it.
        let own = Self.failed(at: Self.noon, trigger: .userRefresh)
        let open = try world(cut + [own], cycles: (28, 28))
        #expect(open.request.regularDay(after: open.standing) == Self.saturday)
    }

    @Test
    func `a share that was used up in the middle is free again the next week, whatever the cycle`()
        throws
    {
        let cut = [
            Self.made(at: Self.noon), Self.failed(at: Self.noon, 42_901, isStillDue: true),
        ]
        let open = try world(cut, cycles: (28, 28))
        #expect(open.request.regularDay(after: open.standing) == Self.saturday.adding(days: 1))
    }

    @Test
    func `in weeks without a list the assets' own calls are the transfer`() throws {
        let monday = Self.noon - 5 * 86_400
        let made = try world([Self.made(at: monday, isOfAsset: true)], cycles: (28, 7))
        #expect(
            made.request.regularDay(after: made.standing) == Self.saturday.adding(days: 1)
        )
    }

    @Test
    func `a daily cycle is due on the next day`() {
        let day = Self.saturday
        #expect(!Quota.isDue(last: day, cycleDays: 1, today: day))
        #expect(Quota.isDue(last: day, cycleDays: 1, today: day.adding(days: 1)))
    }
}
