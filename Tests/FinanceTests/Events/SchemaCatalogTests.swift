import Finance
import Foundation
import Testing

@testable import struct Finance.EventRegistry

@Suite struct SchemaCatalogTests {
    @Test func `every field of every message is catalogued, and nothing else`() throws {
        let problems = try SchemaCatalog.committed().problems(with: SchemaSet.committed())
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    @Test(arguments: ["en", "ko", "unit", "class", "from"])
    func `an entry without one of its parts is caught`(part: String) throws {
        var catalog = try SchemaCatalog.committed()
        var fields = try #require(
            catalog.messages["CardApproved"]?["fields"] as? [String: [String: Any]]
        )
        fields["mcc"]?[part] = nil
        catalog.messages["CardApproved"]?["fields"] = fields
        let problems = try catalog.problems(with: SchemaSet.committed())
        #expect(problems.count == 1 && problems[0].hasPrefix("CardApproved.mcc: no"))
    }

    @Test func `a field without an entry and an entry without a field are caught`() throws {
        var catalog = try SchemaCatalog.committed()
        var fields = try #require(
            catalog.messages["CardApproved"]?["fields"] as? [String: [String: Any]]
        )
        fields["invented"] = fields.removeValue(forKey: "mcc")
        catalog.messages["CardApproved"]?["fields"] = fields
        #expect(
            try catalog.problems(with: SchemaSet.committed())
                == ["no entry: CardApproved.mcc", "no such field: CardApproved.invented"]
        )
    }

    @Test func `the catalog's README explains every class and retention`() throws {
        let readme = SchemaSet.folder.appending(path: "catalog/README.md")
        let text = try String(contentsOf: readme, encoding: .utf8)
        for word in SchemaCatalog.classes.union(SchemaCatalog.retentions) {
            #expect(text.contains("| `\(word)` |"), "\(word)")
        }
    }

    @Test func `no field of any event is a floating-point number`() throws {
        let types = Set(try SchemaSet.committed().fields.map(\.type))
        #expect(types.isDisjoint(with: ["float", "double"]))
        #expect(types.contains("sint64"))
    }

    @Test func `the registry knows the facts of event proto, each by its number`() throws {
        let facts = try SchemaSet.committed().fields.filter { $0.cardinality == "oneof fact" }
        let promised = facts.map { fact in
            EventRegistry.Entry(
                EventType(rawValue: UInt32(fact.number)),
                String(fact.type.split(separator: ".").last ?? "")
            )
        }
        #expect(promised.count > 50)
        #expect(EventRegistry.releasedEntries == promised)
        let registry = try EventRegistry.released()
        #expect(promised.allSatisfy { registry.isCurrent($0.type) })
    }
}
