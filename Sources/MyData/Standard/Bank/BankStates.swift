internal import Finance

/// Terms and balances of deposits.
enum BankStates {
    /// 은행-002.
    static let terms = AnswerMap(
        list: "basic_list",
        count: "basic_cnt",
        of: DepositTermsReported.init,
        [
            .currency { $0.currency = $1 },
            .code("saving_method", 2, .should) { $0.savingMethod = $1 },
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date") { $0.maturesOn = $1 },
            .money("commit_amt") { $0.committedAmount = $1 },
            .money("monthly_paid_in_amt") { $0.monthlyAmount = $1 },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.depositTermsReported(terms), notes)
    }

    /// 은행-003.
    static let balances = AnswerMap(
        list: "detail_list",
        count: "detail_cnt",
        of: BalanceReported.init,
        [
            .currency { $0.currency = $1 },
            .money("balance_amt", .must) { $0.balance = $1 },
            .money("withdrawable_amt", .should) { $0.available = $1 },
            .rate("offered_rate", .decimal(7, 5), .should) { $0.interestRate = $1 },
            .number("last_paid_in_cnt", 6) { $0.paymentsInCount = $1 },
        ]
    ) { (balance, notes, page) throws(AnswerFault) in
        page.append(.balanceReported(balance), notes)
    }
}
