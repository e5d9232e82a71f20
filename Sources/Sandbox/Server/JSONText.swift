/// JSON as requests have it: small, read once.
///
/// Pages of providers are never read by this.
indirect enum JSONText: Hashable, Sendable {
    case text(String)
    /// As it is written.
    case number(String)
    case flag(Bool)
    case list([JSONText])
    case object([String: JSONText])
    case null

    /// Deeper than this is no request of the standard; also bounds the reader's own stack.
    private static let depthMax = 8

    /// Nil for anything that is not one JSON value.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.isAtEnd else { return nil }
        self = value
    }

    /// The member of an object, or nil.
    subscript(_ name: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The value of a text, number or flag as text: the standard sends all of them as texts.
    var scalar: String? {
        switch self {
        case .text(let text): text
        case .number(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .list, .object, .null: nil
        }
    }

    /// The values of a list.
    var elements: [JSONText]? {
        guard case .list(let values) = self else { return nil }
        return values
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        mutating func skipSpace() {
            while place < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[place]) {
                place += 1
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
            return true
        }

        mutating func value(depth: Int) -> JSONText? {
            skipSpace()
            guard place < bytes.count, depth <= JSONText.depthMax else { return nil }
            switch bytes[place] {
            case UInt8(ascii: "\""): return text().map { .text($0) }
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return list(depth)
            default: return word()
            }
        }

        private mutating func word() -> JSONText? {
            let start = place
            while place < bytes.count,
                ![0x20, 0x0a, 0x0d, 0x09, 0x2c, 0x5d, 0x7d].contains(bytes[place])
            {
                place += 1
            }
            let word = String(decoding: bytes[start..<place], as: UTF8.self)
            switch word {
            case "true": return .flag(true)
            case "false": return .flag(false)
            case "null": return .null
            default:
                guard let first = word.utf8.first, first == 0x2d || (0x30...0x39).contains(first),
                    word.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) })
                else { return nil }
                return .number(word)
            }
        }

        private mutating func list(_ depth: Int) -> JSONText? {
            place += 1
            var values: [JSONText] = []
            if take(UInt8(ascii: "]")) { return .list(values) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                values.append(value)
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "]")) ? .list(values) : nil
        }

        private mutating func object(_ depth: Int) -> JSONText? {
            place += 1
            var members: [String: JSONText] = [:]
            if take(UInt8(ascii: "}")) { return .object(members) }
            repeat {
                skipSpace()
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\""), let name = text(),
                    take(UInt8(ascii: ":")), let value = value(depth: depth + 1)
                else { return nil }
                members[name] = value
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) ? .object(members) : nil
        }

        private mutating func text() -> String? {
            place += 1
            var out: [UInt8] = []
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard escape(into: &out) else { return nil }
                case 0..<0x20: return nil
                default: out.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into out: inout [UInt8]) -> Bool {
            guard place < bytes.count else { return false }
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0c)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
            case UInt8(ascii: "u"): return unicode(into: &out)
            default: return false
            }
            return true
        }

        private mutating func unicode(into out: inout [UInt8]) -> Bool {
            guard var code = unit() else { return false }
            if (0xd800..<0xdc00).contains(code) {
                guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                    bytes[place + 1] == UInt8(ascii: "u")
                else { return false }
                place += 2
                guard let low = unit(), (0xdc00..<0xe000).contains(low) else { return false }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { return false }
            out.append(contentsOf: String(Character(scalar)).utf8)
            return true
        }

        private mutating func unit() -> UInt32? {
            guard place + 4 <= bytes.count else { return nil }
            let digits = String(decoding: bytes[place..<place + 4], as: UTF8.self)
            place += 4
            return UInt32(digits, radix: 16)
        }
    }
}

/// Writes one JSON object, in the order of the calls; every value is a text (the standard).
struct JSONObject: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() {}

    /// A text.
    mutating func add(_ name: String, _ value: String) {
        key(name)
        JSONObject.quote(value, into: &bytes)
    }

    /// A text, or nothing.
    mutating func add(_ name: String, _ value: String?) {
        if let value { add(name, value) }
    }

    /// A number, as text.
    mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, String(value)) }

    /// A list of objects.
    mutating func add(_ name: String, _ values: [JSONObject]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: value.encoded)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An object.
    mutating func add(_ name: String, _ value: JSONObject) {
        key(name)
        bytes.append(contentsOf: value.encoded)
    }

    /// A list of texts.
    mutating func add(_ name: String, texts values: [String]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONObject.quote(value, into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The object's text.
    var encoded: [UInt8] { bytes + [UInt8(ascii: "}")] }

    private mutating func key(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONObject.quote(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private static func quote(_ text: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0..<0x20:
                out.append(contentsOf: "\\u00".utf8)
                out.append(Array("0123456789abcdef".utf8)[Int(byte >> 4)])
                out.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
