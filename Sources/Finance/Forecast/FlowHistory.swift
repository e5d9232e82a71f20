/// What went through a subject's liquid accounts, or cards, month by month: what forecasts are made
/// from.
struct FlowHistory {
    /// What is forecast.
    enum Target: CaseIterable {
        /// The change of the liquid balance.
        case net
        /// What comes in.
        case incoming
        /// What goes out, positive.
        case outgoing
    }

    /// First month of `totals`.
    let first: Month
    /// By complete month, without gaps, thousandths.
    let totals: [Int64]
    /// Merchants and counterparties that are told apart, all months, signed as `totals` are.
    let merchants: [MerchantHistory]
    let target: Target

    /// Last complete month.
    var last: Month { first.adding(Int32(totals.count) - 1) }

    /// The total of a month; 0 outside.
    func total(_ month: Month) -> Int64 {
        let place = Int(month.index - first.index)
        return totals.indices.contains(place) ? totals[place] : 0
    }

    /// What a merchant adds to a month's total.
    func part(_ merchant: MerchantHistory, in month: Month) -> Int64 {
        let sum = merchant.sum(in: month)
        return target == .net && !merchant.isIncoming ? Int64(clamping: -Int128(sum)) : sum
    }
}

extension FlowHistory {
    /// Payments of accounts, or of cards, through the last month that is over.
    ///
    /// Nil when fewer than two complete months are known. The net is the change of the liquid
    /// balance at the months' ends, which has everything in it, wherever balances are known; else
    /// what came in less what went out.
    init?(
        _ spending: SpendingState,
        _ netWorth: NetWorthState,
        in currency: Currency,
        through last: Month,
        target: Target,
        ofAccounts: Bool,
        taxonomy: Taxonomy
    ) {
        let merchants = spending.histories(in: currency).filter { history in
            let isIn = history.isIncoming
            guard history.isOfAccount == ofAccounts else { return false }
            return target == .net || isIn == (target == .incoming)
        }
        let known = merchants.lazy.compactMap { $0.months.first?.month }.min()
        guard var first = known, first < last else { return nil }
        let liquid = LiquidBalance(netWorth, currency)
        if target == .net, let from = liquid.first {
            // A change needs the balance before it.
            first = max(first, from.adding(1))
        }
        guard first < last else { return nil }
        first = max(first, last.adding(-Int32(SpendingState.detailMonths - 1)))
        self.first = first
        self.merchants = merchants
        self.target = target
        var totals: [Int64] = []
        for index in first.index...last.index {
            let month = Month(index: index)
            if target == .net, liquid.first != nil {
                totals.append(liquid.change(in: month))
            } else {
                let sum = merchants.reduce(Int128(0)) { sum, merchant in
                    let part = Int128(merchant.sum(in: month))
                    return sum + (target == .net && !merchant.isIncoming ? -part : part)
                }
                totals.append(Int64(clamping: sum))
            }
        }
        self.totals = totals
    }
}
