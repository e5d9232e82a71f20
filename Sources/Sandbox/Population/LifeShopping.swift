internal import Finance

/// Where an approval stands in the books.
struct ApprovalPlace: Sendable {
    var card: Int
    var row: Int
    var isAbroad = false
    /// Row of the account that a debit card took it from.
    var debited: Bool = false
    /// Row of the payment account that it was made through.
    var payment: Int?
}

/// What a person buys, and how it is paid.
extension Life {
    mutating func planPurchase(_ date: CivilDate) {
        // Few places see a person often: the first of the list are chosen far more.
        let index = chance.below(chance.below(haunts.count) + 1)
        let haunt = haunts[index]
        let trade = Trades.daily[haunt.trade]
        let span = trade.price.upperBound - trade.price.lowerBound
        let draw = chance.below(1_000) * chance.below(1_000) / 1_000
        var won = trade.price.lowerBound + span / 1_000 * draw * haunt.level / 40
        won = won * persona.taste / 100 / trade.step * trade.step
        won = max(won, trade.price.lowerBound / trade.step * trade.step)
        let hour = chance.within(trade.hours)
        plan(.buy(haunt: index, won: won), on: date, at: hour * 3_600 + chance.below(3_600))
    }

    mutating func buy(_ index: Int, _ won: Int, at second: Int64) {
        guard won <= budget || won < 15_000 && budget > -100_000 else { return }
        let haunt = haunts[index]
        let trade = Trades.daily[haunt.trade]
        budget -= won
        // The same again, for a friend or out of a machine: rows that look alike.
        if trade.kind == "cafe" || trade.kind == "transit", chance.hits(50) {
            buy(index, won, at: second + 90)
        }
        let amount = Int64(won) * 1_000
        if chance.hits(trade.isBranched ? 90 : 170), payByWallet(haunt, amount, at: second) {
            return
        }
        if trade.kind == "online" || trade.kind == "delivery", chance.hits(350),
            payByService(haunt, amount, at: second)
        {
            return
        }
        let isByCredit = !creditCards.isEmpty && (debitCards.isEmpty || chance.hits(780))
        if isByCredit {
            var months = 0
            if trade.isByInstalments, won >= 120_000, chance.hits(550) {
                months = chance.pick([2, 3, 3, 5, 6, 10, 12])
            }
            budget += months > 1 ? won - won / months : 0
            approve(chance.pick(creditCards), haunt, amount, months: months, at: second)
        } else if let card = debitCards.first {
            debit(card, haunt, amount, at: second)
        } else if available(main) >= amount {
            post(main, kind: 2, amount, .easyPay, haunt.name, at: second)
        }
        if trade.kind == "restaurant", won >= 30_000, chance.hits(250) {
            let day = CivilDate(daysSinceEpoch: today).adding(days: 1)
            for _ in 0..<chance.within(1...3) {
                plan(.share(won: won / 4 / 100 * 100), on: day, at: chance.within(36_000...80_000))
            }
        }
    }

    /// A purchase on credit, and what may become of it.
    mutating func approve(
        _ card: Int,
        _ haunt: Haunt,
        _ amount: Int64,
        months: Int,
        at second: Int64,
        payment: Int? = nil
    ) {
        var row = ApprovalRow(
            at: second,
            amount: amount,
            merchant: haunt.name,
            registration: haunt.registration,
            number: UInt32(chance.within(10_000_000...99_999_999)),
            isDebit: false
        )
        row.instalments = UInt8(months)
        let isSmall = amount < 20_000_000 && Trades.daily[haunt.trade].kind == "parking"
        if isSmall, terrain.quirks[books.cards[card].face.provider].captures { row.status = 4 }
        var place = record(row, on: card, isAbroad: false)
        place.payment = payment
        charge(place, months: months)
        foresee(place, amount, isCorrectable: months == 0)
    }

    /// A purchase that leaves the account at once.
    private mutating func debit(_ card: Int, _ haunt: Haunt, _ amount: Int64, at second: Int64) {
        let account = books.cards[card].account
        guard available(account) >= amount else { return }
        let row = ApprovalRow(
            at: second,
            amount: amount,
            merchant: haunt.name,
            registration: haunt.registration,
            number: UInt32(chance.within(10_000_000...99_999_999)),
            isDebit: true
        )
        var place = record(row, on: card, isAbroad: false)
        place.debited = true
        let at = books.cards[card].domestic[place.row].at
        post(account, kind: 2, amount, .debitCard, haunt.name, at: at)
        foresee(place, amount, isCorrectable: true)
    }

    /// Appends an approval; times never go back within a card's list.
    mutating func record(_ row: ApprovalRow, on card: Int, isAbroad: Bool) -> ApprovalPlace {
        var row = row
        if isAbroad {
            row.at = max(row.at, (books.cards[card].overseas.last?.at ?? 0) + 1)
            books.cards[card].overseas.append(row)
            let last = books.cards[card].overseas.count - 1
            return ApprovalPlace(card: card, row: last, isAbroad: true)
        }
        row.at = max(row.at, (books.cards[card].domestic.last?.at ?? 0) + 1)
        books.cards[card].domestic.append(row)
        return ApprovalPlace(card: card, row: books.cards[card].domestic.count - 1)
    }

    /// Some purchases are undone or corrected days later.
    private mutating func foresee(_ place: ApprovalPlace, _ amount: Int64, isCorrectable: Bool) {
        let date = CivilDate(daysSinceEpoch: today)
        // What a card that is issued again soon has bought stays as it is: its next asset would
        // have to tell of it.
        guard
            !books.cards[place.card].reissues.contains(where: {
                $0.on > date && $0.on <= date.adding(days: 41)
            })
        else { return }
        if chance.hits(14) {
            let day = date.adding(days: Int32(chance.within(1...chance.pick([3, 12, 40]))))
            plan(.cancel(place), on: day, at: chance.within(33_000...70_000))
        } else if isCorrectable, chance.hits(6), amount >= 8_000_000 {
            let less = amount * Int64(chance.within(50...95)) / 100 / 100_000 * 100_000
            let day = date.adding(days: Int32(chance.within(1...4)))
            plan(.correct(place, to: less), on: day, at: chance.within(25_000...40_000))
        }
    }

    mutating func subscribe(_ index: Int, at second: Int64) {
        let (name, price, _) = subscriptions[index]
        let amount = Int64(price) * 1_000
        let haunt = Haunt(trade: 0, name: name, registration: text("220-81-00007"), level: 0)
        budget -= price
        if let card = creditCards.first {
            let row = ApprovalRow(
                at: second,
                amount: amount,
                merchant: name,
                registration: haunt.registration,
                number: UInt32(chance.within(10_000_000...99_999_999)),
                isDebit: false
            )
            charge(record(row, on: card, isAbroad: false), months: 0)
        } else if let card = debitCards.first {
            debit(card, haunt, amount, at: second)
        }
    }

    mutating func buyAbroad(at second: Int64) {
        let shop = chance.pick(Trades.abroad)
        let hundredths = Int64(chance.within(shop.price))
        let whole = shop.currency == 392 ? hundredths / 100 * 100 : hundredths
        let rate: Int64 = shop.currency == 392 ? 9 : shop.currency == 840 ? 1_360 : 1_480
        let won = whole * rate * Int64(chance.within(990...1_030)) / 100_000
        guard won < budget else { return }
        budget -= Int(won)
        let card = chance.pick(creditCards)
        var row = ApprovalRow(
            at: second,
            amount: whole * 10,
            merchant: text(shop.name),
            registration: 0,
            number: UInt32(chance.within(10_000_000...99_999_999)),
            currency: shop.currency,
            country: text(shop.country),
            isDebit: false
        )
        row.won = won * 1_000
        let place = record(row, on: card, isAbroad: true)
        charge(place, months: 0)
        foresee(place, row.amount, isCorrectable: false)
    }
}
