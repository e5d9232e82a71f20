import Cryptography
import Files
import Finance
import Foundation
import MyData
import Testing

/// Each folder of `Replay/` but its data, folded from nothing, must give the states it says, byte
/// for byte.
@Suite struct ReplayTests {
    /// One event as `events.jsonl` has it.
    struct Line: Codable {
        let subject: String
        let asset: String
        let event: String
    }

    /// What a history must fold to, by read model.
    struct Expected: Codable, Equatable {
        /// Digest of the rules that spending was folded with.
        let rules: String
        /// SHA-256 over all subjects' canonical states in the order of their names, by name and
        /// version.
        let states: [String: String]
        /// Encoded bytes of these states together.
        let bytes: [String: Int]
    }

    static let histories: [String] = {
        do {
            return try Files.names(in: Checkout.root + "/Replay").filter { name in
                Files.exists(Checkout.root + "/Replay/\(name)/events.jsonl")
            }
        } catch { return [] }
    }()

    private static func rules() throws -> CategoryRules {
        let files = try RuleFiles { (name: String) throws(FileError) -> [UInt8] in
            try Files.read(Checkout.root + "/conf/categories/" + name)
        }
        return try CategoryRules(files)
    }

    private static func lines(_ folder: String) throws -> [Line] {
        let text = String(decoding: try Files.read(folder + "/events.jsonl"), as: UTF8.self)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private static func fold<F: Fold>(
        _ lines: [Line],
        _ fold: F,
        into states: inout [String: String],
        _ bytes: inout [String: Int]
    ) throws {
        var bySubject: [String: F.State] = [:]
        for line in lines {
            let event = try #require(bytesOf(line.event))
            let place = try #require(bytesOf(line.asset))
            let found = AssetID(place.span)
            let id = try #require(found)
            var state = bySubject[line.subject] ?? F.State()
            try fold.fold(EventView(event.span, of: id), into: &state)
            bySubject[line.subject] = state
        }
        var all: [UInt8] = []
        for (_, state) in bySubject.sorted(by: { $0.key < $1.key }) { state.encode(into: &all) }
        let name = "\(F.name)-v\(F.version)"
        states[name] = SHA256.hash(all).description
        bytes[name] = all.count
    }

    private static func result(_ lines: [Line]) throws -> Expected {
        let rules = try rules()
        var states: [String: String] = [:]
        var bytes: [String: Int] = [:]
        try fold(lines, SubjectCounters(), into: &states, &bytes)
        try fold(lines, IntegratedView(), into: &states, &bytes)
        try fold(lines, SpendingProfile(rules: rules), into: &states, &bytes)
        return Expected(rules: String(rules.digest, radix: 16), states: states, bytes: bytes)
    }

    private static func bytesOf(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    @Test func `there are recorded histories`() { #expect(!ReplayTests.histories.isEmpty) }

    @Test(arguments: histories)
    func `a recorded history folds to the same bytes for ever`(name: String) throws {
        let folder = Checkout.root + "/Replay/" + name
        let expected = try JSONDecoder().decode(
            Expected.self,
            from: Data(try Files.read(folder + "/expected.json"))
        )
        let result = try ReplayTests.result(ReplayTests.lines(folder))
        #expect(
            result == expected,
            """
            a promise changed: raise the read model's version, or, when the rules in \
            conf/categories changed, \
            record anew with JANGBU_RECORD=\(name)
            """
        )
    }

    /// Not a test but the way a history is recorded; runs only when asked to.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["JANGBU_RECORD"] == "birmingham-small"))
    func `record birmingham-small`() throws {
        let folder = Checkout.root + "/Replay/birmingham-small"
        try Files.makeDirectories(folder)
        if !Files.exists(folder + "/events.jsonl") {
            let outcome = try read(ByteSource(path: Checkout.birmingham), Birmingham())
            // Twelve cards' first rows, and every purchase in another currency of those years'
            // cards.
            let cards = Set(outcome.rows.prefix(40).map(\.subject).prefix(12))
            var taken: [String: Int] = [:]
            var listed: Set<String> = []
            var text = ""
            for row in outcome.rows {
                let isForeign = row.movement.map { $0.money.currency != .gbp } ?? false
                let count = taken[row.subject, default: 0]
                guard cards.contains(row.subject) && count < 60 || isForeign && count < 4 else {
                    continue
                }
                taken[row.subject] = count + 1
                let asset = SHA256.hash(Array(row.asset.key.utf8)).description.prefix(32)
                var events = [row.event]
                if listed.insert(row.subject).inserted { events = row.further + events }
                for event in events {
                    let hex = event.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                    text += "{\"subject\":\"\(row.subject)\",\"asset\":\"\(asset)\","
                    text += "\"event\":\"\(hex)\"}\n"
                }
            }
            try Files.replace(folder + "/events.jsonl", with: Array(text.utf8))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let result = try ReplayTests.result(ReplayTests.lines(folder))
        try Files.replace(
            folder + "/expected.json",
            with: Array(try encoder.encode(result)) + [0x0A]
        )
    }
}
