/// The categories there are, with names, kinds and parents: `conf/categories/taxonomy.csv`.
public struct Taxonomy: Sendable {
    /// One category.
    public struct Entry: Hashable, Sendable {
        /// Its code.
        public let category: Category
        /// Stable name for API, rules and exports, such as `food.coffee`.
        public let slug: String
        /// The primary category above it; itself when it is one.
        public let primary: Category
        /// What adding money to it means.
        public let kind: CategoryKind
        /// Name for a person who reads Korean.
        public let korean: String
        /// Name for a person who reads English.
        public let english: String
        /// Primary category of Plaid's personal finance taxonomy that it maps to.
        public let plaid: String
    }

    /// In order of code.
    public let entries: [Entry]
    /// The file's version.
    public let version: UInt32
    private let bySlug: [String: Category]
    private let byCode: [Entry?]

    /// Reads the file's bytes.
    ///
    /// - Throws: the line that is wrong: a code or slug used twice, a parent that is not primary,
    ///   an unknown kind, or one of the categories that rules cannot do without missing.
    public init(_ bytes: [UInt8]) throws(RuleError) {
        let lines = try RuleLines(bytes, file: "taxonomy.csv", columns: 7)
        var bySlug: [String: Category] = [:]
        var byCode = [Entry?](repeating: nil, count: 256)
        for row in lines.rows {
            let fields = row.fields
            guard let code = UInt8(fields[0]), code > 0, byCode[Int(code)] == nil else {
                throw lines.error(row, "code is not a new one of 1...255")
            }
            let category = Category(rawValue: code)
            guard !fields[1].isEmpty, bySlug[String(fields[1])] == nil else {
                throw lines.error(row, "slug is empty or used twice")
            }
            guard let kind = CategoryKind(fields[3]) else {
                throw lines.error(row, "kind is none of expense, income, transfer, neutral")
            }
            var primary = category
            if !fields[2].isEmpty {
                guard let parent = bySlug[String(fields[2])],
                    byCode[Int(parent.rawValue)]?.primary == parent
                else { throw lines.error(row, "parent is not a primary category above") }
                primary = parent
            }
            bySlug[String(fields[1])] = category
            byCode[Int(code)] = Entry(
                category: category,
                slug: String(fields[1]),
                primary: primary,
                kind: kind,
                korean: String(fields[4]),
                english: String(fields[5]),
                plaid: String(fields[6])
            )
        }
        version = lines.version
        self.bySlug = bySlug
        self.byCode = byCode
        entries = byCode.compactMap { $0 }
        for slug in Taxonomy.required where bySlug[slug] == nil {
            throw RuleError(file: "taxonomy.csv", line: 0, reason: "'\(slug)' is missing")
        }
    }

    /// Categories that code names because no rule can: what nothing else decides.
    static let required = ["other.spending", "transfer-in.other", "transfer-out.other"]

    /// The category's entry, or nil when the taxonomy has none of that code.
    public subscript(category: Category) -> Entry? { byCode[Int(category.rawValue)] }

    /// The category of that name, or nil.
    public func category(slug: some StringProtocol) -> Category? { bySlug[String(slug)] }
}
