internal import Finance
internal import MyData

/// An account of securities that is saved into by rules of its own.
struct RetirementAccount: Sendable {
    /// Which rules.
    enum Scheme: Sendable {
        /// 개인형퇴직연금, at banks and investment firms.
        case irp
        /// 개인종합자산관리계좌, at banks.
        case isa
        /// 확정기여형: the employer pays in.
        case contribution
    }

    var scheme: Scheme
    var face: AssetFace
    /// What was paid in before the first row.
    var opening: Int64
    var rows: [(at: Int64, amount: Int64, number: UInt32)] = []

    /// What was paid in, and what it is worth by the day's price.
    func state(at second: Int64) -> (paidIn: Int64, value: Int64) {
        let paidIn = rows.reduce(opening) { $0 + ($1.at <= second ? $1.amount : 0) }
        let price = Prices.at(KoreanClock.day(of: second), base: 1_000_000, product: 90)
        return (paidIn, paidIn / 1_000_000 * price / 1_000 * 1_000)
    }
}

/// IRP-001 to -004, DC-001 to -004, DB-001 and 은행-011 to -013.
extension Desk {
    /// Nil when the API is of another kind.
    func retirement(_ api: ProviderAPI) -> BookAnswer? {
        switch api {
        case .irp001: retirements(.irp, "irp", "account_num", "prod_name")
        case .irp002: retirement(.irp) { retirementState($0) }
        case .irp003: retirement(.irp) { retirementHoldings($0) }
        case .irp004: retirement(.irp) { retirementHistory($0, kind: 1) }
        case .dc001: retirements(.contribution, "dc", "dc_num", "dc_name")
        case .dc002: retirement(.contribution) { contributionState($0) }
        case .dc003: retirement(.contribution) { retirementHistory($0, kind: 2) }
        case .dc004: retirement(.contribution) { holding($0, "dc") }
        case .db001: reply.state { $0.flag("is_running_pension", false) }
        case .bank011: retirement(.isa) { isaState($0) }
        case .bank012: retirement(.isa) { retirementHistory($0, kind: 2) }
        case .bank013: retirement(.isa) { holding($0, "isa") }
        // Nobody here has a prepaid means of a bank or card company, or something forgotten.
        case .prepaid001: reply.list("pp_cnt", "pp_list", rows: 0) { _, _ in }
        case .dormant001: reply.list("sleep_cnt", "sleep_list", rows: 0) { _, _ in }
        default: nil
        }
    }

    private func retirement(
        _ scheme: RetirementAccount.Scheme,
        _ answer: (RetirementAccount) -> BookAnswer
    ) -> BookAnswer {
        let name = scheme == .contribution ? "dc_num" : "account_num"
        guard let number = query.call[name] else { return .refused(40_001) }
        let account = books.retirements.first {
            $0.face.provider == provider && $0.face.number == number && $0.scheme == scheme
        }
        guard let account else { return .refused(40_402) }
        return asset(account.face) { answer(account) }
    }

    private func retirements(
        _ scheme: RetirementAccount.Scheme,
        _ list: String,
        _ number: String,
        _ name: String
    ) -> BookAnswer {
        let accounts = books.retirements.filter { isListed($0.face) && $0.scheme == scheme }
        return reply.state { body in
            body.integer(list + "_cnt", Int64(accounts.count))
            body.list(list + "_list")
            for account in accounts {
                body.open(UInt8(ascii: "{"))
                body.text(name, account.face.name)
                body.text(number, account.face.number)
                body.flag("is_consent", isRequested(account.face.key))
                body.raw("}")
            }
            body.raw("]")
        }
    }

    private func contributionState(_ account: RetirementAccount) -> BookAnswer {
        let state = account.state(at: second)
        return reply.state { body in
            body.amount("balance_amt", state.paidIn)
            body.amount("eval_amt", state.value)
            body.day("issue_date", account.face.openedOn)
        }
    }

    private func isaState(_ account: RetirementAccount) -> BookAnswer {
        let state = account.state(at: second)
        return reply.state { body in
            body.amount("balance_amt", state.paidIn)
            body.amount("eval_amt", state.value)
            body.day("issue_date", account.face.openedOn)
            body.day("exp_date", account.face.openedOn.adding(months: 120))
        }
    }

    /// What an ISA or DC pension holds: one fund.
    private func holding(_ account: RetirementAccount, _ list: String) -> BookAnswer {
        let state = account.state(at: second)
        let rows = state.paidIn > 0 ? 1 : 0
        return reply.list(list + "_cnt", list + "_list", rows: rows) { body, _ in
            body.text("prod_name", "느린걸음 TDF 2045")
            body.text("prod_num", "K55210000090")
            body.code("prod_type", 2)
            body.amount("eval_amt", state.value)
            body.amount("principal_amt", state.paidIn)
            body.day("issue_date", account.face.openedOn)
        }
    }

    private func retirementState(_ account: RetirementAccount) -> BookAnswer {
        let state = account.state(at: second)
        return reply.state { body in
            body.amount("accum_amt", state.paidIn)
            body.amount("eval_amt", state.value)
            body.amount("employer_amt", 0)
            body.amount("employee_amt", state.paidIn)
            body.day("issue_date", account.face.openedOn)
            body.day("first_deposit_date", account.face.openedOn)
        }
    }

    private func retirementHoldings(_ account: RetirementAccount) -> BookAnswer {
        let state = account.state(at: second)
        return reply.list("irp_cnt", "irp_list", rows: state.paidIn > 0 ? 1 : 0) { body, _ in
            body.text("irp_name", "느린걸음 TDF 2045")
            body.text("irp_no", "K55210000090")
            body.code("irp_type", 2)
            body.amount("eval_amt", state.value)
            body.amount("inv_principal", state.paidIn)
            body.day("open_date", account.face.openedOn)
        }
    }

    private func retirementHistory(_ account: RetirementAccount, kind: Int) -> BookAnswer {
        let places = places(account.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = account.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.code("trans_type", kind)
            body.units("trans_amt", row.amount)
        }
    }

    /// 보증보험-001 to -003: what a tenant's deposit is insured by, paid at once.
    func ginsu(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .ginsu001: return guarantees()
        case .ginsu002: return policy { guaranteeTerms($0) }
        case .ginsu003: return policy { guaranteePremiums($0) }
        default: return .refused(40_301)
        }
    }

    private func guarantees() -> BookAnswer {
        let policies = books.policies.filter { isListed($0.face) }
        return reply.list("insu_cnt", "insu_list", rows: policies.count) { body, index in
            body.text("insu_num", policies[index].face.number)
            body.flag("is_consent", isRequested(policies[index].face.key))
            body.text("prod_name", policies[index].face.name)
            body.code("insu_type", 20)
            body.code("insu_status", 1)
        }
    }

    private func guaranteeTerms(_ policy: Policy) -> BookAnswer {
        reply.state { body in
            body.day("issue_date", policy.face.openedOn)
            body.day("exp_date", policy.expiresOn)
            body.amount("face_amt", policy.faceAmount)
            body.integer("insured_cnt", 1)
            body.list("insured_list")
            body.open(UInt8(ascii: "{"))
            body.text("insured_name", policy.insured)
            body.raw("}]")
            body.code("pay_due", 1)
            body.units("pay_amt", policy.premium)
        }
    }

    private func guaranteePremiums(_ policy: Policy) -> BookAnswer {
        let places = places(policy.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = policy.rows[places.upperBound - 1 - index]
            body.instant("trans_date", row.at, daysOnly: true)
            body.integer("paid_in_cnt", Int64(row.round))
            body.units("paid_amt", row.amount)
            body.code("pay_method", 99)
        }
    }
}
