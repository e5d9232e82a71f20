internal import Finance

/// Movements of wallets and payments by registered means.
enum EfinPayments {
    private static let categories: [String: PurchaseCategory] = [
        "A1": .electronics, "B1": .books, "C1": .fashion, "D1": .sport, "E1": .cosmetics,
        "F1": .children, "G1": .food, "H1": .living, "I1": .travelAndTransport, "J1": .culture,
        "K1": .foodDelivery, "L1": .coupons, "Z1": .other,
    ]

    private static let purchase: [FieldMap<EmoneyTransactionPosted>] = [
        .code("trans_category", 2, in: categories) { $0.category = $1 },
        .code("pay_method", 2) { $0.place = $1 },
    ]

    /// 전금-004.
    static let walletTransactions = Wallets.movements(
        [
            .code("trans_type", 4, .must) { $0.kind = $1 },
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .magnitude("trans_amt") { $0.amount = $1 },
            .money("balance_amt") { $0.balanceAfter = $1 },
            .word("trans_org_code", 8) { $0.counterpartyInstitution = $1 },
            .text("trans_id", 60) { $0.counterparty = $1 },
            .text("trans_memo", 30) { $0.memo = $1 },
            .text("merchant_name", 75) { $0.merchantName = $1 },
            .text("trans_title", 300) { $0.title = $1 },
        ] + purchase + [
            .word("trans_num", 128) { $0.orderNumber = $1 },
            .word("merchant_regno", 12) { $0.merchantRegistration = $1 },
            .flag("is_scheduled") { $0.scheduled = $1 },
        ]
    )

    /// 전금-103.
    static let payments = Wallets.movements(
        [
            .code("trans_type", 4, .must) { $0.kind = $1 },
            .word("trans_num", 128, .must) { $0.orderNumber = $1 },
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .currency { $0.currency = $1 },
            .magnitude("trans_amt") { $0.amount = $1 },
            .word("trans_org_code", 8) { $0.counterpartyInstitution = $1 },
            .text("pay_id", 60) { $0.counterparty = $1 },
            .number("total_install_cnt", 5) { $0.instalments = $1 },
            .text("trans_memo", 30) { $0.memo = $1 },
            .text("merchant_name", 75) { $0.merchantName = $1 },
            .word("merchant_regno", 12) { $0.merchantRegistration = $1 },
            .text("trans_title", 300, .should) { $0.title = $1 },
        ] + purchase + [
            .code("pay_type", 2) { $0.payType = $1 },
            .word("approved_num", 21) { $0.approvalNumber = $1 },
            .text("card_name", 300) { $0.cardName = $1 },
        ]
    )

    /// 전금-003.
    static let charges = AnswerMap(
        list: "charge_list",
        count: "charge_cnt",
        of: ChargeRuleReported.init,
        [
            .word("charge_org_code", 8) { $0.payingBank = $1 },
            .text("charge_account_num", 60) { $0.payingAccount = $1 },
            .code("charge_option", 2, .should) { $0.option = $1 },
            .number("charge_day", 2) { $0.day = $1 },
            .money("charge_base_amt") { $0.floor = $1 },
            .money("charge_amt") { $0.amount = $1 },
        ]
    ) { (rule, notes, page) throws(AnswerFault) in
        var rule = rule
        rule.account = page.call["account_id"] ?? ""
        page.append(.chargeRuleReported(rule), notes)
    }

    private struct Row {
        var key = ""
        var listed = PaymentAccountListed()
    }

    /// 전금-101.
    static let accounts = AnswerMap(
        list: "account_list",
        count: "account_cnt",
        of: Row.init,
        [
            .word("sub_key", 64, .must) { $0.key = $1 },
            .text("account_id", 60, .should) { $0.listed.account = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .day("reg_date", .should) { $0.listed.registeredOn = $1 },
            .flag("is_pay", .should) { $0.listed.paying = $1 },
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        let apis: [ProviderAPI] = [.efin102, .efin103]
        page.list(
            .paymentAccount,
            row.key,
            isRequested: row.listed.requested,
            apis.map { StandardCall($0, [.init("sub_key", row.key)]) },
            page.encoded(.paymentAccountListed(row.listed), notes)
        )
    }

    /// 전금-102.
    static let methods = AnswerMap(
        list: "pay_list",
        count: "pay_cnt",
        of: PaymentMethodReported.init,
        [
            .word("pay_org_code", 8) { $0.institution = $1 },
            .text("pay_id", 60) { $0.method = $1 },
            .flag("is_primary") { $0.primary = $1 },
            .code("pay_type", 2) { $0.payType = $1 },
        ]
    ) { (method, notes, page) throws(AnswerFault) in
        page.append(.paymentMethodReported(method), notes)
    }
}
