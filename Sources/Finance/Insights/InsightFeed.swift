/// What is worth telling a person now: findings of all rules, most severe and newest first.
///
/// Made when it is read, from the read models and the payments of the last months; the same input
/// gives the same feed.
public struct InsightFeed: Hashable, Sendable {
    /// More than anybody reads; the least severe and oldest are left out.
    public static let countMax = 50
    /// Payments this far back are looked at for the usual.
    public static let daysMax: Int32 = 120
    /// Single payments are told about for this long.
    static let freshDays: Int32 = 31

    /// What there is to tell.
    public let insights: [Insight]

    /// What rules look at.
    public struct Basis {
        let spending: SpendingState
        let netWorth: NetWorthState
        let obligations: ObligationsState
        let payments: [Payment]
        let taxonomy: Taxonomy

        /// The read models of one person, and the payments of the last `daysMax` days.
        public init(
            spending: SpendingState,
            netWorth: NetWorthState,
            obligations: ObligationsState,
            payments: [Payment],
            taxonomy: Taxonomy
        ) {
            self.spending = spending
            self.netWorth = netWorth
            self.obligations = obligations
            self.payments = payments
            self.taxonomy = taxonomy
        }
    }

    /// The feed of a day in one currency.
    public init(_ basis: Basis, in currency: Currency, on day: CivilDate) {
        let rules = InsightRules(basis, currency, day)
        let found =
            rules.doubleCharges() + rules.farAboveUsual() + rules.firstTimeLarge()
            + rules.overseasAtNight() + rules.fees() + rules.priceRises() + rules.incomes()
            + rules.bills() + rules.categories() + rules.balance() + rules.maturities()
        insights = Array(
            found.sorted {
                ($1.severity, $1.since, $0.kind.rawValue, $0.key)
                    < ($0.severity, $0.since, $1.kind.rawValue, $1.key)
            }.prefix(InsightFeed.countMax)
        )
    }
}

/// The rules, each a function of the same basis; thresholds stand where they are used.
struct InsightRules {
    let basis: InsightFeed.Basis
    let currency: Currency
    let day: CivilDate
    /// In the feed's currency, by time.
    let payments: [Payment]
    let histories: [MerchantHistory]

    init(_ basis: InsightFeed.Basis, _ currency: Currency, _ day: CivilDate) {
        self.basis = basis
        self.currency = currency
        self.day = day
        payments = basis.payments.filter { $0.currency == currency && $0.day <= day }
        histories = basis.spending.histories(in: currency)
    }

    /// An amount of won as thousandths; a thousandth of it where the currency has small units.
    func amount(won: Int64) -> Int64 { currency.decimals == 0 ? won * 1_000 : won }

    func isFresh(_ payment: Payment) -> Bool {
        payment.day.adding(days: InsightFeed.freshDays) >= day
    }

    func slug(_ category: Category) -> String { basis.taxonomy[category]?.slug ?? "" }

    /// What a merchant's purchases by card or wallet were like before a month.
    func history(of payment: Payment) -> [MerchantMonth] {
        // Cut as the table cuts names, so that a cut letter is the same in both.
        let bytes = payment.merchant.utf8.prefix(MerchantTable.nameBytesMax)
        let name = String(decoding: bytes, as: UTF8.self)
        return histories.filter { $0.name == name && !$0.isOfAccount }.flatMap(\.months)
            .filter { $0.month < payment.day.month && $0.tally.sum > 0 && $0.tally.count > 0 }
    }
}
