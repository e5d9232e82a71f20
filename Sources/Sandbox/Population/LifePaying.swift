internal import Finance

/// Wallets and payment services.
extension Life {
    mutating func beginPaying() {
        let firms = terrain[.efin]
        guard !firms.isEmpty, !books.deposits.isEmpty else { return }
        if chance.hits(persona.age < 45 ? 760 : 350) {
            let firm = chance.pick(firms)
            let opening = Int64(chance.within(0...6)) * 10_000_000
            let face = AssetFace(
                provider: firm,
                number: "FOB" + chance.digits(12),
                seqno: nil,
                name: terrain.providers[firm].name + "머니",
                openedOn: earlier(60...1_500)
            )
            books.wallets.append(
                Wallet(face: face, limit: 200, account: main, opening: opening, balance: opening)
            )
            duties.append(Duty(deed: .splitByWallet, day: chance.within(3...27), months: 1))
            duties.append(Duty(deed: .emptyWallet, day: chance.within(3...27), months: 2))
        }
        guard let card = creditCards.first, chance.hits(420) else { return }
        let firm = chance.pick(firms)
        let face = AssetFace(
            provider: firm,
            number: "SUB" + String(chance.next(), radix: 16),
            seqno: nil,
            name: terrain.providers[firm].name,
            openedOn: earlier(60...1_500)
        )
        books.payments.append(
            PaymentAccount(face: face, account: "user" + chance.digits(6), card: card)
        )
    }

    /// Letters of attachment 9 by what a trade sells.
    private static let letters: [String: Character] = [
        "cafe": "G", "convenience": "G", "restaurant": "G", "bakery": "G", "fastfood": "G",
        "mart": "G", "delivery": "K", "online": "H", "transit": "I", "taxi": "I", "fuel": "I",
        "parking": "I", "travel": "I", "beauty": "E", "household": "H", "clothing": "C",
        "culture": "J", "sport": "D", "department": "A",
    ]

    private func category(_ trade: Trade) -> UInt8 {
        Life.letters[trade.kind]?.asciiValue ?? UInt8(ascii: "Z")
    }

    private mutating func add(
        _ row: WalletRow,
        to wallet: Int,
        at second: Int64,
        earning: Int64 = 0
    ) {
        var row = row
        let last = books.wallets[wallet].rows.last
        row.at = max(second, last?.at ?? 0)
        row.number = UInt32(books.wallets[wallet].rows.count + 1)
        books.wallets[wallet].balance += row.isIn ? row.amount : -row.amount
        row.balance = books.wallets[wallet].balance
        row.earned = min((last?.earned ?? 0) + earning, row.balance)
        precondition(row.balance >= 0, "a wallet below zero")
        books.wallets[wallet].rows.append(row)
    }

    /// Charges the wallet until it can pay `amount`; false when the account cannot.
    private mutating func chargeWallet(_ amount: Int64, at second: Int64) -> Bool {
        let missing = amount - books.wallets[0].balance
        guard missing > 0 else { return true }
        let account = books.wallets[0].account
        let charge = (missing + 9_999_999) / 10_000_000 * 10_000_000
        guard available(account) >= charge else { return false }
        let face = books.deposits[account].face
        post(
            account,
            kind: 2,
            charge,
            .easyPay,
            text(books.wallets[0].face.name + "충전"),
            at: second
        )
        let at = books.deposits[account].rows.last?.at ?? second
        var row = WalletRow(at: at, amount: charge, kind: 5_102, number: 0)
        row.institution = text(terrain.shortCode(face.provider))
        row.other = text(face.number)
        add(row, to: 0, at: at)
        return true
    }

    /// Pays by the wallet if there is one and it can be charged.
    mutating func payByWallet(_ haunt: Haunt, _ amount: Int64, at second: Int64) -> Bool {
        guard !books.wallets.isEmpty, amount < 200_000_000, chargeWallet(amount, at: second) else {
            return false
        }
        let trade = Trades.daily[haunt.trade]
        var row = WalletRow(at: second, amount: amount, kind: 5_501, number: 0)
        (row.merchant, row.registration) = (haunt.name, haunt.registration)
        row.title = text(trade.kind == "online" ? "온라인 주문" : "현장 결제")
        row.category = category(trade)
        row.place = trade.isBranched ? 2 : 1
        row.order = UInt32(chance.within(100_000_000...999_999_999))
        add(row, to: 0, at: second + 2)
        let place = books.wallets[0].rows.count - 1
        let earned = amount / 100 / 1_000 * 1_000
        if earned >= 10_000 {
            var gift = WalletRow(at: second, amount: earned, kind: 5_301, number: 0)
            gift.memo = text("적립")
            add(gift, to: 0, at: second + 3, earning: earned)
        }
        if chance.hits(15) {
            let day = CivilDate(daysSinceEpoch: today + Int32(chance.within(1...9)))
            plan(.undoWalletPayment(place), on: day, at: chance.within(36_000...70_000))
        }
        return true
    }

    mutating func undoWalletPayment(_ place: Int, at second: Int64) {
        var row = books.wallets[0].rows[place]
        row.kind = 5_502
        add(row, to: 0, at: second)
    }

    /// Friends pay each other their share.
    mutating func splitByWallet(at second: Int64) {
        let friend = text(chance.pick(Names.family) + chance.pick(Names.given))
        let amount = Int64(chance.within(3...45)) * 1_000_000
        var row = WalletRow(at: second, amount: amount, kind: 5_222, number: 0)
        (row.memo, row.other) = (friend, friend)
        if chance.hits(500) {
            guard chargeWallet(amount, at: second) else { return }
            row.kind = 5_202
        }
        add(row, to: 0, at: second + 2)
    }

    /// What is too much goes to the own account.
    mutating func emptyWallet(at second: Int64) {
        let amount = books.wallets[0].balance / 10_000_000 * 10_000_000
        guard amount >= 50_000_000 else { return }
        let account = books.wallets[0].account
        var row = WalletRow(at: second, amount: amount, kind: 5_201, number: 0)
        row.institution = text(terrain.shortCode(books.deposits[account].face.provider))
        row.other = text(books.deposits[account].face.number)
        add(row, to: 0, at: second)
        let at = books.wallets[0].rows.last?.at ?? second
        receive(account, amount, .easyPay, text(books.wallets[0].face.name), at: at)
    }

    /// Pays by the card that a payment service knows: the card company sees the service.
    mutating func payByService(_ haunt: Haunt, _ amount: Int64, at second: Int64) -> Bool {
        guard let service = books.payments.first else { return false }
        let name = terrain.providers[service.face.provider].name
        var seen = haunt
        seen.name = text(
            terrain.quirks[service.face.provider].daysOnly
                ? name : "\(name)_\(books.texts[Int(haunt.name)])"
        )
        seen.registration = text("120-88-00767")
        approve(service.card, seen, amount, months: 0, at: second, payment: service.rows.count)
        let card = books.cards[service.card]
        var row = WalletRow(
            at: card.domestic.last?.at ?? second,
            amount: amount,
            kind: 6_101,
            number: UInt32(service.rows.count + 1)
        )
        (row.merchant, row.registration) = (haunt.name, haunt.registration)
        row.title = text(books.texts[Int(haunt.name)] + " 주문")
        row.category = category(Trades.daily[haunt.trade])
        row.place = 1
        row.order = UInt32(chance.within(100_000_000...999_999_999))
        row.institution = text(terrain.shortCode(card.face.provider))
        row.other = text(card.masked)
        row.at = max(row.at, service.rows.last?.at ?? 0)
        books.payments[0].rows.append(row)
        return true
    }

    /// The service tells of a cancellation or correction of the card's approval.
    mutating func undoPayment(_ place: Int, holding: Int64, at second: Int64) {
        var row = books.payments[0].rows[place]
        row.kind = 6_201
        row.amount -= holding
        row.at = max(second, books.payments[0].rows.last?.at ?? 0)
        row.number = UInt32(books.payments[0].rows.count + 1)
        books.payments[0].rows.append(row)
    }
}
