internal import Finance

/// ISA at banks (v2).
enum BankISA {
    private struct Basic {
        var terms = DepositTermsReported()
        var balance = BalanceReported()
        var hasBalance = false
    }

    /// 은행-011: terms and, where it says any, value.
    static let basic = AnswerMap(
        of: Basic.init,
        [
            .currency {
                $0.terms.currency = $1
                $0.balance.currency = $1
            },
            .money("balance_amt") {
                $0.balance.balance = $1
                $0.hasBalance = true
            },
            .money("eval_amt") {
                $0.balance.appraisedValue = $1
                $0.hasBalance = true
            },
            .day("issue_date", .should) { $0.terms.openedOn = $1 },
            .day("exp_date", .should) { $0.terms.maturesOn = $1 },
        ]
    ) { (basic, notes, page) throws(AnswerFault) in
        page.append(.depositTermsReported(basic.terms), notes)
        if basic.hasBalance { page.append(.balanceReported(basic.balance), notes) }
    }

    /// 은행-012.
    static let transactions = Pensions.transactions(currency: true)

    /// 은행-013.
    static let holdings = Pensions.holdings(
        list: "isa_list",
        count: "isa_cnt",
        [
            .text("prod_name", 300, .should) { $0.productName = $1 },
            .word("prod_num", 64) { $0.productCode = $1 },
            .code("prod_type", 2, .should) { $0.guarantee = $1 },
            .currency { $0.currency = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .money("principal_amt", .should) { $0.cost = $1 },
        ] + Pensions.holdingRest
    )
}
