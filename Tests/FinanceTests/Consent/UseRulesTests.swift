import Finance
import Testing

/// What may be used for what, whole.
@Suite struct UseRulesTests {
    /// A allowed, M masked, - refused.
    ///
    /// Rows are classes in rising order, columns purposes in theirs: own view, operation, decision,
    /// research, marketing, provision, audit.
    static let adult = [
        "A A A A A A A",
        "A A - - - - A",
        "A A A A A A A",
        "A M A A A A M",
        "A - - - - - -",
        "A M - - - - M",
        "- - - - - - -",
    ]
    static let minor = [
        "A - - - - - -", "A - - - - - -", "A - - - - - -", "A - - - - - -", "A - - - - - -",
        "A - - - - - -", "- - - - - - -",
    ]

    @Test(arguments: [(AgeBand.adult, adult), (.teenager, minor), (.unspecified, minor)])
    func `each purpose reaches what its row says and nothing else`(
        age: AgeBand,
        table: [String]
    ) {
        for (sensitivity, row) in zip(SensitivityClass.allCases, table) {
            let words = UsePurpose.allCases.map { purpose in
                switch UseRules.use(of: sensitivity, for: purpose, age: age) {
                case .allowed: "A"
                case .masked: "M"
                case .refused: "-"
                }
            }
            #expect(words.joined(separator: " ") == row, "\(sensitivity) \(age)")
        }
        #expect(table.count == SensitivityClass.allCases.count)
    }

    @Test func `the classes are the catalog's`() {
        #expect(Set(SensitivityClass.allCases.map { "\($0)" }) == SchemaCatalog.classes)
    }
}
