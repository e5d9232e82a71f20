import Finance
import Simulation
import Testing

@testable import Collector

struct WindowsTests {
    static let today = day(2026, 11, 21)

    static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
        guard let date = CivilDate(year: year, month: month, day: day) else {
            preconditionFailure("no such day")
        }
        return date
    }

    private func plan(
        _ trigger: TransferTrigger,
        from history: CivilDate = day(2024, 11, 22),
        covered: [ClosedRange<CivilDate>] = [],
        reach: Windows.Reach = .days
    ) -> [Window] {
        Windows.plan(
            from: history,
            covered: covered,
            reach: reach,
            trigger: trigger,
            today: WindowsTests.today
        )
    }

    @Test
    func `a first collection asks for a year, then for the years before it`() {
        let windows = plan(.userConsent)
        #expect(windows.map(\.trigger) == [.userConsent, .userSearch])
        #expect(windows[0].days == WindowsTests.day(2025, 11, 22)...WindowsTests.today)
        #expect(windows[1].days.upperBound == WindowsTests.day(2025, 11, 21))
        #expect(windows[1].days.lowerBound == WindowsTests.day(2024, 11, 22))
    }

    @Test
    func `a regular transfer asks for no more than it may`() {
        #expect(
            plan(.scheduled).map(\.days) == [WindowsTests.day(2026, 10, 22)...WindowsTests.today]
        )
        let slow = plan(.scheduled, reach: .quarter)
        #expect(slow.map(\.days) == [WindowsTests.day(2026, 8, 22)...WindowsTests.today])
    }

    @Test(arguments: [
        (TransferTrigger.scheduled, [[202_609, 202_611]]),
        (.userRefresh, [[202_512, 202_611]]),
        (.userConsent, [[202_512, 202_611], [202_411, 202_511]]),
        (.userSearch, [[202_411, 202_611]]),
    ])
    func `months are asked for whole, and the one that is begun counts`(
        trigger: TransferTrigger,
        months: [[UInt32]]
    ) {
        let windows = plan(trigger, reach: .months)
        #expect(
            windows.map { [$0.days.lowerBound.monthDigits, $0.days.upperBound.monthDigits] }
                == months
        )
        #expect(windows.allSatisfy { $0.days.lowerBound.digits % 100 == 1 })
    }

    @Test
    func `bills of months that are covered are asked for back to the month of the overlap`() {
        let covered = [WindowsTests.day(2024, 11, 1)...WindowsTests.day(2026, 11, 20)]
        let windows = plan(.userRefresh, covered: covered, reach: .months)
        #expect(windows.map(\.days) == [WindowsTests.day(2026, 10, 1)...WindowsTests.today])
    }

    @Test
    func `what is covered is asked for again only as far back as rows come late`() {
        let covered = [WindowsTests.day(2024, 11, 1)...WindowsTests.day(2026, 11, 20)]
        let windows = plan(.userRefresh, covered: covered)
        #expect(windows.map(\.days) == [WindowsTests.day(2026, 10, 22)...WindowsTests.today])
    }

    @Test
    func `a search goes over covered days again`() {
        let covered = [WindowsTests.day(2024, 11, 1)...WindowsTests.day(2026, 11, 20)]
        let windows = plan(.userSearch, covered: covered)
        #expect(windows.map(\.days) == [WindowsTests.day(2024, 11, 22)...WindowsTests.today])
    }

    @Test
    func `a gap is asked for with what lies after it`() {
        let covered = [
            WindowsTests.day(2024, 11, 1)...WindowsTests.day(2026, 6, 30),
            WindowsTests.day(2026, 8, 1)...WindowsTests.day(2026, 11, 20),
        ]
        let windows = plan(.userRefresh, covered: covered)
        #expect(windows.map(\.days) == [WindowsTests.day(2026, 7, 1)...WindowsTests.today])
    }

    @Test(arguments: Seed.smoke)
    func `windows follow each other without gap or overlap and stay within the rules`(seed: Seed) {
        var chance = seed
        for _ in 0..<500 {
            let today = CivilDate(daysSinceEpoch: 20_000 + Int32(chance.below(2_000)))
            let history = today.adding(days: -Int32(chance.below(2_500)))
            let triggers: [TransferTrigger] = [
                .scheduled, .userConsent, .userRefresh, .userSearch,
            ]
            let trigger = triggers[chance.below(4)]
            let reaches: [Windows.Reach] = [.days, .quarter, .months]
            let reach = reaches[chance.below(3)]
            var covered: [ClosedRange<CivilDate>] = []
            if chance.below(2) == 0 {
                let end = today.adding(days: -1 - Int32(chance.below(100)))
                covered = [min(history, end)...end]
            }
            let windows = Windows.plan(
                from: history,
                covered: covered,
                reach: reach,
                trigger: trigger,
                today: today
            )
            #expect(windows.first?.days.upperBound == today, "\(seed)")
            for (newer, older) in zip(windows, windows.dropFirst()) {
                #expect(
                    older.days.upperBound.adding(days: 1) == newer.days.lowerBound,
                    "\(seed)"
                )
            }
            for window in windows {
                let first = Windows.first(of: window.trigger, reach, before: today)
                #expect(window.days.lowerBound >= first, "\(seed)")
            }
        }
    }
}

struct QuotaTests {
    @Test
    func `a week is from Sunday to Saturday`() {
        let saturday = WindowsTests.day(2026, 11, 21)
        #expect(saturday.weekday == 5)
        #expect(Quota.nextDay(after: saturday, cycleDays: 7) == saturday.adding(days: 1))
        let sunday = saturday.adding(days: 1)
        #expect(Quota.nextDay(after: sunday, cycleDays: 7) == sunday.adding(days: 7))
        #expect(!Quota.isDue(last: sunday, cycleDays: 7, today: sunday.adding(days: 6)))
        #expect(Quota.isDue(last: sunday, cycleDays: 7, today: sunday.adding(days: 7)))
    }

    @Test(arguments: [UInt32(7), 14, 21, 28])
    func `a cycle is of whole weeks`(cycle: UInt32) {
        for offset in Int32(0)..<60 {
            let last = WindowsTests.today.adding(days: offset)
            let next = Quota.nextDay(after: last, cycleDays: cycle)
            #expect(next.weekday == 6)
            #expect(next > last.adding(days: Int32(cycle) - 7))
            #expect(next <= last.adding(days: Int32(cycle)))
        }
    }
}

struct PagingTests {
    @Test
    func `a page that comes twice counts once`() {
        var paging = Paging(pagesMax: 10)
        let first = paging.took(next: "a", digest: 1, rows: 500)
        #expect(first == Paging.Taken(isNew: true, step: .next("a")))
        let again = paging.took(next: "b", digest: 1, rows: 500)
        #expect(again == Paging.Taken(isNew: false, step: .next("b")))
        let last = paging.took(next: nil, digest: 2, rows: 20)
        #expect(last == Paging.Taken(isNew: true, step: .done))
        #expect(paging.pages == 3)
    }

    @Test
    func `a cursor that repeats ends with a fault`() {
        var paging = Paging(pagesMax: 10)
        _ = paging.took(next: "a", digest: 1, rows: 1)
        #expect(paging.took(next: "a", digest: 2, rows: 1).step == .cursorRepeats)
    }

    @Test
    func `pages end where no answer has more`() {
        var paging = Paging(pagesMax: 3)
        #expect(paging.took(next: "a", digest: 1, rows: 1).step == .next("a"))
        #expect(paging.took(next: "b", digest: 2, rows: 1).step == .next("b"))
        #expect(paging.took(next: "c", digest: 3, rows: 1).step == .tooMany)
    }
}
