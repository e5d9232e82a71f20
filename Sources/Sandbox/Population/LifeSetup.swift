internal import Finance

/// How a life stands when its books begin.
extension Life {
    mutating func begin() {
        openAccounts()
        openCards()
        takeHaunts()
        keepHouse()
        beginSaving()
        beginLending()
        beginPaying()
        beginInsuring()
        beginInvesting()
        beginLeasing()
        beginRetirement()
    }

    /// Some day before the books begin.
    mutating func earlier(_ days: ClosedRange<Int>) -> CivilDate {
        CivilDate(daysSinceEpoch: today).adding(days: Int32(-chance.within(days)))
    }

    /// A deposit account; `opening` is in thousandths.
    mutating func openAccount(
        _ bank: Int,
        _ name: String,
        type: Int = 1_001,
        openedOn: CivilDate,
        opening: Int64
    ) -> Int {
        let face = AssetFace(
            provider: bank,
            number: chance.digits(14),
            seqno: nil,
            name: name,
            openedOn: openedOn
        )
        books.deposits.append(
            DepositAccount(face: face, type: type, balance: opening, opening: opening)
        )
        return books.deposits.count - 1
    }

    private mutating func openAccounts() {
        let banks = terrain[.bank]
        guard !banks.isEmpty else { return }
        let home = chance.pick(banks)
        let name = persona.isMinor ? "틴즈 용돈통장" : "\(persona.payday)일 월급통장"
        let opening = Int64(persona.income) * Int64(chance.within(40...160)) * 10
        main = openAccount(
            home,
            name,
            openedOn: earlier(200...4_000),
            opening: opening / 10_000 * 10_000
        )
        if persona.isEarning, chance.hits(130) {
            books.deposits[main].overdraft = Int64(chance.within(3...30)) * 1_000_000_000
        }
        guard banks.count > 1, !persona.isMinor, chance.hits(720) else { return }
        let other = chance.pick(banks.filter { $0 != home })
        let saved = Int64(persona.income) * Int64(chance.within(20...500)) * 10
        reserve = openAccount(
            other,
            "모으기 통장",
            openedOn: earlier(100...2_000),
            opening: saved / 10_000 * 10_000
        )
    }

    private mutating func openCards() {
        var companies = terrain[.card]
        guard !companies.isEmpty, !books.deposits.isEmpty else { return }
        let credit = persona.isEarning ? (chance.hits(450) ? 2 : 1) : chance.hits(180) ? 1 : 0
        for _ in 0..<(persona.isMinor ? 0 : credit) where !companies.isEmpty {
            let company = companies.remove(at: chance.below(companies.count))
            let card = openCard(company, type: 1)
            creditCards.append(card)
            books.points.append(
                CardPoints(
                    provider: company,
                    name: terrain.providers[company].name + " 포인트",
                    opening: Int64(chance.within(0...40_000))
                )
            )
            issuers.append(
                Issuer(provider: company, account: main, day: chance.pick([14, 15, 21, 25]))
            )
        }
        if !persona.isEarning || chance.hits(600) || creditCards.isEmpty {
            debitCards.append(openCard(chance.pick(terrain[.card]), type: 2))
        }
    }

    private mutating func openCard(_ company: Int, type: Int) -> Int {
        let word = String(chance.next(), radix: 16)
        let names = type == 1 ? ["하루 신용카드", "다담 카드", "여행엔 플래티넘"] : ["가뿐 체크카드", "첫걸음 체크"]
        let face = AssetFace(
            provider: company,
            number: "CRD" + word,
            seqno: nil,
            name: chance.pick(names),
            openedOn: earlier(30...1_500)
        )
        let bin = chance.digits(6)
        var card = PaymentCard(
            face: face,
            account: main,
            type: type,
            brand: chance.pick(["I01", "I02", "D01"]),
            annualFee: type == 1 ? Int64(chance.within(1...4)) * 10_000_000 : 0,
            masked: bin + "******" + chance.digits(4)
        )
        if chance.hits(80) {
            let day = CivilDate(daysSinceEpoch: today).adding(days: Int32(chance.within(60...700)))
            card.reissues.append((day, bin + "******" + chance.digits(4)))
        }
        books.cards.append(card)
        return books.cards.count - 1
    }

    private mutating func takeHaunts() {
        let weights = Trades.daily.map(\.weight)
        let total = weights.reduce(0, +)
        for _ in 0..<48 {
            var draw = chance.below(total)
            let trade = weights.firstIndex { weight in
                draw -= weight
                return draw < 0
            }
            addHaunt(trade ?? 0)
        }
        guard !books.cards.isEmpty else { return }
        for _ in 0..<chance.within(persona.isMinor ? 0...1 : 1...3) {
            let subscription = chance.pick(Trades.subscriptions)
            let name = text(subscription.name)
            subscriptions.append((name, subscription.price, chance.within(2...27)))
        }
    }

    private mutating func addHaunt(_ index: Int) {
        let trade = Trades.daily[index]
        let chain = chance.pick(trade.chains)
        var name = chain
        if trade.isBranched, chance.hits(850) { name += " " + chance.pick(Trades.branches) + "점" }
        // The number belongs to the place: whoever goes there sees the same one.
        let number = Chance.mixed(FNV1a.hash(name.utf8))
        let parts = (101 + number % 700, 81 + number >> 20 % 9, 10_000 + number >> 32 % 89_999)
        haunts.append(
            Haunt(
                trade: index,
                name: text(name),
                registration: text("\(parts.0)-\(parts.1)-\(parts.2)"),
                level: chance.within(10...60)
            )
        )
    }

    private mutating func keepHouse() {
        guard !persona.isMinor, !books.deposits.isEmpty else { return }
        addCost("이음텔레콤", won: chance.within(25...95) * 1_000, swing: 6)
        guard persona.livelihood != .student || chance.hits(400) else { return }
        if persona.livelihood == .student || chance.hits(420) {
            let landlord = chance.pick(Names.family) + chance.pick(Names.given)
            let rent = persona.income * chance.within(15...26) / 100 / 50_000 * 50_000
            addCost("월세 " + landlord, won: max(rent, 150_000), channel: .transfer)
        }
        addCost("아파트관리비", won: chance.within(90...260) * 1_000, swing: 25)
        addCost("한국전력공사", won: chance.within(22...70) * 1_000, swing: 35)
        addCost("서울도시가스", won: chance.within(15...80) * 1_000, swing: 60)
        if chance.hits(600) {
            addCost("수도요금", won: chance.within(15...40) * 1_000, swing: 15, months: 2)
        }
        if persona.age > 34, chance.hits(500) {
            addCost("푸른별영어학원", won: chance.within(18...45) * 10_000)
        }
        if chance.hits(250) { addCost("사랑나눔재단", won: chance.pick([10_000, 20_000, 30_000])) }
    }

    mutating func addCost(
        _ memo: String,
        won: Int,
        swing: Int = 0,
        months: Int = 1,
        channel: Channel = .automatic
    ) {
        household.append(
            FixedCost(
                memo: text(memo),
                amount: Int64(won) * 1_000,
                swing: swing,
                day: chance.pick([1, 5, 10, 15, 20, 25, 27, 28]),
                months: months,
                channel: channel,
                account: main
            )
        )
    }
}
