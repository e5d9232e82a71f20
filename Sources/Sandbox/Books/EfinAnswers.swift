internal import Finance
internal import MyData

/// 전금-001 to -004 and -101 to -103.
extension Desk {
    func efin(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .efin001: return wallets()
        case .efin002: return wallet { walletState($0) }
        case .efin003: return wallet { chargeRules($0) }
        case .efin004: return wallet { walletHistory($0) }
        case .efin101: return paymentAccounts()
        case .efin102: return payment { paymentMethods($0) }
        case .efin103: return payment { paymentHistory($0) }
        default: return .refused(40_301)
        }
    }

    private func wallet(_ answer: (Wallet) -> BookAnswer) -> BookAnswer {
        guard let id = query.call["fob_id"] else { return .refused(40_001) }
        let wallet = books.wallets.first { $0.face.provider == provider && $0.face.number == id }
        guard let wallet else { return .refused(40_402) }
        return asset(wallet.face) { answer(wallet) }
    }

    private func payment(_ answer: (PaymentAccount) -> BookAnswer) -> BookAnswer {
        guard let key = query.call["sub_key"] else { return .refused(40_001) }
        let account = books.payments.first {
            $0.face.provider == provider && $0.face.number == key
        }
        guard let account else { return .refused(40_402) }
        return asset(account.face) { answer(account) }
    }

    private func wallets() -> BookAnswer {
        let wallets = books.wallets.filter { isListed($0.face) }
        return reply.list("fob_cnt", "fob_list", rows: wallets.count) { body, index in
            let wallet = wallets[index]
            body.text("fob_id", wallet.face.number)
            body.text("fob_name", wallet.face.name)
            body.flag("is_consent", isRequested(wallet.face.key))
            body.day("reg_date", wallet.face.openedOn)
            body.integer("limit_amt", wallet.limit)
            body.flag("is_charge", true)
        }
    }

    private func walletState(_ wallet: Wallet) -> BookAnswer {
        let state = wallet.state(at: second)
        return reply.state { body in
            body.amount("total_balance_amt", state.balance)
            body.amount("charge_balance_amt", state.balance - state.earned)
            body.amount("reserve_balance_amt", state.earned)
            body.amount("exp_due_amt", 0)
        }
    }

    private func chargeRules(_ wallet: Wallet) -> BookAnswer {
        let account = books.deposits[wallet.account].face
        return reply.state { body in
            body.integer("charge_cnt", 1)
            body.list("charge_list")
            body.open(UInt8(ascii: "{"))
            body.text("charge_org_code", terrain.shortCode(account.provider))
            body.text("charge_account_num", account.number)
            body.code("charge_option", 99)
            body.raw("}]")
        }
    }

    private func walletHistory(_ wallet: Wallet) -> BookAnswer {
        let places = places(wallet.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = wallet.rows[places.upperBound - 1 - index]
            body.code("trans_type", Int(row.kind), width: 4)
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.code("trans_no", Int(row.number), width: 10) }
            body.amount("trans_amt", row.amount)
            // Who gives no numbers gives no balances either: two equal payments are told apart
            // by nothing.
            if !quirks.unnumbered { body.amount("balance_amt", row.balance) }
            ends(row, "trans_id", &body)
            shop(row, &body)
            if !quirks.unnumbered {
                if row.merchant != 0, query.flags.merchant {
                    body.text("merchant_regno", books.texts[Int(row.registration)])
                }
                body.flag("is_scheduled", false)
            }
        }
    }

    private func ends(_ row: WalletRow, _ name: String, _ body: inout JSONBody) {
        if row.institution != 0 {
            body.text("trans_org_code", books.texts[Int(row.institution)])
        }
        if row.other != 0 { body.text(name, books.texts[Int(row.other)]) }
        if row.memo != 0, query.flags.memo { body.text("trans_memo", books.texts[Int(row.memo)]) }
    }

    private func shop(_ row: WalletRow, _ body: inout JSONBody) {
        guard row.merchant != 0 else { return }
        if query.flags.merchant { body.text("merchant_name", books.texts[Int(row.merchant)]) }
        body.text("trans_title", books.texts[Int(row.title)])
        if query.flags.category {
            body.text("trans_category", row.category == UInt8(ascii: "Z") ? "Z1" : letter(row))
        }
        body.code("pay_method", Int(row.place))
    }

    private func letter(_ row: WalletRow) -> String {
        String(decoding: [row.category, UInt8(ascii: "1")], as: UTF8.self)
    }

    private func paymentAccounts() -> BookAnswer {
        let accounts = books.payments.filter { isListed($0.face) }
        return reply.list("account_cnt", "account_list", rows: accounts.count) { body, index in
            let account = accounts[index]
            body.text("sub_key", account.face.number)
            body.text("account_id", account.account)
            body.flag("is_consent", isRequested(account.face.key))
            body.day("reg_date", account.face.openedOn)
            body.flag("is_pay", true)
        }
    }

    private func paymentMethods(_ account: PaymentAccount) -> BookAnswer {
        let card = books.cards[account.card]
        return reply.state { body in
            body.integer("pay_cnt", 1)
            body.list("pay_list")
            body.open(UInt8(ascii: "{"))
            body.text("pay_org_code", terrain.shortCode(card.face.provider))
            body.text("pay_id", card.masked)
            body.flag("is_primary", true)
            body.raw("}]")
        }
    }

    private func paymentHistory(_ account: PaymentAccount) -> BookAnswer {
        let places = places(account.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = account.rows[places.upperBound - 1 - index]
            body.code("trans_type", Int(row.kind), width: 4)
            body.code("trans_num", Int(row.order), width: 12)
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.code("trans_no", Int(row.number), width: 10) }
            body.amount("trans_amt", row.amount)
            ends(row, "pay_id", &body)
            shop(row, &body)
            if query.flags.merchant {
                body.text("merchant_regno", books.texts[Int(row.registration)])
            }
        }
    }
}

extension Wallet {
    /// What is in it, and what of that was earned.
    func state(at second: Int64) -> (balance: Int64, earned: Int64) {
        let known = rows.firstPlace { $0.at > second }
        return known == 0 ? (opening, 0) : (rows[known - 1].balance, rows[known - 1].earned)
    }
}
