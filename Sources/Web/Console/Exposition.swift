/// The Prometheus text format 0.0.4.
struct Exposition {
    enum Kind: String { case counter, gauge, histogram }

    enum Value {
        case integer(Int64)
        case number(Double)
    }

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Begins a family; all of its samples follow.
    mutating func family(_ name: String, _ kind: Kind, help: String) {
        text += "# HELP \(name) \(Exposition.escape(help, quotes: false))\n"
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [Label], _ value: Value) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Exposition.escape($0.value, quotes: true))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        switch value {
        case .integer(let value): text += " \(value)\n"
        case .number(let value): text += " \(Exposition.digits(value))\n"
        }
    }

    /// A family with one sample that has no labels.
    mutating func single(_ name: String, _ kind: Kind, help: String, _ value: Value) {
        family(name, kind, help: help)
        sample(name, [], value)
    }

    /// A metric's name: letters, digits, underscores and colons; others become underscores.
    static func name(_ label: String, ending: String = "") -> String {
        let name = clean(label, colons: true)
        return name.hasSuffix(ending) ? name : name + ending
    }

    static func labelName(_ label: String) -> String { clean(label, colons: false) }

    private static func clean(_ label: String, colons: Bool) -> String {
        var out = ""
        for scalar in label.unicodeScalars {
            let isLetter = "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_"
            let isDigit = "0"..."9" ~= scalar && !out.isEmpty
            let isColon = colons && scalar == ":"
            out.unicodeScalars.append(isLetter || isDigit || isColon ? scalar : "_")
        }
        return out.isEmpty ? "_" : out
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? escaped.replacing("\"", with: "\\\"") : escaped
    }

    private static func digits(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && value.magnitude < 1e15
            ? String(Int64(value)) : "\(value)"
    }
}
