// Fault model: bytes of a closed data directory are not what was written: one bit, one 512-byte
// sector of zeros, or a file cut short, in any file: LMDB's data and lock files, index runs, backup
// segments, the lock; the stores and catalog files of two read models; and the vault's keys file,
// slots and passphrase. One fault a case. Not covered: several faults that fit each other, and a
// whole older copy of a file put in place of a newer one.

import Files
import Simulation
import Testing

@Suite struct DamageTests {
    private static let runs = (1...(Bench.isTorture ? 10 : 6)).map { Seed(UInt64($0)) }
    private static let caseCount = Bench.isTorture ? 1_000 : 250

    @Test(arguments: runs)
    func `damage is named with file and place or changes nothing, and the rest is read`(
        seed: Seed
    ) throws {
        let bench = try Bench("damage")
        let bad = try look(seed, Self.caseCount, bench)
        for sentence in bad.prefix(5) {
            Issue.record("\(seed), \(sentence); kept in \(bench.directory)")
        }
        if bad.isEmpty { try bench.clear() }
    }

    @Test func `a verification that finds nothing is caught`() throws {
        let bench = try Bench("canary")
        #expect(try look(Seed(1), 60, bench, ["blind": "1"]).count >= 20)
        try bench.clear()
    }

    @Test(arguments: (1...(Bench.isTorture ? 6 : 3)).map { Seed(UInt64($0)) })
    func `damage of read models and vault is named or changes nothing, and the rest is read`(
        seed: Seed
    ) throws {
        let bench = try Bench("damage")
        let bad = try lookAtModels(seed, Bench.isTorture ? 2_000 : 240, bench)
        for sentence in bad.prefix(5) {
            Issue.record("\(seed), \(sentence); kept in \(bench.directory)")
        }
        if bad.isEmpty { try bench.clear() }
    }

    @Test func `read models and a vault that do not name their damage are caught`() throws {
        let bench = try Bench("canary")
        #expect(try lookAtModels(Seed(1), 60, bench, ["blind": "1"]).count >= 5)
        try bench.clear()
    }

    /// What is wrong with the cases of a seed over the log.
    private func look(
        _ seed: Seed,
        _ count: Int,
        _ bench: Bench,
        _ more: [String: String] = [:]
    ) throws -> [String] {
        let environments = ["environments": "\(1 + seed.number % 2)"]
        let load = [
            "rounds": "\(2 + seed.number % 5)", "tail": "20",
            "batches": "\(10 + 20 * (seed.number % 4))",
        ]
        try run(bench, "load", seed, load.merging(environments) { $1 })
        return try look(bench, "damage", seed, count, more.merging(environments) { $1 })
    }

    /// What is wrong with the cases of a seed over read models and vault.
    private func lookAtModels(
        _ seed: Seed,
        _ count: Int,
        _ bench: Bench,
        _ more: [String: String] = [:]
    ) throws -> [String] {
        try run(bench, "projections", seed, ["rules": Bench.rules])
        let arguments = more.merging(["rules": Bench.rules]) { $1 }
        return try look(bench, "damage-models", seed, count, arguments)
    }

    /// Makes the data directory that is damaged.
    private func run(
        _ bench: Bench,
        _ verb: String,
        _ seed: Seed,
        _ arguments: [String: String]
    ) throws {
        try Files.makeDirectories(bench.path("run"))
        let load = try bench.workload(
            verb,
            bench.path("run"),
            arguments.merging(["seed": "\(seed.number)"]) { $1 }
        )
        _ = load.lines()
        try #require(load.wait() == .exited(0), "\(load.errors)")
    }

    /// Looks at cases in as many children as it takes: one that traps is named.
    private func look(
        _ bench: Bench,
        _ verb: String,
        _ seed: Seed,
        _ count: Int,
        _ more: [String: String]
    ) throws -> [String] {
        var (next, bad, total) = (0, [String](), "")
        while next < count, bad.count < 20 {
            let child = try bench.workload(
                verb,
                bench.path("run"),
                [
                    "scratch": bench.path("case"), "seed": "\(seed.number)", "from": "\(next)",
                    "to": "\(count)",
                ].merging(more) { $1 }
            )
            var current = "no case"
            for line in child.lines() {
                if line.hasPrefix("case ") {
                    (current, next) = (line, next + 1)
                } else if line.hasPrefix("bad ") {
                    bad.append(current + ": " + line)
                } else {
                    total = line
                }
            }
            let ending = child.wait()
            if ending == .exited(0) { break }
            bad.append("\(current): the child \(ending): \(child.errors)")
            try #require(next > 0, "\(child.errors)")
        }
        if bad.isEmpty {
            #expect(next == count)
            #expect(total.hasPrefix("total"))
        }
        return bad
    }
}
