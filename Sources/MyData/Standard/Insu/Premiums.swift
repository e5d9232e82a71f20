internal import Finance

/// Premiums: what is to be paid and what was paid.
enum Premiums {
    /// 보험-005.
    static let schedule = AnswerMap(
        of: PremiumScheduleReported.init,
        [
            .code("pay_due", 2, .should) { $0.due = $1 },
            .code("pay_cycle", 2, .should, in: Policies.cycles) { $0.cycle = $1 },
            .number("pay_cnt", 5, .should) { $0.paymentCount = $1 },
            .word("pay_org_code", 8) { $0.payingBank = $1 },
            .number("pay_date", 2) { $0.day = $1 },
            .day("pay_end_date", .should) { $0.endsOn = $1 },
            .money("pay_amt", .must) { $0.amount = $1 },
            .currency { $0.currency = $1 },
            .flag("is_auto_pay", .should) { $0.automatic = $1 },
            .word("pay_account_num", 20) { $0.payingAccount = $1 },
        ]
    ) { (schedule, notes, page) throws(AnswerFault) in
        page.append(.premiumScheduleReported(schedule), notes)
    }

    private static func map(_ fields: [FieldMap<PremiumPaid>]) -> AnswerMap {
        AnswerMap(
            list: "trans_list",
            count: "trans_cnt",
            of: PremiumPaid.init,
            fields
        ) { (premium, notes, page) throws(AnswerFault) in
            var premium = premium
            premium.carNumber = page.call["car_number"] ?? ""
            page.append(.premiumPaid(premium), notes)
        }
    }

    /// 보험-006 and 보험-021.
    static let paid = map([
        .momentOfDay("trans_date"),
        .month("trans_applied_month", .must) { $0.appliedMonth = $1 },
        .number("paid_in_cnt", 3, .must) { $0.paymentCount = $1 },
        .money("paid_amt", .must) { $0.amount = $1 },
        .currency { $0.currency = $1 },
        .code("pay_method", 2, .should) { $0.method = $1 },
    ])

    /// 보험-007.
    static let paidForCars = map([
        .moment("trans_dtime"),
        .word("trans_no", 64) { $0.transactionNumber = $1 },
        .money("face_amt", .should, whole: 15) { $0.totalPremium = $1 },
        .number("paid_in_cnt", 3, .should) { $0.paymentCount = $1 },
        .money("paid_amt", .must, whole: 15) { $0.amount = $1 },
        .code("pay_method", 2, .should) { $0.method = $1 },
        .word("pay_org_code", 8) { $0.payingBank = $1 },
        .word("pay_account_num", 20) { $0.payingAccount = $1 },
    ])

    /// 보증보험-003, whose codes of payment are its own.
    static let paidForGuarantees = map([
        .momentOfDay("trans_date"),
        .number("paid_in_cnt", 3, .must) { $0.paymentCount = $1 },
        .money("paid_amt", .must, whole: 15) { $0.amount = $1 },
        .code("pay_method", 2, .should, adding: 100) { $0.method = $1 },
    ])
}
