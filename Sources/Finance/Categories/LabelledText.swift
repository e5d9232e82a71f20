/// A text of a statement with the category that it ought to have.
public struct LabelledText: Sendable {
    /// Where a text of its kind stands, which is what decides how it is read.
    public enum Source: String, CaseIterable, Sendable {
        case card
        case wallet
        case bankIn = "bank-in"
        case bankOut = "bank-out"
    }

    /// Whose text it is.
    public let source: Source
    /// What it ought to be.
    public let category: Category
    /// Who is meant: rows of one merchant are in the same half.
    public let merchant: String
    /// As the source writes it.
    public let text: String

    /// Whether it is only measured: rules are tuned on the others.
    ///
    /// The highest bit of the merchant's FNV-1a hash, 64 bits, after the first step of
    /// MurmurHash3's finaliser: FNV's own high bits hardly see the last letter.
    public var isHeldOut: Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in merchant.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 33
        return (hash &* 0xFF51_AFD7_ED55_8CCD) >> 63 == 1
    }

    /// Reads a file of them: `source,category,merchant,why,text` by line, as rules are written.
    ///
    /// - Throws: the line that is wrong.
    public static func read(
        _ bytes: [UInt8],
        file: String,
        _ taxonomy: Taxonomy
    ) throws(RuleError) -> [LabelledText] {
        let lines = try RuleLines(bytes, file: file, columns: 5)
        var labels: [LabelledText] = []
        for row in lines.rows {
            guard let source = Source(rawValue: String(row.fields[0])) else {
                throw lines.error(row, "source is none of card, wallet, bank-in, bank-out")
            }
            guard let category = taxonomy.category(slug: row.fields[1]) else {
                throw lines.error(row, "category '\(row.fields[1])' is not in the taxonomy")
            }
            guard !row.fields[2].isEmpty, !row.fields[4].isEmpty else {
                throw lines.error(row, "merchant or text is empty")
            }
            labels.append(
                LabelledText(
                    source: source,
                    category: category,
                    merchant: String(row.fields[2]),
                    text: String(row.fields[4])
                )
            )
        }
        return labels
    }
}

extension CategoryRules {
    /// The category of a text alone, as its source would have it read.
    public func decide(_ text: Span<UInt8>, from source: LabelledText.Source) -> Ruling {
        switch source {
        case .card, .wallet: card(merchant: text, mcc: 0)
        // Kinds 2 and 3, withdrawn and deposited: what a statement says of nearly every movement.
        case .bankIn:
            bank(kind: 3, isIn: true, memo: text, channel: Span(), purpose: Span())
        case .bankOut:
            bank(kind: 2, isIn: false, memo: text, channel: Span(), purpose: Span())
        }
    }
}
