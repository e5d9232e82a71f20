internal import Finance

/// Funds in bank accounts.
enum BankFunds {
    /// 은행-005.
    static let terms = AnswerMap(
        of: FundTermsReported.init,
        [
            .word("standard_fund_code", 12, .should) { $0.fundCode = $1 },
            .code("paid_in_type", 2, .should) { $0.paymentMethod = $1 },
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date") { $0.maturesOn = $1 },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.fundTermsReported(terms), notes)
    }

    /// 은행-006.
    static let balance = AnswerMap(
        of: FundBalanceReported.init,
        [
            .currency { $0.currency = $1 },
            .money("balance_amt", .must) { $0.balance = $1 },
            .money("eval_amt", .must) { $0.appraisedValue = $1 },
            .money("inv_principal", .should) { $0.principal = $1 },
            .money("fund_num") { $0.units = $1 },
        ]
    ) { (balance, notes, page) throws(AnswerFault) in
        page.append(.fundBalanceReported(balance), notes)
    }

    /// 은행-007.
    static let transactions = AnswerMap(
        list: "trans_list",
        count: "trans_cnt",
        of: FundTransactionPosted.init,
        [
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .code("trans_type", 2, .must) { $0.kind = $1 },
            .currency { $0.currency = $1 },
            .money("base_amt") { $0.basePrice = $1 },
            .money("trans_fund_num") { $0.units = $1 },
            .magnitude("trans_amt") { $0.amount = $1 },
            .money("balance_amt", .should) { $0.balanceAfter = $1 },
        ]
    ) { (transaction, notes, page) throws(AnswerFault) in
        page.append(.fundTransactionPosted(transaction), notes)
    }
}
