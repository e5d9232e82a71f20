/// Base64 with padding (RFC 4648 §4), and base64url without (§5).
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Four characters for each three bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var word: UInt32 = 0
            for index in 0..<3 {
                word = word << 8 | (index < count ? UInt32(bytes[start + index]) : 0)
            }
            for index in 0..<4 {
                let digit = alphabet[Int(word >> (18 - 6 * UInt32(index)) & 63)]
                out.append(index <= count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes, or nil for anything that `encode` does not give.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            var word: UInt32 = 0
            var padding = 0
            for character in characters[start..<start + 4] {
                guard character != UInt8(ascii: "=") else {
                    padding += 1
                    word <<= 6
                    continue
                }
                guard padding == 0, let value = value(character) else { return nil }
                word = word << 6 | value
            }
            guard padding <= 2, padding == 0 || start + 4 == characters.count else { return nil }
            for index in 0..<(3 - padding) {
                out.append(UInt8(truncatingIfNeeded: word >> (16 - 8 * UInt32(index))))
            }
        }
        // One text for one value: bits that padding leaves over must be zero.
        return encode(out) == String(text) ? out : nil
    }

    /// base64url without padding.
    public static func urlEncode(_ bytes: [UInt8]) -> String {
        let text = encode(bytes).utf8.prefix { $0 != UInt8(ascii: "=") }.map { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: character
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil for anything that `urlEncode` does not give.
    public static func urlDecode(_ text: some StringProtocol) -> [UInt8]? {
        var plain: [UInt8] = []
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "-"): plain.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): plain.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: plain.append(character)
            }
        }
        while !plain.count.isMultiple(of: 4) { plain.append(UInt8(ascii: "=")) }
        return decode(String(decoding: plain, as: UTF8.self))
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
