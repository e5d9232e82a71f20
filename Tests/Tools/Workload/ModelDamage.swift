import EventLog
import Files
import Finance
import Frame
import Projections
import Simulation
import Vault

/// Damages the read models and the vault of a closed data directory, one place at a time, and looks
/// at what is made of it; the log is whole (`DamageRun` has its faults).
///
/// - A store or catalog file is refused by name and place, and folding anew comes to the same; or
///   it opens, and each state is right or refused by its subject's id.
/// - A file of the vault is refused by name and place; or each person is found with all events,
///   or missing while the vault names the damaged slot; nobody erased is there again.
///
/// Says what `DamageRun` says. Arguments: `scratch`, `from`, `to`, `seed`, `rules`, `blind=1` (the
/// planted bug: what names damage is not heard).
final class ModelDamageRun {
    private let source: String
    private let path: String
    private let arguments: Arguments
    private let rules: CategoryRules
    private let pair: VaultPair
    private let isHeard: Bool
    private var files: [(name: String, bytes: [UInt8])] = []
    private var victims: [String: [Int]] = [:]
    private var expected = Expected()
    private var tally = (named: 0, harmless: 0, folded: 0)

    /// What is right.
    private struct Expected {
        var fingerprint = ReadModels.Fingerprint()
        /// By number of the CI.
        var persons: [Int: SubjectID] = [:]
        var events: [Int: UInt64] = [:]
        var states: [SubjectID: [[UInt8]]] = [:]
    }

    /// CIs that the load may have enrolled.
    private static let numbers = 0..<200

    init(_ source: String, _ arguments: Arguments) throws {
        (self.source, self.arguments) = (source, arguments)
        path = try arguments.text("scratch")
        rules = try ReadModels.rules(arguments.text("rules"))
        isHeard = !arguments.isSet("blind")
        pair = try VaultPair(source)
    }

    func run() throws {
        try learn()
        for folder in ["projections/", "vault/", "log/"] { try list(folder) }
        files.append(("passphrase", try Files.read(source + "/passphrase")))
        for (index, file) in files.enumerated() where !file.name.hasPrefix("log/") {
            let group = file.name.hasPrefix("projections/") ? "models" : "vault"
            victims[group, default: []].append(index)
        }
        let seed = UInt64(arguments.number("seed", 1))
        for number in arguments.number("from", 0)..<arguments.number("to", 100) {
            var chance = Seed(seed << 32 ^ UInt64(number))
            try checkCase(number, &chance)
        }
        Marks.say(
            "total named \(tally.named) harmless \(tally.harmless) folded-anew \(tally.folded)"
        )
    }

    private func learn() throws {
        let models = try ReadModels(pair, at: source + "/projections", rules)
        expected.fingerprint = try models.fingerprint()
        for number in ModelDamageRun.numbers {
            guard let subject = pair.vault.subject(forCI: VaultPair.ci(number)) else { continue }
            expected.persons[number] = subject
            expected.events[number] = try pair.eventCount(of: subject)
            expected.states[subject] = [
                try models.counters.bytes(of: subject), try models.spending.bytes(of: subject),
            ]
        }
        try models.projections.stop()
    }

    private func list(_ folder: String) throws {
        for name in try Files.names(in: source + "/" + folder) {
            let inner = folder + name
            if Files.isDirectory(source + "/" + inner) {
                try list(inner + "/")
            } else {
                files.append((inner, try Files.read(source + "/" + inner)))
            }
        }
    }

    private func checkCase(_ number: Int, _ chance: inout Seed) throws {
        // Opening a vault costs a slow derivation from the passphrase.
        let isVault = number % 8 == 7
        let victim = pick(victims[isVault ? "vault" : "models"] ?? [], &chance)
        let fault = Fault(files[victim].bytes, &chance)
        Marks.say("case \(number) \(files[victim].name) \(fault)")
        try Files.removeTree(path)
        for (index, file) in files.enumerated()
        where isVault != file.name.hasPrefix("projections/") {
            let target = path + "/" + file.name
            try Files.makeDirectories(Files.parent(of: target))
            let bytes = index == victim ? fault.applied(to: file.bytes) : file.bytes
            try Files.replace(target, with: bytes)
        }
        do {
            let file = path + "/" + files[victim].name
            if isVault { try checkVault(file) } else { try checkModels(file, number) }
        } catch {
            Marks.say("bad \(number) \(error)")
        }
    }

    /// Files by their size, small ones sometimes.
    private func pick(_ victims: [Int], _ chance: inout Seed) -> Int {
        let small = victims[Int(chance.next() % UInt64(victims.count))]
        if chance.next() % 3 == 0 { return small }
        var place = chance.next() % UInt64(victims.reduce(0) { $0 + files[$1].bytes.count })
        for index in victims {
            guard place >= UInt64(files[index].bytes.count) else { return index }
            place -= UInt64(files[index].bytes.count)
        }
        return small
    }

    private func checkModels(_ victim: String, _ number: Int) throws {
        let directory = path + "/projections"
        let models: ReadModels
        do {
            models = try ReadModels(pair, at: directory, rules, isLive: number % 8 == 0)
        } catch let error as ProjectionError {
            guard case .damagedStore(victim, let place) = error, !place.isEmpty, isHeard else {
                throw Failure("neither file nor place: \(error)")
            }
            tally.named += 1
            if number % 4 == 0 { try foldAnew(directory) }
            return
        }
        defer {
            // What a damaged store makes of a last checkpoint is no answer to anyone.
            do { try models.projections.stop() } catch { Marks.say("stop \(error)") }
        }
        var damaged = try checkStates(models)
        for report in [
            try models.counters.recomputeStateHash(), try models.spending.recomputeStateHash(),
        ] where !report.isEqual { damaged += 1 }
        guard damaged == 0 || !isHeard else { return tally.named += 1 }
        try require(
            try models.fingerprint() == expected.fingerprint,
            "WRONG: damage that nothing names"
        )
        tally.harmless += 1
    }

    /// Every state is right or refused; how many are refused.
    private func checkStates(_ models: ReadModels) throws -> Int {
        var damaged = 0
        for (subject, states) in expected.states {
            for (number, state) in states.enumerated() {
                do {
                    let bytes =
                        number == 0
                        ? try models.counters.bytes(of: subject)
                        : try models.spending.bytes(of: subject)
                    try require(bytes == state, "WRONG: a state that reads well")
                } catch ProjectionError.damaged(subject: subject, _) {
                    damaged += 1
                }
            }
        }
        return damaged
    }

    /// What the error says to do: the stores are discarded and folded anew.
    private func foldAnew(_ directory: String) throws {
        let models = try ReadModels(pair, at: directory, rules, isDiscarding: true)
        let fingerprint = try models.fingerprint()
        try models.projections.stop()
        try require(fingerprint == expected.fingerprint, "WRONG: what was folded anew")
        tally.folded += 1
    }

    private func checkVault(_ victim: String) throws {
        let damaged: VaultPair
        do {
            damaged = try VaultPair(path)
        } catch {
            try requireNamed(error, victim)
            return tally.named += 1
        }
        defer { damaged.close() }
        let missing = try checkPersons(damaged)
        let isRefused = try refusesNew(damaged.vault, victim)
        let isNamed = isRefused || !damaged.vault.damagedSlots.isEmpty
        try require(missing == 0 || isNamed && isHeard, "WRONG: \(missing) persons are gone")
        if isNamed { tally.named += 1 } else { tally.harmless += 1 }
    }

    /// Whether nobody can be enrolled, because someone may be in what is damaged.
    private func refusesNew(_ vault: Vault, _ victim: String) throws -> Bool {
        do {
            _ = try vault.enrol([Array("CI-after".utf8)])
            return false
        } catch {
            try requireNamed(error, victim)
            return true
        }
    }

    /// Who is found is who was, with all events; how many are not found.
    private func checkPersons(_ damaged: VaultPair) throws -> Int {
        var missing = 0
        for number in ModelDamageRun.numbers {
            let subject = damaged.vault.subject(forCI: VaultPair.ci(number))
            guard let subject else {
                if expected.persons[number] != nil { missing += 1 }
                continue
            }
            try require(subject == expected.persons[number], "WRONG: who CI \(number) is")
            try require(
                try damaged.eventCount(of: subject) == expected.events[number],
                "WRONG: a person's events"
            )
        }
        return missing
    }

    private func requireNamed(_ error: any Error, _ victim: String) throws {
        let isPassphrase = victim.hasSuffix("/passphrase")
        switch error as? VaultError {
        case .damaged(victim, let place) where !place.isEmpty: break
        case .wrongPassphrase where isPassphrase: break
        case .passphraseFileMalformed(victim): break
        default: throw Failure("neither file nor place: \(error)")
        }
    }
}

extension Projection {
    /// The canonical bytes of a person's state; empty when there is none.
    fileprivate func bytes(of subject: SubjectID) throws(ProjectionError) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(subject)?.state.encode(into: &bytes)
        return bytes
    }
}
