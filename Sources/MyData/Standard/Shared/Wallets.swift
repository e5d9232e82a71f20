internal import Finance

/// Wallets of electronic finance firms (전금) and prepaid means of banks and card companies (선불).
enum Wallets {
    private struct Row {
        var id = ""
        var listed = PrepaidWalletListed()
    }

    /// N5 in units of ten thousand won.
    private static func limit() -> FieldMap<Row> {
        .exact("limit_amt", .integer(5), .should, unit: 0) {
            $0.listed.limit = $1 * 10_000_000
        }
    }

    /// 선불-001.
    static let prepaidMeans = AnswerMap(
        list: "pp_list",
        count: "pp_cnt",
        of: Row.init,
        [
            .word("pp_id", 64, .must) { $0.id = $1 },
            .text("pp_name", 300, .should) { $0.listed.name = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .day("reg_date", .should) { $0.listed.registeredOn = $1 },
            limit(),
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        let apis: [ProviderAPI] = [.prepaid002, .prepaid003, .prepaid004]
        page.list(
            .prepaidWallet,
            row.id,
            isRequested: row.listed.requested,
            apis.map { StandardCall($0, [.init("pp_id", row.id)]) },
            page.encoded(.prepaidWalletListed(row.listed), notes)
        )
    }

    /// 전금-001.
    ///
    /// Where a wallet has accounts each is an asset: their movements are asked for one by
    /// one, and an answer about one says nothing of the others.
    static let wallets = AnswerMap(
        list: "fob_list",
        count: "fob_cnt",
        of: Row.init,
        [
            .word("fob_id", 64, .must) { $0.id = $1 },
            .text("fob_name", 75, .should) { $0.listed.name = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .day("reg_date", .should) { $0.listed.registeredOn = $1 },
            limit(),
            .flag("is_charge", .should) { $0.listed.charging = $1 },
            .currency { $0.listed.currency = $1 },
            .unrecorded("account_cnt", .integer(3)),
            .list(
                "account_list",
                of: { "" },
                [.text("account_id", 60) { $0 = $1 }]
            ) { $0.listed.accounts.append($1) },
            .flag("is_withdrawable") { $0.listed.withdrawable = $1 },
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        let apis: [ProviderAPI] = [.efin002, .efin003, .efin004]
        var listed = row.listed
        let accounts: [String?] = row.listed.accounts.filter { !$0.isEmpty }
        for account in accounts.isEmpty ? [nil] : accounts {
            var parameters = [StandardCall.Parameter("fob_id", row.id)]
            if let account { parameters.append(.init("account_id", account)) }
            // Its own account only: a wallet of many would be said as often as it has accounts.
            listed.accounts = account.map { [$0] } ?? []
            page.list(
                .prepaidWallet,
                AssetKey.join(row.id, account),
                isRequested: row.listed.requested,
                apis.map { StandardCall($0, parameters) },
                page.encoded(.prepaidWalletListed(listed), notes)
            )
        }
    }

    /// 전금-002.
    static let balance = balance([.money("withdrawable_amt") { $0.available = $1 }])
    /// 선불-002.
    static let prepaidBalance = balance([])

    private static func balance(_ further: [FieldMap<PrepaidBalanceReported>]) -> AnswerMap {
        AnswerMap(of: PrepaidBalanceReported.init, balances + further) {
            (balance, notes, page) throws(AnswerFault) in
            var balance = balance
            balance.account = page.call["account_id"] ?? ""
            page.append(.prepaidBalanceReported(balance), notes)
        }
    }

    private static let balances: [FieldMap<PrepaidBalanceReported>] = [
        .money("total_balance_amt", .must) { $0.balance = $1 },
        .money("charge_balance_amt") { $0.charged = $1 },
        .money("reserve_balance_amt") { $0.earned = $1 },
        .money("reserve_due_amt") { $0.earningDue = $1 },
        .money("exp_due_amt") { $0.expiring = $1 },
    ]

    /// 선불-003.
    static let prepaidTransactions = movements([
        .code("trans_type", 4, .must) { $0.kind = $1 },
        .moment("trans_dtime"),
        .word("trans_no", 64) { $0.transactionNumber = $1 },
        .magnitude("trans_amt") { $0.amount = $1 },
        .money("balance_amt") { $0.balanceAfter = $1 },
        .word("trans_org_code", 8) { $0.counterpartyInstitution = $1 },
        .text("trans_id", 60) { $0.counterparty = $1 },
    ])

    /// Movements by a table of fields.
    static func movements(_ fields: [FieldMap<EmoneyTransactionPosted>]) -> AnswerMap {
        AnswerMap(
            list: "trans_list",
            count: "trans_cnt",
            of: EmoneyTransactionPosted.init,
            fields
        ) { (transaction, notes, page) throws(AnswerFault) in
            page.append(.emoneyTransactionPosted(transaction), notes)
        }
    }
}
