internal import Finance
internal import MyData

/// 금투-001 to -005, 할부금융-001 to -006.
extension Desk {
    func invest(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .invest001: return investAccounts()
        case .invest002: return investment { investState($0) }
        case .invest003: return investment { investHistory($0) }
        case .invest004: return investment { holdings($0) }
        case .invest005: return investment { pension($0) }
        case .invest006:
            return investment { _ in
                reply.list("scheduled_cnt", "scheduled_list", rows: 0) { _, _ in }
            }
        default: return .refused(40_301)
        }
    }

    private func investment(_ answer: (InvestAccount) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["account_num"] else { return .refused(40_001) }
        let account = books.investments.first {
            $0.face.provider == provider && $0.face.number == number
        }
        guard let account else { return .refused(40_402) }
        return asset(account.face) { answer(account) }
    }

    /// The day whose closing prices hold.
    private var closed: Int32 { KoreanClock.day(of: second) - 1 }

    private func investAccounts() -> BookAnswer {
        let accounts = books.investments.filter { isListed($0.face) }
        return reply.list("account_cnt", "account_list", rows: accounts.count) { body, index in
            let account = accounts[index]
            body.text("account_num", account.face.number)
            body.flag("is_consent", isRequested(account.face.key))
            body.text("account_name", account.face.name)
            body.code("account_type", account.type, width: 3)
            body.day("issue_date", account.face.openedOn)
            body.flag("is_tax_benefits", account.hasTaxBenefit)
            body.flag("is_cma", account.isCMA)
            body.flag("is_stock_trans", true)
            body.flag("is_account_link", false)
        }
    }

    private func investState(_ account: InvestAccount) -> BookAnswer {
        let cash = account.cash(at: second)
        return reply.state { body in
            body.day("base_date", CivilDate(daysSinceEpoch: closed))
            body.integer("basic_cnt", 1)
            body.list("basic_list")
            body.open(UInt8(ascii: "{"))
            body.text("currency_code", "KRW")
            body.amount("withholdings_amt", cash)
            body.amount("credit_loan_amt", 0)
            body.amount("mortgage_amt", 0)
            body.amount("avail_balance", cash)
            body.raw("}]")
        }
    }

    private func investHistory(_ account: InvestAccount) -> BookAnswer {
        let places = places(account.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = account.rows[places.upperBound - 1 - index]
            if row.product >= 0 {
                body.text("prod_name", Products.all[row.product].name)
                body.text("prod_code", Products.all[row.product].code)
            }
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.code("trans_type", Int(row.kind), width: 3)
            body.text("trans_type_detail", row.detail.text)
            if row.quantity > 0 { body.decimal("trans_num", row.quantity, places: 6) }
            if row.price > 0 { body.decimal("base_amt", row.price, places: 4) }
            if row.amount > 0 {
                body.amount("trans_amt", row.amount)
                body.amount("settle_amt", row.settled)
                body.amount("balance_amt", row.balance)
            }
            body.text("currency_code", "KRW")
        }
    }

    private func holdings(_ account: InvestAccount) -> BookAnswer {
        let held = account.holdings(at: second)
        return reply.list("prod_cnt", "prod_list", rows: held.count) { body in
            body.day("base_date", CivilDate(daysSinceEpoch: closed))
        } row: { body, index in
            let (product, quantity, cost) = held[index]
            let listed = Products.all[product]
            body.code("prod_type", listed.type, width: 3)
            body.text("prod_type_detail", listed.type == 401 ? "국내주식" : "상장지수펀드")
            body.text("prod_code", listed.code)
            body.text("ex_code", listed.exchange)
            body.text("prod_name", listed.name)
            body.code("credit_type", 1)
            body.flag("is_tax_benefits", account.hasTaxBenefit)
            body.amount("purchase_amt", cost)
            body.decimal("holding_num", quantity, places: 6)
            body.amount("eval_amt", quantity / 1_000_000 * Products.price(product, closed))
            body.text("currency_code", "KRW")
        }
    }

    private func pension(_ account: InvestAccount) -> BookAnswer {
        guard account.type == 105 else { return .refused(40_301) }
        let paid = account.rows.filter { $0.at <= second && $0.detail == .paidIn }
        let total = paid.reduce(account.paidInBefore) { $0 + $1.amount }
        return reply.state { body in
            body.day("issue_date", account.face.openedOn)
            body.amount("paid_in_amt", total)
            body.amount("withdrawal_amt", 0)
            if let last = paid.last {
                body.instant("last_paid_in_date", last.at, daysOnly: true)
            }
            body.amount("rcv_amt", 0)
        }
    }

    func capital(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .capital001: return loans("account_cnt", "account_list")
        case .capital002: return loan { loanTerms($0) }
        case .capital003: return loan { loanState($0) }
        case .capital004: return loan { loanHistory($0) }
        case .capital005: return lease { leaseTerms($0) }
        case .capital006: return lease { leaseHistory($0) }
        default: return .refused(40_301)
        }
    }

    private func lease(_ answer: (Lease) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["account_num"] else { return .refused(40_001) }
        let lease = books.leases.first {
            $0.face.provider == provider && $0.face.number == number
        }
        guard let lease else { return .refused(40_402) }
        return asset(lease.face) { answer(lease) }
    }

    private func leaseTerms(_ lease: Lease) -> BookAnswer {
        let account = books.deposits[lease.account].face
        let today = CivilDate(daysSinceEpoch: KoreanClock.day(of: second))
        let month = today < today.month.day(lease.day) ? today.month : today.month.adding(1)
        return reply.state { body in
            body.day("issue_date", lease.face.openedOn)
            body.day("exp_date", lease.maturesOn)
            body.code("repay_date", lease.day)
            body.code("repay_method", 9)
            body.text("repay_org_code", terrain.shortCode(account.provider))
            body.text("repay_account_num", account.number)
            body.day("next_repay_date", month.day(lease.day).orNextBusinessDay)
        }
    }

    private func leaseHistory(_ lease: Lease) -> BookAnswer {
        let places = places(lease.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = lease.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at)
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.code("trans_type", 2)
            body.amount("trans_amt", row.amount)
        }
    }
}
