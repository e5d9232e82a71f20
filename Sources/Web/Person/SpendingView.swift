public import Finance

/// What one person spent and earned in some months, in one currency, refunds taken off.
public struct SpendingView: Sendable {
    /// First month.
    public var from: Month
    /// Last month, included.
    public var through: Month
    /// The currency of all amounts here.
    public var currency: Currency
    /// Every currency this person spent in, the one with most spending first.
    public var currencies: [Currency]
    /// Spending over the period, the sum of its months'.
    public var spent: Money
    /// Income over the period, the sum of its months'.
    public var income: Money
    /// Every month of the period, in order, also the empty ones.
    public var months: [MonthSpending]
    /// Categories with spending, largest first.
    public var categories: [CategorySpending]
    /// Merchants with most spending, largest first; at most 20.
    public var merchants: [MerchantSpending]
    /// Average and trend of spending over the period's complete months, or all when none is.
    public var spentTrend: SpendingTrend
    /// The same of income.
    public var incomeTrend: SpendingTrend
    /// What comes again, out and in, most certain first; at most 50.
    public var recurring: [RecurringLine]
    /// Spending in the period of the same length just before; `nil` when nothing is known of it.
    public var spentBefore: Money?

    /// An empty view; callers add the parts they have.
    public init(from: Month, through: Month, currency: Currency) {
        self.from = from
        self.through = through
        self.currency = currency
        currencies = [currency]
        spent = .zero(currency)
        income = .zero(currency)
        months = []
        categories = []
        merchants = []
        spentTrend = SpendingTrend(months: 0, average: .zero(currency), slope: .zero(currency))
        incomeTrend = spentTrend
        recurring = []
        spentBefore = nil
    }

    /// What was earned and not spent; negative when more was spent.
    func left() throws(MoneyError) -> Money { try income.subtracting(spent) }
}

/// A word in both languages.
public struct LocalizedName: Sendable, Hashable {
    /// Korean.
    public var ko: String
    /// English.
    public var en: String

    /// A name in both languages.
    public init(ko: String, en: String) {
        self.ko = ko
        self.en = en
    }

    func text(_ language: Language) -> String { language == .korean ? ko : en }
}

/// One month.
public struct MonthSpending: Sendable {
    /// The month.
    public var month: Month
    /// Spent, refunds taken off; zero or more as a rule, negative when refunds were larger.
    public var spent: Money
    /// Earned.
    public var income: Money
    /// Spent by category id; their sum is `spent`.
    public var byCategory: [String: Money]

    /// A month.
    public init(month: Month, spent: Money, income: Money, byCategory: [String: Money]) {
        self.month = month
        self.spent = spent
        self.income = income
        self.byCategory = byCategory
    }
}

/// How an amount goes from month to month.
public struct SpendingTrend: Sendable {
    /// Months it is taken over.
    public var months: Int
    /// Mean of a month, rounded half to even.
    public var average: Money
    /// Least-squares change from one month to the next, rounded half to even.
    public var slope: Money

    /// An average and a slope.
    public init(months: Int, average: Money, slope: Money) {
        self.months = months
        self.average = average
        self.slope = slope
    }
}

/// One category over the period.
public struct CategorySpending: Sendable {
    /// Stable id, such as `food.cafe`.
    public var id: String
    /// Name to show.
    public var name: LocalizedName
    /// Spent.
    public var spent: Money
    /// Transactions.
    public var count: UInt64

    /// A category's spending.
    public init(id: String, name: LocalizedName, spent: Money, count: UInt64) {
        self.id = id
        self.name = name
        self.spent = spent
        self.count = count
    }
}

/// One merchant over the period.
public struct MerchantSpending: Sendable {
    /// Name as the provider wrote it.
    public var name: String
    /// Spent.
    public var spent: Money
    /// Transactions.
    public var count: UInt64

    /// A merchant's spending.
    public init(name: String, spent: Money, count: UInt64) {
        self.name = name
        self.spent = spent
        self.count = count
    }
}

/// A payment that comes again and again.
public struct RecurringLine: Sendable {
    /// Name as the provider wrote it.
    public var merchant: String
    /// Whether it is money that comes in, such as pay.
    public var isIncoming: Bool
    /// Usual amount, zero or more.
    public var amount: Money
    /// How often it comes.
    public var interval: Interval
    /// How often it was seen.
    public var count: UInt64
    /// Day of the last one.
    public var lastOn: CivilDate
    /// Day the next one is expected; `nil` when it seems to have ended.
    public var nextOn: CivilDate?

    /// A recurring payment.
    public init(
        merchant: String,
        isIncoming: Bool,
        amount: Money,
        interval: Interval,
        count: UInt64,
        lastOn: CivilDate,
        nextOn: CivilDate?
    ) {
        self.merchant = merchant
        self.isIncoming = isIncoming
        self.amount = amount
        self.interval = interval
        self.count = count
        self.lastOn = lastOn
        self.nextOn = nextOn
    }
}
