// What a company calls itself beside its name: the kind of company, and which of its shops it is.

extension MerchantText {
    private static let companyWords: [[UInt8]] = [
        "주식회사", "유한회사", "유한책임회사", "재단법인", "사단법인", "의료법인", "학교법인",
        "농업회사법인",
    ].map { Array($0.utf8) }

    /// Drops words for a kind of company; also those that come together when another is dropped.
    mutating func dropCompanyWords() {
        var start = 0
        while start < bytes.count {
            guard let length = MerchantText.companyWord(in: bytes, at: start) else {
                start += 1
                continue
            }
            cut(start..<(start + length))
            start = max(0, start - MerchantText.companyWordBytesMax)
        }
    }

    /// The longest of them, less its last letter: so far back a new one may begin.
    private static let companyWordBytesMax = 18

    private static func companyWord(in bytes: [UInt8], at start: Int) -> Int? {
        guard bytes[start] >= 0xEA, bytes[start] <= 0xED else { return nil }
        for word in companyWords where start + word.count <= bytes.count {
            if word.indices.allSatisfy({ bytes[start + $0] == word[$0] }) { return word.count }
        }
        return nil
    }

    /// The text without what tells one shop of a business from another: `강남점`, `2호점`, `본점`.
    ///
    /// A branch is the last part that stands apart and ends in 점, unless that is a word for a kind
    /// of shop; without a space before it only `본점`, `직영점`, `지점` and numbered ones are.
    var withoutBranch: ArraySlice<UInt8> {
        guard bytes.hasSuffix("점"), !MerchantText.shopWords.contains(where: bytes.hasSuffix) else {
            return bytes[...]
        }
        // Two letters at least: 점 alone is no branch.
        if lastPart > 0, bytes.count - lastPart >= 6 { return trimmed(lastPart) }
        for word in ["직영점", "본점", "지점"] where bytes.hasSuffix(word) {
            return trimmed(bytes.count - word.utf8.count)
        }
        if bytes.hasSuffix("호점") {
            var end = bytes.count - 6
            while end > 0, bytes[end - 1] >= 0x30, bytes[end - 1] <= 0x39 { end -= 1 }
            return trimmed(end)
        }
        return bytes[...]
    }

    private func trimmed(_ count: Int) -> ArraySlice<UInt8> {
        var end = count
        while end > 0, bytes[end - 1] == 0x20 { end -= 1 }
        return end > 0 ? bytes[..<end] : bytes[...]
    }

    private static let shopWords = [
        "전문점", "음식점", "백화점", "편의점", "할인점", "서점", "면세점", "제과점", "대리점", "가맹점",
        "주점", "상점", "양복점", "반점",
    ]
}

extension [UInt8] {
    fileprivate func hasSuffix(_ text: String) -> Bool {
        count >= text.utf8.count && suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
