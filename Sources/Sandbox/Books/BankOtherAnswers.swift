internal import Finance
internal import MyData

/// 은행-005 to -010 and -014: funds, loans, standing orders.
extension Desk {
    func fund(_ answer: (FundAccount) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["account_num"] else { return .refused(40_001) }
        let fund = books.funds.first {
            $0.face.provider == provider && $0.face.number == number
        }
        guard let fund else { return .refused(40_402) }
        return asset(fund.face) { answer(fund) }
    }

    func fundTerms(_ fund: FundAccount) -> BookAnswer {
        reply.state { body in
            body.text("standard_fund_code", fund.code)
            body.code("paid_in_type", fund.method)
            body.day("issue_date", fund.face.openedOn)
        }
    }

    func fundState(_ fund: FundAccount) -> BookAnswer {
        let state = fund.state(at: second)
        return reply.state { body in
            body.amount("balance_amt", state.balance)
            body.amount("eval_amt", state.value)
            body.amount("inv_principal", state.balance)
            body.amount("fund_num", state.units)
        }
    }

    func fundHistory(_ fund: FundAccount) -> BookAnswer {
        let places = places(fund.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = fund.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.code("trans_type", Int(row.kind))
            body.amount("base_amt", row.price)
            if row.units > 0 { body.amount("trans_fund_num", row.units) }
            body.amount("trans_amt", row.amount)
            body.amount("balance_amt", row.balance)
        }
    }

    /// A loan; an overdraft is one too, whose debt is what its account is below zero.
    func loan(_ answer: (LoanAccount) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["account_num"] else { return .refused(40_001) }
        let loan =
            books.loans.first { $0.face.provider == provider && $0.face.number == number }
            ?? books.deposits.first {
                $0.face.provider == provider && $0.face.number == number && $0.overdraft != nil
            }.map { overdraft($0) }
        guard let loan else { return .refused(40_402) }
        return asset(loan.face) { answer(loan) }
    }

    private func overdraft(_ account: DepositAccount) -> LoanAccount {
        let known = account.rows.firstPlace { $0.at > second }
        let balance = known == 0 ? account.opening : account.rows[known - 1].balance
        return LoanAccount(
            face: account.face,
            type: 3_100,
            maturesOn: account.face.openedOn.adding(months: 240),
            rate: 600_000,
            method: 8,
            day: 22,
            account: books.deposit(provider, account.face.number, account.face.seqno) ?? 0,
            principal: account.overdraft ?? 0,
            part: 0,
            opening: max(0, -balance),
            balance: max(0, -balance),
            paidThrough: account.face.openedOn
        )
    }

    func loanTerms(_ loan: LoanAccount) -> BookAnswer {
        let account = books.deposits[loan.account].face
        return reply.state { body in
            body.day("issue_date", loan.face.openedOn)
            body.day("exp_date", loan.maturesOn)
            body.decimal("last_offered_rate", loan.rate, places: 5)
            body.code("repay_date", loan.day)
            body.code("repay_method", loan.method)
            body.text("repay_org_code", terrain.shortCode(account.provider))
            body.text("repay_account_num", account.number)
        }
    }

    func loanState(_ loan: LoanAccount) -> BookAnswer {
        let owed = loan.owed(at: second)
        let today = CivilDate(daysSinceEpoch: KoreanClock.day(of: second))
        return reply.state { body in
            body.amount("balance_amt", owed)
            body.amount("loan_principal", loan.principal)
            if owed > 0 {
                let month = today < today.month.day(loan.day) ? today.month : today.month.adding(1)
                body.day("next_repay_date", month.day(loan.day).orNextBusinessDay)
            }
        }
    }

    func loanHistory(_ loan: LoanAccount) -> BookAnswer {
        let places = places(loan.rows) { $0.at }
        let isBank = terrain.providers[provider].industry == .bank
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = loan.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at, daysOnly: isBank && quirks.daysOnly)
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.code("trans_type", Int(row.kind))
            body.amount("trans_amt", row.amount)
            body.amount("balance_amt", row.balance)
            body.amount("principal_amt", row.principal)
            body.amount("int_amt", row.interest)
            body.integer("int_cnt", row.interest > 0 ? 1 : 0)
            body.list("int_list")
            if row.interest > 0 {
                body.open(UInt8(ascii: "{"))
                body.day("int_start_date", row.from)
                body.day("int_end_date", row.to)
                body.decimal("int_rate", row.rate / 100, places: 3)
                body.amount("applied_int_amt", row.interest)
                body.code("int_type", 1)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    func standingOrders(_ account: DepositAccount) -> BookAnswer {
        let place = books.deposit(provider, account.face.number, account.face.seqno)
        let orders = books.orders.filter {
            $0.account == place && $0.from <= second && $0.until > second
        }
        return reply.list("scheduled_cnt", "scheduled_list", rows: orders.count) { body, index in
            let order = orders[index]
            body.text("scheduled_org_code", ifAny: order.institution)
            body.text("scheduled_account_num", order.number)
            body.amount("scheduled_amt", order.amount)
            body.text("scheduled_cycle", "01")
            body.code("scheduled_date", order.day)
            if query.flags.memo, !quirks.silent {
                body.text("trans_memo", books.texts[Int(order.memo)])
            }
        }
    }
}

extension LoanAccount {
    /// What is owed.
    func owed(at second: Int64) -> Int64 {
        let known = rows.firstPlace { $0.at > second }
        return known == 0 ? opening : rows[known - 1].balance
    }
}
