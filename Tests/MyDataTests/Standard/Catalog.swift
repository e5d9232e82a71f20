import Files
import Foundation

/// What the catalog says of where each field comes from: written apart from the reader.
struct Catalog {
    /// Message, field, and the sources of the field.
    let entries: [(message: String, field: String, sources: [String])]

    static let shared: Catalog = {
        do { return try Catalog() } catch { preconditionFailure("no catalog: \(error)") }
    }()

    private init() throws {
        var entries: [(message: String, field: String, sources: [String])] = []
        let names = ["asset", "bank", "capital", "card", "efin", "insu", "invest", "loan"]
        for name in names {
            let file = Checkout.root + "/Schemas/catalog/" + name + ".yaml"
            let text = String(decoding: try Files.read(file), as: UTF8.self)
            var (message, field, isFact) = ("", "", false)
            for line in text.split(separator: "\n") {
                let indent = line.prefix { $0 == " " }.count
                let word = line.dropFirst(indent)
                if indent == 0, word.hasSuffix(":") {
                    (message, isFact) = (String(word.dropLast()), false)
                } else if indent == 2, word.hasPrefix("type:") {
                    isFact = true
                } else if indent == 4, word.hasSuffix(":") {
                    field = String(word.dropLast())
                } else if indent == 6, word.hasPrefix("from:"), isFact {
                    let sources = word.split(separator: "\"").enumerated()
                        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
                    entries.append((message, field, sources))
                }
            }
        }
        self.entries = entries
    }

    /// Fields of each fact that an API fills.
    func facts(of api: String) -> [String: Set<String>] {
        var facts: [String: Set<String>] = [:]
        for entry in entries where entry.message != "AssetClosed" {
            // The won is left out, and a balance does not know its wallet's currency.
            let sources = entry.sources.filter { !$0.hasPrefix("KRW for ") }
            guard sources.contains(where: { $0.split(separator: " ").contains { $0 == api } })
            else { continue }
            if entry.message == "PrepaidBalanceReported", api == "전금-001" { continue }
            facts[entry.message, default: []].insert(entry.field)
        }
        return facts
    }
}
