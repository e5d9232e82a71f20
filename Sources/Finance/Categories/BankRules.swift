/// The rules of `bank.csv`: what a movement on a deposit account was for.
struct BankRules: Sendable {
    fileprivate struct Direction: Sendable {
        var purposes: [[UInt8]: Int] = [:]
        var channels: [[UInt8]: Int] = [:]
        var kinds: [UInt32: Int] = [:]
        var memoPatterns: [TextMatcher.Pattern] = []
        var memos = TextMatcher([])
        let fallback: Category
    }

    private var incoming: Direction
    private var outgoing: Direction

    init(_ bytes: [UInt8], _ taxonomy: Taxonomy, into book: inout RuleBook) throws(RuleError) {
        let lines = try RuleLines(bytes, file: "bank.csv", columns: 5)
        guard let received = taxonomy.category(slug: "transfer-in.other"),
            let sent = taxonomy.category(slug: "transfer-out.other")
        else { throw RuleError(file: "bank.csv", line: 0, reason: "has nothing to fall back to") }
        incoming = Direction(fallback: received)
        outgoing = Direction(fallback: sent)
        for row in lines.rows {
            let fields = row.fields
            let id = "bank:\(fields[0]):\(fields[2]):\(fields[1])"
            let rule = try book.add(id, fields[1], fields[3], fields[4], row, of: lines, taxonomy)
            switch fields[2] {
            case "in": try incoming.add(fields[0], fields[1], rule, row, lines)
            case "out": try outgoing.add(fields[0], fields[1], rule, row, lines)
            case "any":
                try incoming.add(fields[0], fields[1], rule, row, lines)
                try outgoing.add(fields[0], fields[1], rule, row, lines)
            default: throw lines.error(row, "direction is none of in, out, any")
            }
        }
        incoming.memos = TextMatcher(incoming.memoPatterns)
        outgoing.memos = TextMatcher(outgoing.memoPatterns)
    }

    func decide(
        kind: UInt32,
        isIn: Bool,
        memo: Span<UInt8>,
        channel: Span<UInt8>,
        purpose: Span<UInt8>,
        book: RuleBook
    ) -> Ruling {
        let rules = isIn ? incoming : outgoing
        if !purpose.isEmpty, let rule = rules.purposes[MerchantText(purpose).bytes] {
            return book.ruling(rule, .bankKind)
        }
        if !memo.isEmpty, let match = rules.memos.best(in: MerchantText(memo).bytes) {
            return book.ruling(match.rule, .bankMemo, match.range)
        }
        if !channel.isEmpty, let rule = rules.channels[MerchantText(channel).bytes] {
            return book.ruling(rule, .bankKind)
        }
        if let rule = rules.kinds[kind] { return book.ruling(rule, .bankKind) }
        return Ruling(rules.fallback, .fallback, rule: -1)
    }
}

extension BankRules.Direction {
    fileprivate mutating func add(
        _ field: Substring,
        _ value: Substring,
        _ rule: Int,
        _ row: RuleLines.Row,
        _ lines: RuleLines
    ) throws(RuleError) {
        let text = MerchantText(Array(value.utf8).span).bytes
        guard !text.isEmpty else { throw lines.error(row, "value is empty") }
        switch field {
        case "purpose":
            guard purposes.updateValue(rule, forKey: text) == nil else {
                throw lines.error(row, "purpose is used twice")
            }
        case "channel":
            guard channels.updateValue(rule, forKey: text) == nil else {
                throw lines.error(row, "channel is used twice")
            }
        case "kind":
            guard let number = UInt32(value), kinds.updateValue(rule, forKey: number) == nil else {
                throw lines.error(row, "kind is not a new number")
            }
        case "memo":
            let anchor: TextAnchor = text.allSatisfy { $0 < 0x80 } ? .word : .contains
            memoPatterns.append(
                TextMatcher.Pattern(bytes: text, anchor: anchor, endsWord: false, rule: rule)
            )
        default: throw lines.error(row, "field is none of purpose, memo, channel, kind")
        }
    }
}
