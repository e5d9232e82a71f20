/// An exact amount of one currency, in thousandths of its unit.
///
/// 4,500 won is `thousandths: 4_500_000`, 12.34 pounds is `12_340`. Never a floating-point number.
public struct Money: Hashable, Sendable {
    /// Thousandths of the currency's unit; negative is owed or reversed, as the context says.
    public var thousandths: Int64
    /// What it is an amount of.
    public var currency: Currency

    /// An amount of `currency` in thousandths of its unit.
    public init(thousandths: Int64, currency: Currency) {
        self.thousandths = thousandths
        self.currency = currency
    }

    /// Nothing of `currency`.
    public static func zero(_ currency: Currency) -> Money {
        Money(thousandths: 0, currency: currency)
    }
}

/// Why two amounts have no sum, or a text no amount; carries no amount.
public enum MoneyError: Error, Hashable, Sendable {
    /// The result is beyond ±9.2 × 10^15 units. Report the event; no balance is that large.
    case overflow
    /// The two amounts are of different currencies. Convert first, or keep them apart.
    case currencyMismatch
    /// The text is not a decimal number with at most three decimals.
    case malformed
}

extension Money {
    /// This amount plus `other`.
    ///
    /// - Throws: `.currencyMismatch` or `.overflow`.
    public func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        return Money(
            thousandths: try thousandths.addingExactly(other.thousandths),
            currency: currency
        )
    }

    /// This amount less `other`.
    ///
    /// - Throws: `.currencyMismatch` or `.overflow`.
    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        let (difference, overflow) = thousandths.subtractingReportingOverflow(other.thousandths)
        guard !overflow else { throw .overflow }
        return Money(thousandths: difference, currency: currency)
    }

    /// The opposite amount.
    ///
    /// - Throws: `.overflow` for the one amount that has no opposite.
    public func negated() throws(MoneyError) -> Money {
        try Money.zero(currency).subtracting(self)
    }

    /// This amount `factor` times.
    ///
    /// - Throws: `.overflow`.
    public func multiplied(by factor: Int64) throws(MoneyError) -> Money {
        let (product, overflow) = thousandths.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .overflow }
        return Money(thousandths: product, currency: currency)
    }
}

extension Int64 {
    /// This plus `other`, both in thousandths.
    ///
    /// - Throws: `.overflow`.
    func addingExactly(_ other: Int64) throws(MoneyError) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard !overflow else { throw .overflow }
        return sum
    }
}

extension Money {
    /// The exact decimal number without currency or grouping: `-4500`, `12.30`, `0.005`.
    ///
    /// As many decimals as the minor unit has, more only where they are not zero. The form of the
    /// API and of exports; what a person reads is made from it by the page, in the person's locale.
    public var decimal: String {
        let magnitude = thousandths.magnitude
        var text = (thousandths < 0 ? "-" : "") + String(magnitude / 1_000)
        var fraction = [magnitude / 100 % 10, magnitude / 10 % 10, magnitude % 10]
        while fraction.count > currency.decimals, fraction.last == 0 { fraction.removeLast() }
        guard !fraction.isEmpty else { return text }
        text += "."
        for digit in fraction { text += String(digit) }
        return text
    }

    /// Reads a decimal number as `decimal` writes it: optional `-`, digits, at most three decimals.
    ///
    /// Further decimals are accepted when they are zeros. No grouping, no exponent, no space, no
    /// `+`.
    /// - Throws: `.malformed` or `.overflow`.
    public init(decimal: some StringProtocol, currency: Currency) throws(MoneyError) {
        var bytes = decimal.utf8.makeIterator()
        var next = bytes.next()
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { next = bytes.next() }
        var total: Int64 = 0
        var decimals = -1
        var digits = 0
        while let byte = next {
            next = bytes.next()
            if byte == UInt8(ascii: "."), decimals < 0, digits > 0, next != nil {
                decimals = 0
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { throw .malformed }
            digits += 1
            if decimals >= 3 {
                guard byte == 0x30 else { throw .malformed }
                continue
            }
            if decimals >= 0 { decimals += 1 }
            total = try total.appending(byte - 0x30, negative: isNegative)
        }
        guard digits > 0 else { throw .malformed }
        for _ in max(0, decimals)..<3 { total = try total.appending(0, negative: isNegative) }
        self.init(thousandths: total, currency: currency)
    }
}

extension Int64 {
    /// Ten times this, away from zero by one more digit: so the least number can be read too.
    fileprivate func appending(_ digit: UInt8, negative: Bool) throws(MoneyError) -> Int64 {
        let (tenfold, tooLarge) = multipliedReportingOverflow(by: 10)
        guard !tooLarge else { throw .overflow }
        return try tenfold.addingExactly(negative ? -Int64(digit) : Int64(digit))
    }
}
