import Finance

extension CivilDate {
    /// Reads `YYYY-MM-DD`; `nil` when it is not one.
    init?(text: some StringProtocol) {
        guard text.utf8.count == 10, let month = Month(text: text.prefix(7)),
            let day = number(text.dropFirst(7), after: "-")
        else { return nil }
        let (year, number) = month.components
        self.init(year: year, month: number, day: day)
    }
}

extension Month {
    /// Reads `YYYY-MM`; `nil` when it is not one.
    init?(text: some StringProtocol) {
        guard text.utf8.count == 7, let year = number(text.prefix(4), after: ""),
            let month = number(text.dropFirst(4), after: "-")
        else { return nil }
        self.init(year: year, month: month)
    }

    /// Its first day.
    var start: CivilDate { day(1) }

    /// Its last day.
    var end: CivilDate { day(31) }
}

/// The number that follows `prefix`, of ASCII digits only.
private func number(_ text: some StringProtocol, after prefix: String) -> Int? {
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count)
    return digits.utf8.allSatisfy { 48...57 ~= $0 } ? Int(digits) : nil
}

/// A number with zeros before it up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
