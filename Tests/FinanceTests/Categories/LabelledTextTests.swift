// Accuracy on the labelled texts: a floor for the half that the rules are tuned on; the other half
// is printed. docs/categories.md says how the labels were made.

import Finance
import Foundation
import Testing

@Suite struct LabelledTextTests {
    private let rules = FoldFixtures.rules

    private func labels() throws -> [LabelledText] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("Replay/labels/merchants-ko.csv")
        let bytes = Array(try Data(contentsOf: file))
        return try LabelledText.read(bytes, file: "merchants-ko.csv", rules.taxonomy)
    }

    @Test func `the rules are right on nearly all texts they were tuned on, and seldom mislead`()
        throws
    {
        let labels = try labels()
        let development = CategoryMeasure(labels.filter { !$0.isHeldOut }, by: rules)
        let heldOut = CategoryMeasure(labels.filter(\.isHeldOut), by: rules)
        for (name, measure) in [("development", development), ("held out", heldOut)] {
            print(
                "\(name): \(measure.rows) rows, right \(measure.share(measure.right))‰, "
                    + "unknown \(measure.share(measure.unknown))‰, "
                    + "wrong \(measure.share(measure.wrong))‰"
            )
        }
        #expect(development.rows == 1_050 && heldOut.rows == 1_121, "the split is frozen")
        #expect(development.share(development.right) >= 980)
        #expect(development.share(development.wrong) <= 6)
    }

    @Test func `rows of one merchant are in one half, and equal texts are too`() throws {
        var halves: [String: Bool] = [:]
        for label in try labels() {
            #expect(
                halves[label.text, default: label.isHeldOut] == label.isHeldOut,
                "\(label.text)"
            )
            halves[label.text] = label.isHeldOut
        }
    }

    @Test func `a measure counts what it says`() throws {
        let taxonomy = rules.taxonomy
        let file = """
            # version 1
            card,food.coffee,가,,스타벅스
            card,food.bakery,나,,스타벅스 강남
            card,food.bakery,다,,아무말
            card,other.spending,라,,아무말 둘
            bank-out,housing.rent,마,,11월 월세
            """
        let labels = try LabelledText.read(Array(file.utf8), file: "l", taxonomy)
        let measure = CategoryMeasure(labels, by: rules)
        #expect((measure.rows, measure.right, measure.unknown, measure.wrong) == (5, 3, 1, 1))
        let coffee = try #require(
            measure.lines.first { taxonomy[$0.category]?.slug == "food.coffee" }
        )
        #expect((coffee.precision, coffee.recall) == (500, 1_000))
        let bakery = try #require(
            measure.lines.first { taxonomy[$0.category]?.slug == "food.bakery" }
        )
        #expect((bakery.precision, bakery.recall) == (nil, 0))
    }

    @Test func `a wrong label is refused with its line`() {
        for (text, line) in [
            ("# version 1\nshop,food.coffee,가,,x", 2), ("# version 1\ncard,food.tea,가,,x", 2),
            ("# version 1\ncard,food.coffee,,,x", 2),
        ] {
            #expect {
                try LabelledText.read(Array(text.utf8), file: "l", rules.taxonomy)
            } throws: { ($0 as? RuleError)?.line == line }
        }
    }

    @Test func `variants of a merchant have one key, other merchants another`() {
        let table: [(key: String, texts: [String])] = [
            ("스타벅스", ["스타벅스코리아 강남R점", "(주)스타벅스코리아", "네이버페이_스타벅스", "스타벅스 강남대로점"]),
            ("봄날의커피", ["봄날의커피", "봄날의 커피 2호점", "토스페이먼츠_봄날의커피 강남점", "(주)봄날의커피 본점"]),
            ("커피상점", ["커피 상점"]), ("행복서점", ["행복 서점"]), ("네이버페이", ["네이버페이_", "네이버페이"]),
            ("점", ["점"]), ("", ["", "***"]),
        ]
        for (key, texts) in table {
            for text in texts {
                let merchant = rules.merchant(Array(text.utf8).span)
                #expect(String(decoding: merchant.bytes, as: UTF8.self) == key, "\(text)")
            }
        }
    }
}
