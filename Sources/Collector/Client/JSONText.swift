/// JSON as far as a request needs it, and the flat members of an answer that is no page.
///
/// Those are tokens, signatures and errors; pages are read by `MyData`.
enum JSONText {
    /// An object of strings.
    static func object(_ members: [(name: String, value: String)]) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            append(member.name, to: &out)
            out.append(UInt8(ascii: ":"))
            append(member.value, to: &out)
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    static func append(_ text: String, to out: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0..<0x20:
                out += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// An object whose values are JSON already.
    static func object(raw members: [(name: String, value: [UInt8])]) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            append(member.name, to: &out)
            out.append(UInt8(ascii: ":"))
            out += member.value
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// A list of values that are JSON already.
    static func list(_ values: [[UInt8]]) -> [UInt8] {
        Array("[".utf8) + Array(values.joined(separator: Array(",".utf8))) + Array("]".utf8)
    }

    /// A string.
    static func text(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        append(text, to: &out)
        return out
    }

    /// The objects of the outermost object's list of this name, their flat members each.
    ///
    /// Nil when the bytes are not one object with such a list of objects.
    static func objects(_ bytes: [UInt8], in name: String) -> [[String: String]]? {
        var scanner = JSONScanner(bytes: bytes, wanted: name)
        guard scanner.object() != nil, scanner.isAtEnd else { return nil }
        return scanner.found
    }

    /// The members of the outermost object that are strings, numbers or booleans, as text.
    ///
    /// Nil when the bytes are not one object; a member that comes twice has its last value.
    static func members(_ bytes: [UInt8]) -> [String: String]? {
        var scanner = JSONScanner(bytes: bytes)
        guard let members = scanner.object(), scanner.isAtEnd else { return nil }
        return members
    }
}
