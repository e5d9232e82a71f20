/// What is promised about the schemas: the content of Schemas/schemas.lock.
///
/// A set is a draft until it is released. A draft may change when the lock is written again, which
/// makes the change seen; a released set may only grow, by new files and by facts in event.proto.
struct SchemaLock: Equatable {
    /// Number of the set, which each frame carries in its header.
    var number: Int
    var isDraft: Bool
    /// One line for each field, value and file, sorted.
    var lines: [String]

    /// The one file that grows in place: it is where a new fact gets its type number.
    static let registryFile = "jangbu/v1/event.proto"

    /// A lock over `schemas` as they are.
    init(number: Int, isDraft: Bool, over schemas: SchemaSet) {
        self.number = number
        self.isDraft = isDraft
        lines = SchemaLock.lines(of: schemas).sorted()
    }

    /// Reads what `text` writes; nil when a line is neither a comment, the set nor a promise.
    init?(_ text: String) {
        let all = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        guard let first = all.first?.split(separator: " "), first.count == 3, first[0] == "set",
            let number = Int(first[1]), ["draft", "released"].contains(first[2])
        else { return nil }
        self.number = number
        isDraft = first[2] == "draft"
        lines = Array(all.dropFirst())
        let kinds = ["field ", "value ", "file "]
        guard lines.allSatisfy({ line in kinds.contains { line.hasPrefix($0) } }) else {
            return nil
        }
    }

    var text: String {
        """
        # The schemas as promised; written by the tests with JANGBU_RELOCK=1, see README.md.
        # field MESSAGE NUMBER NAME TYPE CARDINALITY; value ENUM NUMBER NAME; file NAME SHA-256
        set \(number) \(isDraft ? "draft" : "released")

        """ + lines.joined(separator: "\n") + "\n"
    }

    /// What of this lock `schemas` do not keep, and what of them it does not cover.
    func violations(by schemas: SchemaSet) -> [String] {
        let now = Set(SchemaLock.lines(of: schemas))
        let then = Set(lines)
        return then.subtracting(now).map { "promised but changed or gone: \($0)" }.sorted()
            + now.subtracting(then).map { "not locked: \($0)" }.sorted()
    }

    /// The lock after `schemas`, or why a released set may not become that.
    func relocked(over schemas: SchemaSet) -> (lock: SchemaLock?, refusals: [String]) {
        if isDraft { return (SchemaLock(number: number, isDraft: true, over: schemas), []) }
        let now = Set(SchemaLock.lines(of: schemas))
        let refusals =
            lines.filter { !now.contains($0) && !SchemaLock.mayChange($0) }
            + SchemaLock.additions(in: schemas, beyond: Set(lines))
        guard refusals.isEmpty else { return (nil, refusals.sorted()) }
        return (SchemaLock(number: number + 1, isDraft: false, over: schemas), [])
    }

    /// Digests of event.proto and of what is generated move with every new fact.
    private static func mayChange(_ line: String) -> Bool {
        line.hasPrefix("file ")
            && (line.hasPrefix("file \(registryFile) ") || line.contains(".pb.swift ")
                || line.hasPrefix("file schemas.binpb "))
    }

    /// Fields added to messages that were released: a new version must be a new message.
    private static func additions(in schemas: SchemaSet, beyond lines: Set<String>) -> [String] {
        let released = Set(lines.compactMap { $0.split(separator: " ").dropFirst().first })
        return schemas.fields.filter { field in
            released.contains(field.message[...]) && !lines.contains(line(of: field))
                && field.cardinality != "oneof fact"
        }.map { line(of: $0) }
    }

    static func line(of field: SchemaSet.Field) -> String {
        "field \(field.message) \(field.number) \(field.name) \(field.type) \(field.cardinality)"
    }

    private static func lines(of schemas: SchemaSet) -> [String] {
        schemas.fields.map { line(of: $0) }
            + schemas.values.map { "value \($0.enumeration) \($0.number) \($0.name)" }
            + schemas.digests.map { "file \($0.key) \($0.value)" }
    }
}
