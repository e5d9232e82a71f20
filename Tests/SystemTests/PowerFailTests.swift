// Fault model: the power fails after any operation on a file of the data directory, or within one.
// What a flush had made durable is there; of everything else any part may be there: each sector,
// each length, of each directory the first so many of its changes (CPowerFail.h). The storage path
// is whole: creation, groups of appends by several threads, index runs and their merges, backup
// segments while appends go on, compaction and its renames, restore, dropped indexes, in one or two
// environments; and the vault's keys file, slots and passphrase beside its log, with persons and
// cards destroyed. Not covered: projections (their environments), and a disk that says it flushed
// and did not, except as the canary below.

import Files
import Simulation
import Testing

@Suite struct PowerFailTests {
    /// Runs and images of each; 100,000 images in all at full length.
    private static let runs = (1...(Bench.isTorture ? 100 : 14)).map { Seed(UInt64($0)) }
    private static let imageCount = Bench.isTorture ? 1_000 : 370

    /// What looking at the images of one trace gave.
    private struct Finding {
        var images = 0
        var bad: [String] = []
    }

    @Test(arguments: runs)
    func `no power cut takes what was acknowledged or shows what was not sent`(seed: Seed) throws {
        let bench = try Bench("powerfail")
        let environments = 1 + Int(seed.number % 2)
        let trace = try bench.record(
            ["seed": "\(seed.number)", "rounds": "5", "environments": "\(environments)"],
            variables: ["JANGBU_RECORD_FLUSH": seed.number % 3 == 0 ? "200" : "none"]
        )
        let finding = try look(
            at: trace,
            bench,
            images: Self.imageCount,
            environments: environments
        )
        #expect(finding.images == Self.imageCount)
        for sentence in finding.bad.prefix(5) {
            Issue.record("\(seed), \(sentence); the trace is kept: \(trace)")
        }
        if finding.bad.isEmpty { try bench.clear() }
    }

    /// Each image costs a slow derivation from the passphrase: fewer of them.
    @Test(arguments: Bench.isTorture ? (1...20).map { Seed($0) } : [Seed(1), Seed(2)])
    func `no power cut takes a person's keys or brings destroyed ones back`(seed: Seed) throws {
        let bench = try Bench("vault")
        let trace = try bench.record(["seed": "\(seed.number)"], load: "vault")
        let count = Bench.isTorture ? 600 : 150
        let finding = try look(at: trace, bench, images: count, environments: 1, ["vault": "1"])
        #expect(finding.images == count)
        for sentence in finding.bad.prefix(5) {
            Issue.record("\(seed), \(sentence); the trace is kept: \(trace)")
        }
        if finding.bad.isEmpty { try bench.clear() }
    }

    @Test func `a log that acknowledges before the flush is caught`() throws {
        let bench = try Bench("canary")
        let trace = try bench.record(
            ["seed": "3", "rounds": "3", "early": "1"],
            variables: ["JANGBU_RECORD_FLUSH": "300"]
        )
        let finding = try look(at: trace, bench, images: 300, environments: 1)
        #expect(finding.bad.contains { $0.contains("LOST") })
        try bench.clear()
    }

    @Test func `a log whose flushes do nothing is caught`() throws {
        let bench = try Bench("canary")
        let trace = try bench.record(
            ["seed": "4", "rounds": "2"],
            shims: ["faults"],
            variables: ["JANGBU_FAULT_FLUSH": "ignore"]
        )
        let finding = try look(at: trace, bench, images: 150, environments: 1)
        #expect(finding.bad.count > 20)
        try bench.clear()
    }

    /// Looks at all images in as many children as it takes: one that traps is named and the next
    /// child goes on after it.
    private func look(
        at trace: String,
        _ bench: Bench,
        images: Int,
        environments: Int,
        _ more: [String: String] = [:]
    ) throws -> Finding {
        var finding = Finding()
        while finding.images < images, finding.bad.count < 100 {
            let place = [
                "scratch": bench.path("image-\(finding.images)"), "count": "\(images)",
                "from": "\(finding.images)", "to": "\(images)", "environments": "\(environments)",
            ]
            var arguments = place.merging(more) { $1 }
            if finding.images == 0 { arguments["compare"] = bench.path("run") }
            let child = try bench.workload("images", trace, arguments)
            var current = "no image"
            for line in child.lines() {
                if line.hasPrefix("image ") {
                    current = line
                    finding.images += 1
                } else if line.hasPrefix("bad ") {
                    finding.bad.append(current + ": " + line)
                }
            }
            let ending = child.wait()
            if ending == .exited(0) { break }
            try #require(finding.images > 0, "\(child.errors)")
            finding.bad.append("\(current): the child \(ending): \(child.errors)")
        }
        return finding
    }
}
