import Finance
import SwiftProtobuf
import Testing

@Suite struct InsightTests {
    private let rules = FoldFixtures.rules
    /// 2025-11-20.
    private static let day = CivilDate(daysSinceEpoch: 20_412)

    /// Card payments and movements of 2025, each at noon or at the given second of its day.
    private struct Story {
        var events: [(UInt64, Event)] = []

        mutating func card(
            _ month: Int,
            _ day: Int,
            _ won: Int64,
            _ merchant: String,
            second: Int64? = nil,
            country: String = "",
            number: String = ""
        ) throws {
            var event = Event()
            event.occurredAt = try WealthFixtures.noon(2025, month, day)
            // Noon is three o'clock UTC, and Korea's day begins fifteen hours before it.
            if let second { event.occurredAt += second - 12 * 3_600 }
            event.cardApproved.amount = won * 1_000
            event.cardApproved.merchantName = merchant
            event.cardApproved.country = country
            event.cardApproved.approvalNumber = number
            events.append((1, event))
        }

        mutating func account(
            _ month: Int,
            _ day: Int,
            _ won: Int64,
            _ memo: String
        ) throws {
            events.append(
                (
                    2,
                    WealthFixtures.movement(
                        abs(won) * 1_000,
                        after: 900_000_000,
                        at: try WealthFixtures.noon(2025, month, day),
                        kind: won < 0 ? .withdrawn : .deposited,
                        memo: memo
                    )
                )
            )
        }
    }

    private func payments(_ events: [(UInt64, Event)]) throws -> [Payment] {
        var book = PaymentBook(
            rules: rules,
            from: InsightTests.day.adding(days: -InsightFeed.daysMax)
        )
        for (index, (asset, event)) in events.enumerated() {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset(asset))
            try book.take(view, at: Payment.Place(revision: UInt64(index), index: 0))
        }
        return book.payments
    }

    private func feed(
        _ events: [(UInt64, Event)],
        _ obligations: [(UInt64, Event)] = [],
        on day: CivilDate = InsightTests.day
    ) throws -> [Insight] {
        InsightFeed(
            InsightFeed.Basis(
                spending: try WealthFixtures.fold(SpendingProfile(rules: rules), events),
                netWorth: try WealthFixtures.fold(NetWorth(), events),
                obligations: try WealthFixtures.fold(Obligations(), obligations),
                payments: try payments(events),
                taxonomy: rules.taxonomy
            ),
            in: .krw,
            on: day
        ).insights
    }

    private func kinds(_ fill: (inout Story) throws -> Void) throws -> [Insight.Kind] {
        var story = Story()
        try fill(&story)
        return try feed(story.events).map(\.kind)
    }

    @Test func `the same sum twice within minutes is told, two coffees an hour apart are not`()
        throws
    {
        let twice = try kinds {
            try $0.card(11, 19, 32_000, "행복약국", second: 40_000)
            try $0.card(11, 19, 32_000, "행복약국", second: 40_090)
        }
        #expect(twice == [.doubleCharge])
        let table: [(String, Int64, Int64, String, String)] = [
            ("an hour apart", 32_000, 3_600, "행복약국", "행복약국"),
            ("another shop", 32_000, 60, "행복약국", "행복서점"),
            ("a small sum", 4_000, 60, "행복약국", "행복약국"),
            ("a friend's fare", 32_000, 60, "티머니", "티머니"),
        ]
        for (name, won, after, first, second) in table {
            let kinds = try kinds {
                try $0.card(11, 19, won, first, second: 40_000)
                try $0.card(11, 19, won, second, second: 40_000 + after)
            }
            #expect(kinds == [], "\(name)")
        }
    }

    @Test func `a double charge that was cancelled is none`() throws {
        var story = Story()
        try story.card(11, 19, 32_000, "행복약국", second: 40_000, number: "1")
        try story.card(11, 19, 32_000, "행복약국", second: 40_090, number: "2")
        var cancelled = Event()
        cancelled.occurredAt = story.events[1].1.occurredAt + 600
        cancelled.cardApprovalCancelled.amount = 32_000_000
        cancelled.cardApprovalCancelled.merchantName = "행복약국"
        cancelled.cardApprovalCancelled.approvalNumber = "2"
        cancelled.cardApprovalCancelled.approvedAt = story.events[1].1.occurredAt
        #expect(try feed(story.events + [(1, cancelled)]).isEmpty)
        let retracted = try WealthFixtures.retraction(of: story.events[1].1, at: 9, revision: 1)
        #expect(try payments(story.events + [(1, retracted)]).count == 1)
    }

    @Test func `a sum far above a shop's own history is told`() throws {
        func kinds(_ won: Int64, payments: Int = 6) throws -> [Insight.Kind] {
            try self.kinds { story in
                for index in 0..<payments {
                    try story.card(7 + index % 4, 3 + index, 20_000, "행복약국")
                }
                try story.card(11, 19, won, "행복약국")
            }
        }
        #expect(try kinds(90_000) == [.farAboveUsual])
        #expect(try kinds(50_000) == [])
        #expect(try kinds(90_000, payments: 4) == [])
    }

    @Test func `the greatest payment at a new shop is told, beside enough others`() throws {
        func kinds(_ others: Int, at merchant: String = "처음전자", _ won: Int64 = 900_000) throws
            -> [Insight.Kind]
        {
            try self.kinds { story in
                for index in 0..<others {
                    try story.card(
                        8 + index % 3,
                        1 + index % 28,
                        10_000 + Int64(index),
                        "가게\(index)"
                    )
                }
                try story.card(11, 15, won, merchant)
            }
        }
        #expect(try kinds(40) == [.firstTimeLarge])
        #expect(try kinds(20) == [])
        #expect(try kinds(40, at: "가게3") == [] && kinds(40, 200_000) == [])
    }

    @Test func `abroad at night is told of who was at home, not of travellers`() throws {
        func kinds(home: (day: Int, second: Int64), abroad: Int64) throws -> [Insight.Kind] {
            try self.kinds {
                try $0.card(11, home.day, 8_000, "행복약국", second: home.second)
                try $0.card(11, 19, 70_000, "ONLINE SHOP", second: abroad, country: "US")
            }
        }
        #expect(try kinds(home: (18, 80_000), abroad: 3 * 3_600) == [.overseasAtNight])
        #expect(try kinds(home: (18, 80_000), abroad: 15 * 3_600) == [])
        #expect(try kinds(home: (15, 80_000), abroad: 3 * 3_600) == [])
    }

    @Test func `what a bank takes is told, refunds are not`() throws {
        #expect(try kinds { try $0.account(11, 18, -1_000, "이체수수료") } == [.bankFee])
        for (month, won) in [(11, 1_000), (9, -1_000)] as [(Int, Int64)] {
            #expect(try kinds { try $0.account(month, 18, won, "이체수수료") } == [])
        }
    }

    @Test func `a subscription that rose is told for two months`() throws {
        func kinds(_ prices: [Int64]) throws -> [Insight.Kind] {
            try self.kinds { story in
                for (index, price) in prices.enumerated() {
                    try story.card(11 - prices.count + 1 + index, 5, price, "넷플릭스")
                }
            }
        }
        #expect(try kinds([13_500, 13_500, 13_500, 17_000]) == [.priceRise])
        #expect(try kinds([13_500, 13_500, 13_500, 13_600]) == [])
        #expect(try kinds([17_000, 17_000, 17_000, 13_500]) == [])
        #expect(try kinds([13_500, 17_000, 17_000, 17_000, 17_000]) == [])
    }

    @Test func `a salary is late, then missing, and neither when accounts are not fetched`() throws
    {
        func kinds(on day: Int, seen: Int, salary: [Int] = [8, 9, 10]) throws -> [Insight.Kind] {
            var story = Story()
            for month in salary { try story.account(month, 12, 3_000_000, "급여") }
            try story.account(11, seen, -7_000, "김밥천국")
            return try feed(story.events, on: WealthFixtures.day(2025, 11, day)).map(\.kind)
        }
        #expect(try kinds(on: 14, seen: 14) == [.incomeLate])
        #expect(try kinds(on: 19, seen: 18) == [.incomeMissing])
        #expect(try kinds(on: 13, seen: 13) == [] && kinds(on: 19, seen: 12) == [])
        #expect(try kinds(on: 19, seen: 18, salary: [9, 10, 11]) == [])
        #expect(try kinds(on: 19, seen: 18, salary: [9, 10]) == [])
    }

    @Test func `a bill much above the usual is told before it is paid`() throws {
        func kinds(_ won: Int64, before: [Int64]) throws -> [Insight.Kind] {
            var events: [(UInt64, Event)] = [
                (3, ObligationFixtures.due(won * 1_000, on: 20_251_214, at: 1))
            ]
            for (index, amount) in before.enumerated() {
                let month = UInt32(202_511 - before.count + 1 + index)
                events.append(
                    (
                        3,
                        ObligationFixtures.bill(
                            amount * 1_000,
                            month: month,
                            paysOn: month * 100 + 14,
                            at: 1
                        )
                    )
                )
            }
            return try feed([], events).map(\.kind)
        }
        #expect(try kinds(900_000, before: [500_000, 450_000, 550_000]) == [.billAboveUsual])
        #expect(try kinds(700_000, before: [500_000, 450_000, 550_000]) == [])
        #expect(try kinds(900_000, before: [500_000, 450_000]) == [])
        #expect(try kinds(150_000, before: [80_000, 80_000, 80_000]) == [])
    }

    @Test func `a category much above its usual month is told`() throws {
        func kinds(_ won: Int64) throws -> [Insight.Kind] {
            try self.kinds { story in
                for month in 4...10 {
                    for index in 0..<4 {
                        let one = month == 10 ? won / 4 : 50_000
                        try story.card(month, 3 + index * 7, one + Int64(index), "스타벅스 \(index)")
                    }
                }
                try story.card(11, 2, 5_000, "스타벅스 1")
            }.filter { $0 != .farAboveUsual }
        }
        #expect(try kinds(400_000) == [.categoryAboveUsual])
        #expect(try kinds(260_000) == [])
    }

    @Test func `a balance that will not last is told`() throws {
        // What is left on the tenth, before the card bill of about a million won.
        func kinds(left won: Int64) throws -> [Insight.Kind] {
            let day = try WealthFixtures.day(2025, 11, 10)
            var account = try AccountFixture.usual(1...11, lastDay: 10)
            let balance = try #require(try account.forecast(on: day)?.balance)
            account.start += won * 1_000 - balance
            return try feed(account.events, on: day).map(\.kind).filter { $0 == .balanceBelowZero }
        }
        #expect(try kinds(left: 200_000) == [.balanceBelowZero])
        #expect(try kinds(left: 20_000_000) == [])
        // In use already: an overdraft.
        #expect(try kinds(left: -200_000) == [])
    }

    @Test func `a loan that matures within two months is told`() throws {
        func kinds(_ matures: UInt32, owed: Int64 = 9_000_000) throws -> [Insight.Kind] {
            try feed(
                [],
                [
                    (4, ObligationFixtures.loan(owed, at: 1)),
                    (4, ObligationFixtures.loanTerms(day: 5, matures: matures, at: 1)),
                ]
            ).map(\.kind)
        }
        #expect(try kinds(20_260_110) == [.loanMatures])
        for matures: UInt32 in [20_260_310, 20_251_101] { #expect(try kinds(matures) == []) }
        #expect(try kinds(20_260_110, owed: 0) == [])
    }

    @Test func `the feed is bounded, ordered, and the same at every look`() throws {
        var story = Story()
        for index in 0..<60 {
            try story.account(11, 1 + index % 19, -1_000 - Int64(index), "이체수수료")
        }
        try story.card(11, 19, 32_000, "행복약국", second: 40_000)
        try story.card(11, 19, 32_000, "행복약국", second: 40_090)
        let feed = try feed(story.events)
        #expect(feed.count == InsightFeed.countMax)
        #expect(feed.first?.kind == .doubleCharge && feed.first?.places.count == 2)
        #expect(Set(feed.map(\.wording.key)) == ["insight.double-charge", "insight.bank-fee"])
        #expect(Set(feed.map(\.key)).count == feed.count)
        #expect(try self.feed(story.events) == feed)
    }
}
