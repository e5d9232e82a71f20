/// How often the rules are right on labelled texts: figures in per mille, rounded down.
public struct CategoryMeasure: Sendable {
    /// One category's figures.
    public struct Line: Sendable {
        /// Which category.
        public let category: Category
        /// Rows that ought to be in it.
        public fileprivate(set) var expected = 0
        /// Rows that the rules put into it.
        public fileprivate(set) var decided = 0
        /// Rows that are in it and ought to be.
        public fileprivate(set) var right = 0

        /// Of what the rules put into it, how much belongs there; nil when they put nothing.
        public var precision: Int? { decided == 0 ? nil : right * 1_000 / decided }
        /// Of what belongs there, how much the rules put into it; nil when nothing belongs.
        public var recall: Int? { expected == 0 ? nil : right * 1_000 / expected }
    }

    /// A row that the rules got wrong.
    public struct Miss: Sendable {
        /// The row.
        public let label: LabelledText
        /// What they made of it.
        public let ruling: Ruling
    }

    /// Rows measured.
    public private(set) var rows = 0
    /// Rows in the category that they ought to be in.
    public private(set) var right = 0
    /// Rows whose category could not be told, of those not right: only last resorts were left.
    public private(set) var unknown = 0
    /// All others, in the order of the file, then those of `unknown`.
    public private(set) var misses: [Miss] = []
    private var byCategory: [Category: Line] = [:]

    /// Measures `labels` by `rules`.
    public init(_ labels: [LabelledText], by rules: CategoryRules) {
        let lastResorts = Set(
            (Taxonomy.required + ["other.online"]).compactMap { rules.taxonomy.category(slug: $0) }
        )
        var unknownMisses: [Miss] = []
        for label in labels {
            let ruling = rules.decide(Array(label.text.utf8).span, from: label.source)
            let isRight = ruling.category == label.category
            rows += 1
            byCategory[label.category, default: Line(category: label.category)].expected += 1
            byCategory[ruling.category, default: Line(category: ruling.category)].decided += 1
            if isRight {
                right += 1
                byCategory[label.category]?.right += 1
            } else if lastResorts.contains(ruling.category) {
                unknown += 1
                unknownMisses.append(Miss(label: label, ruling: ruling))
            } else {
                misses.append(Miss(label: label, ruling: ruling))
            }
        }
        misses += unknownMisses
    }

    /// Rows in a category that they ought not to be in, with evidence that misled.
    public var wrong: Int { rows - right - unknown }

    /// Part of all rows, per mille; 0 when there are none.
    public func share(_ count: Int) -> Int { rows == 0 ? 0 : count * 1_000 / rows }

    /// Each category that rows ought to be in or were put into, by code.
    public var lines: [Line] { byCategory.values.sorted { $0.category < $1.category } }
}
