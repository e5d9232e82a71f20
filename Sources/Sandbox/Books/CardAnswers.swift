internal import Finance
internal import MyData

/// 카드-001 to -009.
extension Desk {
    func card(_ api: ProviderAPI) -> BookAnswer {
        switch api {
        case .card001: return cards()
        case .card002: return card { cardTerms($0) }
        case .card003: return points()
        case .card004: return bills()
        case .card005: return billLines()
        case .card006: return payments()
        case .card007: return revolving()
        case .card010: return cardLoans()
        case .card011: return cashAdvances()
        case .card012: return longLoans()
        case .card008: return card { approvals($0.domestic, isAbroad: false) }
        case .card009: return card { approvals($0.overseas, isAbroad: true) }
        default: return .refused(40_301)
        }
    }

    private func card(_ answer: (PaymentCard) -> BookAnswer) -> BookAnswer {
        guard let id = query.call["card_id"] else { return .refused(40_001) }
        guard let index = books.card(provider, id) else { return .refused(40_402) }
        let card = books.cards[index]
        return asset(card.face) { answer(card) }
    }

    private func cards() -> BookAnswer {
        let cards = books.cards.filter { isListed($0.face) }
        return reply.list("card_cnt", "card_list", rows: cards.count) { body, index in
            let card = cards[index]
            body.text("card_id", card.face.number)
            body.text("card_num", issue(of: card).masked)
            body.flag("is_consent", isRequested(card.face.key))
            body.text("card_name", card.face.name)
            body.integer("card_member", 1)
            body.code("card_type", card.type)
        }
    }

    /// The card as it was last issued.
    private func issue(of card: PaymentCard) -> (on: CivilDate, masked: String) {
        card.reissues.last { KoreanClock.start(of: $0.on.daysSinceEpoch) <= second }
            ?? (card.face.openedOn, card.masked)
    }

    private func cardTerms(_ card: PaymentCard) -> BookAnswer {
        let account = books.deposits[card.account].face
        return reply.state { body in
            body.flag("is_trans_payable", true)
            body.flag("is_cash_card", card.type == 2)
            body.text("linked_bank_code", terrain.shortCode(account.provider))
            body.text("account_num", account.number)
            body.text("card_brand", card.brand)
            body.units("annual_fee", card.annualFee)
            body.day("issue_date", issue(of: card).on)
        }
    }

    private func bills() -> BookAnswer {
        guard let months else { return .refused(40_001) }
        let bills = books.bills.filter {
            $0.provider == provider && $0.issuedAt <= second && months.contains($0.month.number)
        }
        return reply.history("bill_cnt", "bill_list", rows: bills.count) { body, index in
            let bill = bills[bills.count - 1 - index]
            body.units("charge_amt", bill.amount)
            body.code("charge_day", bill.day)
            body.integer("charge_month", Int64(bill.month.number))
            body.day("paid_out_date", bill.paysOn)
        }
    }

    private func billLines() -> BookAnswer {
        guard let month = query.call["charge_month"].flatMap({ Int($0) }) else {
            return .refused(40_001)
        }
        let bill = books.bills.first {
            $0.provider == provider && $0.issuedAt <= second && $0.month.number == month
        }
        let lines = bill?.lines ?? []
        return reply.history("bill_detail_cnt", "bill_detail_list", rows: lines.count) {
            body,
            index in
            let line = lines[lines.count - 1 - index]
            body.text("card_id", books.cards[line.card].face.number)
            body.instant("paid_dtime", line.at, daysOnly: true)
            body.amount("paid_amt", line.amount)
            merchant(line.merchant, line.registration, &body)
            body.units("credit_fee_amt", line.fee)
            if line.instalments > 1 {
                body.integer("total_install_cnt", Int64(line.instalments))
                body.integer("cur_install_cnt", Int64(line.instalment))
                body.units("balance_amt", line.rest)
            }
            body.code("prod_type", Int(line.kind))
        }
    }

    private func payments() -> BookAnswer {
        let today = KoreanClock.day(of: second)
        let due = books.bills.filter {
            $0.provider == provider && $0.issuedAt <= second && $0.paysOn.daysSinceEpoch >= today
        }
        return reply.state { body in
            body.flag("is_revolving", false)
            body.integer("pay_cnt", Int64(due.count))
            body.list("pay_list")
            for bill in due {
                let byInstalments = bill.lines.filter { $0.kind == 2 }.reduce(0) { $0 + $1.amount }
                body.open(UInt8(ascii: "{"))
                body.day("pay_due_date", bill.paysOn)
                body.units("pay_amt", bill.amount)
                body.units("lump_sum_amt", bill.amount - byInstalments)
                body.units("monthly_amt", byInstalments)
                body.raw("}")
            }
            body.raw("]")
        }
    }

    private func merchant(_ name: TextID, _ registration: TextID, _ body: inout JSONBody) {
        guard query.flags.merchant, name != 0 else { return }
        body.text("merchant_name", books.texts[Int(name)])
        if registration != 0 { body.text("merchant_regno", books.texts[Int(registration)]) }
    }

    /// Newest first by what happened last: an approval that was cancelled comes by its
    /// cancellation, and comes in a window over either day.
    private func approvals(_ rows: [ApprovalRow], isAbroad: Bool) -> BookAnswer {
        let window = window
        var places: [(at: Int64, place: Int)] = []
        for (place, row) in rows.enumerated() {
            guard row.at <= second else { break }
            let known = row.known(at: second)
            if window.contains(row.at) || window.contains(known) { places.append((known, place)) }
        }
        places.sort { ($0.at, $0.place) > ($1.at, $1.place) }
        return reply.history("approved_cnt", "approved_list", rows: places.count) { body, index in
            let row = rows[places[index].place]
            let isChanged = row.changedAt <= second
            body.code("approved_num", Int(row.number), width: quirks.longApprovals ? 21 : 8)
            body.instant("approved_dtime", row.at)
            body.code("status", Int(isChanged ? row.changedTo : row.status))
            body.code("pay_type", row.isDebit ? 2 : 1)
            if isChanged { body.instant("trans_dtime", row.changedAt) }
            merchant(row.merchant, row.registration, &body)
            if isAbroad {
                body.amount("approved_amt", row.amount)
                if isChanged, row.changedTo == 3 { body.amount("modified_amt", row.corrected) }
                body.text("country_code", books.texts[Int(row.country)])
                body.text("currency_code", Desk.letters(row.currency))
                if row.won > 0 { body.units("krw_amt", row.won) }
            } else {
                body.units("approved_amt", row.amount)
                if isChanged, row.changedTo == 3 { body.units("modified_amt", row.corrected) }
                if row.instalments > 1 {
                    body.integer("total_install_cnt", Int64(row.instalments))
                }
            }
        }
    }

    static func letters(_ currency: UInt16) -> String {
        Currency(numericCode: UInt32(currency))?.alphabeticCode ?? "KRW"
    }
}
