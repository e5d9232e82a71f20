import ArgumentParser
import Files
import Finance

/// `jangbu categories`: what the rules make of texts, and how often they are right.
struct CategoriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "categories",
        abstract: "Explain a category, or measure the rules on labelled texts.",
        subcommands: [MeasureCategoriesCommand.self, ExplainCategoryCommand.self]
    )
}

/// `jangbu categories measure`: accuracy on a labelled file, development and held-out half apart.
struct MeasureCategoriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure the rules on labelled texts, by half and category.",
        discussion: """
            Figures are per mille. Unknown: not right, and only a category of last resort was \
            left. docs/categories.md says what the file is worth.

            Example: jangbu categories measure Replay/labels/merchants-ko.csv
            """
    )

    @OptionGroup var options: SettingsOptions
    @Argument(help: "Labelled texts: source,category,merchant,why,text by line.") var file: String
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "List what is wrong in the development half; the other half is never listed.")
    var misses = false

    func run() throws {
        let rules = try Services.rules(try options.settings())
        let bytes: [UInt8]
        do {
            bytes = try Files.read(file, limit: 16 << 20)
        } catch {
            throw Failure(.input, "The labels \(file) cannot be read (\(error)).")
        }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let labels: [LabelledText]
        do {
            labels = try LabelledText.read(bytes, file: name, rules.taxonomy)
        } catch {
            throw Failure(.data, "\(error).")
        }
        let halves = [
            Half("development", labels.filter { !$0.isHeldOut }, rules),
            Half("held out", labels.filter(\.isHeldOut), rules),
        ]
        if json {
            Terminal.shared.data(try JSONText.encode(halves))
            return
        }
        var text = halves.map(\.line).joined(separator: "\n") + "\n\n"
        text += MeasureCategoriesCommand.table(halves)
        if misses { text += "\n\n" + MeasureCategoriesCommand.list(labels, rules) }
        Terminal.shared.data(text)
    }

    private static func table(_ halves: [Half]) -> String {
        let header = halves.flatMap { ["\($0.name): rows", "precision", "recall"] }
        var table = Table(["category"] + header)
        for slug in Set(halves.flatMap { $0.categories.map(\.category) }).sorted() {
            let cells = halves.flatMap { half -> [String] in
                guard let line = half.categories.first(where: { $0.category == slug }) else {
                    return ["", "", ""]
                }
                return [
                    String(line.rows), line.precision.map(String.init) ?? "-",
                    line.recall.map(String.init) ?? "-",
                ]
            }
            table.add(slug, cells)
        }
        return table.text
    }

    private static func list(_ labels: [LabelledText], _ rules: CategoryRules) -> String {
        var table = Table(["text", "source", "ought to be", "is", "rule"])
        for miss in CategoryMeasure(labels.filter { !$0.isHeldOut }, by: rules).misses {
            let why = rules.explain(miss.ruling, text: Array(miss.label.text.utf8).span)
            table.add(
                miss.label.text,
                [
                    miss.label.source.rawValue, rules.taxonomy[miss.label.category]?.slug ?? "",
                    rules.taxonomy[miss.ruling.category]?.slug ?? "", why.rule,
                ]
            )
        }
        return table.text
    }

    /// One half's figures.
    struct Half: Encodable {
        let name: String
        let rows: Int
        let right: Int
        let unknown: Int
        let wrong: Int
        let rightPerMille: Int
        let unknownPerMille: Int
        let wrongPerMille: Int
        let rules: String
        let categories: [Line]

        /// One category's.
        struct Line: Encodable {
            let category: String
            let rows: Int
            let precision: Int?
            let recall: Int?
        }

        init(_ name: String, _ labels: [LabelledText], _ rules: CategoryRules) {
            let measure = CategoryMeasure(labels, by: rules)
            self.name = name
            (rows, right) = (measure.rows, measure.right)
            (unknown, wrong) = (measure.unknown, measure.wrong)
            rightPerMille = measure.share(measure.right)
            unknownPerMille = measure.share(measure.unknown)
            wrongPerMille = measure.share(measure.wrong)
            self.rules = String(rules.digest, radix: 16)
            categories = measure.lines.map {
                Line(
                    category: rules.taxonomy[$0.category]?.slug ?? "",
                    rows: $0.expected,
                    precision: $0.precision,
                    recall: $0.recall
                )
            }
        }

        var line: String {
            "\(name): \(rows) rows, right \(rightPerMille)‰, unknown \(unknownPerMille)‰, "
                + "wrong \(wrongPerMille)‰ (rules \(rules))"
        }
    }
}

/// `jangbu categories explain`: why a text is in its category.
struct ExplainCategoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say which rule puts a text into which category, and why.",
        discussion: """
            Examples:
              jangbu categories explain "네이버페이_스타벅스코리아"
              jangbu categories explain --source bank-out "11월 관리비"
            """
    )

    @OptionGroup var options: SettingsOptions
    @Argument(help: "A merchant's name or a passbook's text, as the source writes it.")
    var text: String
    @Option(help: "card, wallet, bank-in or bank-out.") var source = "card"
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard let source = LabelledText.Source(rawValue: source) else {
            throw ValidationError("--source is card, wallet, bank-in or bank-out.")
        }
        let rules = try Services.rules(try options.settings())
        let bytes = Array(text.utf8)
        let why = rules.explain(rules.decide(bytes.span, from: source), text: bytes.span)
        let answer = Answer(why, rules, merchant: rules.merchant(bytes.span))
        Terminal.shared.data(json ? try JSONText.encode(answer) : answer.text)
    }

    private struct Answer: Encodable {
        let category: String
        let korean: String
        let merchant: String
        let rule: String
        let matched: String
        let reason: String
        let version: UInt32
        let rules: String

        init(_ why: Explanation, _ rules: CategoryRules, merchant: MerchantKey) {
            category = rules.taxonomy[why.category]?.slug ?? ""
            korean = rules.taxonomy[why.category]?.korean ?? ""
            self.merchant = String(decoding: merchant.bytes, as: UTF8.self)
            (rule, matched, reason) = (why.rule, why.matched, why.reason)
            version = why.rulesVersion
            self.rules = String(why.rulesDigest, radix: 16)
        }

        var text: String {
            [
                "category  \(category) (\(korean))", "merchant  \(merchant)", "rule      \(rule)",
                "matched   \(matched)", "reason    \(reason)", "version   \(version)-\(rules)",
            ].joined(separator: "\n")
        }
    }
}
