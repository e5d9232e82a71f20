/// What one person spent and earned between two days, in one currency, refunds taken off.
public struct SpendingReport: Sendable {
    /// First day.
    public var from: CivilDate
    /// Last day, included.
    public var through: CivilDate
    /// The currency of all amounts here.
    public var currency: String
    /// Every currency this person spent in, the one with most spending first.
    public var currencies: [String]
    /// Every month of the period, in order, also the empty ones.
    public var months: [MonthSpending]
    /// Categories with spending, largest first.
    public var categories: [CategorySpending]
    /// Merchants with most spending, largest first; at most 20.
    public var merchants: [MerchantSpending]
    /// Payments that come again, by amount, largest first; at most 50.
    public var recurring: [RecurringPayment]
    /// Spending in the period of the same length just before; `nil` when nothing is known of it.
    public var spentBefore: Amount?

    /// An empty report; callers add the parts they have.
    public init(from: CivilDate, through: CivilDate, currency: String) {
        self.from = from
        self.through = through
        self.currency = currency
        currencies = [currency]
        months = []
        categories = []
        merchants = []
        recurring = []
        spentBefore = nil
    }

    /// Spending over the period, zero or more.
    public var spent: Amount { sum(months.lazy.map(\.spent)) }
    /// Income over the period, zero or more.
    public var income: Amount { sum(months.lazy.map(\.income)) }

    func amount(_ thousandths: Int64) -> Amount {
        Amount(thousandths: thousandths, currency: currency)
    }

    private func sum(_ amounts: some Sequence<Amount>) -> Amount {
        amount(amounts.reduce(0) { $0 &+ $1.thousandths })
    }
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
    /// First day of the month.
    public var month: CivilDate
    /// Spent, refunds taken off; zero or more as a rule, negative when refunds were larger.
    public var spent: Amount
    /// Earned.
    public var income: Amount
    /// Spent by category id; their sum is `spent`.
    public var byCategory: [String: Amount]

    /// A month.
    public init(month: CivilDate, spent: Amount, income: Amount, byCategory: [String: Amount]) {
        self.month = month
        self.spent = spent
        self.income = income
        self.byCategory = byCategory
    }
}

/// One category over the period.
public struct CategorySpending: Sendable {
    /// Stable id, such as `food.cafe`.
    public var id: String
    /// Name to show.
    public var name: LocalizedName
    /// Spent.
    public var spent: Amount
    /// Transactions.
    public var count: UInt64

    /// A category's spending.
    public init(id: String, name: LocalizedName, spent: Amount, count: UInt64) {
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
    public var spent: Amount
    /// Transactions.
    public var count: UInt64

    /// A merchant's spending.
    public init(name: String, spent: Amount, count: UInt64) {
        self.name = name
        self.spent = spent
        self.count = count
    }
}

/// A payment that comes again and again.
public struct RecurringPayment: Sendable {
    /// Name as the provider wrote it.
    public var merchant: String
    /// Usual amount, zero or more.
    public var amount: Amount
    /// Usual days from one to the next.
    public var intervalDays: Int
    /// How often it was seen.
    public var count: UInt64
    /// Day of the last one.
    public var lastOn: CivilDate
    /// Day the next one is expected; `nil` when it seems to have ended.
    public var nextOn: CivilDate?

    /// A recurring payment.
    public init(
        merchant: String,
        amount: Amount,
        intervalDays: Int,
        count: UInt64,
        lastOn: CivilDate,
        nextOn: CivilDate?
    ) {
        self.merchant = merchant
        self.amount = amount
        self.intervalDays = intervalDays
        self.count = count
        self.lastOn = lastOn
        self.nextOn = nextOn
    }
}
