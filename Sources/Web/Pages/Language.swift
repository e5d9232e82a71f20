import Yams

/// The two languages of the pages.
enum Language: String, Sendable, CaseIterable {
    /// Polite style (해요체); the default.
    case korean = "ko"
    case english = "en"

    /// What a request asks for: `?lang=` first, then the cookie, then the browser's list.
    static func choose(query: Substring?, cookie: String?, accept: String?) -> Language {
        for asked in [query.map(String.init), cookie] {
            if let asked, let language = Language(rawValue: asked) { return language }
        }
        guard let accept else { return .korean }
        return preferred(accept) ?? .korean
    }

    /// The first of ours by weight in an `Accept-Language` header (RFC 9110 §12.5.4).
    private static func preferred(_ accept: String) -> Language? {
        var best: (language: Language, weight: Double)?
        for part in accept.split(separator: ",").prefix(20) {
            let fields = part.split(separator: ";")
            guard let tag = fields.first?.drop(while: { $0 == " " }).prefix(2),
                let language = Language(rawValue: tag.lowercased())
            else { continue }
            let quality = fields.dropFirst().lazy
                .map { $0.filter { $0 != " " } }.first { $0.hasPrefix("q=") }
            let weight = quality.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}

/// The words of the pages: a table of keys, each with a text in both languages.
struct Wording: Sendable {
    private let texts: [Language: [String: String]]

    /// Reads the table; every key must have both languages.
    init(yaml: String) throws {
        guard let table = try Yams.load(yaml: yaml) as? [String: [String: String]] else {
            throw WebRefusal.resourceDamaged(name: "wording.yaml")
        }
        var texts: [Language: [String: String]] = [:]
        for (key, entry) in table {
            for language in Language.allCases {
                guard let text = entry[language.rawValue] else {
                    throw WebRefusal.resourceDamaged(name: "wording.yaml")
                }
                texts[language, default: [:]][key] = text
            }
        }
        self.texts = texts
    }

    /// All texts of one language, for templates.
    func all(_ language: Language) -> [String: String] { texts[language] ?? [:] }

    /// The keys of the table.
    var keys: [String] { texts[.korean].map { Array($0.keys) } ?? [] }

    /// The text of a key with its `{names}` filled in; a missing key is a bug of ours.
    func text(_ key: String, _ language: Language, _ values: [String: String] = [:]) -> String {
        guard let text = texts[language]?[key] else {
            preconditionFailure("no text for key \(key)")
        }
        return filled(text, values)
    }

    /// The text of a key that comes from outside, such as a reason; the key itself when it is
    /// unknown.
    func known(_ key: String, or fallback: String, _ language: Language) -> String {
        texts[language]?[key] ?? fallback
    }
}

/// A text with its `{names}` filled in; a place without a value stays.
///
/// In one pass: what a value says, such as a merchant's name, is never taken for a place.
func filled(_ template: String, _ values: [String: String]) -> String {
    var text = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
        text += rest[..<open]
        rest = rest[open...]
        guard let close = rest.firstIndex(of: "}") else { break }
        let name = rest[rest.index(after: open)..<close]
        if let value = values[String(name)] {
            text += value
            rest = rest[rest.index(after: close)...]
        } else {
            text.append("{")
            rest = rest.dropFirst()
        }
    }
    return text + rest
}
