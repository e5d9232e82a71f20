/// One line of a benchmark's answer.
struct BenchRow: Sendable, Codable {
    /// What was measured.
    let work: String
    /// The figure.
    let value: Double
    /// Its unit.
    let unit: String
    /// What it is compared with in the same run.
    var floor: String?
    /// The floor's figure, in the same unit.
    var floorValue: Double?
    /// What has to be so, as written in the issue that set it.
    var must: String?
    /// Whether it is.
    var isMet: Bool?
    /// Hash of the answer: an optimisation that changes it shows.
    var digest: String?
    /// What else was counted.
    var notes: [String] = []

    /// The figure over the floor's.
    var ratio: Double? {
        guard let floorValue, floorValue > 0 else { return nil }
        return value / floorValue
    }
}

/// Numbers for people: three significant digits and k or M.
enum BenchFormat {
    static func number(_ value: Double) -> String {
        switch abs(value) {
        case 1_000_000...: fixed(value / 1_000_000, 2) + " M"
        case 10_000...: fixed(value / 1_000, 1) + " k"
        case 100...: fixed(value, 0)
        default: fixed(value, 2)
        }
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(whole) }
        let text = String(whole)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    static func line(_ row: BenchRow) -> String {
        var line = row.work + ": " + number(row.value) + " " + row.unit
        if let floor = row.floor, let value = row.floorValue, let ratio = row.ratio {
            line += "  (\(fixed(ratio, 2)) x \(floor): \(number(value)))"
        }
        if let must = row.must {
            line += "  [\(must): \(row.isMet == true ? "met" : "NOT met")]"
        }
        for note in row.notes { line += "\n    " + note }
        if let digest = row.digest { line += "\n    digest " + digest }
        return line
    }
}
