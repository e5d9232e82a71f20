/// What goes out regularly: rent, bills of the household, telecom, insurance, loans, subscriptions.
///
/// Found from payments that come back, and from what providers say will be due; where both say the
/// same, once, with the provider's day and the payer's name for it.
public struct FixedCostReport: Hashable, Sendable {
    /// What a cost is for.
    public enum Kind: UInt8, CaseIterable, Comparable, Sendable {
        /// Rent and maintenance fees.
        case housing = 1
        /// Energy, water, television, household payments.
        case utilities = 2
        /// Phone and internet.
        case telecom = 3
        /// Premiums.
        case insurance = 4
        /// Repayments and interest.
        case loan = 5
        /// Operating leases.
        case lease = 6
        /// Digital subscriptions, software, fitness, memberships.
        case subscription = 7
        /// Schools, courses, childcare.
        case education = 8
        /// Anything else that comes back.
        case other = 9

        /// By number.
        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    /// A change of amount.
    public struct Change: Hashable, Sendable {
        /// What it was before, thousandths.
        public let before: Int64
        /// First day of the new amount.
        public let since: CivilDate
    }

    /// One cost.
    public struct Cost: Hashable, Sendable {
        /// What it is for.
        public let kind: Kind
        /// Payee as the source writes it; empty where only a provider's terms are known.
        public let name: String
        /// The policy, loan or lease, where its provider reports it.
        public let asset: AssetID?
        /// Category of the payments; nil where none was seen.
        public let category: Category?
        /// Last payment, or what the terms say, thousandths.
        public let amount: Int64
        /// Part of one month, thousandths, rounded half to even.
        public let monthly: Int64
        /// How often.
        public let interval: Interval
        /// When the next is due.
        public let next: CivilDate
        /// The last change of amount that was seen.
        public let change: Change?
        /// Payments in evidence; 0 for terms alone.
        public let evidenceCount: Int
    }

    /// What amounts are of.
    public let currency: Currency
    /// By kind, then the greatest part of a month first.
    public let costs: [Cost]
    /// Sum of the months' parts, thousandths.
    public let monthlyTotal: Int64

    /// Costs that are not overdue on `day`.
    ///
    /// - Throws: `.overflow` when the total leaves 64 bits.
    public init(
        of spending: SpendingState,
        _ obligations: ObligationsState,
        in currency: Currency,
        on day: CivilDate,
        taxonomy: Taxonomy
    ) throws(FoldError) {
        self.currency = currency
        var costs = spending.histories(in: currency).compactMap { history -> Cost? in
            guard let kind = Kind(history, taxonomy) else { return nil }
            return Cost(kind, history, on: day)
        }
        let dues = obligations.dues(in: currency, from: day, through: day.adding(days: 400))
        var seen: Set<Due.Purpose> = []
        for due in dues where due.kind != .cardPayment && due.kind != .standingOrder {
            guard seen.insert(due.purpose).inserted else { continue }
            let later = dues.first { $0.purpose == due.purpose && $0.day > due.day }
            if let place = costs.firstIndex(where: { $0.isPaymentOf(due) }) {
                costs[place] = costs[place].named(by: due)
            } else {
                costs.append(Cost(due, then: later))
            }
        }
        self.costs = costs.sorted {
            ($0.kind, $1.monthly, $0.name, $0.next) < ($1.kind, $0.monthly, $1.name, $1.next)
        }
        monthlyTotal = try costs.reduce(Int128(0)) { $0 + Int128($1.monthly) }.narrowed()
    }
}

extension FixedCostReport.Kind {
    /// Where a merchant's payments count; nil for what is no fixed cost.
    init?(_ history: MerchantHistory, _ taxonomy: Taxonomy) {
        guard !history.isIncoming, let slug = taxonomy[history.category]?.slug else { return nil }
        switch slug {
        case "housing.rent": self = .housing
        case "housing.telecom": self = .telecom
        case "finance.insurance": self = .insurance
        case "leisure.subscription", "services.software", "health.fitness", "public.membership":
            self = .subscription
        case _ where slug.hasPrefix("housing"): self = .utilities
        case _ where slug.hasPrefix("loans"): self = .loan
        case _ where slug.hasPrefix("education"): self = .education
        case _ where slug.hasPrefix("food"), _ where slug.hasPrefix("transfer-out"),
            _ where taxonomy[history.category]?.kind != .expense:
            // A payment to a person every month is a cost; what a card or an account takes is none.
            guard slug == "transfer-out.other" else { return nil }
            self = .other
        default: self = .other
        }
    }

    init(_ due: Due.Kind) {
        switch due {
        case .premium: self = .insurance
        case .loan: self = .loan
        case .lease: self = .lease
        case .cardPayment, .standingOrder: self = .other
        }
    }

    /// An amount may leap this far, per mille; nil where a meter decides.
    var ratioMax: Int64? {
        switch self {
        case .utilities: nil
        case .other: 1_100
        default: 1_600
        }
    }
}

extension FixedCostReport.Cost {
    fileprivate init?(
        _ kind: FixedCostReport.Kind,
        _ history: MerchantHistory,
        on day: CivilDate
    ) {
        guard let run = RegularRun.leaping(endingIn: history.months, ratioMax: kind.ratioMax),
            run.isActive(on: day)
        else { return nil }
        self.kind = kind
        name = history.name
        asset = nil
        category = history.category
        amount = run.amount
        let months = Int128(run.interval.months)
        monthly = Int64(clamping: Int128(run.amount).dividedHalfEven(by: months))
        interval = run.interval
        next = run.next
        change = run.change.map {
            FixedCostReport.Change(before: $0.before, since: $0.first.date)
        }
        evidenceCount = run.payments.count
    }

    fileprivate init(_ due: Due, then later: Due?) {
        let months = later.map { $0.day.month.index - due.day.month.index } ?? 1
        interval = Interval.allCases.last { $0.months <= max(1, months) } ?? .monthly
        kind = FixedCostReport.Kind(due.kind)
        name = ""
        asset = due.asset
        category = nil
        amount = due.amount
        monthly = Int64(
            clamping: Int128(due.amount).dividedHalfEven(by: Int128(max(1, interval.months)))
        )
        next = due.day
        change = nil
        evidenceCount = 0
    }

    private init(_ cost: FixedCostReport.Cost, _ due: Due) {
        kind = FixedCostReport.Kind(due.kind)
        name = cost.name
        asset = due.asset
        category = cost.category
        amount = cost.amount
        monthly = cost.monthly
        interval = cost.interval
        next = due.day
        change = cost.change
        evidenceCount = cost.evidenceCount
    }

    /// Whether payments of this are what the provider says is due.
    fileprivate func isPaymentOf(_ due: Due) -> Bool {
        guard asset == nil, kind == FixedCostReport.Kind(due.kind) || kind == .other else {
            return false
        }
        return due.isPaid(by: amount, monthlyOn: next)
    }

    fileprivate func named(by due: Due) -> FixedCostReport.Cost { .init(self, due) }
}
