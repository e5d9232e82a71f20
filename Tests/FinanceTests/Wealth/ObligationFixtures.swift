// Reports of bills, terms and payments, one line each.

import Finance
import SwiftProtobuf

enum ObligationFixtures {
    static func approval(
        _ amount: Int64,
        on seconds: Int64,
        instalments: UInt32 = 0,
        pay: PayType = .credit
    ) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.cardApproved.amount = amount
            $0.cardApproved.payType = pay
            $0.cardApproved.instalments = instalments
            $0.cardApproved.merchantName = "가게"
        }
    }

    static func bill(_ amount: Int64, month: UInt32, paysOn: UInt32, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.cardBilled.amount = amount
            $0.cardBilled.month = month
            $0.cardBilled.paysOn = paysOn
        }
    }

    static func line(
        _ amount: Int64,
        _ number: UInt32,
        of count: UInt32,
        month: UInt32,
        at seconds: Int64
    ) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.cardBillLineCharged.amount = amount
            $0.cardBillLineCharged.month = month
            $0.cardBillLineCharged.merchantName = "가전"
            $0.cardBillLineCharged.instalments = count
            $0.cardBillLineCharged.instalment = number
            $0.cardBillLineCharged.balanceAfter = amount * (Int64(count) - Int64(number))
        }
    }

    static func due(_ amount: Int64, on day: UInt32, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.cardPaymentScheduled.amount = amount
            $0.cardPaymentScheduled.dueOn = day
        }
    }

    static func premium(
        _ amount: Int64,
        day: UInt32,
        cycle: PremiumCycle = .monthly,
        endsOn: UInt32 = 0,
        at seconds: Int64
    ) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.premiumScheduleReported.amount = amount
            $0.premiumScheduleReported.day = day
            $0.premiumScheduleReported.cycle = cycle
            $0.premiumScheduleReported.endsOn = endsOn
            $0.premiumScheduleReported.payingAccount = "1"
        }
    }

    static func paid(_ amount: Int64, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) { $0.premiumPaid.amount = amount }
    }

    static func repaid(_ amount: Int64, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.loanTransactionPosted.amount = amount
            $0.loanTransactionPosted.kind = .repaid
        }
    }

    static func loan(_ balance: Int64, next: UInt32 = 0, at seconds: Int64) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.loanBalanceReported.balance = balance
            $0.loanBalanceReported.nextPaymentOn = next
        }
    }

    static func loanTerms(
        day: UInt32,
        amount: Int64? = nil,
        matures: UInt32 = 0,
        at seconds: Int64
    ) -> Event {
        WealthFixtures.event(at: seconds) {
            $0.loanTermsReported.paymentDay = day
            $0.loanTermsReported.maturesOn = matures
            if let amount { $0.loanTermsReported.paymentAmount = amount }
        }
    }

    static func standing(_ amount: Int64, _ cycle: TransferCycle, day: UInt32) -> Event {
        WealthFixtures.event(at: 1) {
            $0.scheduledTransferReported.amount = amount
            $0.scheduledTransferReported.cycle = cycle
            $0.scheduledTransferReported.day = day
            $0.scheduledTransferReported.orderNumber = "1"
        }
    }

    /// Events of all kinds, all at different times.
    static func events(seed: UInt64, count: Int = 200) -> [(UInt64, Event)] {
        var random = FoldRandom(seed: seed)
        return (0..<count).map { index in
            let seconds = 1_700_000_000 + Int64(index) * 90_000 + Int64(random.below(9_000))
            let amount = Int64(random.below(900) + 1) * 1_000
            let month = UInt32(202_401 + random.below(12))
            let event =
                switch random.below(10) {
                case 0: approval(amount, on: seconds, instalments: [0, 0, 3][random.below(3)])
                case 1: bill(amount, month: month, paysOn: month * 100 + 14, at: seconds)
                case 2: line(amount, UInt32(random.below(6) + 1), of: 6, month: month, at: seconds)
                case 3: due(amount, on: month * 100 + 14, at: seconds)
                case 4: premium(amount, day: 10, at: seconds)
                case 5: paid(amount, at: seconds)
                case 6: repaid(amount, at: seconds)
                case 7: loan(amount, next: month * 100 + 20, at: seconds)
                case 8: loanTerms(day: 20, at: seconds)
                default: WealthFixtures.closed(at: seconds)
                }
            return (UInt64(random.below(3)), event)
        }
    }
}
