internal import Finance

/// Cash advances and card loans.
enum CardLoans {
    private struct Flags {
        var hasAdvances = false
        var hasLoans = false
    }

    /// 카드-010: which of the other two to ask.
    static let flags = AnswerMap(
        of: Flags.init,
        [
            .flag("is_loan_short_term", .must) { $0.hasAdvances = $1 },
            .flag("is_loan_long_term", .must) { $0.hasLoans = $1 },
        ]
    ) { (flags, _, page) throws(AnswerFault) in
        if flags.hasAdvances { page.call(.card011) }
        if flags.hasLoans { page.call(.card012) }
    }

    /// 카드-011.
    static let advances = AnswerMap(
        list: "short_term_list",
        count: "short_term_cnt",
        of: CashAdvanceReported.init,
        [
            .instant("loan_dtime", .must) { $0.lentAt = $1 },
            .money("loan_amt", .must, whole: 15) { $0.amount = $1 },
            .money("balance_amt", .must, whole: 15) { $0.balance = $1 },
            .day("pay_due_date", .should) { $0.dueOn = $1 },
            .rate("int_rate", .decimal(5, 3), .should) { $0.interestRate = $1 },
            .word("repay_org_code", 8) { $0.repaymentBank = $1 },
            .word("repay_account_num", 20) { $0.repaymentAccount = $1 },
        ]
    ) { (advance, notes, page) throws(AnswerFault) in
        page.append(.cashAdvanceReported(advance), notes)
    }

    private struct Loan {
        var terms = LoanTermsReported()
        var balance = LoanBalanceReported()
    }

    /// 카드-012: terms and what is owed, each with what tells one loan from another.
    static let loans = AnswerMap(
        list: "long_term_list",
        count: "long_term_cnt",
        of: Loan.init,
        [
            FieldMap("loan_dtime", .moment, .must) {
                (loan, row, place, _) throws(AnswerFault) in
                loan.terms.openedOn = try row.day(place)
            },
            .number("loan_cnt", 5) { $0.terms.loanCount = $1 },
            .text("loan_type", 15) { $0.terms.loanKind = $1 },
            .text("loan_name", 300, .should) { $0.terms.productName = $1 },
            .money("loan_amt", .must) {
                $0.terms.amount = $1
                $0.balance.principal = $1
            },
            .rate("int_rate", .decimal(5, 3), .should) { $0.terms.interestRate = $1 },
            .day("exp_date", .should) { $0.terms.maturesOn = $1 },
            .money("balance_amt", .must) { $0.balance.balance = $1 },
            .code("repay_method", 2, .should) { $0.terms.method = $1 },
            .money("int_amt", .should) { $0.balance.interest = $1 },
            .word("loan_num", 20) { $0.terms.loanNumber = $1 },
            .word("repay_org_code", 8) { $0.terms.repaymentBank = $1 },
            .word("repay_account_num", 20) { $0.terms.repaymentAccount = $1 },
        ]
    ) { (loan, notes, page) throws(AnswerFault) in
        page.append(.loanTermsReported(loan.terms), notes)
        var balance = loan.balance
        if loan.terms.loanNumber.isEmpty {
            balance.loanCount = loan.terms.loanCount
        } else {
            balance.loanNumber = loan.terms.loanNumber
            page.call(.card013, [.init("loan_num", loan.terms.loanNumber)])
        }
        page.append(.loanBalanceReported(balance), notes)
    }
}
