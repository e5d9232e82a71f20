import Finance

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

    /// The same to the minute: for what nobody counts in seconds.
    static func minute(_ milliseconds: Int64) -> String {
        let text = moment(milliseconds)
        return text.utf8.count > 3 ? String(text.dropLast(3)) : text
    }

    /// A moment on Korean clocks (UTC+9): `2026-03-01 09:30:15`; a dash outside years 1...9999.
    static func moment(_ milliseconds: Int64) -> String {
        let ofSecond = (milliseconds % 1000 + 1000) % 1000
        let (seconds, overflow) = milliseconds.subtractingReportingOverflow(ofSecond)
        guard !overflow, let day = CivilDate(secondsSinceEpoch: seconds / 1000) else { return "–" }
        let ofDay = Int(seconds / 1000 + 9 * 3600 - Int64(day.daysSinceEpoch) * 86_400)
        return "\(day) \(padded(ofDay / 3600, 2)):\(padded(ofDay / 60 % 60, 2))"
            + ":\(padded(ofDay % 60, 2))"
    }
}
