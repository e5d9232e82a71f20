internal import Finance

/// What is put by: instalments, time deposits, foreign money, funds.
extension Life {
    /// Funds that banks sell: name and standard code.
    static let funds = [
        ("들꽃 중소기업채권펀드", "K55210000001"), ("한빛 글로벌인덱스 증권투자신탁", "K55210000002"),
        ("느린걸음 배당주식펀드", "K55210000003"), ("푸른바다 채권혼합", "K55210000004"),
    ]

    mutating func beginSaving() {
        guard !books.deposits.isEmpty, !persona.isMinor else {
            if !books.deposits.isEmpty, chance.hits(300) { openInstalments(at: 0) }
            return payInterest()
        }
        if chance.hits(persona.isEarning ? 560 : 300) { openInstalments(at: 0) }
        if reserve != nil, chance.hits(350) {
            duties.append(Duty(deed: .fixTerm, day: chance.within(11...27), months: 4))
        }
        if persona.isEarning, chance.hits(130) { openForeign() }
        if persona.isEarning, chance.hits(240) { openFund() }
        payInterest()
    }

    private mutating func payInterest() {
        duties.append(Duty(deed: .interest, day: 20, months: 3))
        if books.deposits.first?.overdraft != nil {
            duties.append(Duty(deed: .overdraftInterest, day: 22, months: 1))
        }
    }

    /// A number of its own, or the next round of one where the bank counts rounds.
    private mutating func numbered(_ bank: Int, _ type: Int) -> (String, String?) {
        guard terrain.quirks[bank].countsRounds else { return (chance.digits(14), nil) }
        let kin = books.deposits.filter { $0.face.provider == bank && $0.face.seqno != nil }
        let round = String(kin.count + 1)
        let seqno = String(repeating: "0", count: 7 - round.utf8.count) + round
        return (kin.first?.face.number ?? chance.digits(14), seqno)
    }

    /// Instalments of twelve months; before the books begin there were some of them.
    mutating func openInstalments(at second: Int64) {
        let bank = chance.pick(terrain[.bank])
        let share = persona.income * chance.within(4...16) / 100
        let monthly = Int64(max(share / 10_000, 1)) * 10_000_000
        let isFree = chance.hits(300)
        let done = second == 0 ? chance.within(0...9) : 0
        let today = CivilDate(daysSinceEpoch: today)
        let opened = today.adding(days: Int32(-30 * done - (second == 0 ? 5 : 0)))
        let (number, seqno) = numbered(bank, 1_003)
        let face = AssetFace(
            provider: bank,
            number: number,
            seqno: seqno,
            name: isFree ? "마음대로 자유적금" : "차곡차곡 정기적금",
            openedOn: opened
        )
        let opening = monthly * Int64(done)
        var account = DepositAccount(face: face, balance: opening, opening: opening)
        (account.type, account.method) = (1_003, isFree ? 4 : 3)
        account.maturesOn = opened.adding(days: 372)
        account.rate = Int64(chance.within(280...450)) * 1_000
        (account.monthly, account.committed) = (monthly, isFree ? nil : monthly * 12)
        books.deposits.append(account)
        let index = books.deposits.count - 1
        let day = chance.within(3...27)
        duties.append(
            Duty(deed: .saveRound(account: index, rounds: 12 - done), day: day, months: 1)
        )
        books.orders.append(
            StandingOrder(
                account: main,
                from: KoreanClock.start(of: opened.daysSinceEpoch),
                until: KoreanClock.start(of: account.maturesOn?.daysSinceEpoch ?? .max),
                institution: terrain.shortCode(bank),
                number: number,
                amount: monthly,
                day: day,
                memo: text(face.name)
            )
        )
        if let matures = account.maturesOn {
            plan(.mature(account: index), on: matures.orNextBusinessDay, at: 34_000)
        }
    }

    mutating func saveRound(_ account: Int, _ rounds: Int, at second: Int64) {
        guard isOpen(account), let monthly = books.deposits[account].monthly,
            KoreanClock.day(of: second) < books.deposits[account].maturesOn?.daysSinceEpoch ?? 0
        else { return }
        let round = books.deposits[account].balance / max(monthly, 1)
        guard round < 12, books.deposits[account].rows.count < rounds else { return }
        let isFree = books.deposits[account].method == 4
        let amount = isFree ? monthly * Int64(chance.within(1...2)) / 2 : monthly
        let memo = text(books.deposits[account].face.name)
        guard available(main) >= amount || !isFree else { return }
        spend(main, amount, .automatic, memo, at: second)
        let number = UInt16(books.deposits[account].rows.count + 13 - rounds)
        post(account, kind: 3, amount, .automatic, text(persona.name), at: second, round: number)
    }

    /// Interest comes, all of it goes to the salary account, and the account is closed: it is no
    /// longer listed some days later.
    mutating func mature(_ account: Int, at second: Int64) {
        let balance = books.deposits[account].balance
        guard isOpen(account), balance > 0 else { return }
        let rate = books.deposits[account].rate
        let half: Int64 = books.deposits[account].type == 1_003 ? 2 : 1
        // Of what was earned, 15.4 percent are taxes.
        let interest = balance / 10_000_000 * rate / half * 846 / 1_000 / 1_000 * 1_000
        let name = text(books.deposits[account].face.name)
        if interest > 0 {
            post(account, kind: 3, interest, .interest, text("이자"), at: second)
        }
        let all = books.deposits[account].balance
        post(account, kind: 2, all, .counter, text("해지"), at: second + 1)
        receive(main, all, .counter, name, at: second + 1)
        books.deposits[account].face.closesAt = KoreanClock.start(of: today + 16)
        if books.deposits[account].type == 1_003, chance.hits(700) {
            plan(.openInstalments, on: CivilDate(daysSinceEpoch: today + 9), at: 36_000)
        }
    }

    /// Part of what lies idle is put away for a term.
    mutating func fixTerm(at second: Int64) {
        guard let reserve, books.deposits[reserve].balance > 4_000_000_000 else { return }
        let bank = books.deposits[reserve].face.provider
        let share = books.deposits[reserve].balance * Int64(chance.within(30...70)) / 100
        let amount = share / 1_000_000_000 * 1_000_000_000
        guard amount > 0 else { return }
        let (number, seqno) = numbered(bank, 1_002)
        let date = CivilDate(daysSinceEpoch: today)
        let face = AssetFace(
            provider: bank,
            number: number,
            seqno: seqno,
            name: "든든 정기예금",
            openedOn: date
        )
        var account = DepositAccount(face: face, balance: 0, opening: 0)
        (account.type, account.method, account.committed) = (1_002, 2, amount)
        account.maturesOn = date.adding(months: Int32(chance.pick([6, 12])))
        account.rate = Int64(chance.within(240...390)) * 1_000
        books.deposits.append(account)
        let index = books.deposits.count - 1
        post(reserve, kind: 2, amount, .ownTransfer, text(face.name), at: second)
        post(index, kind: 1, amount, .ownTransfer, text("신규"), at: second)
        if let matures = account.maturesOn {
            plan(.mature(account: index), on: matures.orNextBusinessDay, at: 34_500)
        }
    }

    private mutating func openForeign() {
        let bank = books.deposits[main].face.provider
        let account = openAccount(
            bank,
            "여행 외화예금",
            type: 1_002,
            openedOn: earlier(40...900),
            opening: 0
        )
        books.deposits[account].currency = chance.pick([840, 840, 392, 978])
        books.deposits[account].type = 1_001
        let opening = Int64(chance.within(0...30)) * 100_000
        books.deposits[account].opening = opening
        books.deposits[account].balance = opening
        duties.append(Duty(deed: .buyCurrency(account), day: chance.within(6...26), months: 1))
    }

    mutating func buyCurrency(_ account: Int, at second: Int64) {
        let currency = books.deposits[account].currency
        let rate: Int64 = currency == 392 ? 9 : currency == 840 ? 1_370 : 1_490
        let won = Int64(chance.within(5...40)) * 10_000
        guard chance.hits(600), available(main) >= won * 3_000 else { return }
        let foreign = won * 100 / rate * 10
        guard foreign > 0 else { return }
        spend(main, won * 1_000, .ownTransfer, text("외화예금매수"), at: second)
        let bought = currency == 392 ? foreign / 1_000 * 1_000 : foreign
        post(account, kind: 3, max(bought, 1_000), .ownTransfer, text("환전"), at: second)
    }

    private mutating func openFund() {
        let fund = chance.below(Life.funds.count)
        let face = AssetFace(
            provider: books.deposits[main].face.provider,
            number: chance.digits(14),
            seqno: nil,
            name: Life.funds[fund].0,
            openedOn: earlier(30...700)
        )
        var account = FundAccount(face: face, code: Life.funds[fund].1, fund: fund)
        account.opening = Int64(chance.within(0...50)) * 100_000_000
        account.balance = account.opening
        account.openingUnits =
            account.opening * 1_000_000 / Prices.at(today, base: 1_000_000, product: fund)
        account.units = account.openingUnits
        books.funds.append(account)
        let index = books.funds.count - 1
        duties.append(Duty(deed: .buyFund(index), day: chance.within(4...27), months: 1))
        duties.append(Duty(deed: .sellFund(index), day: chance.within(4...27), months: 9))
    }

    mutating func buyFund(_ index: Int, at second: Int64) {
        let amount = Int64(chance.pick([1, 1, 2, 3, 5])) * 100_000_000
        guard available(main) >= amount * 2 else { return }
        spend(main, amount, .automatic, text(books.funds[index].face.name), at: second)
        let price = Prices.at(today, base: 1_000_000, product: books.funds[index].fund)
        book(index, kind: 2, amount, price, units: amount * 1_000_000 / price, at: second)
    }

    /// A third is taken out; what it gained or lost is a row before, so that the balance, which is
    /// what was paid in, goes on from row to row.
    mutating func sellFund(_ index: Int, at second: Int64) {
        let fund = books.funds[index]
        let (part, units) = (fund.balance / 3 / 1_000 * 1_000, fund.units / 3)
        guard part > 100_000_000 else { return }
        let price = Prices.at(today, base: 1_000_000, product: fund.fund)
        let amount = units * price / 1_000_000 / 1_000 * 1_000
        guard amount > 0 else { return }
        if amount > part {
            book(index, kind: 98, amount - part, price, units: 0, at: second)
        } else if amount < part {
            book(index, kind: 99, part - amount, price, units: 0, at: second)
        }
        book(index, kind: 3, amount, price, units: -units, at: second + 1)
        receive(main, amount, .ownTransfer, text("펀드환매"), at: second + 1)
    }

    private mutating func book(
        _ index: Int,
        kind: UInt8,
        _ amount: Int64,
        _ price: Int64,
        units: Int64,
        at second: Int64
    ) {
        var row = FundRow(
            at: max(second, books.funds[index].rows.last?.at ?? 0),
            amount: amount,
            balance: 0,
            price: price,
            units: abs(units),
            unitsAfter: 0,
            number: UInt32(books.funds[index].rows.count + 1),
            kind: kind
        )
        books.funds[index].balance += row.isIn ? amount : -amount
        books.funds[index].units += units
        (row.balance, row.unitsAfter) = (books.funds[index].balance, books.funds[index].units)
        books.funds[index].rows.append(row)
    }

    /// Interest on what lies in accounts that can be used at once.
    mutating func earnInterest(at second: Int64) {
        for account in books.deposits.indices
        where books.deposits[account].type == 1_001 && isOpen(account) {
            let (balance, rate) = (books.deposits[account].balance, books.deposits[account].rate)
            let unit: Int64 = books.deposits[account].currency == 410 ? 1_000 : 10
            let interest = balance / 4_000 * rate / 10_000_000 * 846 / unit * unit
            if interest > 0 {
                post(account, kind: 3, interest, .interest, text("예금이자"), at: second)
            }
        }
    }

    mutating func payOverdraftInterest(at second: Int64) {
        let owed = -books.deposits[main].balance
        let interest = owed * 6 / 100 / 12 / 1_000 * 1_000
        if interest > 0 { spend(main, interest, .interest, text("대출이자"), at: second) }
    }
}
