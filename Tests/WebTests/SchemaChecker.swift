// Checks a JSON value against a schema of the document: the keywords of JSON Schema 2020-12 that
// ours uses. A keyword it does not know is a fault of its own, so that no rule is passed by being
// overlooked.
import Foundation

/// A JSON value.
indirect enum Value: Decodable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else if let value = try? single.decode(String.self) {
            self = .string(value)
        } else if let value = try? single.decode([Value].self) {
            self = .array(value)
        } else {
            self = .object(try single.decode([String: Value].self))
        }
    }

    init(json: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(Value.self, from: Data(json))
    }

    subscript(key: String) -> Value? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    subscript(path: [String]) -> Value? {
        path.reduce(Value?.some(self)) { $0?[$1] }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var items: [Value]? { if case .array(let items) = self { items } else { nil } }
    var members: [String: Value]? { if case .object(let members) = self { members } else { nil } }

    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

/// Finds what is wrong with a value; nothing when it fits.
struct SchemaChecker {
    let document: Value

    func faults(_ value: Value, _ schema: Value, at place: String = "$") throws -> [String] {
        guard let rules = schema.members else { return ["\(place): schema is not an object"] }
        if let reference = rules["$ref"]?.text {
            let path = reference.dropFirst(2).split(separator: "/").map(String.init)
            guard let target = document[path] else { return ["\(place): no \(reference)"] }
            return try faults(value, target, at: place)
        }
        var found: [String] = []
        for (keyword, rule) in rules {
            found += try faults(value, keyword, rule, rules, place)
        }
        return found
    }

    private func faults(
        _ value: Value,
        _ keyword: String,
        _ rule: Value,
        _ rules: [String: Value],
        _ place: String
    ) throws -> [String] {
        switch keyword {
        case "description", "format", "default": return []
        case "type":
            let types = rule.items?.compactMap(\.text) ?? [rule.text ?? ""]
            return types.contains { has(value, type: $0) } ? [] : ["\(place): not \(types)"]
        case "enum": return rule.items?.contains(value) == true ? [] : ["\(place): not listed"]
        case "const": return rule == value ? [] : ["\(place): not the constant"]
        case "anyOf":
            let fits = try (rule.items ?? []).contains {
                try faults(value, $0, at: place).isEmpty
            }
            return fits ? [] : ["\(place): fits none of anyOf"]
        case "pattern", "minLength", "maxLength": return try text(value, keyword, rule, place)
        case "minimum", "maximum":
            guard let number = value.double, let bound = rule.double else { return [] }
            let fits = keyword == "minimum" ? number >= bound : number <= bound
            return fits ? [] : ["\(place): beyond \(keyword)"]
        case "items":
            return try (value.items ?? []).enumerated().flatMap {
                try faults($0.element, rule, at: "\(place)[\($0.offset)]")
            }
        case "required":
            guard let members = value.members else { return [] }
            return (rule.items ?? []).compactMap(\.text).filter { members[$0] == nil }
                .map { "\(place): \($0) is missing" }
        case "properties", "additionalProperties":
            return try members(value, keyword, rule, rules, place)
        default: return ["\(place): the checker does not know \(keyword)"]
        }
    }

    private func text(
        _ value: Value,
        _ keyword: String,
        _ rule: Value,
        _ place: String
    ) throws -> [String] {
        guard let text = value.text else { return [] }
        switch (keyword, rule) {
        case ("pattern", .string(let pattern)):
            return try Regex(pattern).firstMatch(in: text) == nil ? ["\(place): no match"] : []
        case ("minLength", .integer(let least)):
            return text.count < least ? ["\(place): too short"] : []
        case ("maxLength", .integer(let most)):
            return text.count > most ? ["\(place): too long"] : []
        default: return ["\(place): \(keyword) has no such value"]
        }
    }

    private func members(
        _ value: Value,
        _ keyword: String,
        _ rule: Value,
        _ rules: [String: Value],
        _ place: String
    ) throws -> [String] {
        guard let members = value.members else { return [] }
        let known = rules["properties"]?.members ?? [:]
        if keyword == "properties" {
            return try known.flatMap { name, schema in
                try members[name].map { try faults($0, schema, at: "\(place).\(name)") } ?? []
            }
        }
        let others = members.filter { known[$0.key] == nil }
        if rule == .bool(false) { return others.keys.map { "\(place): \($0) is not described" } }
        return try others.flatMap { try faults($0.value, rule, at: "\(place).\($0.key)") }
    }

    private func has(_ value: Value, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer),
            ("number", .number), ("string", .string), ("array", .array), ("object", .object):
            true
        default: false
        }
    }
}
