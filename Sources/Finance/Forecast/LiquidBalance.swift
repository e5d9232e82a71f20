/// What can be spent at once: deposit accounts but savings, and wallets, as net worth counts them.
struct LiquidBalance {
    private let view: NetWorthView
    /// First month in which any balance is known.
    let first: Month?

    init(_ state: NetWorthState, _ currency: Currency) {
        var liquid = NetWorthState()
        liquid.assets = state.assets.filter { $0.value.isLiquid }
        view = NetWorthView(liquid, currency)
        let series = liquid.assets.values.lazy.flatMap(\.series).filter {
            $0.key.currency == currency.numericCode
                && ($0.key.figure == .booked || $0.key.figure == .wallet)
        }
        first = series.compactMap(\.points.first).map(\.at.month).min().map {
            Month(index: Int32($0))
        }
    }

    /// Newest balance, in thousandths; nil when none is known.
    var newest: Int64? {
        guard first != nil else { return nil }
        let last = Month(index: Int32(CellKey.monthMax))
        return Int64(clamping: balances(atEndOf: last).values.reduce(0, +))
    }

    /// Change between the ends of the month before and of this one; an account counts from its
    /// second known month on, since its first balance is no income.
    func change(in month: Month) -> Int64 {
        let before = balances(atEndOf: month.adding(-1))
        return Int64(
            clamping: balances(atEndOf: month).reduce(Int128(0)) { sum, balance in
                sum + (before[balance.key].map { balance.value - $0 } ?? 0)
            }
        )
    }

    private func balances(atEndOf month: Month) -> [AssetID: Int128] {
        view.values(atEndOf: month).reduce(into: [:]) { balances, value in
            switch value.kind {
            case .deposits, .overdrafts, .wallets: balances[value.asset, default: 0] += value.sum
            case .investments, .pensions, .loans, .cardDebt: break
            }
        }
    }
}

extension NetWorthState.Asset {
    fileprivate var isLiquid: Bool {
        guard !isSaving, closed == nil || !isClosed(in: Month(index: Int32(CellKey.monthMax)))
        else { return false }
        switch AssetKind(rawValue: Int(kind)) ?? .unspecified {
        case .unspecified, .deposit, .prepaidWallet, .paymentAccount: return true
        default: return false
        }
    }
}
