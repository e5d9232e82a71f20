internal import Finance

/// Bills, their lines, payments that fall due, revolving credit.
enum CardBills {
    /// 카드-004: each bill, and the call for its lines.
    static let bills = AnswerMap(
        list: "bill_list",
        count: "bill_cnt",
        of: CardBilled.init,
        [
            .word("seqno", 6) { $0.billNumber = $1 },
            .money("charge_amt", .must, whole: 15) { $0.amount = $1 },
            .number("charge_day", 2, .should) { $0.day = $1 },
            .month("charge_month", .must) { $0.month = $1 },
            FieldMap("paid_out_date", .date, .must) {
                (fact, row, place, notes) throws(AnswerFault) in
                fact.paysOn = try row.date(place)
                notes.moment = try row.moment(place)
            },
        ]
    ) { (bill, notes, page) throws(AnswerFault) in
        page.append(.cardBilled(bill), notes)
        var parameters: [StandardCall.Parameter] = []
        if !bill.billNumber.isEmpty { parameters.append(.init("seqno", bill.billNumber)) }
        parameters.append(.init("charge_month", String(bill.month)))
        page.call(.card005, parameters)
    }

    /// 카드-005.
    static let lines = AnswerMap(
        list: "bill_detail_list",
        count: "bill_detail_cnt",
        of: CardBillLineCharged.init,
        [
            .word("card_id", 64, .should) { $0.card = $1 },
            .moment("paid_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .money("paid_amt", .must) { $0.amount = $1 },
            .currency { $0.currency = $1 },
            .text("merchant_name", 75) { $0.merchantName = $1 },
            .word("merchant_regno", 12) { $0.merchantRegistration = $1 },
            .money("credit_fee_amt", .should, whole: 15) { $0.fee = $1 },
            .number("total_install_cnt", 5) { $0.instalments = $1 },
            .number("cur_install_cnt", 5) { $0.instalment = $1 },
            .money("balance_amt", whole: 15) { $0.balanceAfter = $1 },
            .code("prod_type", 2, .should) { $0.kind = $1 },
        ]
    ) { (line, notes, page) throws(AnswerFault) in
        var line = line
        // Both stand in the question only.
        line.billNumber = page.call["seqno"] ?? ""
        line.month = page.call["charge_month"].flatMap { UInt32($0) } ?? 0
        page.append(.cardBillLineCharged(line), notes)
    }

    /// 카드-006.
    static let payments = AnswerMap(
        list: "pay_list",
        count: "pay_cnt",
        body: [.flag("is_revolving", .should) { $0.flag = $1 }],
        of: CardPaymentScheduled.init,
        [
            .word("seqno", 6) { $0.billNumber = $1 },
            .day("pay_due_date", .must) { $0.dueOn = $1 },
            .money("pay_amt", .must, whole: 15) { $0.amount = $1 },
            .money("lump_sum_amt", whole: 15) { $0.lumpSumAmount = $1 },
            .money("monthly_amt", whole: 15) { $0.instalmentAmount = $1 },
            .money("loan_short_amt", whole: 15) { $0.cashAdvanceAmount = $1 },
            .money("revolving_amt", whole: 15) { $0.revolvingAmount = $1 },
            .money("loan_long_amt", whole: 15) { $0.cardLoanAmount = $1 },
            .money("etc_amt", whole: 15) { $0.otherAmount = $1 },
        ]
    ) { (payment, notes, page) throws(AnswerFault) in
        var payment = payment
        payment.revolving = page.body.flag
        page.append(.cardPaymentScheduled(payment), notes)
    }

    /// 카드-007.
    static let revolving = AnswerMap(
        list: "revolving_list",
        count: "revolving_cnt",
        of: RevolvingCreditReported.init,
        [
            .day("req_date", .must) { $0.requestedOn = $1 },
            .rate("min_pay_rate", .decimal(6, 3), .should, unit: 3) { $0.minimumRate = $1 },
            .money("min_pay_amt", .should, whole: 15) { $0.minimumAmount = $1 },
            .rate("agreed_pay_rate", .decimal(6, 3), unit: 3) { $0.agreedRate = $1 },
            .money("agreed_pay_amt", whole: 15) { $0.agreedAmount = $1 },
            .money("remained_amt", .must, whole: 15) { $0.remaining = $1 },
            .day("end_date") { $0.endsOn = $1 },
            .day("close_date") { $0.closedOn = $1 },
        ]
    ) { (revolving, notes, page) throws(AnswerFault) in
        page.append(.revolvingCreditReported(revolving), notes)
    }
}
