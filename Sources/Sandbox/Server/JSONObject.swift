internal import Finance

/// Writes one JSON object, in the order of the calls; every value is a text (the standard).
struct JSONObject: Sendable {
    private var members: [(String, StandardJSON)] = []

    init() {}

    /// A text.
    mutating func add(_ name: String, _ value: String) { members.append((name, .text(value))) }

    /// A text, or nothing.
    mutating func add(_ name: String, _ value: String?) {
        if let value { add(name, value) }
    }

    /// A number, as text.
    mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, String(value)) }

    /// A list of objects.
    mutating func add(_ name: String, _ values: [JSONObject]) {
        members.append((name, .list(values.map(\.value))))
    }

    /// An object.
    mutating func add(_ name: String, _ value: JSONObject) { members.append((name, value.value)) }

    /// A list of texts.
    mutating func add(_ name: String, texts values: [String]) {
        members.append((name, .list(values.map(StandardJSON.text))))
    }

    /// The object's text.
    var encoded: [UInt8] { value.bytes }

    private var value: StandardJSON { .object(members) }
}
