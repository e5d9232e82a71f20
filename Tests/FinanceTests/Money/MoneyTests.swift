import Finance
import Testing

@Suite struct MoneyTests {
    private static let amounts: [Int64] = [
        0, 1, -1, 5, 10, 999, 1_000, 1_001, -1_500, 12_340, 4_500_000, .max, .min, .max - 1,
    ]

    @Test func `a decimal is exact and has the decimals of its currency`() {
        let table: [(Int64, Currency, String)] = [
            (4_500_000, .krw, "4500"), (-4_500_000, .krw, "-4500"), (4_500_500, .krw, "4500.5"),
            (12_340, .gbp, "12.34"), (12_300, .gbp, "12.30"), (12_000, .gbp, "12.00"),
            (12_345, .gbp, "12.345"), (5, .usd, "0.005"), (-5, .usd, "-0.005"), (0, .krw, "0"),
            (0, .eur, "0.00"), (.min, .krw, "-9223372036854775.808"),
        ]
        for (thousandths, currency, text) in table {
            #expect(Money(thousandths: thousandths, currency: currency).decimal == text)
        }
    }

    @Test func `reading a decimal gives back the amount`() throws {
        for currency in [Currency.krw, .gbp, .usd, .czk] {
            for amount in MoneyTests.amounts {
                let money = Money(thousandths: amount, currency: currency)
                #expect(try Money(decimal: money.decimal, currency: currency) == money)
            }
        }
    }

    @Test func `what is no decimal is refused`() {
        for text in [
            "", "-", ".", "1.", ".5", "1.2.3", "1,000", "+1", " 1", "1e3", "1.2345", "--1",
        ] {
            #expect(throws: MoneyError.malformed, "\(text)") {
                try Money(decimal: text, currency: .krw)
            }
        }
        for text in ["9223372036854775.808", "-9223372036854775.809", "99999999999999999999"] {
            #expect(throws: MoneyError.overflow, "\(text)") {
                try Money(decimal: text, currency: .krw)
            }
        }
        #expect(throws: Never.self) { try Money(decimal: "1.50000", currency: .krw) }
    }

    @Test func `a sum is exact or refused`() throws {
        for left in MoneyTests.amounts {
            for right in MoneyTests.amounts {
                let one = Money(thousandths: left, currency: .krw)
                let other = Money(thousandths: right, currency: .krw)
                guard let sum = Int64(exactly: Int128(left) + Int128(right)) else {
                    #expect(throws: MoneyError.overflow) { try one.adding(other) }
                    continue
                }
                #expect(try one.adding(other).thousandths == sum)
                #expect(try other.adding(one).thousandths == sum)
                #expect(try one.adding(other).subtracting(other) == one)
            }
        }
        let won = Money.zero(.krw)
        #expect(throws: MoneyError.currencyMismatch) { try won.adding(.zero(.gbp)) }
        #expect(throws: MoneyError.currencyMismatch) { try won.subtracting(.zero(.gbp)) }
        let least = Money(thousandths: .min, currency: .krw)
        #expect(throws: MoneyError.overflow) { try least.negated() }
        #expect(throws: MoneyError.overflow) { try least.multiplied(by: 2) }
        #expect(try Money(thousandths: 7, currency: .krw).multiplied(by: -3).thousandths == -21)
    }

    @Test func `letters and numbers of a currency agree`() throws {
        let table: [(Currency, String, UInt16, Int)] = [
            (.krw, "KRW", 410, 0), (.gbp, "GBP", 826, 2), (.usd, "USD", 840, 2),
            (.czk, "CZK", 203, 2), (.eur, "EUR", 978, 2),
        ]
        for (currency, letters, number, decimals) in table {
            #expect(currency.numericCode == number)
            #expect(currency.description == letters)
            #expect(currency.decimals == decimals)
        }
        for code in UInt32(1)...999 {
            let currency = try #require(Currency(numericCode: code))
            guard let letters = currency.alphabeticCode else {
                #expect(currency.description.utf8.count == 3)
                continue
            }
            #expect(Currency(alphabeticCode: letters) == currency)
        }
        #expect(Currency(numericCode: 0) == nil)
        #expect(Currency(numericCode: 1_000) == nil)
        #expect(Currency(alphabeticCode: "krw") == nil)
        #expect(Currency(alphabeticCode: "") == nil)
    }
}
