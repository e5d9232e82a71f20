/// One payment that will fall due, as far as providers say.
public struct Due: Hashable, Sendable {
    /// What it is for.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// A card company takes what a bill says.
        case cardPayment = 1
        /// A premium of a policy.
        case premium = 2
        /// A repayment of a loan.
        case loan = 3
        /// A payment of an operating lease.
        case lease = 4
        /// A standing order runs.
        case standingOrder = 5
    }

    /// What it is for.
    public let kind: Kind
    /// The bill, policy, loan, lease, or the account that a standing order is of.
    public let asset: AssetID
    /// When.
    public let day: CivilDate
    /// Thousandths, positive.
    public let amount: Int64
    /// Whether a provider announced this amount for this day; else it follows from terms.
    public let isAnnounced: Bool
    /// Whether an account pays it: a premium may be paid by card.
    public let isFromAccount: Bool
    /// Tells it from others of its kind and asset, as a loan's number does; 0 where nothing does.
    let product: UInt64

    /// What it is due for, month after month.
    struct Purpose: Hashable {
        let kind: Kind
        let asset: AssetID
        let product: UInt64
    }

    var purpose: Purpose { Purpose(kind: kind, asset: asset, product: product) }

    /// Whether a payment is this one: within a tenth of its amount and five days of its day.
    func isPaid(by amount: Int64, on day: CivilDate) -> Bool {
        let difference = (Int128(amount) - Int128(self.amount)).magnitude
        return difference * 10 <= UInt128(self.amount.magnitude)
            && abs(day.daysSinceEpoch - self.day.daysSinceEpoch) <= 5
    }

    /// The same of a payment that comes back, of which a day in any month is known.
    func isPaid(by amount: Int64, monthlyOn day: CivilDate) -> Bool {
        let months = self.day.month.index - day.month.index
        return (-1...1).contains { isPaid(by: amount, on: day.adding(months: months + $0)) }
    }
}

extension ObligationsState {
    /// What falls due in the days `from` to `through`, by day, kind and asset.
    ///
    /// A standing order of every second month and more is left out: no field says in which month it
    /// runs. So are premiums of such cycles of which none was paid yet.
    public func dues(
        in currency: Currency,
        from: CivilDate,
        through: CivilDate
    ) -> [Due] {
        var dues: [Due] = []
        for (id, asset) in assets where !asset.isClosed {
            let reader = DueReader(id, asset, currency.numericCode, from, through)
            dues +=
                reader.cardPayments() + reader.premiums() + reader.loans() + reader.leases()
                + reader.standingOrders()
        }
        return dues.sorted {
            ($0.day, $0.kind.rawValue, $0.asset, $0.amount, $0.product)
                < ($1.day, $1.kind.rawValue, $1.asset, $1.amount, $1.product)
        }
    }
}

/// Finds what falls due of one asset in a range of days.
private struct DueReader {
    private let id: AssetID
    private let asset: ObligationsState.Asset
    private let currency: UInt16
    private let from: CivilDate
    private let through: CivilDate

    init(
        _ id: AssetID,
        _ asset: ObligationsState.Asset,
        _ currency: UInt16,
        _ from: CivilDate,
        _ through: CivilDate
    ) {
        self.id = id
        self.asset = asset
        self.currency = currency
        self.from = from
        self.through = through
    }

    private func due(
        _ kind: Due.Kind,
        _ day: CivilDate,
        _ amount: Int64,
        product: UInt64 = 0,
        isAnnounced: Bool = false,
        isFromAccount: Bool = true
    ) -> Due? {
        guard day >= from, day <= through, amount > 0 else { return nil }
        return Due(
            kind: kind,
            asset: id,
            day: day,
            amount: amount,
            isAnnounced: isAnnounced,
            isFromAccount: isFromAccount,
            product: product
        )
    }

    /// What is announced, and bills of days for which nothing is.
    func cardPayments() -> [Due] {
        let announced = asset.all(.announced, in: currency)
        let days = Set(announced.map(\.record.on))
        let billed = asset.all(.bill, in: currency).filter { !days.contains($0.record.on) }
        return (announced + billed).compactMap { entry in
            CivilDate(knownDigits: entry.record.on).flatMap {
                due(
                    .cardPayment,
                    $0,
                    entry.record.amount,
                    product: entry.key.product,
                    isAnnounced: true
                )
            }
        }
    }

    func premiums() -> [Due] {
        asset.all(.premiumTerms, in: currency).flatMap { entry -> [Due] in
            let terms = entry.record
            guard terms.every >= 1, terms.every <= 12, terms.day >= 1 else { return [] }
            let paid = asset.all(.premiumPaid, in: currency).last
            let last = paid.flatMap { CivilDate(knownDigits: $0.record.on) }
            return days(terms.day, every: Int32(terms.every), since: last).compactMap { day in
                if let end = CivilDate(knownDigits: terms.on), day > end { return nil }
                return due(.premium, day, terms.amount, isFromAccount: terms.extra == 1)
            }
        }
    }

    func loans() -> [Due] {
        asset.all(.loanState, in: currency).flatMap { entry -> [Due] in
            let state = entry.record
            guard state.amount > 0 else { return [] }
            let terms = asset.terms(ofLoan: entry)
            let agreed = terms?.amount ?? 0
            let amount = agreed > 0 ? agreed : lastPaid(.repaid, product: entry.key.product)
            let end = terms.flatMap { CivilDate(knownDigits: $0.on) }
            return payments(next: state.on, day: terms?.day ?? 0).filter { day in
                end.map { day <= $0 } ?? true
            }.compactMap {
                due(.loan, $0, min(amount, state.amount), product: entry.key.product)
            }
        }
    }

    func leases() -> [Due] {
        guard let terms = asset.all(.leaseTerms, in: 410).last?.record, currency == 410 else {
            return []
        }
        let end = CivilDate(knownDigits: UInt32(clamping: terms.extra))
        return payments(next: terms.on, day: terms.day).filter { day in
            end.map { day <= $0 } ?? true
        }.compactMap { due(.lease, $0, lastPaid(.leasePaid)) }
    }

    func standingOrders() -> [Due] {
        asset.all(.standingOrder, in: currency).flatMap { entry -> [Due] in
            let order = entry.record
            let days: [CivilDate] =
                switch TransferCycle(rawValue: Int(order.every)) {
                case .everyMonth: days(order.day, every: 1, since: nil)
                case .monthEnd: days(31, every: 1, since: nil)
                case .everyDay: allDays { _ in true }
                case .everyWeek: allDays { $0.weekday + 32 == Int(order.day) }
                default: []
                }
            return days.compactMap {
                due(.standingOrder, $0, order.amount, product: entry.key.product)
            }
        }
    }

    private func allDays(_ isMeant: (CivilDate) -> Bool) -> [CivilDate] {
        guard from <= through else { return [] }
        return (from.daysSinceEpoch...through.daysSinceEpoch).map {
            CivilDate(daysSinceEpoch: $0)
        }.filter(isMeant)
    }

    /// The given day of each month, or of every `every`-th after the last payment.
    private func days(_ day: UInt32, every: Int32, since last: CivilDate?) -> [CivilDate] {
        guard from <= through, day >= 1, day <= 31 else { return [] }
        guard every == 1 || last != nil else { return [] }
        return (from.month.index...through.month.index).compactMap { index in
            let month = Month(index: index)
            if every > 1, let last {
                let months = month.index - last.month.index
                guard months > 0, months % every == 0 else { return nil }
            }
            // The month's premium or repayment was paid early.
            if let last, last.month == month { return nil }
            return month.day(Int(day))
        }
    }

    /// The next day that the provider names, then every month; else the day of each month.
    private func payments(next: UInt32, day: UInt32) -> [CivilDate] {
        guard let next = CivilDate(knownDigits: next), next >= from else {
            return days(day, every: 1, since: nil)
        }
        let count = max(0, through.month.index - next.month.index)
        return (0...count).map { next.adding(months: $0) }
    }

    private func lastPaid(_ kind: ObligationsState.RecordKind, product: UInt64 = 0) -> Int64 {
        asset.all(kind, in: currency).last { $0.key.product == product }?.record.amount ?? 0
    }
}

extension ObligationsState.Asset {
    /// A loan's terms: those of its number, or the only ones that name none or another.
    func terms(ofLoan state: ObligationsState.Entry) -> ObligationsState.Record? {
        let terms = all(.loanTerms, in: state.key.currency)
        let own = terms.last { $0.key.product == state.key.product }
        return (own ?? (state.key.product == 0 ? terms.last : nil))?.record
    }
}
