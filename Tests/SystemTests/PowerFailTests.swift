// Fault model: the power fails after any operation on a file of the data directory, or within one.
// What a flush had made durable is there; of everything else any part may be there: each sector,
// each length, of each directory the first so many of its changes (CPowerFail.h). The storage path
// is whole: creation, groups of appends by several threads, index runs and their merges, backup
// segments while appends go on, compaction and its renames, restore, dropped indexes, in one or two
// environments; the vault's keys file, slots and passphrase beside its log, with persons and cards
// destroyed; and the stores and catalog files of two read models over both, live with checkpoints
// every few milliseconds, rebuilt and cut over while appends go on. Not covered: an erasure while a
// rebuild runs, and a disk that says it flushed and did not, except as the canary below.

import Files
import Simulation
import Synchronization
import Testing
import Threads

@Suite struct PowerFailTests {
    /// Runs and images of each; 100,000 images in all at full length.
    private static let runs = (1...(Bench.isTorture ? 100 : 14)).map { Seed(UInt64($0)) }
    private static let imageCount = Bench.isTorture ? 1_000 : 370

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
        let finding = try look(at: trace, bench, images: count, ["vault": "1"])
        #expect(finding.images == count)
        for sentence in finding.bad.prefix(5) {
            Issue.record("\(seed), \(sentence); the trace is kept: \(trace)")
        }
        if finding.bad.isEmpty { try bench.clear() }
    }

    @Test(arguments: (1...(Bench.isTorture ? 20 : 2)).map { Seed($0) })
    func `no power cut makes read models differ from a fold from nothing`(seed: Seed) throws {
        let bench = try Bench("projections")
        let rules = ["rules": Bench.rules]
        let trace = try bench.record(
            ["seed": "\(seed.number)"].merging(rules) { $1 },
            load: "projections"
        )
        let count = Bench.isTorture ? 500 : 120
        let finding = try look(at: trace, bench, images: count, threads: 4, rules)
        #expect(finding.images == count)
        for sentence in finding.bad.prefix(5) {
            Issue.record("\(seed), \(sentence); the trace is kept: \(trace)")
        }
        if finding.bad.isEmpty { try bench.clear() }
    }

    @Test func `read models that pass over frames are caught`() throws {
        let bench = try Bench("canary")
        let rules = ["rules": Bench.rules]
        let trace = try bench.record(
            ["seed": "1", "blind": "1"].merging(rules) { $1 },
            load: "projections"
        )
        let finding = try look(at: trace, bench, images: 24, threads: 4, rules)
        #expect(finding.bad.count > 4)
        try bench.clear()
    }

    @Test func `a log that acknowledges before the flush is caught`() throws {
        let bench = try Bench("canary")
        let trace = try bench.record(
            ["seed": "3", "rounds": "3", "early": "1"],
            variables: ["JANGBU_RECORD_FLUSH": "300"]
        )
        let finding = try look(at: trace, bench, images: 300)
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
        let finding = try look(at: trace, bench, images: 150)
        #expect(finding.bad.count > 20)
        try bench.clear()
    }

    /// Looks at all images, a share of them in each of `threads` at the same time: of read models
    /// most of the time is waiting.
    private func look(
        at trace: String,
        _ bench: Bench,
        images: Int,
        environments: Int = 1,
        threads: Int = 1,
        _ more: [String: String] = [:]
    ) throws -> Finding {
        let children = (0..<threads).map { thread in
            Looker(
                trace: trace,
                bench: bench,
                range: images * thread / threads..<images * (thread + 1) / threads,
                arguments: ["count": "\(images)", "environments": "\(environments)"]
                    .merging(more) { $1 }
            )
        }
        let running = children.map { child in OwnedThread { child.run() } }
        for thread in running { thread.join() }
        var finding = Finding()
        for child in children {
            let found = try child.result()
            finding.images += found.images
            finding.bad += found.bad
        }
        return finding
    }
}

/// What looking at the images of one trace gave.
private struct Finding: Sendable {
    var images = 0
    var bad: [String] = []
}

/// Looks at a range of images in as many children as it takes: one that traps is named and the next
/// child goes on after it.
private final class Looker: Sendable {
    private let trace: String
    private let bench: Bench
    private let range: Range<Int>
    private let arguments: [String: String]
    private let outcome = Mutex<Result<Finding, any Error>>(.success(Finding()))

    init(trace: String, bench: Bench, range: Range<Int>, arguments: [String: String]) {
        (self.trace, self.bench) = (trace, bench)
        (self.range, self.arguments) = (range, arguments)
    }

    func result() throws -> Finding { try outcome.withLock { $0 }.get() }

    func run() {
        let result = Result { try look() }
        outcome.withLock { $0 = result }
    }

    private func look() throws -> Finding {
        var finding = Finding()
        while finding.images < range.count, finding.bad.count < 100 {
            let next = range.lowerBound + finding.images
            let place = [
                "scratch": bench.path("image-\(next)"), "from": "\(next)",
                "to": "\(range.upperBound)",
            ]
            var arguments = place.merging(arguments) { $1 }
            if next == 0 { arguments["compare"] = bench.path("run") }
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
