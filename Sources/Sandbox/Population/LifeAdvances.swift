internal import Finance

/// What a card company gives beside credit: points and cash.
extension Life {
    /// A card gives points for what it bills: five for each thousand won.
    mutating func earnPoints(_ index: Int, _ lines: [BillLine], at second: Int64) {
        let provider = issuers[index].provider
        let earned = lines.reduce(0) { $0 + $1.amount } / 200_000
        guard earned > 0 else { return }
        for kind in books.points.indices where books.points[kind].provider == provider {
            var points = books.points[kind].points(at: .max) + earned
            if points > 50_000 { points -= 30_000 }
            books.points[kind].states.append((second, points))
        }
    }

    /// Cash from a card company, to be paid back with the next bill.
    mutating func takeAdvance(at second: Int64) {
        let index = chance.below(issuers.count)
        let amount = Int64(chance.within(10...80)) * 10_000_000
        let month = CivilDate(daysSinceEpoch: today).month.adding(1)
        let name = terrain.providers[issuers[index].provider].name
        receive(issuers[index].account, amount, .card, text(name + "단기대출"), at: second)
        books.advances.append(
            CashAdvance(
                provider: issuers[index].provider,
                at: books.deposits[issuers[index].account].rows.last?.at ?? second,
                amount: amount,
                dueOn: month.day(issuers[index].day).orNextBusinessDay,
                account: issuers[index].account
            )
        )
    }

    mutating func addAdvances(_ lines: inout [BillLine], _ index: Int, before: Int64) {
        let provider = issuers[index].provider
        guard let card = creditCards.first(where: { books.cards[$0].face.provider == provider })
        else { return }
        for place in books.advances.indices
        where books.advances[place].provider == provider && books.advances[place].at < before
            && books.advances[place].repaidAt == .max
        {
            let amount = books.advances[place].amount
            var line = BillLine(
                card: card,
                at: books.advances[place].at,
                amount: amount,
                merchant: text("단기카드대출"),
                registration: 0
            )
            line.fee = amount / 100_000 * 1_490 / 1_000 * 1_000
            line.amount += line.fee
            line.kind = 3
            lines.append(line)
            let day = books.advances[place].dueOn
            books.advances[place].repaidAt = KoreanClock.start(of: day.daysSinceEpoch) + 28_001
        }
    }
}
