import Finance

/// A generated household: what its account and its card did, month by month, from one number.
///
/// Salary with two bonuses a year, rent, insurance, phone, energy that costs more in winter and
/// summer, daily purchases by card that the account pays a month later, cash, transfers to and from
/// friends, and now and then something large. Balances follow from the movements.
struct Household {
    /// One thing that happened.
    struct Fact {
        let at: Int64
        let event: Event
    }

    private var random: SplitMix
    private var facts: [Fact] = []
    private var movements: [(at: Int64, amount: Int64, memo: String)] = []
    private let salary: Int64
    private let rent: Int64
    private let purchasesPerMonth: Int
    private let purchaseSize: Int64

    init(_ number: UInt64) {
        random = SplitMix(state: number &* 0x9E37_79B9_7F4A_7C15)
        salary = Int64(random.in(2_200, 6_500)) * 1_000
        rent = Int64(random.in(0, 1) == 0 ? 0 : random.in(400, 1_200)) * 1_000
        purchasesPerMonth = random.in(25, 90)
        purchaseSize = salary * 4 / 10 / Int64(purchasesPerMonth)
    }

    /// Events of `count` months from `first` on, in the order of time.
    mutating func events(from first: Month, months count: Int) -> [Event] {
        var billed: Int64 = 0
        let payday = random.in(1, 28)
        for index in 0..<count {
            let month = first.adding(Int32(index))
            fixed(month, payday)
            if index > 0 { move(month, 14, -billed, "카드대금") }
            billed = purchases(month)
            if random.in(1, 12) == 1 {
                move(month, random.in(1, 28), -salary / 2, "이사비용")
            }
            for _ in 0..<random.in(0, 4) {
                let sum = Int64(random.in(10, 200)) * 1_000
                move(month, random.in(1, 28), random.in(0, 2) == 0 ? sum : -sum, "김친구")
            }
            for _ in 0..<random.in(1, 3) {
                move(month, random.in(1, 28), -Int64(random.in(3, 20)) * 10_000, "ATM출금")
            }
        }
        post()
        return facts.sorted { $0.at < $1.at }.map(\.event)
    }

    private mutating func fixed(_ month: Month, _ payday: Int) {
        let number = month.components.month
        move(month, payday, salary, "급여")
        if number == 2 || number == 9 { move(month, payday, salary * 8 / 10, "상여금") }
        if rent > 0 { move(month, 5, -rent, "월세") }
        move(month, 20, -89_000, "삼성생명보험료")
        move(month, 22, -55_000, "SKT통신요금")
        let season: Int64 = [1, 2, 7, 8, 12].contains(number) ? 2 : 1
        move(month, 25, -Int64(random.in(40, 60)) * 1_000 * season, "한국전력공사")
    }

    /// Purchases by card, and their sum.
    private mutating func purchases(_ month: Month) -> Int64 {
        let shops = ["이마트 성수점", "스타벅스 강남점", "쿠팡", "GS25 역삼", "(주)우아한형제들", "행복약국", "올리브영"]
        var sum: Int64 = 0
        for _ in 0..<purchasesPerMonth * random.in(7, 13) / 10 {
            let amount = max(1_000, purchaseSize * Int64(random.in(2, 18)) / 10)
            sum += amount
            var event = Event()
            event.occurredAt = time(month, random.in(1, month.dayCount))
            event.cardApproved.amount = amount * 1_000
            event.cardApproved.merchantName = shops[random.in(0, shops.count - 1)]
            event.cardApproved.payType = .credit
            facts.append(Fact(at: event.occurredAt, event: event))
        }
        return sum
    }

    private mutating func move(_ month: Month, _ day: Int, _ won: Int64, _ memo: String) {
        movements.append((time(month, day), won, memo))
    }

    /// Seconds of a chance time of a day in Korea.
    private mutating func time(_ month: Month, _ day: Int) -> Int64 {
        Int64(month.day(day).daysSinceEpoch) * 86_400 + Int64(random.in(0, 50_000))
    }

    /// Gives the movements their balances, in the order of time.
    private mutating func post() {
        var balance: Int64 = 3 * salary
        for movement in movements.sorted(by: { $0.at < $1.at }) {
            balance += movement.amount
            var event = Event()
            event.occurredAt = movement.at
            event.bankTransactionPosted.amount = abs(movement.amount) * 1_000
            event.bankTransactionPosted.kind = movement.amount < 0 ? .withdrawn : .deposited
            event.bankTransactionPosted.balanceAfter = balance * 1_000
            event.bankTransactionPosted.memo = movement.memo
            facts.append(Fact(at: movement.at, event: event))
        }
    }
}

/// SplitMix64: the same numbers for the same start, everywhere.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// From `low` through `high`.
    mutating func `in`(_ low: Int, _ high: Int) -> Int {
        low + Int(next() % UInt64(high - low + 1))
    }
}
