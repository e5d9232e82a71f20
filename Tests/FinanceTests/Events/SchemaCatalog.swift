import Foundation
import Yams

/// Schemas/catalog: what each field of each message means.
struct SchemaCatalog {
    static let classes: Set = [
        "public", "operational", "financial", "personal", "restricted", "identifying", "secret",
    ]
    static let retentions: Set = [
        "frame", "asset", "life-of-compartment", "life-of-subject", "evidence-3y", "platform",
    ]

    /// By message's name without its package.
    var messages: [String: [String: Any]] = [:]

    static func committed() throws -> SchemaCatalog {
        let folder = SchemaSet.folder.appending(path: "catalog")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var catalog = SchemaCatalog()
        for file in files.sorted() where file.hasSuffix(".yaml") {
            let path = folder.appending(path: file)
            let text = try String(contentsOf: path, encoding: .utf8)
            let content = try Yams.load(yaml: text) as? [String: [String: Any]] ?? [:]
            catalog.messages.merge(content) { first, _ in first }
        }
        return catalog
    }

    /// Where catalog and schemas differ; empty when every field has a whole entry.
    func problems(with schemas: SchemaSet) -> [String] {
        var problems: [String] = []
        let names = Set(schemas.fields.map(\.shortMessage))
        problems += Set(messages.keys).subtracting(names).map { "no such message: \($0)" }
        for name in names {
            guard let entry = messages[name] else {
                problems.append("no entry: \(name)")
                continue
            }
            problems += missing(["en", "ko"], in: entry).map { "\(name): no \($0)" }
            if !SchemaCatalog.retentions.contains(entry["retention"] as? String ?? "") {
                problems.append("\(name): no retention")
            }
            let type = schemas.fields.first {
                $0.cardinality == "oneof fact" && $0.type.hasSuffix(".\(name)")
            }
            if entry["type"] as? Int != type.map({ Int($0.number) }) {
                problems.append("\(name): type number differs")
            }
            let fields = entry["fields"] as? [String: [String: Any]] ?? [:]
            problems += self.problems(
                of: fields,
                in: name,
                schemas.fields.filter { $0.shortMessage == name }
            )
        }
        return problems.sorted()
    }

    private func problems(
        of entries: [String: [String: Any]],
        in message: String,
        _ fields: [SchemaSet.Field]
    ) -> [String] {
        var problems = Set(entries.keys).subtracting(fields.map(\.name))
            .map { "no such field: \(message).\($0)" }
        for field in fields {
            let place = "\(message).\(field.name)"
            guard let entry = entries[field.name] else {
                problems.append("no entry: \(place)")
                continue
            }
            problems += missing(["en", "ko", "unit"], in: entry).map { "\(place): no \($0)" }
            if !SchemaCatalog.classes.contains(entry["class"] as? String ?? "") {
                problems.append("\(place): no class")
            }
            let sources = entry["from"] as? [String] ?? []
            if sources.isEmpty || sources.contains(where: \.isEmpty) {
                problems.append("\(place): no source")
            }
        }
        return problems
    }

    private func missing(_ keys: [String], in entry: [String: Any]) -> [String] {
        keys.filter { (entry[$0] as? String ?? "").isEmpty }
    }
}
