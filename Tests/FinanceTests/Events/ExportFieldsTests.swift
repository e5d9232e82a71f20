import Foundation
import Testing

/// docs/export-fields.md: what a reader of an export finds in it, from the catalog.
@Suite struct ExportFieldsTests {
    private static let path = SchemaSet.project.appending(path: "docs/export-fields.md")

    private static func text() throws -> String {
        let catalog = try SchemaCatalog.committed()
        var lines = [
            "# Fields of an export",
            "",
            "Written from `Schemas/catalog` by the test that holds the two equal"
                + " (`JANGBU_RECORD=export-fields`). Fields of class `secret` are never exported.",
        ]
        var last = ""
        for field in try SchemaSet.committed().fields {
            let name = field.shortMessage
            let message = catalog.messages[name]
            let fields = message?["fields"] as? [String: [String: Any]]
            guard let entry = fields?[field.name], entry["class"] as? String != "secret" else {
                continue
            }
            if name != last {
                last = name
                let (english, korean) = (cell(message?["en"]), cell(message?["ko"]))
                lines += ["", "## \(name)", "", "\(english) \(korean)", ""]
                lines.append("| field | unit | class | meaning | 뜻 |")
                lines.append("| --- | --- | --- | --- | --- |")
            }
            let cells = ["unit", "class", "en", "ko"].map { cell(entry[$0]) }
            lines.append("| `\(field.name)` | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cell(_ value: Any?) -> String {
        (value as? String ?? "").replacing("|", with: "\\|")
    }

    @Test func `the table of an export's fields is the catalog's`() throws {
        let text = try ExportFieldsTests.text()
        #expect(text.split(separator: "\n").count > 500)
        #expect(text.contains("| `merchant_name` |") && !text.contains("| secret |"))
        if ProcessInfo.processInfo.environment["JANGBU_RECORD"] == "export-fields" {
            try Data(text.utf8).write(to: ExportFieldsTests.path)
        }
        let committed = try String(contentsOf: ExportFieldsTests.path, encoding: .utf8)
        #expect(committed == text, "run once with JANGBU_RECORD=export-fields")
    }
}
