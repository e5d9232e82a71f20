/// A JSON value as the standard has it: every value is a text (attachment 2), what is absent is
/// left out, and members keep their order.
public indirect enum StandardJSON: Sendable {
    /// A value of any type, as text.
    case text(String)
    /// A list.
    case list([StandardJSON])
    /// Members in their order.
    case object([(String, StandardJSON)])

    static func number(_ value: some BinaryInteger) -> StandardJSON { .text("\(value)") }
    static func flag(_ value: Bool) -> StandardJSON { .text(value ? "true" : "false") }

    /// The text without spaces, UTF-8.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        write(into: &out)
        return out
    }

    private func write(into out: inout [UInt8]) {
        switch self {
        case .text(let text): StandardJSON.quote(text, into: &out)
        case .list(let values):
            out.append(UInt8(ascii: "["))
            for (place, value) in values.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                value.write(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                StandardJSON.quote(member.0, into: &out)
                out.append(UInt8(ascii: ":"))
                member.1.write(into: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func quote(_ text: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): out += #"\""#.utf8
            case UInt8(ascii: "\\"): out += #"\\"#.utf8
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                out += (#"\u00"# + (hex.utf8.count == 1 ? "0" : "") + hex).utf8
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

extension StandardJSON {
    /// An answer of the support API: code, message, then what it says.
    static func answer(_ members: [(String, StandardJSON)]) -> StandardJSON {
        .object([("rsp_code", .text("00000")), ("rsp_msg", .text("정상처리"))] + members)
    }
}

/// Times as the standard writes them, in Korea.
enum StandardTime {
    /// DTIME, YYYYMMDDhhmmss, of seconds since 1970-01-01 UTC.
    ///
    /// Zeros outside the years 1...9999, which no register means.
    static func dtime(_ seconds: Int64) -> String {
        guard let day = CivilDate(secondsSinceEpoch: seconds) else { return "00000000000000" }
        let second = seconds + 540 * 60 - Int64(day.daysSinceEpoch) * 86_400
        return date(day) + digits(second / 3_600) + digits(second / 60 % 60) + digits(second % 60)
    }

    /// DATE, YYYYMMDD.
    static func date(_ day: CivilDate) -> String {
        let digits = String(day.digits)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func digits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
