import Finance
import Testing

@Suite struct CategoryRulesTests {
    private let rules = FoldFixtures.rules

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func card(
        _ text: String,
        mcc: UInt32 = 0,
        industry: String = "",
        expense: String = ""
    ) -> Explanation {
        let ruling = rules.card(
            merchant: bytes(text).span,
            mcc: mcc,
            industry: bytes(industry).span,
            expense: bytes(expense).span
        )
        return rules.explain(ruling, text: bytes(text).span)
    }

    private func slug(_ explanation: Explanation) -> String? {
        rules.taxonomy[explanation.category]?.slug
    }

    @Test func `a card purchase is decided by the strongest evidence there is`() {
        let table:
            [(
                text: String, mcc: UInt32, industry: String, expense: String, slug: String,
                rule: String
            )] = [
                ("(주)스타벅스커피 코리아", 5411, "", "", "food.coffee", "text:contains:스타벅스"),
                ("㈜ 이마트 24", 0, "", "", "food.convenience", "text:contains:이마트24"),
                ("이마트 성수점", 0, "", "", "food.groceries", "text:contains:이마트"),
                ("ＧＳ２５ 역삼", 0, "", "", "food.convenience", "text:contains:gs25"),
                ("TESCO STORES 5504", 0, "", "", "food.groceries", "text:prefix:tesco"),
                ("tesco pfs 4203", 0, "", "", "transport.fuel", "text:contains:tesco pfs"),
                ("Sainsbury's S/MKTS", 0, "", "", "food.groceries", "text:contains:sainsbury"),
                ("B & Q 1302", 0, "", "", "home.hardware", "text:exact:b q"),
                ("수상한 커피", 5411, "", "", "food.groceries", "mcc:5411"),
                ("수상한 커피", 0, "56111", "", "food.restaurant", "ksic:561"),
                ("수상한 커피", 0, "", "Books", "food.coffee", "text:contains:커피"),
                ("알 수 없음", 0, "", "Vehicle Fuel", "transport.fuel", "expense:Vehicle Fuel"),
                ("알 수 없음", 9_999, "00", "Nothing", "other.spending", "fallback"),
                ("", 0, "", "", "other.spending", "fallback"),
                ("네이버페이_스타벅스", 0, "", "", "food.coffee", "text:contains:스타벅스"),
                ("쿠팡(쿠페이)", 0, "", "", "shopping.online", "text:contains:쿠팡"),
                ("쿠팡페이", 0, "", "", "other.online", "payment:contains:쿠팡페이"),
                ("카카오페이지", 0, "", "", "leisure.subscription", "text:contains:카카오페이지"),
                ("카카오페이-지그재그", 0, "", "", "shopping.clothing", "text:contains:지그재그"),
                ("KG이니시스-행복약국", 0, "", "", "health.pharmacy", "text:contains:약국"),
                ("KG이니시스_온유", 0, "", "", "other.online", "payment:contains:kg이니시스"),
                ("(주)토스페이먼츠", 5812, "", "", "food.restaurant", "mcc:5812"),
            ]
        for row in table {
            let explanation = card(
                row.text,
                mcc: row.mcc,
                industry: row.industry,
                expense: row.expense
            )
            #expect(slug(explanation) == row.slug, "\(row.text)")
            #expect(explanation.rule == row.rule, "\(row.text)")
        }
    }

    @Test func `an explanation names rule, version, evidence and what matched`() {
        let explanation = card("Caffè 스타벅스 강남점 (주)")
        #expect(explanation.evidence == .merchantText)
        #expect(explanation.matched == "스타벅스")
        #expect(explanation.rulesVersion == 2)
        #expect(explanation.rulesDigest == rules.digest)
        let code = card("", mcc: 5814)
        #expect(code.evidence == .mcc)
        #expect(code.matched == "5814")
        #expect(code.reason == "fast food: Fast Food Restaurants")
    }

    @Test func `a bank movement is decided by purpose, memo, channel, then kind`() {
        let table: [(memo: String, channel: String, purpose: String, isIn: Bool, slug: String)] = [
            ("", "PREVOD NA UCET", "SIPO", false, "housing.utilities"),
            ("", "", "DUCHOD", true, "income.pension"), ("", "", "UROK", true, "income.interest"),
            ("", "", "SANKC. UROK", false, "finance.overdraft"),
            ("", "VYBER KARTOU", "", false, "transfer-out.cash"),
            ("11월 급여", "", "", true, "income.salary"),
            ("부모급여", "", "", true, "income.benefit"),
            ("급여이체수수료", "", "", false, "finance.fee"),
            ("신한카드", "", "", false, "transfer-out.card-bill"),
            ("내 계좌", "", "", false, "transfer-out.own"),
            ("아파트 관리비", "", "", false, "housing.rent"),
            ("current account", "", "", false, "transfer-out.other"),
            ("홍길동", "", "", true, "transfer-in.other"),
        ]
        for row in table {
            let ruling = rules.bank(
                kind: row.isIn ? 3 : 2,
                isIn: row.isIn,
                memo: bytes(row.memo).span,
                channel: bytes(row.channel).span,
                purpose: bytes(row.purpose).span
            )
            #expect(rules.taxonomy[ruling.category]?.slug == row.slug, "\(row.memo)\(row.purpose)")
        }
    }

    @Test func `each merchant category code of the list has a category and a reason`() {
        var decided = 0
        for code in UInt32(1)...9_999 {
            let explanation = card("", mcc: code)
            guard explanation.evidence == .mcc else { continue }
            decided += 1
            #expect(!explanation.reason.isEmpty)
        }
        #expect(decided == 981)
    }

    @Test func `the taxonomy is whole`() {
        let taxonomy = rules.taxonomy
        #expect(taxonomy.entries.filter { $0.primary == $0.category }.count == 18)
        for entry in taxonomy.entries {
            #expect(taxonomy.category(slug: entry.slug) == entry.category)
            #expect(taxonomy[entry.primary]?.primary == entry.primary)
            #expect(!entry.korean.isEmpty && !entry.english.isEmpty && !entry.plaid.isEmpty)
        }
    }

    @Test func `a wrong rule file is refused with its line`() throws {
        let good =
            "# version 1\n1,other,,expense,a,b,c\n2,other.spending,other,expense,a,b,c\n"
            + "3,transfer-in.other,other,transfer,a,b,c\n"
            + "4,transfer-out.other,other,transfer,a,b,c\n"
        #expect(throws: Never.self) { try Taxonomy(bytes(good)) }
        let table: [(String, Int, String)] = [
            ("", 0, "has no line '# version N'"), ("# version 0\n", 1, "version is not one number"),
            (good + "1,again,,expense,a,b,c\n", 6, "code is not a new one of 1...255"),
            (good + "5,x,nowhere,expense,a,b,c\n", 6, "parent is not a primary category above"),
            (
                good + "5,x,other,gift,a,b,c\n", 6,
                "kind is none of expense, income, transfer, neutral"
            ),
            (good + "5,x\n", 6, "needs 7 fields"),
            ("# version 1\n", 0, "'other.spending' is missing"),
        ]
        for (text, line, reason) in table {
            let expected = RuleError(file: "taxonomy.csv", line: line, reason: reason)
            #expect(throws: expected) { try Taxonomy(bytes(text)) }
        }
        #expect(throws: RuleError(file: "taxonomy.csv", line: 0, reason: "not UTF-8")) {
            try Taxonomy([0xFF])
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `any bytes are decided without a trap`(seed: UInt64) {
        var random = FoldRandom(seed: seed)
        for _ in 0..<2_000 {
            let text = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            let ruling = rules.card(merchant: text.span, mcc: UInt32(random.below(12_000)))
            #expect(rules.taxonomy[ruling.category] != nil, "SEED=\(seed)")
            _ = rules.explain(ruling, text: text.span)
        }
    }
}
