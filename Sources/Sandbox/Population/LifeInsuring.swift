internal import Finance

/// Policies, investments and leases.
extension Life {
    mutating func beginInsuring() {
        guard !books.deposits.isEmpty, !persona.isMinor else { return }
        let firms = terrain[.insu]
        guard !firms.isEmpty else { return }
        if persona.isEarning, chance.hits(480) {
            insure(firms, "평생안심 종신보험", type: 1, won: 60...240, face: 100_000_000, years: 60)
        }
        if chance.hits(620) {
            insure(firms, "실손의료비보험", type: 16, won: 14...95, face: 50_000_000, years: 15)
        }
        if persona.isEarning, chance.hits(420) {
            insure(firms, "다이렉트 자동차보험", type: 17, won: 480...1_350, face: 200_000_000, years: 1)
        }
        if persona.isEarning, chance.hits(90), let policy = books.policies.first {
            let kind = LoanKind(
                name: "보험계약대출",
                type: 3_400,
                incomes: 1...3,
                rate: 420...680,
                months: 120,
                isPaidBack: false
            )
            lend([policy.face.provider], kind)
            books.loans[books.loans.count - 1].policy = policy.face.number
        }
    }

    private mutating func insure(
        _ firms: [Int],
        _ name: String,
        type: Int,
        won: ClosedRange<Int>,
        face amount: Int64,
        years: Int
    ) {
        let isCar = type == 17
        let opened = earlier(isCar ? 5...360 : 60...3_000)
        let face = AssetFace(
            provider: chance.pick(firms),
            number: "L" + chance.digits(12),
            seqno: nil,
            name: name,
            openedOn: opened
        )
        let masked = String(persona.name.prefix(1)) + "*" + String(persona.name.suffix(1))
        let day = chance.pick([5, 10, 15, 20, 25])
        var policy = Policy(
            face: face,
            type: type,
            expiresOn: opened.adding(months: Int32(years * 12)),
            faceAmount: amount * 1_000,
            insured: masked,
            contracts: [("주계약", amount * 1_000), ("특약 골절진단비", 500_000_000)],
            premium: Int64(chance.within(won)) * 1_000_000,
            months: isCar ? 12 : 1,
            day: isCar ? opened.components.day : day,
            account: main,
            before: Int(today - opened.daysSinceEpoch) / (isCar ? 365 : 30)
        )
        if isCar {
            let plate = "\(chance.within(100...399))가\(chance.within(1_000...9_999))"
            policy.car = (plate, chance.pick(["다솜 세단 2.0", "마루 SUV", "라온 해치백"]))
            policy.expiresOn = opened.adding(months: 36)
        }
        if let card = creditCards.first, chance.hits(250) { policy.card = card }
        books.policies.append(policy)
        let index = books.policies.count - 1
        if isCar {
            let next = CivilDate(daysSinceEpoch: today).adding(days: 1)
            var due = opened
            while due < next { due = due.adding(months: 12) }
            plan(.payPremium(index), on: due.orNextBusinessDay, at: 33_000)
        } else {
            duties.append(Duty(deed: .payPremium(index), day: day, months: 1))
        }
    }

    mutating func payPremium(_ index: Int, at second: Int64) {
        let policy = books.policies[index]
        let firm = text(terrain.providers[policy.face.provider].name)
        if let card = policy.card {
            let row = ApprovalRow(
                at: second,
                amount: policy.premium,
                merchant: firm,
                registration: text("110-81-00031"),
                number: UInt32(chance.within(10_000_000...99_999_999)),
                isDebit: false
            )
            charge(record(row, on: card, isAbroad: false), months: 0)
        } else {
            spend(policy.account, policy.premium, .automatic, firm, at: second)
        }
        let date = CivilDate(daysSinceEpoch: today)
        books.policies[index].rows.append(
            PremiumRow(
                at: second,
                month: date.month.number,
                round: policy.before + policy.rows.count + 1,
                amount: policy.premium
            )
        )
        guard policy.type == 17 else { return }
        plan(.payPremium(index), on: date.adding(months: 12).orNextBusinessDay, at: 33_000)
    }

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

    mutating func beginLeasing() {
        guard let firm = terrain[.capital].first, persona.isEarning, chance.hits(70),
            !books.deposits.isEmpty
        else { return }
        let opened = earlier(30...600)
        let face = AssetFace(
            provider: firm,
            number: chance.digits(13),
            seqno: nil,
            name: "운용리스 다솜 세단",
            openedOn: opened
        )
        books.leases.append(
            Lease(
                face: face,
                maturesOn: opened.adding(months: 48),
                day: chance.within(5...26),
                account: main,
                monthly: Int64(chance.within(35...90)) * 10_000_000
            )
        )
        let index = books.leases.count - 1
        duties.append(Duty(deed: .payLease(index), day: books.leases[index].day, months: 1))
    }

    mutating func payLease(_ index: Int, at second: Int64) {
        let lease = books.leases[index]
        guard lease.maturesOn.daysSinceEpoch > today else {
            books.leases[index].face.closesAt = min(
                lease.face.closesAt,
                KoreanClock.start(of: today + 16)
            )
            return
        }
        spend(lease.account, lease.monthly, .automatic, text("리스료"), at: second)
        books.leases[index].rows.append((second, lease.monthly, UInt32(lease.rows.count + 1)))
    }
}
