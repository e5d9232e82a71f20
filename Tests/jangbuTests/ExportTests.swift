import Commands
import Finance
import Foundation
import Frame
import Simulation
import SwiftProtobuf
import Testing
import Vault
import Web

@testable import jangbu

/// Everything of a person, read back and held against the log.
@Suite struct ExportTests {
    /// An event of the log with its place.
    private struct Recorded: Equatable {
        let revision: UInt64
        let index: UInt32
        let event: Event
    }

    /// A purchase whose texts have everything that a table trips over, and what no schema knows.
    private static let awkward = LedgerWorld.event { event in
        event.unmapped = [
            .with {
                $0.name = "new,field"
                $0.value = "a \"quoted\"\r\nline"
            },
            .with { $0.name = "empty" },
        ]
        event.cardApproved = .with {
            $0.amount = -9_007_199_254_740_993
            $0.merchantName = "=1+1,\"을지로\"\n골뱅이"
            $0.status = .approved
        }
    }

    private func world(
        in directory: TemporaryDirectory? = nil
    ) async throws -> (LedgerWorld, String) {
        let world = try LedgerWorld(in: directory, eventsPerFrame: 2)
        let id = try await world.record(
            [ExportTests.awkward] + (0..<40).map { LedgerWorld.approved(1_000 + $0) }
        )
        try await world.record(
            [
                LedgerWorld.event { event in
                    event.bankTransactionPosted = .with {
                        $0.amount = 3_000_000_000
                        $0.kind = .deposited
                        $0.memo = "급여"
                        $0.balanceAfter = 0
                    }
                }
            ],
            kind: .deposit
        )
        let subject = try #require(world.ledger.live(id))
        try await world.services.desk.carryOut(of: subject, at: Clock.now) {
            register,
            now,
            today throws(ConsentRefusal) in
            let join = Join(years: 30, until: today.adding(months: 60))
            return try register.decide(join, at: now, on: today)
        }
        let changes = try await world.ledger.changes(id, after: nil, through: nil, limit: 1)
        guard case .added(let state, _)? = changes?.items.first?.change else {
            throw CancellationError()
        }
        let order = CorrectionOrder(
            event: EventID(state.id),
            isForMerchant: false,
            category: "food.bar"
        )
        _ = try await world.ledger.correct(
            id,
            order,
            request: PersonRequest(name: "a", content: [])
        )
        return (world, id)
    }

    /// What the log has, by another way than the export's.
    private func recorded(_ world: LedgerWorld, _ id: String) throws -> [Recorded] {
        let subject = try #require(world.ledger.live(id))
        var all: [Recorded] = []
        let reader = PersonReader(
            vault: world.services.vault,
            log: world.services.log,
            for: .service
        )
        let size = try reader.size(of: subject)
        try reader.forEachFrame(of: subject, in: 0..<size) { revision, _, events in
            var cursor = Finance.EventCursor(events, of: AssetID(high: 0, low: 0))
            var index: UInt32 = 0
            while let event = try cursor.next() {
                all.append(
                    Recorded(revision: revision, index: index, event: try event.message())
                )
                index += 1
            }
            return true
        }
        return all
    }

    private func text(
        _ world: LedgerWorld,
        _ id: String,
        _ format: ExportFormat
    ) async throws -> [UInt8] {
        let made = try await world.ledger.export(id, format)
        let export = try #require(made)
        var position = ExportPosition()
        var bytes: [UInt8] = []
        var largest = 0
        while let piece = try export.next(&position) {
            largest = max(largest, piece.count)
            bytes += piece
        }
        #expect(largest < bytes.count / 2, "it came in one piece")
        return bytes
    }

    @Test func `JSON read back is the log, event for event`() async throws {
        let (world, id) = try await world()
        let bytes = try await text(world, id, .json)
        let parsed = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let whole = try #require(parsed)
        let lines = try #require(whole["events"] as? [[String: Any]])
        let read = try lines.map { line in
            let event = try JSONSerialization.data(withJSONObject: try #require(line["event"]))
            return Recorded(
                revision: try #require(line["revision"] as? UInt64),
                index: try #require(line["index"] as? UInt32),
                event: try Event(jsonUTF8Data: event)
            )
        }
        let wanted = try recorded(world, id)
        #expect(read == wanted)
        #expect(whole["subject"] as? String == id)
        let types = Set(lines.compactMap { $0["type"] as? String })
        for type in ["CardApproved", "BankTransactionPosted", "ServiceJoined", "CategoryCorrected"]
        {
            #expect(types.contains(type), "\(type)")
        }
        try world.close()
    }

    @Test func `CSV read back is the log, field for field`() async throws {
        let (world, id) = try await world()
        let records = try ExportTests.records(await text(world, id, .csv))
        #expect(records.first == ExportLine.columns)
        var read: [Recorded] = []
        var fields: [(String, String)] = []
        func finish(_ record: [String]) throws {
            let event = try ExportTests.event(fields)
            read.append(
                Recorded(
                    revision: try #require(UInt64(record[0])),
                    index: try #require(UInt32(record[1])),
                    event: event
                )
            )
            fields.removeAll()
        }
        var last: [String]?
        for record in records.dropFirst() {
            #expect(record.count == ExportLine.columns.count)
            if let last, last.prefix(2) != record.prefix(2) { try finish(last) }
            fields.append((record[6], record[7]))
            last = record
        }
        if let last { try finish(last) }
        #expect(read == (try recorded(world, id)))
        try world.close()
    }

    /// RFC 4180, strictly: records end with CRLF.
    private static func records(_ bytes: [UInt8]) throws -> [[String]] {
        var records: [[String]] = []
        var (record, field): ([String], [UInt8]) = ([], [])
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if isQuoted {
                if byte == 0x22, next == 0x22 {
                    field.append(byte)
                    index += 1
                } else if byte == 0x22 {
                    isQuoted = false
                } else {
                    field.append(byte)
                }
            } else if byte == 0x22 {
                #expect(field.isEmpty, "a quote inside a field")
                isQuoted = true
            } else if byte == 0x2C || byte == 0x0D {
                record.append(String(decoding: field, as: UTF8.self))
                field.removeAll()
                if byte == 0x0D {
                    #expect(next == 0x0A, "a bare carriage return")
                    records.append(record)
                    record.removeAll()
                    index += 1
                }
            } else {
                #expect(byte != 0x0A, "a bare line feed")
                field.append(byte)
            }
            index += 1
        }
        #expect(record.isEmpty && field.isEmpty && !isQuoted)
        return records
    }

    /// An event built from its fields again: a tree of paths, as JSON.
    private static func event(_ fields: [(String, String)]) throws -> Event {
        let root = Node()
        for (path, value) in fields where !path.isEmpty {
            var node = root
            for part in path.replacing("[", with: ".[").split(separator: ".") {
                node = node.child(String(part))
            }
            node.value = value
        }
        return try Event(jsonString: root.json)
    }

    private final class Node {
        var value: String?
        var names: [String] = []
        var children: [Node] = []

        func child(_ name: String) -> Node {
            if let place = names.firstIndex(of: name) { return children[place] }
            names.append(name)
            children.append(Node())
            return children[children.count - 1]
        }

        var json: String {
            guard !names.isEmpty else {
                guard let value, !value.isEmpty else { return "{}" }
                // Numbers and enums are taken as texts too; a truth value is not.
                if value == "true" || value == "false" { return value }
                let quoted = value.unicodeScalars.map {
                    $0.value < 0x20 || $0 == "\"" || $0 == "\\"
                        ? "\\u" + String(String(0x10000 + $0.value, radix: 16).dropFirst())
                        : String($0)
                }
                return "\"" + quoted.joined() + "\""
            }
            if names[0].hasPrefix("[") {
                return "[" + children.map(\.json).joined(separator: ",") + "]"
            }
            let members = zip(names, children).map { "\"\($0)\":\($1.json)" }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// A person in a ledger that is closed again, and how many events they have.
    private func closed(in directory: TemporaryDirectory) async throws -> (String, Int) {
        let (world, id) = try await world(in: directory)
        let count = try recorded(world, id).count
        try world.close()
        return (id, count)
    }

    @Test func `the command writes a file of its own that nobody else reads`() async throws {
        let directory = try TemporaryDirectory()
        // Gone before the command opens the same ledger.
        let (id, count) = try await closed(in: directory)
        let file = directory.path + "/person.csv"
        let words = [
            "export", id, "--format", "csv", "--output", file, "--data-directory",
            directory.path, "--json",
        ]
        let command = try Command(words)
        #expect(command.exit == 0, "\(command.err)")
        #expect(command.out.contains(#""events":\#(count),"#))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(try Command(words).exit != 0, "it was written over")
        #expect(try Command(["export", id, "--format", "xml", "--output", file]).exit == 64)
    }
}
