internal import Finance

/// A card company's side of a person: what was bought on credit and not yet billed.
struct Issuer: Sendable {
    var provider: Int
    /// The account that pays its bills.
    var account: Int
    /// Day of payment.
    var day: Int
    var charges: [Charge] = []
    /// What is given back with a later bill.
    var refunds: [BillLine] = []
}

/// A purchase on credit as its bills see it.
struct Charge: Sendable {
    var place: ApprovalPlace
    var at: Int64
    /// What is to be paid in all, in thousandths of a won.
    var total: Int64
    var months: Int
    var billedMonths = 0
    var billed: Int64 = 0
}

/// Card bills: what is bought in a month is billed in the next and leaves the account on the day
/// agreed.
extension Life {
    mutating func planCards(_ month: Month) {
        for (index, issuer) in issuers.enumerated() {
            plan(.issueBill(issuer: index), on: month.day(5), at: 5 * 3_600 + issuer.day)
        }
        for (index, subscription) in subscriptions.enumerated() {
            plan(.subscribe(index), on: month.day(subscription.day), at: 7_000 + index * 60)
        }
    }

    func row(_ place: ApprovalPlace) -> ApprovalRow {
        place.isAbroad
            ? books.cards[place.card].overseas[place.row]
            : books.cards[place.card].domestic[place.row]
    }

    /// Puts a purchase on credit before the company.
    mutating func charge(_ place: ApprovalPlace, months: Int) {
        let provider = books.cards[place.card].face.provider
        guard let issuer = issuers.firstIndex(where: { $0.provider == provider }) else { return }
        let row = row(place)
        issuers[issuer].charges.append(
            Charge(
                place: place,
                at: row.at,
                total: place.isAbroad ? row.won : row.amount,
                months: max(months, 1)
            )
        )
    }

    mutating func cancel(_ place: ApprovalPlace, at second: Int64) {
        change(place, to: 2, holding: 0, at: second)
        let row = row(place)
        if place.debited {
            giveBack(place, row.amount, kind: 6, at: second)
            rebuy(place, row, at: second)
        } else {
            settle(place, holding: 0, at: second)
        }
    }

    mutating func correct(_ place: ApprovalPlace, to amount: Int64, at second: Int64) {
        change(place, to: 3, holding: amount, at: second)
        if place.debited {
            giveBack(place, row(place).amount - amount, kind: 4, at: second)
        } else {
            settle(place, holding: amount, at: second)
        }
    }

    private mutating func change(
        _ place: ApprovalPlace,
        to status: UInt8,
        holding amount: Int64,
        at second: Int64
    ) {
        if let payment = place.payment { undoPayment(payment, holding: amount, at: second) }
        if place.isAbroad {
            books.cards[place.card].overseas[place.row].changedAt = second
            books.cards[place.card].overseas[place.row].changedTo = status
            books.cards[place.card].overseas[place.row].corrected = amount
        } else {
            books.cards[place.card].domestic[place.row].changedAt = second
            books.cards[place.card].domestic[place.row].changedTo = status
            books.cards[place.card].domestic[place.row].corrected = amount
        }
    }

    private mutating func giveBack(
        _ place: ApprovalPlace,
        _ amount: Int64,
        kind: UInt8,
        at second: Int64
    ) {
        let account = books.cards[place.card].account
        post(account, kind: kind, amount, .debitCard, row(place).merchant, at: second)
    }

    /// Some buy the same again at once: two rows of an account that only its balance tells apart,
    /// and an approval number that comes twice.
    private mutating func rebuy(_ place: ApprovalPlace, _ row: ApprovalRow, at second: Int64) {
        guard chance.hits(300), available(books.cards[place.card].account) >= row.amount else {
            return
        }
        var again = ApprovalRow(
            at: second + 40,
            amount: row.amount,
            merchant: row.merchant,
            registration: row.registration,
            number: row.number,
            isDebit: true
        )
        again.status = 1
        let repeated = record(again, on: place.card, isAbroad: false)
        let at = books.cards[place.card].domestic[repeated.row].at
        let account = books.cards[place.card].account
        post(account, kind: 2, row.amount, .debitCard, row.merchant, at: at)
    }

    /// What a cancelled or corrected purchase means for the bills.
    private mutating func settle(_ place: ApprovalPlace, holding: Int64, at second: Int64) {
        let provider = books.cards[place.card].face.provider
        guard let issuer = issuers.firstIndex(where: { $0.provider == provider }) else { return }
        let open = issuers[issuer].charges.firstIndex {
            $0.place.card == place.card && $0.place.row == place.row
                && $0.place.isAbroad == place.isAbroad
        }
        let row = row(place)
        let paid = place.isAbroad ? row.won : row.amount
        var refund = paid - holding
        if let open {
            refund = issuers[issuer].charges[open].billed
            if holding > 0, refund == 0 {
                issuers[issuer].charges[open].total = holding
            } else {
                issuers[issuer].charges.remove(at: open)
            }
        }
        guard refund > 0 else { return }
        issuers[issuer].refunds.append(
            BillLine(
                card: place.card,
                at: second,
                amount: -refund,
                merchant: row.merchant,
                registration: row.registration
            )
        )
    }

    mutating func issueBill(_ index: Int, at second: Int64) {
        let date = CivilDate(daysSinceEpoch: today)
        let begin = KoreanClock.start(of: date.month.day(1).daysSinceEpoch)
        var lines: [BillLine] = []
        var kept: [Charge] = []
        for var charge in issuers[index].charges {
            guard charge.at < begin else {
                kept.append(charge)
                continue
            }
            lines.append(line(of: &charge))
            if charge.billedMonths < charge.months { kept.append(charge) }
        }
        issuers[index].charges = kept
        earnPoints(index, lines, at: second)
        addAdvances(&lines, index, before: begin)
        addFees(&lines, issuers[index].provider, date)
        var total = lines.reduce(0) { $0 + $1.amount }
        var later: [BillLine] = []
        for refund in issuers[index].refunds {
            if refund.at < begin, total + refund.amount > 0 {
                total += refund.amount
                lines.append(refund)
            } else {
                later.append(refund)
            }
        }
        issuers[index].refunds = later
        guard total > 0 else { return }
        let day = date.month.day(issuers[index].day).orNextBusinessDay
        books.bills.append(
            CardBill(
                provider: issuers[index].provider,
                month: date.month,
                issuedAt: second,
                paysOn: day,
                day: issuers[index].day,
                lines: lines
            )
        )
        plan(.payBill(books.bills.count - 1), on: day, at: chance.within(23_400...28_000))
    }

    /// The next part of a purchase that is to be paid.
    private func line(of charge: inout Charge) -> BillLine {
        let row = row(charge.place)
        let won = charge.total / 1_000
        let months = Int64(charge.months)
        var part = won / months
        if charge.billedMonths == 0 { part += won % months }
        charge.billedMonths += 1
        charge.billed += part * 1_000
        let rest = charge.total - charge.billed
        // Up to three months are free; beyond, about one percent a month of what is left.
        let fee = charge.months > 3 ? rest / 100 / 10_000 * 10_000 : 0
        var line = BillLine(
            card: charge.place.card,
            at: charge.at,
            amount: part * 1_000 + fee,
            merchant: row.merchant,
            registration: row.registration
        )
        (line.fee, line.rest) = (fee, rest)
        if charge.months > 1 {
            (line.instalments, line.instalment) = (UInt8(charge.months), UInt8(charge.billedMonths))
            line.kind = 2
        }
        return line
    }

    private mutating func addFees(_ lines: inout [BillLine], _ provider: Int, _ date: CivilDate) {
        for card in creditCards where books.cards[card].face.provider == provider {
            let opened = books.cards[card].face.openedOn.components
            guard opened.month == date.components.month, books.cards[card].annualFee > 0 else {
                continue
            }
            var line = BillLine(
                card: card,
                at: KoreanClock.start(of: today),
                amount: books.cards[card].annualFee,
                merchant: text("연회비"),
                registration: 0
            )
            line.kind = 6
            lines.append(line)
        }
    }

    /// What companies have not billed yet, less what they will give back.
    var unbilled: Int64 {
        issuers.reduce(0) { sum, issuer in
            sum + issuer.charges.reduce(0) { $0 + $1.total - $1.billed }
                + issuer.refunds.reduce(0) { $0 + $1.amount }
        }
    }

    mutating func payBill(_ index: Int, at second: Int64) {
        let bill = books.bills[index]
        guard let issuer = issuers.first(where: { $0.provider == bill.provider }) else { return }
        let memo = text(terrain.providers[bill.provider].name)
        spend(issuer.account, bill.amount, .card, memo, at: second)
    }
}
