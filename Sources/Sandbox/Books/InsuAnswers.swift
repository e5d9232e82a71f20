internal import Finance
internal import MyData

/// 보험-001 to -012 as far as there is something to say.
extension Desk {
    func insu(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .insu001: return policies()
        case .insu002: return policy { policyTerms($0) }
        case .insu003: return policy { contracts($0) }
        case .insu004: return policy { carCovers($0) }
        case .insu005: return policy { premiumPlan($0) }
        case .insu006: return policy { premiums($0) }
        case .insu007: return policy { carPremiums($0) }
        case .insu008: return loans("loan_cnt", "loan_list")
        case .insu009: return loan { policyLoanTerms($0) }
        case .insu010: return loan { loanState($0) }
        case .insu011: return loan { policyLoanHistory($0) }
        case .insu012: return policy { coverages($0) }
        default: return .refused(40_301)
        }
    }

    func policy(_ answer: (Policy) -> BookAnswer) -> BookAnswer {
        guard let number = query.call["insu_num"] else { return .refused(40_001) }
        let policy = books.policies.first {
            $0.face.provider == provider && $0.face.number == number
        }
        guard let policy else { return .refused(40_402) }
        return asset(policy.face) { answer(policy) }
    }

    private func policies() -> BookAnswer {
        let policies = books.policies.filter { isListed($0.face) }
        return reply.list("insu_cnt", "insu_list", rows: policies.count) { body, index in
            let policy = policies[index]
            body.text("insu_num", policy.face.number)
            body.flag("is_consent", isRequested(policy.face.key))
            body.text("prod_name", policy.face.name)
            body.code("insu_type", policy.type)
            body.code("insu_status", 2)
        }
    }

    private func policyTerms(_ policy: Policy) -> BookAnswer {
        reply.state { body in
            body.flag("is_renewable", policy.type == 16)
            body.day("issue_date", policy.face.openedOn)
            body.day("exp_date", policy.expiresOn)
            body.amount("face_amt", policy.faceAmount)
            body.flag("is_variable", false)
            body.flag("is_universal", false)
            body.flag("is_loanable", policy.type == 1)
            body.integer("insured_cnt", 1)
            body.list("insured_list")
            body.open(UInt8(ascii: "{"))
            body.text("insured_no", "01")
            body.text("insured_name", policy.insured)
            body.flag("is_primary", true)
            body.raw("}]")
        }
    }

    private func contracts(_ policy: Policy) -> BookAnswer {
        guard query.call["insured_no"] == "01" else { return .refused(40_402) }
        return reply.state { body in
            body.integer("contract_cnt", Int64(policy.contracts.count))
            body.list("contract_list")
            for (index, contract) in policy.contracts.enumerated() {
                body.open(UInt8(ascii: "{"))
                body.text("contract_name", contract.name)
                body.code("contract_status", 2)
                body.day("contract_exp_date", policy.expiresOn)
                body.amount("contract_face_amt", contract.amount)
                body.flag("is_required", index == 0)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    private func carCovers(_ policy: Policy) -> BookAnswer {
        reply.state { body in
            body.integer("car_insu_cnt", policy.car == nil ? 0 : 1)
            body.list("car_insu_list")
            if let car = policy.car {
                let since = policy.rows.last { $0.at <= second }.map {
                    CivilDate(daysSinceEpoch: KoreanClock.day(of: $0.at))
                }
                let begun = since ?? policy.face.openedOn
                body.open(UInt8(ascii: "{"))
                body.text("car_number", car.number)
                body.code("car_insu_type", 2)
                body.text("car_name", car.name)
                body.day("start_date", begun)
                body.day("end_date", begun.adding(months: 12))
                body.text("contract_age", "만 26세 이상")
                body.text("contract_driver", "부부한정")
                body.flag("is_own_dmg_coverage", true)
                body.code("self_pay_rate", 1)
                body.integer("self_pay_amt", 200_000)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    private func premiumPlan(_ policy: Policy) -> BookAnswer {
        reply.state { body in
            body.code("pay_due", policy.type == 17 ? 1 : 2)
            body.text("pay_cycle", policy.months == 12 ? "1Y" : "1M")
            body.integer("pay_cnt", Int64(policy.type == 17 ? 1 : 240))
            let account = policy.card == nil ? books.deposits[policy.account].face : nil
            body.text("pay_org_code", ifAny: account.map { terrain.shortCode($0.provider) })
            body.code("pay_date", policy.day)
            body.day("pay_end_date", policy.expiresOn)
            body.amount("pay_amt", policy.premium)
            body.flag("is_auto_pay", true)
            body.text("pay_account_num", ifAny: account?.number)
        }
    }

    private func premiums(_ policy: Policy) -> BookAnswer {
        let rows = policy.type == 17 ? [] : policy.rows
        let places = places(rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = rows[places.upperBound - 1 - index]
            body.instant("trans_date", row.at, daysOnly: true)
            body.integer("trans_applied_month", Int64(row.month))
            body.integer("paid_in_cnt", Int64(row.round))
            body.amount("paid_amt", row.amount)
            body.code("pay_method", policy.method)
        }
    }

    private func carPremiums(_ policy: Policy) -> BookAnswer {
        guard let car = policy.car, query.call["car_number"] == car.number else {
            return .refused(40_402)
        }
        let places = places(policy.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = policy.rows[places.upperBound - 1 - index]
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            body.units("face_amt", policy.faceAmount)
            body.integer("paid_in_cnt", Int64(row.round))
            body.units("paid_amt", row.amount)
            body.code("pay_method", policy.method)
        }
    }

    private func policyLoanTerms(_ loan: LoanAccount) -> BookAnswer {
        let account = books.deposits[loan.account].face
        return reply.state { body in
            body.day("loan_start_date", loan.face.openedOn)
            body.day("loan_exp_date", loan.maturesOn)
            body.code("repay_method", loan.method)
            body.text("insu_num", ifAny: loan.policy)
            body.text("repay_org_code", terrain.shortCode(account.provider))
            body.text("repay_account_num", account.number)
            body.code("repay_date", loan.day)
        }
    }

    private func policyLoanHistory(_ loan: LoanAccount) -> BookAnswer {
        let places = places(loan.rows) { $0.at }
        return reply.history("trans_cnt", "trans_list", rows: places.count) { body, index in
            let row = loan.rows[places.upperBound - 1 - index]
            if !quirks.unnumbered { body.integer("trans_no", Int64(row.number)) }
            body.instant("trans_dtime", row.at, daysOnly: quirks.daysOnly)
            body.amount("loan_paid_amt", row.principal)
            body.amount("int_paid_amt", row.interest)
            body.integer("int_cnt", 1)
            body.list("int_list")
            body.open(UInt8(ascii: "{"))
            body.day("int_start_date", row.from)
            body.day("int_end_date", row.to)
            body.decimal("int_rate", row.rate / 100, places: 3)
            body.code("int_type", 1)
            body.raw("}]")
        }
    }

    private func coverages(_ policy: Policy) -> BookAnswer {
        reply.state { body in
            body.integer("coverage_cnt", Int64(policy.contracts.count))
            body.list("coverage_list")
            for (index, contract) in policy.contracts.enumerated() {
                body.open(UInt8(ascii: "{"))
                body.text("subject", "P")
                body.code("relation", 1)
                body.code("status", 2)
                body.text("coverage_code", "A100\(index)")
                body.text("coverage_num", "\(policy.face.number)\(index)")
                body.text("coverage_name", contract.name)
                body.integer("coverage_amt", contract.amount / 1_000_000)
                body.day("start_date", policy.face.openedOn)
                body.day("end_date", policy.expiresOn)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    /// Loans of an insurer or a capital company.
    func loans(_ count: String, _ list: String) -> BookAnswer {
        var lines = books.loans.filter { isListed($0.face) }.map { ($0.face, $0.type) }
        lines += books.leases.filter { isListed($0.face) }.map { ($0.face, 3_710) }
        return reply.list(count, list, rows: lines.count) { body in
            if list == "account_list" { body.day("reg_date", ifAny: customerSince) }
        } row: { body, index in
            let (face, type) = lines[index]
            body.text("prod_name", face.name)
            body.text("account_num", face.number)
            body.flag("is_consent", isRequested(face.key))
            body.code("account_type", type, width: 4)
            body.code("account_status", 1)
        }
    }
}
