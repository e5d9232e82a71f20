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

    /// Every kind of fault that the sandbox has.
    static let kinds = [
        "slow", "refuse", "types", "truncate", "cut", "duplicate", "change", "skew", "expire",
        "token", "down", "fields", "codes",
    ]

    /// Codes that a provider may refuse with and that end with the fault: 40106 would end the
    /// transfer request itself.
    static let refusals = [
        40_001, 40_002, 40_101, 40_104, 40_105, 40_301, 40_302, 40_304, 40_305, 40_401, 40_402,
        40_403, 42_901, 50_001, 50_002, 50_003, 50_004, 50_005, 50_006, 50_007, 50_008, 50_009,
    ]

    init(_ seed: Seed, rounds count: Int, providers: [String]) {
        var chance = seed
        // Swarm: each run leaves half of the kinds out, so that one fault does not hide another.
        let here = FaultSchedule.kinds.filter { _ in chance.below(2) == 0 }
        rounds = (0..<count).map { _ in FaultSchedule.round(here, providers, &chance) }
    }

    private static func round(
        _ kinds: [String],
        _ providers: [String],
        _ chance: inout Seed
    ) -> FaultRound {
        let faults = kinds.filter { _ in chance.below(2) == 0 }.map {
            fault($0, providers, &chance)
        }
        return FaultRound(
            faults: faults,
            days: chance.below(3) == 0 ? 1 + chance.below(9) : 0,
            reason: ["refresh", "refresh", "regular", "search"][chance.below(4)],
            sandboxDiesAtWrite: chance.below(3) == 0 ? 20 + chance.below(600) : nil,
            collectorDiesAtFlush: chance.below(3) == 0 ? 1 + chance.below(80) : nil
        )
    }

    private static func fault(
        _ kind: String,
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
}
