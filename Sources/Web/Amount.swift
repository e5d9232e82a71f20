/// Money as it is shown: thousandths of the unit and the currency's three letters (ISO 4217).
public struct Amount: Sendable, Hashable {
    /// Thousandths of the currency's unit; negative is money out.
    public var thousandths: Int64
    /// Three capital letters, such as `KRW`.
    public var currency: String

    /// An amount of money.
    public init(thousandths: Int64, currency: String) {
        self.thousandths = thousandths
        self.currency = currency
    }

    /// The exact decimal number, with as many digits as the currency has, or more when it must:
    /// `-4500` for won, `12.50` for pounds.
    public var decimal: String {
        (thousandths < 0 ? "-" : "") + String(thousandths.magnitude / 1000) + fraction
    }

    /// For people: sign, currency sign and grouped digits, such as `-₩45,000` or `£1,234.50`.
    public var text: String {
        let sign = thousandths < 0 ? "-" : ""
        return sign + Amount.sign(of: currency) + grouped(thousandths.magnitude / 1000) + fraction
    }

    /// For people who listen: `마이너스 4만 5천원`-like in Korean, plain words in English.
    func spoken(_ language: Language) -> String {
        let minus = thousandths < 0
        guard language == .korean, currency == "KRW" else {
            let number = grouped(thousandths.magnitude / 1000) + fraction
            return (minus ? (language == .korean ? "마이너스 " : "minus ") : "") + number + " "
                + currency
        }
        return (minus ? "마이너스 " : "") + koreanNumber(thousandths.magnitude / 1000) + fraction + "원"
    }

    private var fraction: String {
        let rest = Int(thousandths.magnitude % 1000)
        var digits = padded(rest, 3)
        let least = Amount.digits(of: currency)
        while digits.utf8.count > least, digits.last == "0" { digits.removeLast() }
        return digits.isEmpty ? "" : "." + digits
    }

    /// Digits after the point that the currency has (ISO 4217), at most our three.
    static func digits(of currency: String) -> Int {
        switch currency {
        case "KRW", "JPY", "VND", "CLP", "ISK", "XAF", "XOF", "PYG", "UGX": 0
        case "BHD", "JOD", "KWD", "OMR", "TND", "LYD", "IQD": 3
        default: 2
        }
    }

    private static func sign(of currency: String) -> String {
        switch currency {
        case "KRW": "₩"
        case "GBP": "£"
        case "USD": "US$"
        case "EUR": "€"
        case "JPY": "JP¥"
        default: currency + "\u{A0}"
        }
    }
}

/// Digits in threes, such as `1,234,567`.
func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var out = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
        if place > 0, (digits.utf8.count - place).isMultiple(of: 3) { out.append(",") }
        out.append(digit)
    }
    return out
}

/// A number by 만, 억, 조 and 경, exact: `1억 2,346만 5,000`.
func koreanNumber(_ number: UInt64) -> String {
    guard number > 0 else { return "0" }
    var parts: [String] = []
    var rest = number
    for unit in ["", "만", "억", "조", "경"] {
        let four = rest % 10_000
        rest /= 10_000
        if four > 0 { parts.insert(grouped(four) + unit, at: 0) }
    }
    return parts.joined(separator: " ")
}
