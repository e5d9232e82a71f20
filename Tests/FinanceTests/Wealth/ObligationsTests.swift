import Finance
import SwiftProtobuf
import Testing

@Suite struct ObligationsTests {
    private typealias Make = ObligationFixtures

    private func state(_ events: [(UInt64, Event)]) throws -> ObligationsState {
        try WealthFixtures.fold(Obligations(), events)
    }

    private func dues(
        _ events: [Event],
        from: CivilDate,
        days: Int32 = 60
    ) throws -> [String] {
        let state = try state(events.map { (1, $0) })
        return state.dues(in: .krw, from: from, through: from.adding(days: days)).map {
            "\($0.day) \($0.amount)"
        }
    }

    @Test func `what falls due follows from terms, once each`() throws {
        let from = try WealthFixtures.day(2025, 12, 1)
        let at = try WealthFixtures.noon(2025, 11, 20)
        let table: [(name: String, events: [Event], dues: [String])] = [
            (
                "an announcement and the bill for the same day are one",
                [
                    Make.due(900, on: 20_251_214, at: at),
                    Make.bill(900, month: 202_511, paysOn: 20_251_214, at: at),
                ], ["2025-12-14 900"]
            ),
            (
                "a later announcement replaces the one of the same day",
                [Make.due(900, on: 20_251_214, at: at), Make.due(950, on: 20_251_214, at: at + 1)],
                ["2025-12-14 950"]
            ),
            (
                "premiums come every month until the last",
                [
                    Make.premium(70, day: 31, endsOn: 20_251_231, at: at)
                ], ["2025-12-31 70"]
            ),
            (
                "quarterly premiums follow the last one paid",
                [
                    Make.premium(70, day: 10, cycle: .quarterly, at: at),
                    Make.paid(70, at: try WealthFixtures.noon(2025, 10, 10)),
                ], ["2026-01-10 70"]
            ),
            (
                "quarterly premiums of which none was paid are not guessed",
                [Make.premium(70, day: 10, cycle: .quarterly, at: at)], []
            ),
            (
                "a loan is repaid as last time, on the day that it names",
                [
                    Make.loan(9_000, next: 20_251_222, at: at),
                    Make.repaid(400, at: try WealthFixtures.noon(2025, 11, 22)),
                ], ["2025-12-22 400", "2026-01-22 400"]
            ),
            (
                "a loan's agreed payment and day hold without a next day, until it matures",
                [
                    Make.loan(9_000, at: at),
                    Make.loanTerms(day: 5, amount: 300, matures: 20_260_101, at: at),
                ], ["2025-12-05 300"]
            ),
            ("a loan that is repaid asks nothing", [Make.loan(0, next: 20_251_222, at: at)], []),
            (
                "a monthly standing order runs on its day",
                [Make.standing(50, .everyMonth, day: 31)], ["2025-12-31 50"]
            ),
            (
                "a weekly one on its weekday, Monday is 32",
                [Make.standing(50, .everyWeek, day: 32)],
                (0..<9).map { "\(from.adding(days: Int32($0 * 7))) 50" }
            ),
            ("one that was given up does not", [Make.standing(0, .everyMonth, day: 31)], []),
            (
                "nothing is due of what is closed",
                [Make.premium(70, day: 31, at: at), WealthFixtures.closed(at: at + 1)], []
            ),
        ]
        for row in table { #expect(try dues(row.events, from: from) == row.dues, "\(row.name)") }
    }

    @Test func `a card payment, a repayment or a bill line taken back leaves no trace`() throws {
        let at = try WealthFixtures.noon(2025, 11, 20)
        let known = try state([(1, Make.approval(500, on: at)), (1, Make.repaid(400, at: at))])
        for event in [
            Make.approval(70, on: at), Make.approval(80, on: at, instalments: 3),
            Make.repaid(90, at: at - 1), Make.paid(30, at: at),
            Make.line(10_000, 1, of: 3, month: 202_511, at: at),
        ] {
            let with = try WealthFixtures.fold(Obligations(), [(1, event)], from: known)
            #expect(with.encoded != known.encoded)
            let without = try WealthFixtures.fold(
                Obligations(),
                [(1, try WealthFixtures.retraction(of: event, at: at + 9))],
                from: with
            )
            #expect(without.encoded == known.encoded)
        }
    }

    @Test func `a bill line that is taken back takes its own instalments out`() throws {
        let at = try WealthFixtures.noon(2025, 11, 20)
        let day = try WealthFixtures.day(2025, 11, 20)
        func remaining(_ events: [Event]) throws -> [Int64] {
            let state = try state(events.map { (1, $0) })
            return CardBillOutlook(of: state, after: day).instalments.map(\.amount)
        }
        let line = Make.line(100_000, 1, of: 6, month: 202_511, at: at)
        let gone = try WealthFixtures.retraction(of: line, at: at + 9)
        let whole = [Int64](repeating: 100_000, count: 5)
        #expect(try remaining([line]) == whole)
        #expect(try remaining([line, gone]) == [])
        // The row that takes its place is recorded before it goes: under another name, with what
        // is not kept here said otherwise, and with another amount.
        var (renamed, same) = (line, line)
        renamed.cardBillLineCharged.merchantName = "가전 (주)"
        same.cardBillLineCharged.billNumber = "1"
        let other = Make.line(90_000, 1, of: 6, month: 202_511, at: at)
        let changed = try WealthFixtures.retraction(of: line, at: at + 9, reason: .changed)
        #expect(try remaining([line, renamed, changed]) == whole)
        #expect(try remaining([line, same, changed]) == whole)
        #expect(try remaining([line, other, changed]) == whole.map { $0 - 10_000 })
        let both = [line, same, changed, try WealthFixtures.retraction(of: same, at: at + 9)]
        #expect(try remaining(both) == [])
        // The next bill's line says what remains since.
        let next = Make.line(100_000, 2, of: 6, month: 202_512, at: at + 1)
        #expect(try remaining([line, next, gone]) == [100_000, 100_000, 100_000, 100_000])
    }

    @Test(arguments: FoldFixtures.seeds)
    func `events of different times may come in any order`(seed: UInt64) throws {
        let events = Make.events(seed: seed).filter {
            // Of two lines for the same instalment the later in the log holds: they have no time.
            if case .cardBillLineCharged = $0.1.fact { return false }
            return true
        }
        var random = FoldRandom(seed: seed &+ 1)
        let one = try state(events).encoded
        for _ in 0..<5 {
            #expect(try state(events.shuffled(using: &random)).encoded == one, "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `what had to go for later days comes back in no order and by no cancellation`(
        seed: UInt64
    ) throws {
        let days = try (0..<130).map { number in
            let at = try WealthFixtures.noon(2025, 1, 1) + Int64(number) * 86_400
            return (UInt64(1), Make.approval(50_000, on: at))
        }
        func cancelled(_ number: Int) -> (UInt64, Event) {
            var event = WealthFixtures.event(at: days[129].1.occurredAt) {
                $0.cardApprovalCancelled.amount = 50_000
                $0.cardApprovalCancelled.payType = .credit
            }
            event.cardApprovalCancelled.approvedAt = days[number].1.occurredAt
            return (1, event)
        }
        var random = FoldRandom(seed: seed)
        let all = try state(days)
        #expect(try state(days.shuffled(using: &random)).encoded == all.encoded, "SEED=\(seed)")
        // A day among those that are kept leaves room, which is no room for the past.
        let roomy = try WealthFixtures.fold(Obligations(), [cancelled(60)], from: all)
        #expect(roomy.encoded != all.encoded)
        let stored = try ObligationsState(decoding: roomy.encoded.span)
        for events in [[cancelled(3)], [days[3]], [days[9], cancelled(9)]] {
            let after = try WealthFixtures.fold(Obligations(), events, from: stored)
            #expect(after.encoded == roomy.encoded, "SEED=\(seed)")
        }
        let again = try WealthFixtures.fold(Obligations(), [days[60]], from: roomy)
        #expect(again.encoded == all.encoded, "SEED=\(seed)")
    }

    @Test func `as many currencies as an asset may have are read back, one more is too many`()
        throws
    {
        func repaid(_ currency: Int, _ month: Int) throws -> (UInt64, Event) {
            let event = WealthFixtures.event(
                at: try WealthFixtures.noon(2020 + month / 12, month % 12 + 1, 5)
            ) {
                $0.loanTransactionPosted.amount = 7
                $0.loanTransactionPosted.currency = UInt32(100 + currency)
                $0.loanTransactionPosted.kind = .repaid
            }
            return (1, event)
        }
        let events = try (0..<64).flatMap { currency in
            try (0..<40).map { try repaid(currency, $0) }
        }
        let full = try state(events)
        #expect(try ObligationsState(decoding: full.encoded.span).encoded == full.encoded)
        #expect(throws: FoldError.full) {
            try WealthFixtures.fold(Obligations(), [try repaid(64, 0)], from: full)
        }
        let known = try WealthFixtures.fold(Obligations(), [try repaid(63, 40)], from: full)
        #expect(known.encoded != full.encoded)
    }

    @Test func `the next bill is what was bought in its month and what remains of instalments`()
        throws
    {
        let card = UInt64(2)
        var events: [(UInt64, Event)] = [
            (1, IntegratedFixtures.opened(1, .cardBill, provider: "C1")),
            (1, IntegratedFixtures.opened(2, .card, provider: "C1")),
            (1, IntegratedFixtures.opened(3, .card, provider: "C2")),
        ]
        for (month, amount) in [(9, 300_000), (10, 500_000), (11, 400_000)] as [(Int, Int64)] {
            events.append(
                (
                    1,
                    Make.bill(
                        amount,
                        month: UInt32(202_500 + month),
                        paysOn: UInt32(20_250_000 + month * 100 + 14),
                        at: try WealthFixtures.noon(2025, month, 1)
                    )
                )
            )
        }
        let at = try WealthFixtures.noon(2025, 11, 1)
        events += [
            (1, Make.line(10_000, 1, of: 3, month: 202_511, at: at)),
            // Within the bill's month, which ends two weeks before the 14th of December.
            (card, Make.approval(50_000, on: try WealthFixtures.noon(2025, 11, 1))),
            (card, Make.approval(20_000, on: try WealthFixtures.noon(2025, 11, 30))),
            (card, Make.approval(60_000, on: try WealthFixtures.noon(2025, 11, 9), instalments: 6)),
            (card, Make.approval(7_000, on: at, pay: .debit)),
            // Outside it; another company's.
            (card, Make.approval(90_000, on: try WealthFixtures.noon(2025, 10, 31))),
            (card, Make.approval(90_000, on: try WealthFixtures.noon(2025, 12, 1))),
            (3, Make.approval(90_000, on: at)),
        ]
        let state = try state(events)
        let early = CardBillOutlook(of: state, after: try WealthFixtures.day(2025, 11, 20))
        let bill = try #require(early.bills.first)
        #expect(early.bills.count == 1)
        #expect(bill.paysOn.description == "2025-12-14" && bill.provider == "C1")
        #expect(bill.purchases == 70_000 && bill.instalments == 20_000 && bill.known == 90_000)
        #expect(bill.expected == 400_000 && bill.source == .estimated)
        #expect(early.instalments.map(\.amount) == [10_000, 10_000])
        // A card that is cancelled in between is billed all the same.
        let cancelled = try WealthFixtures.fold(
            Obligations(),
            [(card, WealthFixtures.closed(at: try WealthFixtures.noon(2025, 12, 1)))],
            from: state
        )
        let after = CardBillOutlook(of: cancelled, after: try WealthFixtures.day(2025, 11, 20))
        #expect(after.bills == early.bills)
        let late = CardBillOutlook(of: state, after: try WealthFixtures.day(2025, 12, 2))
        #expect(late.bills.map(\.expected) == [90_000] && late.bills.map(\.source) == [.bought])
        let announced = try WealthFixtures.fold(
            Obligations(),
            [(1, Make.due(95_000, on: 20_251_214, at: at))],
            from: state
        )
        let outlook = CardBillOutlook(of: announced, after: try WealthFixtures.day(2025, 12, 2))
        #expect(outlook.bills.map(\.expected) == [95_000, 400_000])
        #expect(outlook.bills.map(\.source) == [.announced, .estimated])
    }
}

extension StateCodingTests {
    @Test(arguments: FoldFixtures.seeds)
    func `obligations are their bytes`(seed: UInt64) throws {
        let events = ObligationFixtures.events(seed: seed)
        let state = try WealthFixtures.fold(Obligations(), events)
        try obeysLaws(ObligationsState.self, state.encoded, seed: seed)
        #expect(ObligationsState().encoded == [0])
    }
}
