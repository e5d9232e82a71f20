/// Numbers and moments as the pages write them; the page's script writes live values the same way.
enum Display {
    /// A rate: grouped, with one decimal below 100.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 9e15 else { return "–" }
        if value.magnitude >= 100 || value == value.rounded() {
            return grouped(Int64(value.rounded()))
        }
        let tenths = Int64((value * 10).rounded())
        return grouped(tenths / 10) + "." + String((tenths % 10).magnitude)
    }

    /// Bytes in the largest binary unit that leaves a whole part, one decimal from KiB on.
    static func bytes(_ count: UInt64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var size = Double(count)
        var unit = 0
        while size >= 1024, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        // Cut, not rounded: what is not full is not shown as full.
        let cut = size >= 100 ? size.rounded(.down) : (size * 10).rounded(.down) / 10
        let text = unit == 0 ? String(count) : rate(cut)
        return text + " " + units[unit]
    }

    /// A share of a thousand as percent with one decimal.
    static func percent(perMille: some BinaryInteger) -> String {
        "\(perMille / 10).\(perMille.magnitude % 10)%"
    }

    /// A span of time in its two largest units.
    static func duration(_ milliseconds: Int64, _ words: Words) -> String {
        let units = words("units").split(separator: "|")
        precondition(units.count == 5, "units of time are five")
        if milliseconds < 1000 { return "\(max(0, milliseconds))\(units[0])" }
        let seconds = milliseconds / 1000
        if seconds < 60 { return "\(seconds).\(milliseconds % 1000 / 100)\(units[1])" }
        if seconds < 3600 {
            return "\(seconds / 60)\(units[2]) \(seconds % 60)\(units[1])"
        }
        if seconds < 86_400 {
            return "\(seconds / 3600)\(units[3]) \(seconds % 3600 / 60)\(units[2])"
        }
        return "\(seconds / 86_400)\(units[4]) \(seconds % 86_400 / 3600)\(units[3])"
    }

    /// A moment on Korean clocks (UTC+9): `2026-03-01 09:30:15`.
    static func moment(_ milliseconds: Int64) -> String {
        let (local, overflow) = milliseconds.addingReportingOverflow(9 * 3_600_000)
        guard !overflow, let day = CivilDate(daysSinceEpoch: floorDivide(local, 86_400_000)) else {
            return "–"
        }
        let seconds = Int((local - floorDivide(local, 86_400_000) * 86_400_000) / 1000)
        return "\(day) \(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2))"
            + ":\(padded(seconds % 60, 2))"
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }
}

extension CivilDate {
    /// The day that many days after 1970-01-01; `nil` outside years 1...9999.
    ///
    /// Counts in eras of 400 years from 0000-03-01, so that the leap day is the last of its year
    /// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
    public init?(daysSinceEpoch days: Int64) {
        guard -719_162...2_932_896 ~= days else { return nil }
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * ofYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: ofYear - (153 * marchMonth + 2) / 5 + 1
        )
    }
}
