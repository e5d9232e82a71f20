internal import Finance
internal import MyData

/// 은행-001 and what it lists.
extension Desk {
    func bank(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .bank001: return bankAccounts()
        case .bank002: return deposit { depositTerms($0) }
        case .bank003: return deposit { depositState($0) }
        case .bank004: return deposit { depositHistory($0) }
        case .bank005: return fund { fundTerms($0) }
        case .bank006: return fund { fundState($0) }
        case .bank007: return fund { fundHistory($0) }
        case .bank008: return loan { loanTerms($0) }
        case .bank009: return loan { loanState($0) }
        case .bank010: return loan { loanHistory($0) }
        case .bank014: return deposit { standingOrders($0) }
        default: return .refused(40_301)
        }
    }

    /// An account as the list has it.
    private struct Line {
        var face: AssetFace
        var type: Int
        var deposit: DepositAccount?
    }

    private func bankAccounts() -> BookAnswer {
        var lines: [Line] = []
        for account in books.deposits where isListed(account.face) {
            lines.append(Line(face: account.face, type: account.type, deposit: account))
        }
        for fund in books.funds where isListed(fund.face) {
            lines.append(Line(face: fund.face, type: 2_001))
        }
        for account in books.retirements where isListed(account.face) && account.scheme == .isa {
            lines.append(Line(face: account.face, type: 2_003))
        }
        for loan in books.loans where isListed(loan.face) {
            lines.append(Line(face: loan.face, type: loan.type))
        }
        lines.sort { ($0.type, $0.face.number) < ($1.type, $1.face.number) }
        return reply.list("account_cnt", "account_list", rows: lines.count) { body in
            body.day("reg_date", ifAny: customerSince)
        } row: { body, index in
            let line = lines[index]
            body.text("account_num", line.face.number)
            body.flag("is_consent", isRequested(line.face.key))
            body.text("seqno", ifAny: line.face.seqno)
            if let deposit = line.deposit {
                body.flag("is_foreign_deposit", deposit.currency != 410)
            }
            body.text("prod_name", line.face.name)
            if let deposit = line.deposit { body.flag("is_minus", deposit.overdraft != nil) }
            body.code("account_type", line.type, width: 4)
            body.code("account_status", 1)
        }
    }

    func isListed(_ face: AssetFace) -> Bool {
        face.provider == provider && face.isListed(at: second)
    }

    /// The first day that the provider knew the person.
    var customerSince: CivilDate? {
        books.faces.filter { $0.provider == provider }.map(\.openedOn).min()
    }

    private func deposit(_ answer: (DepositAccount) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["account_num"] else { return .refused(40_001) }
        guard let index = books.deposit(provider, number, query.call["seqno"]) ?? anyRound(number)
        else { return .refused(40_402) }
        let account = books.deposits[index]
        return asset(account.face) { answer(account) }
    }

    /// 은행-014 has no seqno: one of the rounds that are still there answers.
    private func anyRound(_ number: String) -> Int? {
        guard query.call.api == .bank014 else { return nil }
        return books.deposits.firstIndex { $0.face.number == number && isListed($0.face) }
    }

    func currency(_ code: UInt16, _ body: inout JSONBody) {
        guard code != 410 else { return }
        body.text("currency_code", ifAny: Currency(numericCode: UInt32(code))?.alphabeticCode)
    }

    private func depositTerms(_ account: DepositAccount) -> BookAnswer {
        reply.state { body in
            body.integer("basic_cnt", 1)
            body.list("basic_list")
            body.open(UInt8(ascii: "{"))
            currency(account.currency, &body)
            body.code("saving_method", account.method)
            body.day("issue_date", account.face.openedOn)
            body.day("exp_date", ifAny: account.maturesOn)
            if let amount = account.committed { body.amount("commit_amt", amount) }
            if let amount = account.monthly { body.amount("monthly_paid_in_amt", amount) }
            body.raw("}]")
        }
    }

    private func depositState(_ account: DepositAccount) -> BookAnswer {
        let known = account.rows.firstPlace { $0.at > second }
        let balance = known == 0 ? account.opening : account.rows[known - 1].balance
        return reply.state { body in
            body.integer("detail_cnt", 1)
            body.list("detail_list")
            body.open(UInt8(ascii: "{"))
            currency(account.currency, &body)
            body.amount("balance_amt", balance)
            body.amount("withdrawable_amt", max(0, balance + (account.overdraft ?? 0)))
            body.decimal("offered_rate", account.rate, places: 5)
            if account.method > 2 {
                let round = known == 0 ? 0 : account.rows[known - 1].round
                body.integer("last_paid_in_cnt", Int64(round))
            }
            body.raw("}]")
        }
    }

    private func depositHistory(_ account: DepositAccount) -> BookAnswer {
        let places = places(account.rows) { $0.at }
        let isTold = query.flags.memo && !quirks.silent
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = account.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.code("trans_no", Int(row.number), width: 10) }
            body.code("trans_type", Int(row.kind))
            body.text("trans_class", row.channel.text)
            currency(account.currency, &body)
            body.amount("trans_amt", row.amount)
            body.amount("balance_amt", row.balance)
            if row.round > 0 { body.integer("paid_in_cnt", Int64(row.round)) }
            if isTold, row.memo != 0 { body.text("trans_memo", books.texts[Int(row.memo)]) }
        }
    }
}
