// Fault model: two processes, a sandbox of providers and one that collects from it over mutual TLS.
// The sandbox misbehaves in every way it can, at random; either is killed (SIGKILL) at a counted
// write or flush and started again on what it left; days pass. Then the faults stop. The kernel
// lives on, and a killed sandbox forgets quotas and the rows that a fault changed. Not covered: two
// collecting processes at once (the second is refused), a withdrawal in the midst of it.

import Simulation
import Synchronization
import Testing

@Suite(.serialized) struct FaultRunTests {
    private static let seeds = (1...(Bench.isTorture ? 40 : 2)).map { Seed(UInt64($0)) }
    private static let rounds = Bench.isTorture ? 24 : 6
    /// How many answers were others for each kind of fault, over all seeds.
    private static let struck = Mutex<[String: Int]>([:])

    @Test(arguments: seeds)
    func `whatever goes wrong, in the end the log is the sandbox's ledger to the won`(
        seed: Seed
    ) async throws {
        let bench = try Bench("faultrun")
        let run = try await FaultRun(bench, seed, people: 2)
        let schedule = FaultSchedule(seed, rounds: Self.rounds, providers: run.providers)
        do {
            for round in schedule.rounds { try await run.run(round) }
            try await run.prove(schedule.lastReason)
        } catch {
            let told = schedule.rounds.map(\.description).joined(separator: "\n")
            Issue.record("\(seed): \(error); kept in \(bench.directory)\n\(told)")
            return await run.end()
        }
        // What was put aside came of a fault that spoils answers.
        let spoils = ["types", "truncate", "codes", "fields", "counts"]
        if run.quarantined > 0 {
            #expect(
                schedule.rounds.contains { round in
                    round.faults.contains { fault in spoils.contains { fault.hasPrefix($0) } }
                },
                "\(seed)"
            )
        }
        let kills = "\(run.sandboxKills) + \(run.collectorKills) kills"
        print("\(seed): \(kills), ends with \(schedule.lastReason), \(run.struck)")
        #expect(run.sandboxKills > 0 && run.collectorKills > 0, "\(seed): \(kills)")
        await run.end()
        try bench.clear()
        let all = Self.struck.withLock { all in
            all.merge(run.struck, uniquingKeysWith: +)
            return all
        }
        guard seed.number == Self.seeds.last?.number else { return }
        // The last of the seeds, which run one after the other.
        for kind in FaultSchedule.kinds + ["refuse=42901", "refuse=50001"] {
            #expect(all[kind, default: 0] > 0, "no answer was another for \(kind): \(all)")
        }
    }

    @Test func `every kind of fault is among the schedules, and the same seed gives the same`() {
        let all = (1...40).map { FaultSchedule(Seed(UInt64($0)), rounds: 24, providers: ["A"]) }
        let text = all.flatMap(\.rounds).map(\.description).joined(separator: " ")
        for kind in FaultSchedule.kinds { #expect(text.contains(kind)) }
        for schedule in all {
            #expect(schedule.rounds.contains { $0.sandboxDiesAtWrite != nil })
            #expect(schedule.rounds.contains { $0.collectorDiesAtFlush != nil })
        }
        #expect(all.count { $0.lastReason == "refresh" } == 20)
        // Two seeds after each other have every kind, each one that the other leaves out.
        for pair in stride(from: 0, to: 40, by: 2) {
            let words = all[pair...pair + 1].flatMap(\.rounds).flatMap(\.faults)
            for kind in FaultSchedule.kinds {
                #expect(words.contains { $0.hasPrefix(kind) }, "seed \(pair + 1) and the next")
            }
        }
        let again = FaultSchedule(Seed(3), rounds: 24, providers: ["A"])
        #expect(again.rounds.map(\.description) == all[2].rounds.map(\.description))
    }

    /// API, and what a won too many in its answers is said to be.
    private static let wrongs: [(api: Int, words: [String])] = [
        (103, ["The log has another balance of a deposit account", "The integrated view shows"]),
        (206, ["The log has another amount due of a card bill", "What falls due has another"]),
        (106, ["another balance of a fund account", "Net worth has another balance of a part"]),
        (104, ["The log has another sum paid in of a deposit account"]),
        (204, ["The log has another sum paid out of a card bill"]),
        (205, ["The log has another sum of bill lines of a card bill"]),
        (203, ["The log has another balance of a card's points"]),
        (208, ["The log has another sum paid out of a card at"]),
        (109, ["The log has another balance of a loan at", "The integrated view shows"]),
        (304, ["The log has another value of holdings of an investment account"]),
        (406, ["The log has another sum moved of a policy"]),
        (502, ["The log has another balance of a prepaid wallet"]),
        (1_102, ["The log has another balance of a retirement account"]),
    ]

    @Test func `a won more in one answer ends the proof with a sentence of its kind`()
        async throws
    {
        for (api, words) in Bench.isTorture ? Self.wrongs[...] : Self.wrongs.prefix(3) {
            let bench = try Bench("wrong")
            let run = try await FaultRun(bench, Seed(1), people: 14)
            let (text, ending) = try await run.proof(of: "wrong=1/\(api)")
            #expect(ending == .exited(1), "\(api): \(text)")
            for word in words { #expect(text.contains(word), "\(api): \(text)") }
            #expect(!text.contains("person "), "\(text)")
            await run.end()
            try bench.clear()
        }
    }

    @Test func `a row of the ledger that the log does not have is found`() async throws {
        let bench = try Bench("faultrun")
        let run = try await FaultRun(bench, Seed(1), people: 1)
        try await run.prove()
        let told = try await run.provesNot()
        #expect(told.hasPrefix("ended with 1"), "\(told)")
        #expect(told.contains("of a deposit account at "), "\(told)")
        #expect(!told.contains("person "), "\(told)")
        await run.end()
        try bench.clear()
    }
}
