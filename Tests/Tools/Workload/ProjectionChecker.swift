import EventLog
import Finance
import Frame
import Projections
import Simulation
import Vault

/// Looks at log, vault and read models that a fault left.
///
/// - everything opens as the executable opens it, and goes on: a new person's events are folded;
/// - hashes, counts of states and totals equal those of a fold of the same log from nothing;
/// - each person's count of events is that of the frames which can be opened one by one, and not
///   less than was acknowledged; an erased person has no state;
/// - every stored state opens, and is there again after one more start.
struct ProjectionChecker {
    private let directory: String
    private let marks: [String]
    private let rules: CategoryRules

    init(_ directory: String, _ marks: [String], _ rules: CategoryRules) {
        (self.directory, self.marks, self.rules) = (directory, marks, rules)
    }

    /// What the marks say of one person.
    private struct Person {
        let subject: SubjectID
        /// Events acknowledged of cards that nobody began to destroy.
        var kept: [Int: UInt64] = [:]
        var isGone = false
    }

    func check(chance number: UInt64) async throws {
        if marks.isEmpty { try VaultPair.make(directory) }
        let pair = try VaultPair(directory)
        defer { pair.close() }
        let kept = try await checkLive(pair, Seed(number))
        let fresh = try ReadModels.fresh(pair, at: directory + "/fresh", rules)
        try require(kept == fresh, "WRONG: not what a fold from nothing comes to")
        guard number % 8 == 0 else { return }
        let again = try ReadModels(pair, at: directory + "/projections", rules)
        let last = try again.fingerprint()
        try again.projections.stop()
        try require(last == fresh, "WRONG: after one more start")
    }

    /// Goes on with what is there; what it comes to.
    private func checkLive(_ pair: VaultPair, _ seed: Seed) async throws -> ReadModels.Fingerprint {
        var chance = seed
        let persons = try persons()
        let models = try ReadModels(pair, at: directory + "/projections", rules)
        do {
            try models.waitUntilCaughtUp()
            let subject = try pair.vault.enrol([Array("CI-after".utf8)])[0]
            let events = ReadModels.approvals(3, &chance)
            try await pair.write(events, eventCount: 3, 0, subject, &chance)
            let fingerprint = try models.fingerprint()
            for person in persons { try check(person, pair, models) }
            try models.requireWhole()
            try models.projections.stop()
            return fingerprint
        } catch {
            try models.projections.stop()
            throw error
        }
    }

    private func check(_ person: Person, _ pair: VaultPair, _ models: ReadModels) throws {
        let state = pair.vault.state(of: person.subject)
        try require(!person.isGone || state == .erased, "a forgotten person is there again")
        let counted = try models.counters.read(person.subject)?.state.contribution.byType
        // Openings of compartments are counted too, but stand in frames of wraps.
        let opened = counted?[EventType.compartmentOpened.rawValue] ?? 0
        let count = (counted?.values.reduce(0, +) ?? 0) - opened
        let profile = try models.spending.read(person.subject)
        guard state == .live else {
            return try require(count == 0 && profile == nil, "state of an erased person")
        }
        let inLog = try pair.eventCount(of: person.subject)
        try require(count == inLog, "WRONG: \(count) events counted of \(inLog)")
        let kept = person.kept.values.reduce(0, +)
        try require(inLog >= kept, "LOST: \(inLog) events of \(kept)")
    }

    private func persons() throws -> [Person] {
        var persons: [Person] = []
        for mark in marks {
            let words = mark.split(separator: " ")
            let numbers = words.dropFirst().map { Int($0) ?? 0 }
            switch words[0] {
            case "enrolled":
                guard let subject = SubjectID(hexadecimal: String(words[2])) else {
                    throw Failure("a mark without a person: \(mark)")
                }
                persons.append(Person(subject: subject))
            case "wrote": persons[numbers[0]].kept[numbers[1], default: 0] += UInt64(numbers[2])
            case "drop-begin": persons[numbers[0]].kept[numbers[1]] = nil
            case "forget-begin": persons[numbers[0]].kept = [:]
            case "forget-end": persons[numbers[0]].isGone = true
            default: break
            }
        }
        return persons
    }
}
