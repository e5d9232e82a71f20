import Testing

@testable import Finance

@Suite struct MerchantTextTests {
    private func normal(_ bytes: [UInt8]) -> String {
        String(decoding: MerchantText(bytes.span).bytes, as: UTF8.self)
    }

    @Test func `texts come to one form`() {
        let table = [
            ("  TESCO   Stores 5504 ", "tesco stores"), ("www.argos.co.uk", "www argos co uk"),
            ("Sainsbury's", "sainsburys"), ("Sainsbury’s", "sainsburys"), ("B & Q", "b q"),
            ("(주)우아한 형제들", "우아한형제들"), ("㈜카카오", "카카오"), ("주식회사 쿠팡", "쿠팡"),
            ("쿠팡（주）", "쿠팡"), ("GS 25 역삼 점", "gs 25역삼점"), ("ＧＳ２５", "gs25"), ("이마트 24", "이마트24"),
            ("영화·공연", "영화공연"), ("o2 uk", "o2 uk"), ("7-Eleven", "7 eleven"), ("123456", "123456"),
            ("m6 toll 2017 0042", "m6 toll"), ("", ""), ("***", ""),
            ("주식 회사 온유", "온유"), ("의료법인(재)성심", "성심"), ("abc 유한회사 def", "abc def"),
            ("주식(주)회사 b", "b"),
            ("(유)한빛", "한빛"), ("㈔나눔", "나눔"), ("a 주식회사 1234", "a"),
        ]
        for (text, expected) in table { #expect(normal(Array(text.utf8)) == expected, "\(text)") }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `doing it twice changes nothing, for any bytes`(seed: UInt64) {
        var random = FoldRandom(seed: seed)
        for _ in 0..<5_000 {
            let text = (0..<random.below(24)).map { _ in
                [UInt8(random.below(256)), 0x20, 0x33, 0x61, 0xEC, 0xA3, 0xBC, 0x28][
                    random.below(8)
                ]
            }
            let once = MerchantText(text.span).bytes
            #expect(MerchantText(once.span).bytes == once, "SEED=\(seed) \(text)")
            #expect(String(validating: once, as: UTF8.self) != nil, "SEED=\(seed) \(text)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `words for a company are gone however they come together`(seed: UInt64) {
        var random = FoldRandom(seed: seed)
        let parts = ["주식", "회사", "주식회사", "유한", "재단", "법인", "(주)", " ", "a", "12", "가"]
        for _ in 0..<5_000 {
            let text = (0..<random.below(9)).map { _ in parts[random.below(parts.count)] }.joined()
            let once = MerchantText(Array(text.utf8).span).bytes
            #expect(MerchantText(once.span).bytes == once, "SEED=\(seed) \(text)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `the matcher finds what a plain search finds`(seed: UInt64) {
        var random = FoldRandom(seed: seed)
        for _ in 0..<200 {
            let patterns = (0..<12).map { rule in
                TextMatcher.Pattern(
                    bytes: (0..<(random.below(4) + 1)).map { _ in 0x61 + UInt8(random.below(2)) },
                    anchor: [.exact, .prefix, .contains][random.below(3)],
                    endsWord: false,
                    rule: rule
                )
            }
            let matcher = TextMatcher(patterns)
            let text = (0..<random.below(9)).map { _ in 0x61 + UInt8(random.below(2)) }
            var best: (isExact: Bool, length: Int, rule: Int)?
            for pattern in patterns {
                let starts = (0..<9).filter {
                    $0 + pattern.bytes.count <= text.count
                        && Array(text[$0..<$0 + pattern.bytes.count]) == pattern.bytes
                }
                let fits: Bool
                switch pattern.anchor {
                case .exact: fits = text == pattern.bytes
                case .prefix: fits = starts.contains(0)
                default: fits = !starts.isEmpty
                }
                guard fits else { continue }
                let isExact = pattern.anchor == .exact
                if let best,
                    (best.isExact ? 1 : 0, best.length, -best.rule)
                        > (isExact ? 1 : 0, pattern.bytes.count, -pattern.rule)
                {
                    continue
                }
                best = (isExact, pattern.bytes.count, pattern.rule)
            }
            #expect(matcher.best(in: text)?.rule == best?.rule, "SEED=\(seed)")
        }
    }
}
