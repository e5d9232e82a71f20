internal import Finance
internal import MyData

/// 카드-003, -007 and -010 to -012: what a card company says of its customer.
extension Desk {
    func points() -> BookAnswer {
        let points = books.points.filter { $0.provider == provider }
        return reply.state { body in
            body.integer("point_cnt", Int64(points.count))
            body.list("point_list")
            for kind in points {
                body.open(UInt8(ascii: "{"))
                body.text("point_name", kind.name)
                body.integer("remain_point_amt", kind.points(at: second))
                body.integer("expiring_point_amt", 0)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    /// Nobody here has revolving credit.
    func revolving() -> BookAnswer {
        reply.state { body in
            body.integer("revolving_cnt", 0)
            body.list("revolving_list")
            body.raw("]")
        }
    }

    /// Cash advances that are owed.
    private var advances: [CashAdvance] {
        books.advances.filter {
            $0.provider == provider && $0.at <= second && $0.repaidAt > second
        }
    }

    func cardLoans() -> BookAnswer {
        let hasAny = !advances.isEmpty
        return reply.state { body in
            body.flag("is_loan_short_term", hasAny)
            body.flag("is_loan_long_term", false)
        }
    }

    func cashAdvances() -> BookAnswer {
        let advances = advances
        return reply.state { body in
            body.integer("short_term_cnt", Int64(advances.count))
            body.list("short_term_list")
            for advance in advances {
                let account = books.deposits[advance.account].face
                body.open(UInt8(ascii: "{"))
                body.instant("loan_dtime", advance.at)
                body.units("loan_amt", advance.amount)
                body.units("balance_amt", advance.amount)
                body.day("pay_due_date", advance.dueOn)
                body.decimal("int_rate", 17_900, places: 3)
                body.text("repay_org_code", terrain.shortCode(account.provider))
                body.text("repay_account_num", account.number)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    func longLoans() -> BookAnswer {
        reply.state { body in
            body.integer("long_term_cnt", 0)
            body.list("long_term_list")
            body.raw("]")
        }
    }
}
