internal import Finance

/// Capital and leasing companies.
enum CapitalAPIs {
    private static let account = ["account_num", "seqno"]

    static let all: [StandardAPI] = [
        StandardAPI(
            .capital001,
            "할부금융-001",
            "CP01",
            in: [.capital],
            .get,
            "/loans",
            .list,
            .basic,
            scope: "list",
            accounts
        ),
        state(.capital002, "할부금융-002", "CP02", "basic", .basic, Loans.capitalTerms),
        state(.capital003, "할부금융-003", "CP03", "detail", .additional, Loans.balance),
        days(.capital004, "할부금융-004", "CP04", "transactions", Loans.transactions),
        state(.capital005, "할부금융-005", "CP05", "oplease/basic", .basic, leaseTerms),
        days(.capital006, "할부금융-006", "CP06", "oplease/transactions", leaseTransactions),
    ]

    private static func state(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ transferClass: StandardAPI.TransferClass,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.capital],
            .post,
            "/loans/" + path,
            .state,
            transferClass,
            scope: "loan",
            parameters: account,
            map
        )
    }

    private static func days(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.capital],
            .post,
            "/loans/" + path,
            .days,
            .additional,
            scope: "loan",
            window: .months(3),
            parameters: account,
            map
        )
    }

    /// The account type of an operating lease; every other is a loan.
    private static let operatingLease: UInt32 = 3710

    /// 할부금융-001.
    private static let accounts = AnswerMap(
        list: "account_list",
        count: "account_cnt",
        body: [.day("reg_date", .should) { $0.day = $1 }],
        of: AccountRow.init,
        [
            .word("account_num", 20, .must) { $0.number = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .word("seqno", 7) { $0.seqno = $1 },
            .text("prod_name", 300, .should) { $0.listed.productName = $1 },
            .codeNumber("account_type", 4, .must) { $0.listed.accountType = $1 },
            .code("account_status", 2, .should) { $0.listed.status = $1 },
        ]
    ) { (account, notes, page) throws(AnswerFault) in
        var listed = account.listed
        listed.customerSince = page.body.day
        let isLease = listed.accountType == operatingLease
        let apis: [ProviderAPI] =
            isLease ? [.capital005, .capital006] : [.capital002, .capital003, .capital004]
        page.list(
            isLease ? .operatingLease : .capitalLoan,
            account.key,
            isRequested: listed.requested,
            account.calls(apis),
            page.encoded(.accountListed(listed), notes)
        )
    }

    /// 할부금융-005.
    private static let leaseTerms = AnswerMap(
        of: LeaseTermsReported.init,
        [
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date", .should) { $0.maturesOn = $1 },
            .number("repay_date", 2) { $0.paymentDay = $1 },
            .code("repay_method", 2, .should) { $0.method = $1 },
            .word("repay_org_code", 8) { $0.repaymentBank = $1 },
            .word("repay_account_num", 20) { $0.repaymentAccount = $1 },
            .day("next_repay_date") { $0.nextPaymentOn = $1 },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.leaseTermsReported(terms), notes)
    }

    /// 할부금융-006.
    private static let leaseTransactions = AnswerMap(
        list: "trans_list",
        count: "trans_cnt",
        of: LeaseTransactionPosted.init,
        [
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .code("trans_type", 2, .should) { $0.kind = $1 },
            .money("trans_amt", .must) { $0.amount = $1 },
        ]
    ) { (transaction, notes, page) throws(AnswerFault) in
        page.append(.leaseTransactionPosted(transaction), notes)
    }
}
