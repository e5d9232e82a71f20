/// Decides categories, and says why: the taxonomy and the rules of `conf/categories`, compiled.
///
/// Order of evidence for a card purchase: a text that names one business, MCC, industry code, a
/// common noun in what the text says beside a payment service, what the payer booked it under, the
/// payment service alone, fallback. For a bank transaction: the
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
    let payments: TextMatcher
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
        payments = try book.readPayments(files.payment, taxonomy)
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
        let payment = payments.best(in: text)
        if let match = business(in: text, beside: payment?.range) {
            return book.ruling(match.rule, .merchantText, match.range)
        }
        if mcc < UInt32(byMCC.count), byMCC[Int(mcc)] >= 0 {
            return book.ruling(Int(byMCC[Int(mcc)]), .mcc)
        }
        if let rule = industryRule(industry) { return book.ruling(rule, .ksic) }
        if let match = CategoryRules.best(of: nouns, in: text, beside: payment?.range) {
            return book.ruling(match.rule, .merchantWord, match.range)
        }
        if !expense.isEmpty, let rule = byExpense[MerchantText(expense).bytes] {
            return book.ruling(rule, .expense)
        }
        if let payment { return book.ruling(payment.rule, .payment, payment.range) }
        return Ruling(fallback, .fallback, rule: -1)
    }

    /// The business that a text names: beside the payment service if it names one, else in the
    /// whole text but not in the payment service's own name (쿠팡 in 쿠팡페이 is no purchase there).
    func business(in text: [UInt8], beside payment: Range<Int>?) -> TextMatcher.Match? {
        guard let payment else { return names.best(in: text) }
        if let match = CategoryRules.best(of: names, in: text, beside: payment) { return match }
        guard let match = names.best(in: text),
            match.range.lowerBound < payment.lowerBound
                || match.range.upperBound > payment.upperBound
        else { return nil }
        return match
    }

    /// The best match after `payment`, else before it.
    private static func best(
        of matcher: TextMatcher,
        in text: [UInt8],
        beside payment: Range<Int>?
    ) -> TextMatcher.Match? {
        guard let payment else { return matcher.best(in: text) }
        if let match = matcher.best(in: Array(text[payment.upperBound...])) {
            return match.moved(by: payment.upperBound)
        }
        return matcher.best(in: Array(text[..<payment.lowerBound]))
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
                evidence: ruling.evidence,
                rule: ruling.evidence == .person ? "person" : "fallback",
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
