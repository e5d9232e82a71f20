// Fault model: the process is killed (SIGKILL) at any moment of a load of appends, folds, merges,
// backups, restores, compactions and dropped indexes. The kernel lives on, so every write that was
// made is there: what this finds is an order of steps that a restart cannot take up again, locks
// that stay, and answers given too early. Power failures are the other suite's.

import Files
import Glibc
import Simulation
import Testing

@Suite struct KillTests {
    private static let chains = (1...(Bench.isTorture ? 50 : 6)).map { Seed(UInt64($0)) }
    private static let killsPerChain = Bench.isTorture ? 100 : 36

    @Test(arguments: chains)
    func `after every kill -9 the log starts with all that was acknowledged`(seed: Seed) throws {
        let bench = try Bench("kill")
        try Files.makeDirectories(bench.path("run"))
        var chance = seed
        var promises = ""
        for kill in 0..<Self.killsPerChain {
            try Files.replace(bench.path("promises"), with: Array(promises.utf8))
            let child = try bench.workload(
                "load",
                bench.path("run"),
                [
                    "seed": "\(chance.next() >> 1)", "rounds": "0",
                    "promises": bench.path("promises"), "environments": "\(1 + seed.number % 2)",
                ]
            )
            guard child.nextLine() == "checked" else {
                Issue.record(
                    """
                    \(seed), kill \(kill): \(child.wait()), \(child.errors); \
                    kept in \(bench.directory)
                    """
                )
                return
            }
            kill9(child, &chance, &promises)
            let ending = child.wait()
            #expect(ending == .signal(SIGKILL), "\(seed), kill \(kill): \(child.errors)")
        }
        try Files.replace(bench.path("promises"), with: Array(promises.utf8))
        let check = try bench.workload(
            "check",
            bench.path("run"),
            ["promises": bench.path("promises"), "environments": "\(1 + seed.number % 2)"]
        )
        #expect(check.wait() == .exited(0), "\(seed): \(check.errors)")
        try bench.clear()
    }

    /// Kills after some lines, half the time in the middle of what is not an append; takes in what
    /// the process had promised by then.
    private func kill9(_ child: Child, _ chance: inout Seed, _ promises: inout String) {
        let lineCount = 1 + Int(chance.next() % 60)
        let sought = ["", "", "backup-begin", "compact-begin", "restored"][Int(chance.next() % 5)]
        var count = 0
        while let line = child.nextLine() {
            promises += line + "\n"
            count += 1
            if sought.isEmpty ? count >= lineCount : line.hasPrefix(sought) || count > 600 { break }
        }
        // Somewhere in the next two milliseconds of its work.
        let moment = ContinuousClock.now + .microseconds(Int(chance.next() % 2_000))
        while ContinuousClock.now < moment {}
        child.kill()
        while let line = child.nextLine() { promises += line + "\n" }
    }
}
