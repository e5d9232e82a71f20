/// A small JSON text as a tree: requests, tokens, errors.
///
/// Pages are never read by this: `AnswerReader` reads them in place.
public indirect enum JSONTree: Hashable, Sendable {
    /// A string, unescaped.
    case text(String)
    /// A number as it was written.
    case number(String)
    /// `true` or `false`.
    case flag(Bool)
    /// Values in their order.
    case list([JSONTree])
    /// Members; of a name that comes twice, the last.
    case object([String: JSONTree])
    /// `null`.
    case null

    /// Nil for anything that is not one JSON value of bounded depth.
    public init?(_ bytes: [UInt8]) {
        let span = bytes.span
        var index = JSONIndex()
        guard index.read(span) else { return nil }
        let hasEscapes = JSONIndex.hasBackslash(span)
        do throws(JSONFault) {
            var cursor = JSONCursor(span, index.positions, hasEscapes: hasEscapes)
            let value = try JSONTree.value(&cursor, depth: 0)
            guard cursor.isAtEnd else { return nil }
            self = value
        } catch {
            return nil
        }
    }

    /// The member of an object, or nil.
    public subscript(_ name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The value of a text, number or flag as text: the standard sends all of them as texts.
    public var scalar: String? {
        switch self {
        case .text(let text): text
        case .number(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .list, .object, .null: nil
        }
    }

    /// The values of a list.
    public var elements: [JSONTree]? {
        guard case .list(let values) = self else { return nil }
        return values
    }

    private static func value(
        _ cursor: inout JSONCursor,
        depth: Int
    ) throws(JSONFault) -> JSONTree {
        guard depth < JSONCursor.depthMax else { throw JSONFault() }
        if cursor.passes(UInt8(ascii: "{")) { return try object(&cursor, depth) }
        if cursor.passes(UInt8(ascii: "[")) { return try list(&cursor, depth) }
        let value = try cursor.value()
        switch value.kind {
        case .string, .unescaped: return .text(try text(cursor, value.range))
        case .number: return .number(try text(cursor, value.range))
        case .boolean: return .flag(cursor.bytes[Int(value.start)] == UInt8(ascii: "t"))
        case .null: return .null
        case .absent, .object, .array: throw JSONFault()
        }
    }

    private static func object(
        _ cursor: inout JSONCursor,
        _ depth: Int
    ) throws(JSONFault) -> JSONTree {
        var members: [String: JSONTree] = [:]
        if cursor.passes(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            let range = try cursor.string()
            let name = try text(cursor, range)
            try cursor.pass(UInt8(ascii: ":"))
            members[name] = try value(&cursor, depth: depth + 1)
        } while cursor.passes(UInt8(ascii: ","))
        try cursor.pass(UInt8(ascii: "}"))
        return .object(members)
    }

    private static func list(
        _ cursor: inout JSONCursor,
        _ depth: Int
    ) throws(JSONFault) -> JSONTree {
        var values: [JSONTree] = []
        if cursor.passes(UInt8(ascii: "]")) { return .list(values) }
        repeat {
            values.append(try value(&cursor, depth: depth + 1))
        } while cursor.passes(UInt8(ascii: ","))
        try cursor.pass(UInt8(ascii: "]"))
        return .list(values)
    }

    private static func text(
        _ cursor: borrowing JSONCursor,
        _ range: Range<Int>
    ) throws(JSONFault) -> String {
        var bytes: [UInt8] = []
        try JSONEscapes.unescape(cursor.bytes.extracting(range), into: &bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw JSONFault() }
        return text
    }
}
