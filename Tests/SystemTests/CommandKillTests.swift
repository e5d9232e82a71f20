// Fault model: the executable itself is killed (SIGKILL) at any moment of `import`, `log backup`,
// `replay rebuild` and `shred`, and the next command is started on what it left. The kernel lives
// on. The moment is a share of what the command took the last time, so that start-up, work and end
// are all met. Not covered: two commands at once (the second is refused), and a killed `serve`.

import Files
import Foundation
import Glibc
import Simulation
import Testing

@Suite struct CommandKillTests {
    private static let chains = (1...(Bench.isTorture ? 40 : 4)).map { Seed(UInt64($0)) }

    @Test(arguments: chains)
    func `after every kill -9 of a command the next one goes on where it was`(
        seed: Seed
    ) throws {
        let bench = try Bench("command")
        let ledger = Ledger(bench, "ledger", seed)
        try ledger.writeTable(rows: 2_500)
        let whole = Ledger(bench, "whole", seed)
        let expected = try whole.importTable()
        let events = try whole.rebuild().map(\.events)

        let factor = Bench.isTorture ? 4 : 1
        try ledger.killImports(6 * factor, as: whole.pace["import"] ?? 1)
        try ledger.finishImport(expected)
        try ledger.killBackups(3 * factor)
        try ledger.killRebuilds(4 * factor, events)
        try ledger.killShreds(4 * factor)
        #expect(ledger.kills == 17 * factor)
        try bench.clear()
    }
}

/// A data directory and the commands on it.
private final class Ledger {
    private let bench: Bench
    private let path: String
    private var chance: Seed
    /// Seconds that a command took when it was not killed.
    private(set) var pace: [String: Double] = [:]
    private(set) var kills = 0

    /// What an import says of all files, without how often it was tried.
    struct Total: Equatable {
        var rows: Int
        var recorded: Int
        var rejected: Int
        var sums: [String: [String: Decimal]]
    }

    struct Model: Equatable {
        let name: String
        let events: Int
        let stateHash: String
    }

    init(_ bench: Bench, _ name: String, _ seed: Seed) {
        (self.bench, path, chance) = (bench, bench.path(name), seed)
    }

    private var table: String { bench.path("cards.csv") }

    /// Purchases of some sixty cards, a few rows unusable, some the same as another.
    func writeTable(rows: Int) throws {
        var text =
            "trans_date,trans_vat_desc,original_gross_amt,original_cur,billing_gross_amt,"
            + "billing_cur_code,merchant_name,card_number,trans_cac_code_1,trans_cac_desc_1,"
            + "trans_cac_code_2,trans_cac_desc_2,trans_cac_code_3,directorate,source_file\n"
        for row in 0..<rows {
            let day = 1 + Int(chance.next() % 28)
            let amount = row % 97 == 5 ? "x" : "\(chance.next() % 90).\(10 + chance.next() % 90)"
            text += "2016-0\(1 + row * 8 / rows)-\(day < 10 ? "0" : "")\(day),VZ,\(amount),,,,"
            text += "shop \(chance.next() % 9),************\(1_000 + chance.next() % 60),"
            text += "L1,Eq,RE,Hall,A00,CYP,f\n"
        }
        try Files.replace(table, with: Array(text.utf8))
    }

    private func start(_ words: [String], in directory: String? = nil) throws -> Child {
        try bench.jangbu(
            words + [
                "--data-directory", directory ?? path, "--set", "record.batch_row_count=50",
                "--set", "projections.checkpoint_interval_milliseconds=10",
            ]
        )
    }

    /// Runs to the end, which must be a good one; what it printed.
    @discardableResult
    private func run(_ words: [String], in directory: String? = nil) throws -> String {
        let begin = ContinuousClock.now
        let child = try start(words, in: directory)
        let text = child.lines().joined(separator: "\n")
        let ending = child.wait()
        try #require(
            ending == .exited(0),
            "\(words) \(ending): \(text) \(child.errors); kept in \(bench.directory)"
        )
        pace[words[0]] = (ContinuousClock.now - begin) / .seconds(1)
        return text
    }

    /// Starts and kills it at some moment; tries again when it was over before.
    private func kill(_ words: [String]) throws {
        for _ in 0..<20 {
            let share = Double(chance.next() % 1_000) / 1_000
            let child = try start(words)
            usleep(UInt32((pace[words[0]] ?? 0.5) * share * 1_000_000))
            child.kill()
            _ = child.lines()
            if child.wait() == .signal(SIGKILL) {
                kills += 1
                return
            }
        }
        Issue.record("\(words) was never killed in time")
    }

    private func importWords() -> [String] { ["import", "birmingham", table, "--json"] }

    func importTable() throws -> Total {
        struct Report: Decodable {
            struct File: Decodable {
                let rows, events, duplicates, rejected: Int
                let sums: [String: [String: [String: String]]]
            }
            let total: File
            let reconciled: Bool
        }
        let text = try run(importWords())
        let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
        #expect(report.reconciled)
        let total = report.total
        let sums = total.sums.mapValues { flows in
            flows.mapValues { sums in
                ["events", "duplicates"].reduce(Decimal(0)) {
                    $0 + (Decimal(string: sums[$1] ?? "") ?? .nan)
                }
            }
        }
        return Total(
            rows: total.rows,
            recorded: total.events + total.duplicates,
            rejected: total.rejected,
            sums: sums
        )
    }

    func killImports(_ count: Int, as seconds: Double) throws {
        pace["import"] = seconds
        for _ in 0..<count {
            try kill(importWords())
            // Killed before anything was made, there is nothing to open.
            if Files.exists(path + "/log/environment-00") { try run(["log", "stats"]) }
        }
    }

    func finishImport(_ expected: Total) throws {
        let total = try importTable()
        #expect(total == expected)
    }

    func killBackups(_ count: Int) throws {
        let words = ["log", "backup", bench.path("backup")]
        for _ in 0..<count { try kill(words) }
        try run(words)
        try run(["log", "restore", bench.path("backup")], in: bench.path("restored"))
        let restored = try digest(of: bench.path("restored"))
        let kept = try digest(of: path)
        #expect(restored == kept)
    }

    private func digest(of directory: String) throws -> String {
        struct Report: Decodable { let digest: String }
        let text = try run(["log", "verify", "--json"], in: directory)
        return try JSONDecoder().decode(Report.self, from: Data(text.utf8)).digest
    }

    /// Rebuilds every read model; it is refused unless the new states hash to the old ones.
    func rebuild() throws -> [Model] {
        struct Line: Decodable {
            let name: String
            let events: Int
            let stateHash: String
            let healedDamage: Bool
        }
        let text = try run(["replay", "rebuild", "--json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = try decoder.decode([Line].self, from: Data(text.utf8))
        #expect(!lines.contains { $0.healedDamage })
        return lines.map { Model(name: $0.name, events: $0.events, stateHash: $0.stateHash) }
    }

    /// The states as they are stored, each opened again.
    private func stateHashes() throws -> [StateHash] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try run(["state-hash", "--json"])
        return try decoder.decode([StateHash].self, from: Data(text.utf8))
    }

    private struct StateHash: Decodable {
        let name: String
        let states: Int
        let kept: String
        let isEqual: Bool
    }

    func killRebuilds(_ count: Int, _ events: [Int]) throws {
        let before = try stateHashes()
        let models = try rebuild()
        #expect(models.map(\.events) == events, "events counted twice or not at all")
        #expect(models.map(\.stateHash) == before.map(\.kept))
        for _ in 0..<count {
            try kill(["replay", "rebuild"])
            let after = try stateHashes()
            #expect(after.map(\.kept) == before.map(\.kept))
            #expect(!after.contains { !$0.isEqual })
        }
        let last = try rebuild()
        #expect(last == models)
    }

    func killShreds(_ count: Int) throws {
        var states = try stateHashes().map(\.states)
        for subject in try subjects(count) {
            pace["shred"] = pace["state-hash"]
            try kill(["shred", subject, "--yes"])
            // Erased or not: what is kept is what a fold from nothing comes to.
            _ = try rebuild()
            try run(["shred", subject, "--yes"])
            states = states.map { $0 - 1 }
            let after = try stateHashes()
            #expect(after.map(\.states) == states, "\(subject)")
            #expect(!after.contains { !$0.isEqual })
            let rebuilt = try rebuild()
            #expect(rebuilt.map(\.stateHash) == after.map(\.kept))
        }
        try run(["log", "verify"])
    }

    /// Some persons of the log.
    private func subjects(_ count: Int) throws -> [String] {
        struct Line: Decodable { let subject: String }
        var found: [String] = []
        for partition in 0..<16 {
            let words = ["log", "tail", "--partition", "\(partition)", "--count", "40", "--json"]
            for line in try run(words).split(separator: "\n") {
                let subject = try JSONDecoder().decode(Line.self, from: Data(line.utf8)).subject
                guard !subject.hasPrefix("00000000"), !found.contains(subject) else { continue }
                found.append(subject)
                if found.count == count { return found }
            }
        }
        return found
    }
}
