internal import Finance

/// Accounts of investment firms: the list, cash, holdings, pension savings.
enum InvestAccounts {
    private struct Row {
        var number = ""
        var listed = InvestAccountListed()
    }

    /// 금투-001.
    static let list = AnswerMap(
        list: "account_list",
        count: "account_cnt",
        of: Row.init,
        [
            .word("account_num", 20, .must) { $0.number = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .text("account_name", 60, .should) { $0.listed.accountName = $1 },
            .code("account_type", 3, .should) { $0.listed.accountType = $1 },
            .day("issue_date", .should) { $0.listed.openedOn = $1 },
            .flag("is_tax_benefits", .should) { $0.listed.taxBenefit = $1 },
            .flag("is_cma") { $0.listed.cma = $1 },
            .flag("is_stock_trans") { $0.listed.stockTrading = $1 },
            .flag("is_account_link") { $0.listed.linked = $1 },
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        var apis: [ProviderAPI] = [.invest002, .invest004]
        if row.listed.accountType == .pension { apis.append(.invest005) }
        apis += [.invest006, .invest003]
        page.list(
            .investmentAccount,
            row.number,
            isRequested: row.listed.requested,
            apis.map { StandardCall($0, [.init("account_num", row.number)]) },
            page.encoded(.investAccountListed(row.listed), notes)
        )
    }

    /// 금투-002.
    static let balances = AnswerMap(
        list: "basic_list",
        count: "basic_cnt",
        body: [.day("base_date", .should) { $0.day = $1 }],
        of: InvestBalanceReported.init,
        [
            .currency { $0.currency = $1 },
            .money("withholdings_amt", .must) { $0.cash = $1 },
            .money("credit_loan_amt", .should) { $0.creditLoan = $1 },
            .money("mortgage_amt", .should) { $0.securedLoan = $1 },
            .money("avail_balance") { $0.available = $1 },
        ]
    ) { (balance, notes, page) throws(AnswerFault) in
        var balance = balance
        balance.asOf = page.body.day
        page.append(.investBalanceReported(balance), notes)
    }

    /// 금투-004.
    static let holdings = AnswerMap(
        list: "prod_list",
        count: "prod_cnt",
        body: [.day("base_date", .should) { $0.day = $1 }],
        of: HoldingReported.init,
        [
            .codeNumber("prod_type", 3, .should) { $0.productType = $1 },
            .text("prod_type_detail", 60, .should) { $0.productTypeDetail = $1 },
            .word("prod_code", 12, .must) { $0.productCode = $1 },
            .codeNumber("ex_code", 3) { $0.exchange = $1 },
            .text("prod_name", 300, .should) { $0.productName = $1 },
            .code("pos_type", 2) { $0.side = $1 },
            .code("credit_type", 2, .should) { $0.credit = $1 },
            .flag("is_tax_benefits", .should) { $0.taxBenefit = $1 },
            .money("purchase_amt", .should) { $0.cost = $1 },
            .exact("holding_num", .decimal(21, 6), .must, unit: 6) { $0.quantity = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .currency { $0.currency = $1 },
            .text("trans_unit", 30) { $0.unit = $1 },
            .flag("is_execution") { $0.executed = $1 },
        ]
    ) { (holding, notes, page) throws(AnswerFault) in
        var holding = holding
        holding.asOf = page.body.day
        page.append(.holdingReported(holding), notes)
    }

    /// 금투-005.
    static let pension = AnswerMap(
        of: PensionReported.init,
        [
            .day("issue_date", .should) { $0.openedOn = $1 },
            .money("paid_in_amt", .must) { $0.paidIn = $1 },
            .money("withdrawal_amt", .should) { $0.withdrawn = $1 },
            .day("last_paid_in_date") { $0.lastPaidOn = $1 },
            .money("rcv_amt", .should) { $0.received = $1 },
            .day("pension_rcv_start_date") { $0.paysFrom = $1 },
            .money("annual_pay_amount") { $0.annualAmount = $1 },
            .currency { $0.currency = $1 },
        ]
    ) { (pension, notes, page) throws(AnswerFault) in
        var pension = pension
        pension.scheme = .pensionSavings
        page.append(.pensionReported(pension), notes)
    }
}
