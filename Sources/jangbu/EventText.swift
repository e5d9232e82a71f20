import Finance
import SwiftProtobuf

/// An event for people: what, when, and each field, amounts in their currency.
struct EventText {
    private let event: Event

    init(_ event: Event) { self.event = event }

    /// One line for the event, one for each field.
    func lines(_ indent: String) -> [String] {
        let text = event.textFormatString().split(separator: "\n").map(String.init)
        guard let start = text.firstIndex(where: { $0.hasSuffix(" {") && $0 != "unmapped {" })
        else { return [] }
        let name = text[start].dropLast(2)
        var lines = ["\(indent)\(name) at \(time)"]
        for line in text[(start + 1)...].dropLast() { lines.append(indent + field(line, name)) }
        for kept in event.unmapped {
            lines.append("\(indent)  \(kept.name) = \(kept.value) (kept as it was sent)")
        }
        return lines
    }

    private var time: String {
        let local = event.occurredAt + 540 * 60
        guard let day = CivilDate(secondsSinceEpoch: event.occurredAt) else { return "?" }
        guard event.precision != .day else { return "\(day)" }
        let second = Int(local % 86_400)
        let clock = [second / 3_600, second / 60 % 60, second % 60]
        let digits = clock.map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
        return "\(day)T\(digits)+09:00"
    }

    /// A field of the text format, with its unit if it has one.
    private func field(_ line: String, _ fact: Substring) -> String {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let number = Int128(parts[1].dropFirst()) else { return line }
        let name = parts[0].filter { $0 != " " }
        if EventText.amounts.contains(name), fact != "points_reported" {
            return "\(parts[0]): \(Text.decimal(number, decimals: 3)) \(currency(name))"
        }
        guard let (decimals, unit) = EventText.scaled[name] else { return line }
        let scale: Int128 = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
        let fraction = String(String(rest + scale.magnitude).dropFirst())
        return "\(parts[0]): \(number < 0 ? "-" : "")\(whole).\(fraction)\(unit)"
    }

    /// The currency that stands beside an amount; the won where none does.
    private func currency(_ name: String) -> String {
        let field =
            switch name {
            case "billed_amount": "billed_currency"
            case "approved_amount": "approved_currency"
            default: "currency"
            }
        for line in event.textFormatString().split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == field,
                let code = UInt32(parts[1].dropFirst()),
                let currency = Currency(numericCode: code)
            else { continue }
            return currency.description
        }
        return Currency.krw.description
    }

    /// Fields in thousandths of a currency (Schemas/catalog).
    private static let amounts: Set<String> = [
        "agreed_amount", "amount", "amount_before", "annual_amount", "annual_fee",
        "appraised_value", "approved_amount", "available", "balance", "balance_after",
        "base_price", "billed_amount", "card_loan_amount", "cash", "cash_advance_amount",
        "charged", "committed_amount", "cost", "credit_limit", "credit_loan", "deductible",
        "earned", "earning_due", "employee_amount", "employer_amount", "expiring", "face_amount",
        "fee", "floor", "instalment_amount", "interest", "interest_returned", "limit",
        "lump_sum_amount", "minimum_amount", "monthly_amount", "other_amount", "paid_in",
        "payment_amount", "premium", "principal", "received", "remaining", "revolving_amount",
        "secured_loan", "settled_amount", "total_premium", "value", "withdrawn",
    ]

    /// Other fields with decimals, and what one of them is.
    private static let scaled: [String: (Int, String)] = [
        "minimum_rate": (3, " %"), "agreed_rate": (3, " %"), "interest_rate": (5, " % a year"),
        "quantity": (6, ""), "unit_price": (4, ""), "units": (3, ""),
    ]
}
