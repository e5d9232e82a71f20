internal import Finance

/// Securities: money goes to an investment firm, is traded there, and some of it comes back.
extension Life {
    mutating func beginInvesting() {
        let firms = terrain[.invest]
        guard !firms.isEmpty, persona.isEarning, !books.deposits.isEmpty else { return }
        if chance.hits(430) { openInvestment(chance.pick(firms), type: 102) }
        if chance.hits(170) { openInvestment(chance.pick(firms), type: 105) }
    }

    private mutating func openInvestment(_ firm: Int, type: Int) {
        let face = AssetFace(
            provider: firm,
            number: chance.digits(12),
            seqno: nil,
            name: type == 105 ? "연금저축계좌" : "종합위탁계좌",
            openedOn: earlier(60...1_500)
        )
        let cash = Int64(chance.within(0...200)) * 10_000_000
        var account = InvestAccount(
            face: face,
            type: type,
            hasTaxBenefit: type == 105,
            account: main,
            openingCash: cash,
            cash: cash
        )
        account.paidInBefore = type == 105 ? Int64(chance.within(1...90)) * 100_000_000 : 0
        for _ in 0..<chance.below(3) {
            let product = chance.below(Products.all.count)
            let shares = Int64(chance.within(1...40))
            let cost = shares * Products.price(product, today - 100)
            account.opening[product] = (shares * 1_000_000, cost)
        }
        books.investments.append(account)
        let index = books.investments.count - 1
        duties.append(Duty(deed: .invest(index), day: chance.within(4...27), months: 1))
        duties.append(Duty(deed: .trade(index), day: chance.within(4...27), months: 1))
        duties.append(Duty(deed: .dividend(index), day: chance.within(14...27), months: 3))
        if type == 102 {
            duties.append(Duty(deed: .divest(index), day: chance.within(4...27), months: 7))
        }
    }

    private mutating func add(_ row: InvestRow, to index: Int, at second: Int64) {
        var row = row
        row.at = max(second, books.investments[index].rows.last?.at ?? 0)
        row.number = UInt32(books.investments[index].rows.count + 1)
        books.investments[index].cash += row.isIn ? row.settled : -row.settled
        row.balance = books.investments[index].cash
        precondition(row.balance >= 0, "an investment account without the cash for it")
        books.investments[index].rows.append(row)
    }

    private func cashRow(_ kind: UInt16, _ amount: Int64, _ detail: InvestDetail) -> InvestRow {
        InvestRow(
            at: 0,
            amount: amount,
            settled: amount,
            balance: 0,
            kind: kind,
            number: 0,
            detail: detail
        )
    }

    mutating func invest(_ index: Int, at second: Int64) {
        let share = Int64(persona.income) * Int64(chance.within(3...12)) / 100
        let amount = share / 10_000 * 10_000_000
        guard amount > 0, available(main) >= amount * 2 else { return }
        let firm = books.investments[index].face.provider
        post(main, kind: 2, amount, .openBanking, text(terrain.providers[firm].name), at: second)
        let at = books.deposits[main].rows.last?.at ?? second
        add(cashRow(301, amount, .paidIn), to: index, at: at)
    }

    mutating func trade(_ index: Int, at second: Int64) {
        let product = chance.below(Products.all.count)
        let price = Products.price(product, today)
        let shares = min(books.investments[index].cash * 9 / 10 / price, 60)
        if shares > 0 {
            let amount = shares * price
            var row = cashRow(341, amount, .bought)
            row.settled = amount + amount / 6_667_000 * 1_000
            (row.quantity, row.price, row.product) = (shares * 1_000_000, price * 10, product)
            add(row, to: index, at: second)
        } else if chance.hits(60) {
            var row = cashRow(321, 0, .movedIn)
            (row.quantity, row.product) = (5_000_000, product)
            add(row, to: index, at: second)
        }
        guard chance.hits(400) else { return }
        let held = books.investments[index].holdings(at: second)
        guard let lot = held.first, lot.quantity >= 2_000_000 else { return }
        let sold = lot.quantity / 2_000_000
        let now = Products.price(lot.product, today)
        var row = cashRow(342, sold * now, .sold)
        row.settled =
            row.amount - row.amount / 6_667_000 * 1_000 - row.amount * 18 / 10_000_000 * 1_000
        (row.quantity, row.price, row.product) = (sold * 1_000_000, now * 10, lot.product)
        add(row, to: index, at: second + 60)
    }

    mutating func dividend(_ index: Int, at second: Int64) {
        for lot in books.investments[index].holdings(at: second).prefix(2) {
            let value = lot.quantity / 1_000_000 * Products.price(lot.product, today)
            let gross = value / 200_000 * 1_000
            guard gross >= 10_000 else { continue }
            var row = cashRow(301, gross, .dividend)
            (row.settled, row.product) = (gross * 846 / 1_000 / 1_000 * 1_000, lot.product)
            add(row, to: index, at: second)
        }
    }

    mutating func divest(_ index: Int, at second: Int64) {
        let amount = books.investments[index].cash / 2 / 10_000_000 * 10_000_000
        guard amount > 0 else { return }
        add(cashRow(302, amount, .paidOut), to: index, at: second)
        let firm = books.investments[index].face.provider
        let at = books.investments[index].rows.last?.at ?? second
        receive(main, amount, .openBanking, text(terrain.providers[firm].name), at: at)
    }
}
