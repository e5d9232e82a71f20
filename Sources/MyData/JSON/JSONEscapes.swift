/// Escapes of JSON strings, RFC 8259 section 7.
enum JSONEscapes {
    /// Appends the text that an escaped string stands for.
    ///
    /// - Throws: `JSONFault` for an escape that does not exist or half a surrogate pair.
    static func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) throws(JSONFault) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == 0x5C else {
                output.append(byte)
                continue
            }
            guard index < text.count else { throw JSONFault() }
            let escape = text[index]
            index += 1
            switch escape {
            case 0x22, 0x5C, 0x2F: output.append(escape)
            case 0x62: output.append(0x08)
            case 0x66: output.append(0x0C)
            case 0x6E: output.append(0x0A)
            case 0x72: output.append(0x0D)
            case 0x74: output.append(0x09)
            case 0x75: output.append(contentsOf: try scalar(text, &index).utf8)
            default: throw JSONFault()
            }
        }
    }

    private static func scalar(
        _ text: Span<UInt8>,
        _ index: inout Int
    ) throws(JSONFault) -> Character {
        var code = try unit(text, &index)
        if code >= 0xD800, code < 0xDC00 {
            guard index + 2 <= text.count, text[index] == 0x5C, text[index + 1] == 0x75 else {
                throw JSONFault()
            }
            index += 2
            let low = try unit(text, &index)
            guard low >= 0xDC00, low < 0xE000 else { throw JSONFault() }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONFault() }
        return Character(scalar)
    }

    private static func unit(
        _ text: Span<UInt8>,
        _ index: inout Int
    ) throws(JSONFault) -> UInt32 {
        guard index + 4 <= text.count else { throw JSONFault() }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = text[index]
            index += 1
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw JSONFault()
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
