/// All rules in one list: what they decide, and what to say of them.
struct RuleBook: Sendable {
    struct Rule: Sendable {
        let id: String
        let category: Category
        let reason: String
        let version: UInt32
        /// The code or pattern, as its file has it.
        let value: String
    }

    private(set) var rules: [Rule] = []

    func ruling(_ rule: Int, _ evidence: Evidence, _ matched: Range<Int> = 0..<0) -> Ruling {
        Ruling(rules[rule].category, evidence, rule: rule, matched: matched)
    }

    mutating func add(
        _ id: String,
        _ value: Substring,
        _ slug: Substring,
        _ reason: Substring,
        _ row: RuleLines.Row,
        of lines: RuleLines,
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> Int {
        guard let category = taxonomy.category(slug: slug) else {
            throw lines.error(row, "category '\(slug)' is not in the taxonomy")
        }
        rules.append(
            Rule(
                id: id,
                category: category,
                reason: String(reason),
                version: lines.version,
                value: String(value)
            )
        )
        return rules.count - 1
    }

    /// The table of `mcc.csv`: rule by code 0...9999, -1 where there is none.
    mutating func readCodes(
        _ bytes: [UInt8],
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> [Int32] {
        let lines = try RuleLines(bytes, file: "mcc.csv", columns: 3)
        var table = [Int32](repeating: -1, count: 10_000)
        for row in lines.rows {
            guard row.fields[0].utf8.count == 4, let code = UInt32(row.fields[0]),
                table[Int(code)] < 0
            else { throw lines.error(row, "code is not a new one of four digits") }
            let rule = try add(
                "mcc:\(row.fields[0])",
                row.fields[0],
                row.fields[1],
                row.fields[2],
                row,
                of: lines,
                taxonomy
            )
            table[Int(code)] = Int32(rule)
        }
        return table
    }

    /// The prefixes of `ksic.csv`.
    mutating func readIndustries(
        _ bytes: [UInt8],
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> [String: Int] {
        let lines = try RuleLines(bytes, file: "ksic.csv", columns: 3)
        var table: [String: Int] = [:]
        for row in lines.rows {
            let code = String(row.fields[0])
            guard code.utf8.count >= 2, code.utf8.count <= 5,
                code.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), table[code] == nil
            else { throw lines.error(row, "code is not a new one of 2...5 digits") }
            table[code] = try add(
                "ksic:\(code)",
                row.fields[0],
                row.fields[1],
                row.fields[2],
                row,
                of: lines,
                taxonomy
            )
        }
        return table
    }

    /// The whole texts of `expense.csv`, normalised.
    mutating func readExpenses(
        _ bytes: [UInt8],
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> [[UInt8]: Int] {
        let lines = try RuleLines(bytes, file: "expense.csv", columns: 3)
        var table: [[UInt8]: Int] = [:]
        for row in lines.rows {
            let text = MerchantText(Array(row.fields[0].utf8).span).bytes
            guard !text.isEmpty, table[text] == nil else {
                throw lines.error(row, "text is empty or used twice")
            }
            table[text] = try add(
                "expense:\(row.fields[0])",
                row.fields[0],
                row.fields[1],
                row.fields[2],
                row,
                of: lines,
                taxonomy
            )
        }
        return table
    }

    /// The names of `payment.csv`, found anywhere in a text.
    mutating func readPayments(
        _ bytes: [UInt8],
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> TextMatcher {
        let lines = try RuleLines(bytes, file: "payment.csv", columns: 4)
        var patterns: [TextMatcher.Pattern] = []
        var seen: Set<[UInt8]> = []
        for row in lines.rows {
            let fields = row.fields
            let text = MerchantText(Array(fields[1].utf8).span).bytes
            guard let anchor = TextAnchor(fields[0]) else {
                throw lines.error(row, "match is none of exact, prefix, word, contains")
            }
            guard !text.isEmpty, seen.insert(text).inserted else {
                throw lines.error(row, "name is empty or used twice")
            }
            let id = "payment:\(fields[0]):\(fields[1])"
            let rule = try add(id, fields[1], fields[2], fields[3], row, of: lines, taxonomy)
            patterns.append(
                TextMatcher.Pattern(bytes: text, anchor: anchor, endsWord: false, rule: rule)
            )
        }
        return TextMatcher(patterns)
    }

    /// The strong and the weak patterns of `merchants.csv`.
    mutating func readMerchants(
        _ bytes: [UInt8],
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> (names: TextMatcher, nouns: TextMatcher) {
        let lines = try RuleLines(bytes, file: "merchants.csv", columns: 4)
        var names: [TextMatcher.Pattern] = []
        var nouns: [TextMatcher.Pattern] = []
        var seen: Set<String> = []
        for row in lines.rows {
            let fields = row.fields
            guard let anchor = TextAnchor(fields[0]) else {
                throw lines.error(row, "match is none of exact, prefix, word, contains")
            }
            let id = "text:\(fields[0]):\(fields[1])"
            let text = MerchantText(Array(fields[1].utf8).span).bytes
            guard !text.isEmpty, text.count <= 255, seen.insert(id).inserted else {
                throw lines.error(row, "pattern is empty, too long or used twice")
            }
            let pattern = TextMatcher.Pattern(
                bytes: text,
                anchor: anchor,
                endsWord: fields[1].hasSuffix(" "),
                rule: try add(id, fields[1], fields[2], "", row, of: lines, taxonomy)
            )
            switch fields[3] {
            case "strong": names.append(pattern)
            case "weak": nouns.append(pattern)
            default: throw lines.error(row, "strength is neither strong nor weak")
            }
        }
        return (TextMatcher(names), TextMatcher(nouns))
    }
}
