/// Decides categories, and says why: the taxonomy and the rules of `conf/categories`, compiled.
///
/// Order of evidence for a card purchase: a text that names one business, MCC, industry code, a
/// common noun in the text, what the payer booked it under, fallback. For a bank transaction: the
/// source's purpose code, the memo, the channel, then the transaction kind. A pure function of its
/// arguments and the files.
public struct CategoryRules: Sendable {
    /// The categories there are.
    public let taxonomy: Taxonomy
    /// Digest of all files together: equal digests decide everything equally.
    public let digest: UInt64

    var book = RuleBook()
    private let byMCC: [Int32]
    private let byIndustry: [String: Int]
    private let byExpense: [[UInt8]: Int]
    private let names: TextMatcher
    private let nouns: TextMatcher
    private let bank: BankRules
    private let fallback: Category

    /// Compiles the files.
    ///
    /// - Throws: the line that is wrong. Nothing is skipped: rules that do not load do not start.
    public init(_ files: RuleFiles) throws(RuleError) {
        taxonomy = try Taxonomy(files.taxonomy)
        digest = files.digest
        var book = RuleBook()
        byMCC = try book.readCodes(files.mcc, taxonomy)
        byIndustry = try book.readIndustries(files.ksic, taxonomy)
        byExpense = try book.readExpenses(files.expense, taxonomy)
        (names, nouns) = try book.readMerchants(files.merchants, taxonomy)
        bank = try BankRules(files.bank, taxonomy, into: &book)
        self.book = book
        fallback = CategoryRules.required("other.spending", in: taxonomy)
    }

    private static func required(_ slug: String, in taxonomy: Taxonomy) -> Category {
        guard let category = taxonomy.category(slug: slug) else {
            preconditionFailure("a taxonomy without its required categories was accepted")
        }
        return category
    }

    /// The category of a card purchase.
    ///
    /// - Parameters:
    ///   - merchant: the merchant as the source writes it, UTF-8; empty if unknown.
    ///   - mcc: ISO 18245 code; 0 if unknown.
    ///   - industry: KSIC code in digits; empty if unknown.
    ///   - expense: what the payer booked it under, UTF-8; empty if unknown.
    /// - Returns: the category with the rule that chose it; `explain` says it in words.
    public func card(
        merchant: Span<UInt8>,
        mcc: UInt32,
        industry: Span<UInt8> = Span(),
        expense: Span<UInt8> = Span()
    ) -> Ruling {
        let text = MerchantText(merchant).bytes
        if let match = names.best(in: text) {
            return book.ruling(match.rule, .merchantText, match.range)
        }
        if mcc < UInt32(byMCC.count), byMCC[Int(mcc)] >= 0 {
            return book.ruling(Int(byMCC[Int(mcc)]), .mcc)
        }
        if let rule = industryRule(industry) { return book.ruling(rule, .ksic) }
        if let match = nouns.best(in: text) {
            return book.ruling(match.rule, .merchantWord, match.range)
        }
        if !expense.isEmpty, let rule = byExpense[MerchantText(expense).bytes] {
            return book.ruling(rule, .expense)
        }
        return Ruling(fallback, .fallback, rule: -1)
    }

    private func industryRule(_ industry: Span<UInt8>) -> Int? {
        var code = ""
        for index in 0..<min(5, industry.count) {
            guard industry[index] >= 0x30, industry[index] <= 0x39 else { return nil }
            code.unicodeScalars.append(Unicode.Scalar(industry[index]))
        }
        while !code.isEmpty {
            if let rule = byIndustry[code] { return rule }
            code.removeLast()
        }
        return nil
    }

    /// The category of a movement on a deposit account.
    ///
    /// - Parameters:
    ///   - kind: number of the `BankTransactionKind`.
    ///   - isIn: whether the balance grew.
    ///   - memo: passbook text, UTF-8; empty if unknown.
    ///   - channel: how it was done, in the source's words; empty if unknown.
    ///   - purpose: what it was for, in the source's code; empty if unknown.
    /// - Returns: the category with the rule that chose it; `explain` says it in words.
    public func bank(
        kind: UInt32,
        isIn: Bool,
        memo: Span<UInt8>,
        channel: Span<UInt8>,
        purpose: Span<UInt8>
    ) -> Ruling {
        bank.decide(
            kind: kind,
            isIn: isIn,
            memo: memo,
            channel: channel,
            purpose: purpose,
            book: book
        )
    }

    /// Says why `ruling` was made; these must be the rules that made it.
    public func explain(_ ruling: Ruling, text: Span<UInt8> = Span()) -> Explanation {
        guard ruling.rule >= 0, Int(ruling.rule) < book.rules.count else {
            return Explanation(
                category: ruling.category,
                evidence: .fallback,
                rule: "fallback",
                reason: "",
                rulesVersion: 0,
                rulesDigest: digest,
                matched: ""
            )
        }
        let rule = book.rules[Int(ruling.rule)]
        let normal = MerchantText(text).bytes
        var matched = rule.value
        if !ruling.matched.isEmpty, Int(ruling.matched.upperBound) <= normal.count {
            let range = Int(ruling.matched.lowerBound)..<Int(ruling.matched.upperBound)
            matched = String(decoding: normal[range], as: UTF8.self)
        }
        return Explanation(
            category: ruling.category,
            evidence: ruling.evidence,
            rule: rule.id,
            reason: rule.reason,
            rulesVersion: rule.version,
            rulesDigest: digest,
            matched: matched
        )
    }
}
