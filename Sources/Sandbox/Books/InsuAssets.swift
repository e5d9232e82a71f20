internal import Finance

/// An insurance policy.
struct Policy: Sendable {
    var face: AssetFace
    /// insu_type: 1 whole life, 16 medical, 17 car, 20 guarantee.
    var type: Int
    var expiresOn: CivilDate
    var faceAmount: Int64
    var insured: String
    /// Name and amount of its contracts.
    var contracts: [(name: String, amount: Int64)]
    var premium: Int64
    /// Months between premiums.
    var months: Int
    var day: Int
    /// Place of the account that pays, where no card does.
    var account: Int
    /// Place of the card that pays.
    var card: Int?
    /// Number plate and name of the car.
    var car: (number: String, name: String)?
    /// Premiums paid before the first row.
    var before: Int
    var rows: [PremiumRow] = []

    /// pay_method: 2 by account, 4 by card.
    var method: Int { card == nil ? 2 : 4 }
}

/// A row of 보험-006, 보험-007 or 보증보험-003.
struct PremiumRow: Sendable {
    var at: Int64
    /// YYYYMM that it is for.
    var month: Int
    var round: Int
    var amount: Int64
}

/// An account at an investment firm.
struct InvestAccount: Sendable {
    var face: AssetFace
    /// account_type of 금투-001.
    var type: Int
    var hasTaxBenefit: Bool
    var isCMA = false
    /// Place of the account that its money comes from.
    var account: Int
    var openingCash: Int64
    var cash: Int64
    /// Millionths of a share held before the first row, by product.
    var opening: [Int: (quantity: Int64, cost: Int64)] = [:]
    var rows: [InvestRow] = []
    /// Second of Korea's clock, and what was paid in by then; of a pension account.
    var paidInBefore: Int64 = 0
}

/// A row of 금투-003.
struct InvestRow: Sendable {
    var at: Int64
    /// In thousandths; 0 where only securities moved.
    var amount: Int64
    /// After fees and taxes.
    var settled: Int64
    /// Cash after it.
    var balance: Int64
    /// Millionths of a share; 0 where only cash moved.
    var quantity: Int64 = 0
    /// Ten-thousandths of a won.
    var price: Int64 = 0
    /// Place in `Products.all`; -1 is none.
    var product = -1
    /// trans_type.
    var kind: UInt16
    var number: UInt32
    var detail: InvestDetail

    var isIn: Bool { kind == 301 || kind == 342 || kind == 303 }
}

/// trans_type_detail.
enum InvestDetail: UInt8, Sendable {
    case paidIn, paidOut, bought, sold, dividend, movedIn

    var text: String {
        switch self {
        case .paidIn: "이체입금"
        case .paidOut: "이체출금"
        case .bought: "현금매수"
        case .sold: "현금매도"
        case .dividend: "배당금 입금"
        case .movedIn: "타사대체입고"
        }
    }
}

/// Securities that are traded here; none of them exists.
enum Products {
    /// Name, ISIN, prod_type, exchange, and base price in thousandths of a won.
    static let all: [(name: String, code: String, type: Int, exchange: String, price: Int64)] = [
        ("가온전자", "KR7999990001", 401, "001", 61_500_000),
        ("누리바이오", "KR7999990019", 401, "001", 142_000_000),
        ("다솜모터스", "KR7999990027", 401, "001", 88_300_000),
        ("라온게임즈", "KR7999990035", 401, "001", 23_750_000),
        ("마루금융지주", "KR7999990043", 401, "001", 48_900_000),
        ("두루 국내지수 ETF", "KR7999990050", 405, "001", 36_200_000),
        ("두루 세계지수 ETF", "KR7999990068", 405, "001", 17_850_000),
        ("바른 배당 ETF", "KR7999990076", 405, "001", 11_400_000),
    ]

    /// Price of a day in thousandths of a won, by whole steps of 50 won.
    static func price(_ product: Int, _ day: Int32) -> Int64 {
        Prices.at(day, base: all[product].price, product: product + 40) / 50_000 * 50_000
    }
}

extension InvestAccount {
    /// Cash as of a second.
    func cash(at second: Int64) -> Int64 {
        let known = rows.firstPlace { $0.at > second }
        return known == 0 ? openingCash : rows[known - 1].balance
    }

    /// What is held as of a second: millionths of a share and what was paid for them.
    func holdings(at second: Int64) -> [(product: Int, quantity: Int64, cost: Int64)] {
        var lots = opening
        for row in rows where row.at <= second && row.quantity > 0 {
            var lot = lots[row.product] ?? (0, 0)
            if row.kind == 342 {
                let cost = lot.cost / max(lot.quantity / 1_000_000, 1) * (row.quantity / 1_000_000)
                lot = (lot.quantity - row.quantity, lot.cost - cost)
            } else {
                lot = (lot.quantity + row.quantity, lot.cost + row.amount)
            }
            lots[row.product] = lot.quantity > 0 ? lot : nil
        }
        return lots.sorted { $0.key < $1.key }.map { ($0.key, $0.value.quantity, $0.value.cost) }
    }

    /// What that is worth at the close of the day before.
    func value(at second: Int64) -> Int64 {
        let day = KoreanClock.day(of: second) - 1
        return holdings(at: second).reduce(0) {
            $0 + $1.quantity / 1_000_000 * Products.price($1.product, day)
        }
    }
}

/// An operating lease (account_type 3710).
struct Lease: Sendable {
    var face: AssetFace
    var maturesOn: CivilDate
    var day: Int
    var account: Int
    var monthly: Int64
    var rows: [(at: Int64, amount: Int64, number: UInt32)] = []
}
