internal import Finance

/// Loans of banks, capital companies, insurers and card companies.
enum Loans {
    private static let terms: [FieldMap<LoanTermsReported>] =
        [
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date", .should) { $0.maturesOn = $1 },
            .rate("last_offered_rate", .decimal(7, 5), .should) { $0.interestRate = $1 },
        ] + repayment

    private static let repayment: [FieldMap<LoanTermsReported>] = [
        .number("repay_date", 2) { $0.paymentDay = $1 },
        .code("repay_method", 2, .should) { $0.method = $1 },
        .word("repay_org_code", 8) { $0.repaymentBank = $1 },
        .word("repay_account_num", 20) { $0.repaymentAccount = $1 },
    ]

    private static func terms(_ fields: [FieldMap<LoanTermsReported>]) -> AnswerMap {
        AnswerMap(of: LoanTermsReported.init, fields) {
            (terms, notes, page) throws(AnswerFault) in
            page.append(.loanTermsReported(terms), notes)
        }
    }

    /// 은행-008.
    static let bankTerms = terms(
        terms + [
            .month("unredeemed_start") { $0.graceFrom = $1 },
            .month("unredeemed_end") { $0.graceUntil = $1 },
        ]
    )

    /// 할부금융-002.
    static let capitalTerms = terms(terms)

    /// 보험-009.
    static let insuranceTerms = terms(
        [
            .day("loan_start_date", .should) { $0.openedOn = $1 },
            .day("loan_exp_date", .should) { $0.maturesOn = $1 },
        ] + repayment + [.word("insu_num", 20) { $0.policy = $1 }]
    )

    /// 은행-009, 할부금융-003 and 보험-010.
    static let balance = AnswerMap(
        of: LoanBalanceReported.init,
        [
            .currency { $0.currency = $1 },
            .money("balance_amt", .must) { $0.balance = $1 },
            .money("loan_principal", .should) { $0.principal = $1 },
            .day("next_repay_date") { $0.nextPaymentOn = $1 },
        ]
    ) { (balance, notes, page) throws(AnswerFault) in
        page.append(.loanBalanceReported(balance), notes)
    }

    private static let periods: [FieldMap<InterestPeriod>] = [
        .day("int_start_date", .may) { $0.startsOn = $1 },
        .day("int_end_date", .may) { $0.endsOn = $1 },
        .rate("int_rate", .decimal(5, 3)) { $0.interestRate = $1 },
        .money("applied_int_amt") { $0.amount = $1 },
        .code("int_type", 2) { $0.kind = $1 },
    ]

    private static let interest: [FieldMap<LoanTransactionPosted>] = [
        .unrecorded("int_cnt", .integer(3)),
        .list("int_list", of: InterestPeriod.init, periods) { $0.interestPeriods.append($1) },
    ]

    private static func movements(_ fields: [FieldMap<LoanTransactionPosted>]) -> AnswerMap {
        AnswerMap(
            list: "trans_list",
            count: "trans_cnt",
            of: LoanTransactionPosted.init,
            fields
        ) { (transaction, notes, page) throws(AnswerFault) in
            page.append(.loanTransactionPosted(transaction), notes)
        }
    }

    private static let movement: [FieldMap<LoanTransactionPosted>] = [
        .moment("trans_dtime"),
        .word("trans_no", 64) { $0.transactionNumber = $1 },
        .code("trans_type", 2, .must) { $0.kind = $1 },
        .currency { $0.currency = $1 },
        .money("trans_amt", .must) { $0.amount = $1 },
        .money("balance_amt", .may) { $0.balanceAfter = $1 },
        .money("principal_amt", .should) { $0.principal = $1 },
        .money("int_amt", .should) { $0.interest = $1 },
    ]

    /// 은행-010 and 할부금융-004.
    static let transactions = movements(
        movement + [.money("ret_int_amt") { $0.interestReturned = $1 }] + interest
    )

    /// 카드-013.
    static let cardTransactions = movements(
        [.word("loan_num", 20) { $0.loanNumber = $1 }] + movement
    )

    /// 보험-011: what is paid is principal and interest together.
    static let insuranceTransactions = AnswerMap(
        list: "trans_list",
        count: "trans_cnt",
        of: LoanTransactionPosted.init,
        [
            .word("trans_no", 20) { $0.transactionNumber = $1 },
            .moment("trans_dtime"),
            .currency { $0.currency = $1 },
            .money("loan_paid_amt", .must) { $0.principal = $1 },
            .money("int_paid_amt", .must) { $0.interest = $1 },
        ] + interest
    ) { (paid, notes, page) throws(AnswerFault) in
        var paid = paid
        let (sum, isOver) = paid.principal.addingReportingOverflow(paid.interest)
        guard !isOver else { throw AnswerFault(.fieldLength, "loan_paid_amt", row: notes.row) }
        paid.amount = sum
        paid.kind = .repaid
        page.append(.loanTransactionPosted(paid), notes)
    }
}
