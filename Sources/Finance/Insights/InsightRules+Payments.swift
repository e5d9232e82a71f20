// Rules about single payments.

extension InsightRules {
    /// Two equal card or wallet payments at one merchant within three minutes, of 5,000 won and
    /// more.
    ///
    /// Not on public transport, where the second is a friend's fare; not without a time of day.
    func doubleCharges() -> [Insight] {
        var insights: [Insight] = []
        var last: [Twin: Payment] = [:]
        for payment in payments where payment.means != .account && payment.isTimed {
            guard payment.amount >= amount(won: 5_000), !payment.merchant.isEmpty,
                slug(payment.category) != "transport.public"
            else { continue }
            let twin = Twin(payment)
            if let first = last[twin], payment.at - first.at <= 180, isFresh(payment) {
                insights.append(
                    Insight(
                        .doubleCharge,
                        .warning,
                        since: payment.day,
                        amount: payment.amount,
                        currency: currency,
                        merchant: payment.merchant,
                        category: payment.category,
                        asset: payment.asset,
                        evidenceCount: 2,
                        places: [first.place, payment.place]
                    )
                )
            }
            last[twin] = payment
        }
        return insights
    }

    private struct Twin: Hashable {
        let asset: AssetID
        let merchant: String
        let amount: Int64

        init(_ payment: Payment) {
            asset = payment.asset
            merchant = payment.merchant
            amount = payment.amount
        }
    }

    /// A purchase of at least three times the dearest month's mean at that merchant, and of 30,000
    /// won or more, where five or more earlier payments are known.
    func farAboveUsual() -> [Insight] {
        payments.filter { $0.means != .account && isFresh($0) }.compactMap { payment in
            guard payment.amount >= amount(won: 30_000) else { return nil }
            let months = history(of: payment)
            let count = months.reduce(0) { $0 + $1.tally.count }
            let dearest = months.map { $0.tally.sum / $0.tally.count }.max() ?? 0
            guard count >= 5, dearest > 0, Int128(payment.amount) >= Int128(dearest) * 3 else {
                return nil
            }
            let sum = months.reduce(Int128(0)) { $0 + Int128($1.tally.sum) }
            return Insight(
                .farAboveUsual,
                .notice,
                since: payment.day,
                amount: payment.amount,
                usual: Int64(clamping: sum.dividedHalfEven(by: Int128(count))),
                currency: currency,
                merchant: payment.merchant,
                category: payment.category,
                asset: payment.asset,
                evidenceCount: Int(count),
                places: [payment.place]
            )
        }
    }

    /// The greatest purchase of all that are looked at, of 300,000 won or more, at a merchant that
    /// was never paid before; only beside thirty others.
    func firstTimeLarge() -> [Insight] {
        let purchases = payments.filter { $0.means != .account && $0.amount > 0 }
        guard purchases.count > 30, let greatest = purchases.max(by: { $0.amount < $1.amount }),
            isFresh(greatest), greatest.amount >= amount(won: 300_000)
        else { return [] }
        let others = purchases.filter { $0.merchant == greatest.merchant }
        guard others.count == 1, history(of: greatest).isEmpty, !greatest.merchant.isEmpty else {
            return []
        }
        return [
            Insight(
                .firstTimeLarge,
                .notice,
                since: greatest.day,
                amount: greatest.amount,
                currency: currency,
                merchant: greatest.merchant,
                category: greatest.category,
                asset: greatest.asset,
                evidenceCount: purchases.count,
                places: [greatest.place]
            )
        ]
    }

    /// A card payment abroad between midnight and six in Korea, in any currency, with one at home
    /// within twelve hours of it.
    ///
    /// Who sleeps here does not shop there.
    func overseasAtNight() -> [Insight] {
        guard currency == .krw else { return [] }
        let cards = basis.payments.filter {
            $0.means == .card && $0.amount > 0 && $0.isTimed && $0.day <= day
        }
        return cards.filter { !$0.isHome && isFresh($0) }.compactMap { payment in
            let local = payment.at + Int64(EventView.utcOffsetMinutesDefault) * 60
            let hour = (local - local.flooredQuotient(by: 86_400) * 86_400) / 3_600
            guard hour < 6 else { return nil }
            let home = cards.first { $0.isHome && abs($0.at - payment.at) <= 12 * 3_600 }
            guard let home else { return nil }
            return Insight(
                .overseasAtNight,
                .warning,
                since: payment.day,
                amount: payment.amount,
                currency: payment.currency,
                merchant: payment.merchant,
                category: payment.category,
                asset: payment.asset,
                evidenceCount: 2,
                places: [payment.place, home.place]
            )
        }
    }

    /// What banks took for themselves.
    func fees() -> [Insight] {
        payments.filter { $0.means == .account && $0.amount > 0 && isFresh($0) }.compactMap {
            let isLate = slug($0.category) == "finance.overdraft"
            guard isLate || slug($0.category) == "finance.fee" else { return nil }
            return Insight(
                isLate ? .lateInterest : .bankFee,
                isLate ? .notice : .info,
                since: $0.day,
                amount: $0.amount,
                currency: currency,
                merchant: $0.merchant,
                category: $0.category,
                asset: $0.asset,
                evidenceCount: 1,
                places: [$0.place]
            )
        }
    }
}

extension Payment {
    /// Whether the merchant is in the card's own country.
    var isHome: Bool { country.isEmpty || country == "KR" }
}
