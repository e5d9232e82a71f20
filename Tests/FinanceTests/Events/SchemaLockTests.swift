import Foundation
import Testing

@Suite struct SchemaLockTests {
    private let path = SchemaSet.folder.appending(path: "schemas.lock")

    @Test func `the schemas are as the lock promises`() throws {
        let schemas = try SchemaSet.committed()
        if ProcessInfo.processInfo.environment["JANGBU_RELOCK"] == "1" {
            try relock(over: schemas)
        }
        let lock = try #require(SchemaLock(try String(contentsOf: path, encoding: .utf8)))
        let violations = lock.violations(by: schemas)
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        #expect(SchemaLock(lock.text) == lock)
    }

    private func relock(over schemas: SchemaSet) throws {
        guard FileManager.default.fileExists(atPath: path.path) else {
            let first = SchemaLock(number: 1, isDraft: true, over: schemas)
            return try first.text.write(to: path, atomically: true, encoding: .utf8)
        }
        let lock = try #require(SchemaLock(try String(contentsOf: path, encoding: .utf8)))
        guard !lock.violations(by: schemas).isEmpty else { return }
        let (next, refusals) = lock.relocked(over: schemas)
        #expect(refusals.isEmpty, "released: \(refusals.joined(separator: "\n"))")
        try next?.text.write(to: path, atomically: true, encoding: .utf8)
    }

    /// One way to break a promise.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let plant: @Sendable (inout SchemaSet) -> Void
    }

    static let changes = [
        Change(testDescription: "a field is removed") { $0.fields.remove(at: 40) },
        Change(testDescription: "a field gets another number") { $0.fields[40].number += 100 },
        Change(testDescription: "a field gets another type") { $0.fields[40].type = "fixed64" },
        Change(testDescription: "a field gets another name") { $0.fields[40].name += "_new" },
        Change(testDescription: "a field becomes repeated") {
            $0.fields[40].cardinality = "repeated"
        },
        Change(testDescription: "a number is given to another field") { schemas in
            schemas.fields[40].name = "other"
            schemas.fields[40].type = "bytes"
        },
        Change(testDescription: "a field is added to a released message") { schemas in
            var added = schemas.fields[40]
            added.number = 900
            added.name = "added"
            schemas.fields.append(added)
        },
        Change(testDescription: "an enum's value is renumbered") { $0.values[3].number += 1 },
        Change(testDescription: "an enum's value is removed") { $0.values.remove(at: 3) },
        Change(testDescription: "a fact loses its type number") { schemas in
            schemas.fields.removeAll { $0.name == "card_approved" }
        },
        Change(testDescription: "a proto file is edited") { schemas in
            schemas.digests["jangbu/v1/bank.proto"] = "edited"
        },
    ]

    @Test(arguments: changes)
    func `a planted change is caught, and a released set refuses it`(change: Change) throws {
        let schemas = try SchemaSet.committed()
        var planted = schemas
        change.plant(&planted)
        let released = SchemaLock(number: 1, isDraft: false, over: schemas)
        #expect(!released.violations(by: planted).isEmpty)
        #expect(released.relocked(over: planted).lock == nil)
        #expect(!released.relocked(over: planted).refusals.isEmpty)
    }

    @Test func `a released set grows by a new file and its type number, and counts up`() throws {
        let schemas = try SchemaSet.committed()
        var grown = schemas
        let file = "jangbu/v2/card.proto"
        grown.digests[file] = "new"
        grown.digests[SchemaLock.registryFile] = "grown"
        grown.fields.append(
            SchemaSet.Field(
                message: "jangbu.v2.CardApproved",
                number: 1,
                name: "amount",
                type: "sint64",
                cardinality: "implicit",
                file: file
            )
        )
        grown.fields.append(
            SchemaSet.Field(
                message: "jangbu.v1.Event",
                number: 94,
                name: "card_approved_v2",
                type: "jangbu.v2.CardApproved",
                cardinality: "oneof fact",
                file: SchemaLock.registryFile
            )
        )
        let released = SchemaLock(number: 1, isDraft: false, over: schemas)
        #expect(!released.violations(by: grown).isEmpty, "seen before it is locked")
        let next = try #require(released.relocked(over: grown).lock)
        #expect(next.number == 2 && !next.isDraft && next.violations(by: grown).isEmpty)
    }

    @Test func `a draft may change, and keeps its number`() throws {
        let schemas = try SchemaSet.committed()
        var changed = schemas
        changed.fields.remove(at: 40)
        let next = SchemaLock(number: 1, isDraft: true, over: schemas).relocked(over: changed)
        #expect(next.lock?.number == 1 && next.lock?.isDraft == true && next.refusals.isEmpty)
    }

    @Test(
        arguments: ["", "set 1 draft\nsurprise", "set one draft", "set 1 final", "field a 1 b"])
    func `a lock that cannot be read is refused`(text: String) {
        #expect(SchemaLock(text) == nil)
    }
}
