internal import Finance

/// A fund in an account at a bank.
struct FundAccount: Sendable {
    var face: AssetFace
    /// standard_fund_code.
    var code: String
    /// paid_in_type: 1 free, 2 instalment.
    var method = 2
    /// Which of the funds, for its price.
    var fund: Int
    /// What was paid in and not taken out, in thousandths, before the first row.
    var opening: Int64 = 0
    var balance: Int64 = 0
    /// Thousandths of a unit, before the first row.
    var openingUnits: Int64 = 0
    var units: Int64 = 0
    var rows: [FundRow] = []
}

extension FundAccount {
    /// What is left of what was paid in, what it is worth by the day's price, and its units.
    func state(at second: Int64) -> (balance: Int64, value: Int64, units: Int64) {
        let known = rows.firstPlace { $0.at > second }
        let balance = known == 0 ? opening : rows[known - 1].balance
        let units = known == 0 ? openingUnits : rows[known - 1].unitsAfter
        let price = Prices.at(KoreanClock.day(of: second), base: 1_000_000, product: fund)
        return (balance, units * price / 1_000_000 / 1_000 * 1_000, units)
    }
}

/// A row of 은행-007.
struct FundRow: Sendable {
    var at: Int64
    var amount: Int64
    /// Paid in and not taken out, after it.
    var balance: Int64
    /// Price of a thousand units, in thousandths of a won.
    var price: Int64
    /// Thousandths of a unit that came or went, and that are there after it.
    var units: Int64
    var unitsAfter: Int64
    var number: UInt32
    /// trans_type.
    var kind: UInt8

    var isIn: Bool { [1, 2, 8, 9, 98].contains(kind) }
}

/// A loan of a bank, an insurer or a capital company.
struct LoanAccount: Sendable {
    var face: AssetFace
    /// account_type, 3100 to 3999.
    var type: Int
    var maturesOn: CivilDate
    /// Hundred-thousandths of one percent a year.
    var rate: Int64
    /// repay_method: 1 at the end, 3 in equal parts of the principal.
    var method: Int
    /// Day of the month of a repayment.
    var day: Int
    /// Place of the account that repays it.
    var account: Int
    /// What was lent, in thousandths.
    var principal: Int64
    /// Principal of each repayment.
    var part: Int64
    /// What was owed before the first row.
    var opening: Int64
    var balance: Int64
    /// The last day that interest is paid for.
    var paidThrough: CivilDate
    /// Policy that it is secured by, of an insurer.
    var policy: String?
    var rows: [LoanRow] = []
}

/// A row of 은행-010, 할부금융-004 or 보험-011.
struct LoanRow: Sendable {
    var at: Int64
    var amount: Int64
    var balance: Int64
    var principal: Int64
    var interest: Int64
    /// Days that the interest is for.
    var from: CivilDate
    var to: CivilDate
    var rate: Int64
    var number: UInt32
    /// trans_type: 1 drawn, 2 repaid.
    var kind: UInt8
}

/// An order by which an account pays again and again (은행-014).
struct StandingOrder: Sendable {
    /// Place of the account in `PersonBooks.deposits`.
    var account: Int
    /// Second of Korea's clock from and until which it stands.
    var from: Int64
    var until = Int64.max
    /// aN(8), where the other end is known.
    var institution: String?
    var number: String
    var amount: Int64
    var day: Int
    var memo: TextID
}

/// Prices that go up and down with the days, the same for everybody.
enum Prices {
    /// A price `base` at the epoch's noise, moved by days: slow waves on a slow rise.
    static func at(_ day: Int32, base: Int64, product: Int) -> Int64 {
        let days = Int64(day) - 20_000
        let rise = base * days * Int64(product % 5 + 1) / 36_500
        var wave: Int64 = 0
        for (index, span) in [7, 61, 197].enumerated() {
            let place = Int64(day) / Int64(span)
            let rest = Int64(day) % Int64(span)
            let (left, right) = (noise(place, index, product), noise(place + 1, index, product))
            wave += (left * (Int64(span) - rest) + right * rest) / Int64(span) * Int64(index + 1)
        }
        return max(base / 5, base + rise + base * wave / 20_000)
    }

    /// -1,000 to 1,000.
    private static func noise(_ place: Int64, _ index: Int, _ product: Int) -> Int64 {
        let word = UInt64(bitPattern: place) &* 31 &+ UInt64(index * 977 + product * 7_919)
        return Int64(Chance.mixed(word) % 2_001) - 1_000
    }
}
