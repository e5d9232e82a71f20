import Finance
import SwiftProtobuf
import Testing

/// What net worth makes of movements that no longer stand, in the order in which the recorder
/// appends them.
@Suite struct NetWorthRetractionTests {
    private func report(_ events: [(UInt64, Event)], months: Int) throws -> NetWorthReport {
        try NetWorthReport(
            of: WealthFixtures.fold(NetWorth(), events),
            in: .krw,
            through: WealthFixtures.month(2025, 12),
            months: months
        )
    }

    @Test func `a movement taken back gives way to the balance before it`() throws {
        let first = try WealthFixtures.noon(2025, 12, 1)
        let out = WealthFixtures.movement(300, after: 700, at: first)
        let income = WealthFixtures.movement(300, after: 1_300, at: first, kind: .deposited)
        let later = WealthFixtures.balance(650, at: first + 60)
        let equal = WealthFixtures.balance(700, at: first + 60)
        let table: [(events: [Event], net: Int64)] = [
            ([out, try WealthFixtures.retraction(of: out, at: first + 900)], 1_000),
            ([income, try WealthFixtures.retraction(of: income, at: first + 900)], 1_000),
            // What followed it is what the provider said then.
            ([out, later, try WealthFixtures.retraction(of: out, at: first + 900)], 650),
            ([out, equal, try WealthFixtures.retraction(of: out, at: first + 900)], 700),
        ]
        for row in table {
            #expect(
                try report(row.events.map { (1, $0) }, months: 1).months.map(\.net) == [row.net]
            )
        }
    }

    /// The recorder appends the row that takes another's place before the retraction of that one.
    @Test func `a movement that is told otherwise keeps the balance that it is told with`() throws {
        let at = try WealthFixtures.noon(2025, 12, 1)
        let out = WealthFixtures.movement(300, after: 700, at: at)
        let wallet = WealthFixtures.event(at: at) {
            $0.emoneyTransactionPosted.amount = 300
            $0.emoneyTransactionPosted.kind = .paid
            $0.emoneyTransactionPosted.balanceAfter = 700
        }
        let loan = WealthFixtures.event(at: at) {
            $0.loanTransactionPosted.amount = 300
            $0.loanTransactionPosted.kind = .repaid
            $0.loanTransactionPosted.balanceAfter = 700
        }
        var (paid, repaid) = (wallet, loan)
        paid.emoneyTransactionPosted.merchantName = "가게"
        repaid.loanTransactionPosted.transactionNumber = "2"
        let table: [(before: Event, after: Event, net: Int64)] = [
            (out, WealthFixtures.movement(300, after: 700, at: at, memo: "적요"), 700),
            (out, WealthFixtures.movement(200, after: 800, at: at), 800),
            (wallet, paid, 700), (loan, repaid, -700),
        ]
        for row in table {
            let taken = try WealthFixtures.retraction(of: row.before, at: at + 9, reason: .changed)
            let events = [row.before, row.after, taken].map { (UInt64(1), $0) }
            #expect(try report(events, months: 1).months.map(\.net) == [row.net])
        }
    }

    @Test func `movements that vanish together, newest first, leave the balance before them all`()
        throws
    {
        let last = try WealthFixtures.noon(2025, 11, 30)
        for later in [last + 60, try WealthFixtures.noon(2025, 12, 1)] {
            let moves = [
                WealthFixtures.movement(10, after: 90, at: last - 60),
                WealthFixtures.movement(10, after: 80, at: last),
                WealthFixtures.movement(10, after: 70, at: later),
            ]
            let taken = try moves.reversed().map {
                try WealthFixtures.retraction(of: $0, at: later)
            }
            let events = (moves + taken).map { (UInt64(1), $0) }
            #expect(try report(events, months: 2).months.map(\.net) == [100, 100])
            // What is reported afterwards is no stand-in for any of them.
            let known = events.dropLast() + [(1, WealthFixtures.balance(90, at: later + 1))]
            #expect(try report(known + events.suffix(1), months: 1).months.map(\.net) == [90])
        }
    }

    @Test func `so does a movement of a wallet or a loan, where its kind says which way`() throws {
        let at = try WealthFixtures.noon(2025, 12, 1)
        func wallet(_ kind: EmoneyTransactionKind) -> Event {
            WealthFixtures.event(at: at) {
                $0.emoneyTransactionPosted.amount = 300
                $0.emoneyTransactionPosted.kind = kind
                $0.emoneyTransactionPosted.balanceAfter = 700
            }
        }
        func loan(_ kind: LoanTransactionKind, interest: Int64 = 0) -> Event {
            WealthFixtures.event(at: at) {
                $0.loanTransactionPosted.amount = 300
                $0.loanTransactionPosted.principal = interest == 0 ? 0 : 300 - interest
                $0.loanTransactionPosted.interest = interest
                $0.loanTransactionPosted.kind = kind
                $0.loanTransactionPosted.balanceAfter = 700
                $0.loanTransactionPosted.loanNumber = "1"
            }
        }
        let table: [(event: Event, net: Int64)] = [
            (wallet(.paid), 1_000), (wallet(.chargedByCard), 400), (wallet(.paidByCard), 700),
            (loan(.repaid), -1_000), (loan(.repaid, interest: 50), -950), (loan(.drawn), -400),
            (loan(.corrected), -700),
        ]
        for row in table {
            let events = [row.event, try WealthFixtures.retraction(of: row.event, at: at + 900)]
            #expect(
                try report(events.map { (1, $0) }, months: 1).months.map(\.net) == [row.net],
                "\(row.event)"
            )
        }
    }
}
