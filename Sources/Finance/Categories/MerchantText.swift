/// Brings a merchant's or passbook's text to the form that rules are written against.
///
/// In order: full-width ASCII becomes ASCII; letters A-Z become lower case (others are left: Hangul
/// has no case); `(주)`, `㈜`, `(유)` and the like are dropped, and apostrophes; all other
/// punctuation becomes a space; spaces beside a non-ASCII letter are dropped, since Korean names
/// are spaced at will, the others become one; `주식회사` and other words for a kind of company are
/// dropped; a number of three or more digits after a space at the end, a store's number, is
/// dropped. Bytes that are not UTF-8 are spaces. Doing it twice changes nothing.
struct MerchantText {
    /// The normalised text, UTF-8.
    private(set) var bytes: [UInt8] = []
    private var spacePending = false
    /// Where the last part begins that stood apart in the source; 0 when there is only one.
    private(set) var lastPart = 0

    /// Longer texts are cut: no provider's field is above 300 letters.
    static let bytesMax = 1_024

    init(_ text: Span<UInt8>) {
        let count = min(text.count, MerchantText.bytesMax)
        bytes.reserveCapacity(count)
        var index = 0
        while index < count {
            let letter = MerchantText.letter(in: text, at: index, count: count)
            if let company = MerchantText.companyForm(in: text, at: index, count: count) {
                index += company
                spacePending = true
                continue
            }
            switch letter.length {
            case 1: append(ascii: text[index])
            case 3 where letter.ascii != 0: append(ascii: letter.ascii)
            case 3 where MerchantText.isQuote(text, index): break
            case 0: spacePending = true
            // U+0080...U+00BF: punctuation of Latin-1, such as the middle dot.
            case 2 where text[index] == 0xC2: spacePending = true
            default: append(letterOf: text, from: index, length: letter.length)
            }
            index += max(1, letter.length)
        }
        dropCompanyWords()
        dropStoreNumber()
    }

    private mutating func append(ascii byte: UInt8) {
        switch byte {
        case 0x61...0x7A, 0x30...0x39: append(byte)
        case 0x41...0x5A: append(byte | 0x20)
        case 0x27, 0x60: break
        default: spacePending = true
        }
    }

    private mutating func append(_ byte: UInt8) {
        if spacePending, let last = bytes.last {
            if last < 0x80 { bytes.append(0x20) }
            lastPart = bytes.count
        }
        spacePending = false
        bytes.append(byte)
    }

    private mutating func append(letterOf text: Span<UInt8>, from index: Int, length: Int) {
        if spacePending { lastPart = bytes.count }
        spacePending = false
        for offset in 0..<length { bytes.append(text[index + offset]) }
    }

    /// Takes a part out; ASCII on both sides of it stays apart.
    mutating func cut(_ range: Range<Int>) {
        bytes.removeSubrange(range)
        if lastPart > range.lowerBound { lastPart = max(range.lowerBound, lastPart - range.count) }
        guard range.lowerBound > 0, range.lowerBound < bytes.count,
            bytes[range.lowerBound - 1] < 0x80, bytes[range.lowerBound] < 0x80
        else { return }
        bytes.insert(0x20, at: range.lowerBound)
        if lastPart >= range.lowerBound { lastPart += 1 }
    }

    private mutating func dropStoreNumber() {
        var end = bytes.count
        while end > 0, bytes[end - 1] >= 0x30, bytes[end - 1] <= 0x39 { end -= 1 }
        guard bytes.count - end >= 3, end > 1, bytes[end - 1] == 0x20 else { return }
        bytes.removeLast(bytes.count - end + 1)
        lastPart = lastPart < bytes.count ? lastPart : 0
        dropStoreNumber()
    }

    /// Length of the letter in bytes, 0 when malformed, and what full-width ASCII stands for.
    private static func letter(
        in text: Span<UInt8>,
        at index: Int,
        count: Int
    ) -> (length: Int, ascii: UInt8) {
        let lead = text[index]
        if lead < 0x80 { return (1, 0) }
        let length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0
        guard lead < 0xF5, length > 0, index + length <= count else { return (0, 0) }
        for offset in 1..<length where text[index + offset] & 0xC0 != 0x80 { return (0, 0) }
        guard isShortest(lead, text[index + 1]) else { return (0, 0) }
        guard lead == 0xEF, length == 3 else {
            // U+3000, the ideographic space.
            let isSpace = lead == 0xE3 && text[index + 1] == 0x80 && text[index + 2] == 0x80
            return (length, isSpace ? 0x20 : 0)
        }
        // U+FF01...FF5E are ASCII 0x21...0x7E in full width.
        let scalar = UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
        guard scalar >= 0xF01, scalar <= 0xF5E else { return (length, 0) }
        return (length, UInt8(scalar - 0xF01 + 0x21))
    }

    /// Whether the second byte is one that UTF-8 allows after the first.
    ///
    /// No longer spelling than needed, no surrogate, nothing above U+10FFFF: Unicode, table 3-7.
    private static func isShortest(_ lead: UInt8, _ second: UInt8) -> Bool {
        switch lead {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
    }

    /// U+2018, U+2019: typographic apostrophes.
    private static func isQuote(_ text: Span<UInt8>, _ index: Int) -> Bool {
        text[index] == 0xE2 && text[index + 1] == 0x80
            && (text[index + 2] == 0x98 || text[index + 2] == 0x99)
    }

    private static let companyForms: [[UInt8]] = [
        "(주)", "（주）", "㈜", "(유)", "（유）", "(사)", "㈔", "(재)", "(합)",
    ].map { Array($0.utf8) }

    private static func companyForm(in text: Span<UInt8>, at index: Int, count: Int) -> Int? {
        let lead = text[index]
        // '(' or the lead bytes that the forms begin with: nearly all letters leave here.
        guard lead == 0x28 || lead == 0xEF || lead == 0xE3 else { return nil }
        for form in companyForms where index + form.count <= count {
            if form.indices.allSatisfy({ text[index + $0] == form[$0] }) { return form.count }
        }
        return nil
    }
}
