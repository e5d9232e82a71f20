import Files
import Foundation
import Simulation
import Testing

/// Every command on one small world, in the order of a life: made, looked at, copied, repaired,
/// erased from.
@Suite struct EveryCommandTests {
    private func object(_ text: some StringProtocol) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    private func run(
        _ words: [String],
        in home: SmallHome,
        exit: Int32 = 0,
        location: SourceLocation = #_sourceLocation
    ) throws -> Command {
        let data = ["--data-directory", home.path + "/data"]
        let command = try Command(words + data, environment: home.environment)
        #expect(command.exit == exit, "\(words): \(command.err)", sourceLocation: location)
        return command
    }

    @Test func `each command does what it says, for people and for programs`() throws {
        let home = try SmallHome(rows: 300)
        let proof = try object(run(["demo-import", "--once", "--json"], in: home).out)
        #expect(proof["agrees"] as? Bool == true)
        let person = try look(home)
        try copy(home)
        try repair(home)
        try erase(person, home)
    }

    /// Stats, tail and show; a person's id.
    private func look(_ home: SmallHome) throws -> String {
        let stats = try object(run(["log", "stats", "--json"], in: home).out)
        #expect(stats["frames"] as? Int ?? 0 > 1_000)
        #expect(try run(["log", "stats"], in: home).out.contains("16 partitions"))
        let tail = try run(["log", "tail", "--partition", "3", "--count", "4", "--json"], in: home)
        let lines = try tail.out.split(separator: "\n").map(object)
        #expect(lines.count == 4)
        let frame = try #require(lines.first { $0["kind"] as? String == "provider-data" })
        let person = try #require(frame["subject"] as? String)
        #expect(try run(["log", "tail", "--count", "2"], in: home).out.contains("leaf "))
        #expect(try run(["log", "tail", "--partition", "99"], in: home, exit: 66).out.isEmpty)
        let show = try run(["log", "show", person, "--json", "--limit", "1"], in: home)
        #expect(try object(show.out)["subject"] as? String == person)
        #expect(show.err.contains("root "))
        _ = try run(["log", "show", String(repeating: "0", count: 32)], in: home, exit: 66)
        _ = try run(["log", "show", "x"], in: home, exit: 64)
        return person
    }

    /// Backup and restore: the same log.
    private func copy(_ home: SmallHome) throws {
        let folder = home.path + "/backup"
        let first = try object(run(["log", "backup", folder, "--json"], in: home).out)
        #expect(first["by_server"] as? Bool == false)
        let again = try object(run(["log", "backup", folder, "--json"], in: home).out)
        #expect(again["blocks"] as? Int == first["blocks"] as? Int)
        #expect(try run(["log", "restore", folder], in: home, exit: 73).out.isEmpty)
        let other = ["--data-directory", home.path + "/restored"]
        let restored = try Command(["log", "restore", folder, "--json"] + other)
        #expect(restored.exit == 0, "\(restored.err)")
        #expect(try object(restored.out)["blocks"] as? Int == first["blocks"] as? Int)
        let copy = try object(Command(["log", "verify", "--json"] + other).out)
        let original = try object(run(["log", "verify", "--json"], in: home).out)
        #expect(copy["digest"] as? String == original["digest"] as? String)
        #expect(original["damages"] as? [String] == [])
        _ = try run(["log", "restore", home.path + "/nothing"], in: home, exit: 66)
    }

    /// Index and read models anew.
    private func repair(_ home: SmallHome) throws {
        let index = try object(run(["log", "reindex", "--json"], in: home).out)
        #expect(index["frames"] as? Int ?? 0 > 1_000)
        #expect(try run(["log", "verify"], in: home).out.hasSuffix("sound\n"))
        let before = try run(["state-hash", "--json"], in: home).out
        #expect(try run(["replay", "rebuild", "--json"], in: home).out.contains("state_hash"))
        #expect(try run(["state-hash", "--json"], in: home).out == before)
    }

    /// Erasure, and what it leaves.
    private func erase(_ person: String, _ home: SmallHome) throws {
        _ = try run(["shred", person], in: home, exit: 64)
        let shredded = try object(run(["shred", person, "--yes", "--json"], in: home).out)
        #expect(shredded["subject"] as? String == person)
        let compacted = try object(run(["log", "compact", "--json"], in: home).out)
        #expect(compacted["dropped"] as? Int ?? 0 > 0)
        let verified = try object(run(["log", "verify", "--json"], in: home).out)
        #expect(verified["tombstones"] as? Int == compacted["dropped"] as? Int)
        _ = try run(["state-hash"], in: home)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions know the commands`(shell: String) throws {
        let script = try Command(["completions", shell])
        #expect(script.exit == 0)
        for word in ["serve", "demo", "shred", "rebuild"] { #expect(script.out.contains(word)) }
        #expect(try Command(["completions", "tcsh"]).exit == 64)
    }

    @Test func `a demo refuses what it would not heed`() throws {
        let demo = try Command(["demo", "--once", "--set", "sandbox.people_count=8"])
        #expect(demo.exit == 64)
        #expect(demo.err.contains("--people, --months and --seed"), "\(demo.err)")
    }

    @Test func `the benchmark's smoke run answers every row with a digest`() throws {
        let bench = try Command(["bench", "--smoke", "--json"])
        #expect(bench.exit == 0, "\(bench.err)")
        let rows = try bench.out.split(separator: "\n").map(object)
        #expect(rows.count == 18)
        for row in rows {
            let work = try #require(row["work"] as? String)
            #expect(row["value"] as? Double != nil, "\(work)")
            // A floor of bare flushes has no answer.
            guard work != "pure flush floor" else { continue }
            #expect((row["digest"] as? String)?.count == 16, "\(work)")
        }
    }
}
