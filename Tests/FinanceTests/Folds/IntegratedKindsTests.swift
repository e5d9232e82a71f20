import Finance
import SwiftProtobuf
import Testing

/// Every kind of asset that the schemas know, each with what its provider reports of it.
@Suite struct IntegratedKindsTests {
    private struct Case {
        let kind: AssetKind
        var events: [Event] = []
        var have: Int64 = 0
        var owed: Int64 = 0
        /// As what it counts in net worth.
        var parts: [WealthKind] = []
    }

    private static func fact(_ fill: (inout Event) -> Void) -> Event {
        WealthFixtures.event(at: 1_760_000_000, fill)
    }

    private static func holding(_ value: Int64, _ code: String) -> Event {
        fact {
            $0.holdingReported.value = value
            $0.holdingReported.productCode = code
        }
    }

    private static func loan(_ balance: Int64, number: String = "", count: UInt32 = 0) -> Event {
        fact {
            $0.loanBalanceReported.balance = balance
            $0.loanBalanceReported.loanNumber = number
            $0.loanBalanceReported.loanCount = count
        }
    }

    private static func balance(_ amount: Int64, appraised: Int64? = nil) -> Event {
        fact {
            $0.balanceReported.balance = amount
            if let appraised { $0.balanceReported.appraisedValue = appraised }
        }
    }

    private static func pension(_ value: Int64, _ scheme: PensionScheme) -> Event {
        fact {
            $0.pensionReported.value = value
            $0.pensionReported.scheme = scheme
        }
    }

    private static let cases: [Case] = [
        Case(kind: .deposit, events: [balance(500)], have: 500, parts: [.deposits]),
        Case(kind: .dormantAccount, events: [balance(30)], have: 30, parts: [.deposits]),
        Case(kind: .deposit, events: [balance(-40)], owed: 40, parts: [.overdrafts]),
        Case(
            kind: .fund,
            events: [
                fact {
                    $0.fundBalanceReported.balance = 90
                    $0.fundBalanceReported.appraisedValue = 100
                }
            ],
            have: 100,
            parts: [.investments]
        ),
        Case(kind: .loan, events: [loan(700)], owed: 700, parts: [.loans]),
        Case(
            kind: .loan,
            events: [
                fact {
                    $0.loanTransactionPosted.kind = .repaid
                    $0.loanTransactionPosted.balanceAfter = 650
                }
            ],
            owed: 650,
            parts: [.loans]
        ),
        Case(
            kind: .isa,
            events: [balance(900, appraised: 1_000), holding(600, "A"), holding(400, "B")],
            have: 1_000,
            parts: [.investments]
        ),
        Case(
            kind: .isa,
            events: [holding(600, "A"), holding(400, "B")],
            have: 1_000,
            parts: [.investments]
        ),
        Case(
            kind: .retirementAccount,
            events: [pension(800, .irp), holding(500, "A"), holding(300, "B")],
            have: 800,
            parts: [.pensions]
        ),
        Case(
            kind: .definedContribution,
            events: [pension(800, .definedContribution), balance(700), holding(800, "A")],
            have: 800,
            parts: [.pensions]
        ),
        Case(
            kind: .definedBenefit,
            events: [pension(60, .definedBenefit)],
            have: 60,
            parts: [.pensions]
        ),
        Case(kind: .card, events: [fact { $0.cardListed.cardName = "카드" }]),
        Case(
            kind: .cardBill,
            events: [
                fact {
                    $0.cardBilled.amount = 90
                    $0.cardBilled.month = 202_510
                }
            ]
        ),
        Case(kind: .cardPoints, events: [fact { $0.pointsReported.balance = 5_000 }]),
        Case(
            kind: .cardLoan,
            events: [
                fact {
                    $0.cashAdvanceReported.balance = 30
                    $0.cashAdvanceReported.lentAt = 1
                },
                fact {
                    $0.revolvingCreditReported.remaining = 20
                    $0.revolvingCreditReported.requestedOn = 20_250_101
                }, loan(50),
            ],
            owed: 100,
            parts: [.cardDebt]
        ),
        // Several loans of one company, by number or, where there is none, by count.
        Case(
            kind: .cardLoan,
            events: [
                loan(50, number: "L1"), loan(60, number: "L2"), loan(7, count: 1),
                loan(8, count: 2),
            ],
            owed: 125,
            parts: [.cardDebt]
        ),
        // What an account below zero owes is said as a loan, too.
        Case(
            kind: .deposit,
            events: [balance(-40), loan(40)],
            owed: 40,
            parts: [.overdrafts]
        ),
        Case(
            kind: .investmentAccount,
            events: [
                fact { $0.investBalanceReported.cash = 10 }, holding(90, "KR7005930003"),
                fact {
                    $0.pensionReported.paidIn = 70
                    $0.pensionReported.scheme = .pensionSavings
                },
            ],
            have: 100,
            parts: [.investments, .loans]
        ),
        Case(
            kind: .investmentAccount,
            events: [
                fact {
                    $0.investBalanceReported.cash = 10
                    $0.investBalanceReported.creditLoan = 3
                    $0.investBalanceReported.securedLoan = 4
                }, holding(90, "KR7005930003"),
            ],
            have: 100,
            owed: 7,
            parts: [.investments, .loans]
        ),
        Case(kind: .policy, events: [fact { $0.policyListed.productName = "실손" }]),
        Case(kind: .policy, events: [loan(25)], owed: 25, parts: [.loans]),
        Case(
            kind: .prepaidWallet,
            events: [
                fact {
                    $0.prepaidBalanceReported.balance = 15
                    $0.prepaidBalanceReported.account = "a"
                }
            ],
            have: 15,
            parts: [.wallets]
        ),
        Case(
            kind: .paymentAccount,
            events: [fact { $0.paymentAccountListed.account = "나의 계정" }]
        ),
        Case(kind: .capitalLoan, events: [loan(350)], owed: 350, parts: [.loans]),
        Case(
            kind: .operatingLease,
            events: [fact { $0.leaseTermsReported.nextPaymentOn = 20_251_201 }]
        ),
    ]

    @Test(arguments: cases.indices)
    func `an asset counts once, as its kind`(index: Int) throws {
        let one = IntegratedKindsTests.cases[index]
        var events = [(UInt64(1), IntegratedFixtures.opened(1, one.kind, provider: "P"))]
        events += one.events.map { (1, $0) }
        for order in [events, events.reversed()] {
            let report = try IntegratedReport(of: IntegratedFixtures.fold(order))
            let shown = try #require(report.assets.first)
            #expect(shown.kind == one.kind.rawValue && shown.provider == "P")
            #expect(report.totals.reduce(0) { $0 + $1.assets } == one.have, "\(one.kind)")
            #expect(report.totals.reduce(0) { $0 + $1.liabilities } == one.owed, "\(one.kind)")
            let counted = shown.worth.reduce(0) { $0 + $1.amount.thousandths }
            #expect(counted == one.have - one.owed, "\(one.kind)")
            #expect(shown.holdings.reduce(0) { $0 + $1.amount.thousandths } <= one.have)
            let worth = try NetWorthReport(
                of: WealthFixtures.fold(NetWorth(), order),
                in: .krw,
                through: WealthFixtures.month(2025, 12),
                months: 1
            )
            #expect(worth.months.flatMap { $0.parts.map(\.kind) } == one.parts, "\(one.kind)")
            #expect(worth.months.reduce(0) { $0 + $1.net } == one.have - one.owed)
        }
    }

    @Test func `a card loan that is repaid is that one, and one that is gone owes nothing`() throws
    {
        var events = [(UInt64(1), IntegratedFixtures.opened(1, .cardLoan, provider: "P"))]
        events += [Self.loan(50, number: "L1"), Self.loan(60, number: "L2")].map { (1, $0) }
        var repaid = Self.fact {
            $0.loanTransactionPosted.balanceAfter = 45
            $0.loanTransactionPosted.loanNumber = "L1"
        }
        repaid.occurredAt += 1
        events.append((1, repaid))
        func owed() throws -> Int64 {
            try IntegratedReport(of: IntegratedFixtures.fold(events)).totals[0].liabilities
        }
        #expect(try owed() == 105)
        var last = Self.loan(60, number: "L2")
        last.loanBalanceReported.principal = 90
        let bytes: [UInt8] = try last.serializedBytes()
        var body: [UInt8] = []
        let view = try EventView(bytes.span, of: FoldFixtures.asset())
        #expect(try GonePart.append(view, at: last.occurredAt + 2, to: &body))
        events.append((1, try Event(serializedBytes: Array(body.dropFirst()))))
        #expect(try owed() == 45)
    }

    @Test func `no kind of asset is left out`() {
        let covered = Set(IntegratedKindsTests.cases.map(\.kind))
        #expect(Set(AssetKind.allCases).subtracting(covered) == [.unspecified])
    }
}
