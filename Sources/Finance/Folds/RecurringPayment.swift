/// How often a payment comes back.
public enum Interval: UInt8, CaseIterable, Sendable {
    /// Every seven days.
    case weekly = 1
    /// Every month.
    case monthly = 2
    /// Every three months.
    case quarterly = 3
    /// Every six months.
    case halfYearly = 4
    /// Every twelve months.
    case yearly = 5

    /// Months between two payments; 0 for weekly.
    var months: Int32 {
        switch self {
        case .weekly: 0
        case .monthly: 1
        case .quarterly: 3
        case .halfYearly: 6
        case .yearly: 12
        }
    }

    /// A payment may be this many days from its date: weekends, holidays, short months.
    public var toleranceDays: Int32 {
        switch self {
        case .weekly: 1
        case .monthly: 4
        case .quarterly: 7
        case .halfYearly: 10
        case .yearly: 14
        }
    }

    /// Whether a payment that was expected on one day is missing on another.
    func isOverdue(_ expected: CivilDate, on day: CivilDate) -> Bool {
        day > expected.adding(days: toleranceDays)
    }

    /// Fewer payments than this are no pattern.
    var evidenceMin: Int {
        switch self {
        case .weekly: 6
        case .monthly, .quarterly: 3
        case .halfYearly, .yearly: 2
        }
    }
}

/// A payment that comes back from the same merchant at a regular interval and a similar amount.
///
/// Found from a merchant's months alone: a month with one payment has its day and amount. A weekly
/// one shows by as many payments in a month as the month has such weekdays. A merchant that is paid
/// regularly and at will in the same month is not found.
public struct RecurringPayment: Hashable, Sendable {
    /// Merchant or counterparty, as the source writes it.
    public let name: String
    /// Category of the payments.
    public let category: Category
    /// Whether money comes in.
    public let isIncoming: Bool
    /// How often.
    public let interval: Interval
    /// Last payment, thousandths; the mean of its month when weekly.
    public let amount: Int64
    /// Mean of the payments in evidence, thousandths, rounded half to even.
    public let averageAmount: Int64
    /// Number of payments in evidence.
    public let evidenceCount: Int
    /// 0...1000: grows with evidence, falls with differences of amount and of day.
    public let confidence: Int
    /// Day of the last payment.
    public let last: CivilDate
    /// Day the next one is expected.
    public let next: CivilDate

    /// Whether the next payment is not overdue on `day`.
    public func isActive(on day: CivilDate) -> Bool { !interval.isOverdue(next, on: day) }

    init(_ history: MerchantHistory, _ run: RegularRun) {
        name = history.name
        category = history.category
        isIncoming = history.isIncoming
        interval = run.interval
        amount = run.amount
        averageAmount = run.averageAmount
        evidenceCount = run.evidenceCount
        confidence = run.confidence
        last = run.last
        next = run.next
    }
}
