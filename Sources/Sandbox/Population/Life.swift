internal import Finance

/// One person's life, told day by day: what is decided on a day comes from the days before it and
/// from chance alone, so that no day changes when more of them are told.
struct Life {
    let terrain: Terrain
    let persona: Persona
    var chance: Chance
    var books: PersonBooks
    /// Days since 1970-01-01 in Korea.
    var today: Int32
    var agenda: [Int32: [Plan]] = [:]
    private var textIDs: [Words: TextID] = [:]

    /// The account that salaries come to.
    var main = 0
    /// A second account for what is left over.
    var reserve: Int?
    var haunts: [Haunt] = []
    var subscriptions: [(name: TextID, price: Int, day: Int)] = []
    var household: [FixedCost] = []
    var issuers: [Issuer] = []
    var duties: [Duty] = []
    /// Cards by what they are used for.
    var creditCards: [Int] = []
    var debitCards: [Int] = []
    /// The month whose certain deeds are on the agenda.
    var planned: Month?
    /// Won that may still be spent at will this month.
    var budget = 0

    /// Something that will be done at a second of a day.
    struct Plan: Sendable {
        var second: Int32
        var deed: Deed
    }

    /// What can be done.
    enum Deed: Sendable {
        case salary(permille: Int, memo: TextID)
        case fixedCost(Int)
        case buy(haunt: Int, won: Int)
        case subscribe(Int)
        case buyAbroad
        case withdrawCash
        case setAside
        case share(won: Int)
        case cancel(ApprovalPlace)
        case correct(ApprovalPlace, to: Int64)
        case issueBill(issuer: Int)
        case payBill(Int)
        case interest, overdraftInterest, fixTerm, openInstalments, borrow
        case saveRound(account: Int, rounds: Int)
        case mature(account: Int)
        case buyCurrency(Int)
        case buyFund(Int), sellFund(Int)
        case repay(Int)
        case splitByWallet, emptyWallet
        case payPremium(Int), payLease(Int), takeAdvance, saveForAge(Int), guaranteeRent
        case invest(Int), trade(Int), dividend(Int), divest(Int)
        case undoWalletPayment(Int)
    }

    /// A deed that comes again every so many months.
    struct Duty: Sendable {
        var deed: Deed
        var day: Int
        var months: Int
    }

    init(_ configuration: WorldConfiguration, _ terrain: Terrain, person: Int) {
        var chance = Chance(seed: configuration.seed, person: person)
        persona = Persona(using: &chance)
        self.terrain = terrain
        self.chance = chance
        today = configuration.firstDay.daysSinceEpoch
        books = PersonBooks(lastDay: today - 1)
        begin()
    }

    /// Lives through `day`.
    mutating func live(through day: Int32) {
        while books.lastDay < day {
            today = books.lastDay + 1
            let date = CivilDate(daysSinceEpoch: today)
            if planned != date.month { plan(month: date.month) }
            planDay(date)
            var plans = agenda.removeValue(forKey: today) ?? []
            plans.sort { $0.second < $1.second }
            for plan in plans {
                perform(plan.deed, at: KoreanClock.start(of: today) + Int64(plan.second))
            }
            books.lastDay = today
        }
        books.unbilled = unbilled
    }

    /// Puts a deed on the agenda; a day that is over is let pass.
    mutating func plan(_ deed: Deed, on day: CivilDate, at second: Int) {
        guard day.daysSinceEpoch >= today else { return }
        agenda[day.daysSinceEpoch, default: []].append(Plan(second: Int32(second), deed: deed))
    }

    /// What this month will bring for certain.
    private mutating func plan(month: Month) {
        planned = month
        budget = persona.income * chance.within(42...58) / 100
        planIncome(month)
        planHousehold(month)
        planCards(month)
        for (index, duty) in duties.enumerated()
        where (Int(month.index) + index) % duty.months == 0 {
            let day = month.day(duty.day).orNextBusinessDay
            plan(duty.deed, on: day, at: chance.within(21_000...31_000))
        }
        plan(.setAside, on: month.day(persona.payday).adding(days: 1), at: 8 * 3_600)
    }

    /// What today brings as it comes.
    private mutating func planDay(_ date: CivilDate) {
        let weekend = date.weekday >= 5
        for _ in 0..<chance.count(hundredths: persona.purchases * (weekend ? 125 : 90) / 100) {
            planPurchase(date)
        }
        if !creditCards.isEmpty, chance.hits(32) {
            plan(.buyAbroad, on: date, at: chance.below(86_400))
        }
        if !issuers.isEmpty, chance.hits(2) { plan(.takeAdvance, on: date, at: 43_000) }
        if chance.hits(25) { plan(.withdrawCash, on: date, at: chance.within(32_400...75_600)) }
    }

    private mutating func perform(_ deed: Deed, at second: Int64) {
        switch deed {
        case .salary(let permille, let memo): earn(permille, memo, at: second)
        case .fixedCost(let index): pay(index, at: second)
        case .buy(let haunt, let won): buy(haunt, won, at: second)
        case .subscribe(let index): subscribe(index, at: second)
        case .buyAbroad: buyAbroad(at: second)
        case .withdrawCash: withdrawCash(at: second)
        case .setAside: setAside(at: second)
        case .share(let won): share(won, at: second)
        case .cancel(let place): cancel(place, at: second)
        case .correct(let place, let amount): correct(place, to: amount, at: second)
        case .issueBill(let issuer): issueBill(issuer, at: second)
        case .payBill(let bill): payBill(bill, at: second)
        default: attend(to: deed, at: second)
        }
    }

    /// What goes on beside the daily.
    private mutating func attend(to deed: Deed, at second: Int64) {
        switch deed {
        case .interest: earnInterest(at: second)
        case .overdraftInterest: payOverdraftInterest(at: second)
        case .fixTerm: fixTerm(at: second)
        case .openInstalments: openInstalments(at: second)
        case .borrow: borrow(at: second)
        case .saveRound(let account, let rounds): saveRound(account, rounds, at: second)
        case .mature(let account): mature(account, at: second)
        case .buyCurrency(let account): buyCurrency(account, at: second)
        case .buyFund(let index): buyFund(index, at: second)
        case .sellFund(let index): sellFund(index, at: second)
        case .repay(let index): repay(index, at: second)
        case .splitByWallet: splitByWallet(at: second)
        case .emptyWallet: emptyWallet(at: second)
        case .undoWalletPayment(let place): undoWalletPayment(place, at: second)
        case .payPremium(let index): payPremium(index, at: second)
        case .payLease(let index): payLease(index, at: second)
        case .invest(let index): invest(index, at: second)
        case .trade(let index): trade(index, at: second)
        case .dividend(let index): dividend(index, at: second)
        case .divest(let index): divest(index, at: second)
        case .takeAdvance: takeAdvance(at: second)
        case .saveForAge(let index): saveForAge(index, at: second)
        case .guaranteeRent: guaranteeRent(at: second)
        default: preconditionFailure("a deed that nobody does")
        }
    }

    /// The id of a text; equal texts have one.
    mutating func text(_ words: String) -> TextID {
        if let known = textIDs[Words(text: words)] { return known }
        let id = TextID(books.texts.count)
        books.texts.append(words)
        textIDs[Words(text: words)] = id
        return id
    }

    /// A text that is equal to those of the same bytes: all are composed, so none need be made so
    /// for each comparison.
    private struct Words: Hashable {
        let text: String

        static func == (left: Words, right: Words) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(FNV1a.hash(text.utf8)) }
    }
}
