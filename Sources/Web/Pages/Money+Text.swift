import Finance

/// Money as people read and hear it.
extension Money {
    /// Sign, currency sign and grouped digits, exact: `-₩45,000` or `£1,234.50`.
    var text: String {
        (thousandths < 0 ? "-" : "") + currency.sign + digits
    }

    /// For people who listen: `마이너스 4만 5,000원` in Korean, plain words in English.
    func spoken(_ language: Language) -> String {
        let minus = thousandths >= 0 ? "" : language == .korean ? "마이너스 " : "minus "
        guard language == .korean, currency == .krw else {
            return minus + digits + " " + currency.description
        }
        return minus + koreanNumber(thousandths.magnitude / 1000) + fraction + "원"
    }

    /// Without digits that the currency does not have: for means, which are not exact anyway.
    var rounded: Money {
        let unit: Int64 =
            switch currency.decimals {
            case 0: 1000
            case 1: 100
            case 2: 10
            default: 1
            }
        // Half to even, as `Trend` rounds; the sign is taken off first so that -x is -(x rounded).
        let (whole, rest) = thousandths.magnitude.quotientAndRemainder(dividingBy: UInt64(unit))
        let up = rest * 2 > UInt64(unit) || rest * 2 == UInt64(unit) && whole % 2 == 1
        let magnitude = Int64(clamping: (whole + (up ? 1 : 0)) * UInt64(unit))
        return Money(thousandths: thousandths < 0 ? -magnitude : magnitude, currency: currency)
    }

    private var digits: String { grouped(thousandths.magnitude / 1000) + fraction }

    /// The exact number's part from its point on.
    private var fraction: String {
        let text = decimal
        return text.firstIndex(of: ".").map { String(text[$0...]) } ?? ""
    }
}

extension Currency {
    /// The sign before a number; letters where the sign is not well known.
    fileprivate var sign: String {
        switch self {
        case .krw: "₩"
        case .gbp: "£"
        case .usd: "US$"
        case .eur: "€"
        default: description + "\u{A0}"
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
