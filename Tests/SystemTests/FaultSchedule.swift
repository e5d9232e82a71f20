import Simulation

/// What goes wrong in one stretch of a run, all of it drawn from one seed.
struct FaultRound: CustomStringConvertible {
    /// Faults of the sandbox, as texts.
    var faults: [String]
    /// Days that pass before it.
    var days: Int
    /// Why the collecting process asks: `refresh`, `search` or `regular`.
    var reason: String
    /// The sandbox is killed with this write to a connection, counted from the round's start.
    var sandboxDiesAtWrite: Int?
    /// The collecting process is killed with this flush of a file.
    var collectorDiesAtFlush: Int?

    var description: String {
        var words = ["+\(days) d", reason] + faults
        if let sandboxDiesAtWrite { words.append("sandbox killed at write \(sandboxDiesAtWrite)") }
        if let collectorDiesAtFlush { words.append("collector at flush \(collectorDiesAtFlush)") }
        return words.joined(separator: " ")
    }
}

/// The rounds of one run.
struct FaultSchedule {
    let rounds: [FaultRound]
    /// Why people's data is asked for once the faults have stopped: `search` or `refresh`.
    let lastReason: String

    /// Every kind of fault that the sandbox has but `wrong`: a provider that has said another
    /// amount under the same mark has to be asked without it, which nobody does by themselves.
    static let kinds = [
        "slow", "refuse", "types", "truncate", "cut", "duplicate", "change", "skew", "expire",
        "token", "down", "fields", "codes", "counts",
    ]

    /// Codes that a provider may refuse with and that end with the fault: 40106 would end the
    /// transfer request itself.
    static let refusals = [
        40_001, 40_002, 40_101, 40_104, 40_105, 40_301, 40_302, 40_304, 40_401, 40_402, 40_403,
    ]
    /// What may be said wrongly within the standard: old rows, fields left out, other codes.
    ///
    /// Its mark then answers "unchanged" to who does not ask for all of it again.
    private static let unseen: Set = ["change", "codes", "fields"]
    /// The asset is closed, which is believed until a list with news names it again.
    static let closed = 40_305
    /// Too many calls, and the provider's own failures.
    static let troubles = [
        42_901, 50_001, 50_002, 50_003, 50_004, 50_005, 50_006, 50_007, 50_008, 50_009,
    ]

    init(_ seed: Seed, rounds count: Int, providers: [String]) {
        var chance = seed
        // A row of long ago that changed is seen only by who asks for all of it again. Where nobody
        // does, what was asked once must be right, or a mark that was kept wrongly shows.
        let endsLooking = seed.number % 2 == 0
        lastReason = endsLooking ? "search" : "refresh"
        // Swarm: each run leaves half of the kinds out, so that one fault does not hide another;
        // and the next run, an even seed, has those that this one leaves out.
        var pair = Seed((seed.number + 1) / 2)
        let here = FaultSchedule.kinds.filter { kind in
            let isFirst = pair.below(2) == 0
            return FaultSchedule.unseen.contains(kind) ? endsLooking : isFirst != endsLooking
        }
        let refusals = FaultSchedule.refusals + (endsLooking ? [FaultSchedule.closed] : [])
        var rounds = (0..<count).map { _ in
            FaultSchedule.round(here, refusals, providers, &chance)
        }
        FaultSchedule.makeSure(of: here, in: &rounds, &chance)
        self.rounds = rounds
    }

    /// Has each of a run's kinds met, and each side killed, once at least.
    private static func makeSure(
        of kinds: [String],
        in rounds: inout [FaultRound],
        _ chance: inout Seed
    ) {
        // A token is issued twice only while people enrol, and who is killed forgets what it met.
        let hasToken = kinds.contains("token")
        let (quiet, sandbox, collector) = hasToken ? (0, 2, 1) : (4, 0, 1)
        for place in [quiet, 3, 5] {
            rounds[place].sandboxDiesAtWrite = nil
            rounds[place].collectorDiesAtFlush = nil
        }
        for (number, kind) in kinds.enumerated() {
            rounds[kind == "token" ? quiet : 3 + number % 2 * 2].faults += certain(kind)
        }
        // What a search asks for is much, so that there is something to go wrong and to die in.
        for place in [sandbox, collector, 3, 5] { rounds[place].reason = "search" }
        rounds[sandbox].collectorDiesAtFlush = nil
        rounds[sandbox].sandboxDiesAtWrite = 10 + chance.below(60)
        rounds[collector].sandboxDiesAtWrite = nil
        rounds[collector].collectorDiesAtFlush = 1 + chance.below(6)
    }

    private static func round(
        _ kinds: [String],
        _ refusals: [Int],
        _ providers: [String],
        _ chance: inout Seed
    ) -> FaultRound {
        let faults = kinds.filter { _ in chance.below(2) == 0 }.map {
            fault($0, chance.below(2) == 0 ? refusals : troubles, providers, &chance)
        }
        return FaultRound(
            faults: faults,
            days: chance.below(3) == 0 ? 1 + chance.below(9) : 0,
            reason: ["refresh", "refresh", "regular", "search"][chance.below(4)],
            sandboxDiesAtWrite: chance.below(3) == 0 ? 10 + chance.below(200) : nil,
            collectorDiesAtFlush: chance.below(3) == 0 ? 1 + chance.below(40) : nil
        )
    }

    private static func fault(
        _ kind: String,
        _ refusals: [Int],
        _ providers: [String],
        _ chance: inout Seed
    ) -> String {
        let provider = "@" + providers[chance.below(providers.count)]
        let place = chance.below(3) == 0 ? provider : ""
        let share = "%\(10 + chance.below(150))"
        return switch kind {
        case "slow": "slow=\(1 + chance.below(40))\(place)\(share)"
        case "refuse": "refuse=\(refusals[chance.below(refusals.count)])\(place)\(share)"
        case "skew": "skew=\(1 + chance.below(1_800))\(place)\(share)"
        // Alone, or nothing would be there.
        case "down": "down=\(1 + chance.below(4))\(provider)"
        case "token": "token\(place)%\(50 + chance.below(400))"
        default: kind + place + share
        }
    }

    /// A kind everywhere and often enough to be met in a round of few calls.
    private static func certain(_ kind: String) -> [String] {
        switch kind {
        case "slow": ["slow=20%250"]
        case "refuse": ["refuse=42901%200", "refuse=50001%200"]
        case "skew": ["skew=900%250"]
        case "down": ["down=2%250"]
        case "token": ["token/token%700"]
        default: [kind + "%250"]
        }
    }
}
