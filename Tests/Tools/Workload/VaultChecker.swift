import EventLog
import Files
import Frame
import Simulation
import Vault

/// What the marks of a `VaultLoad` promise of each person.
struct VaultPromises {
    struct Person {
        /// Texts that must be readable.
        var kept: Set<String> = []
        /// Texts that a destruction under way may have taken.
        var fading: Set<String> = []
        /// Texts that are destroyed.
        var gone: Set<String> = []
        var isFading = false
        var isGone = false
    }

    var isCreated = false
    var persons: [Person] = []

    init(_ marks: [String]) {
        for mark in marks {
            let words = mark.split(separator: " ")
            let numbers = words.dropFirst().map { Int($0) ?? 0 }
            switch words[0] {
            case "created": isCreated = true
            case "enrolled": persons.append(Person())
            case "wrote": persons[numbers[0]].kept.insert(words.dropFirst().joined(separator: " "))
            case "forget-begin": persons[numbers[0]].isFading = true
            case "forget-end": persons[numbers[0]].isGone = true
            case "drop-begin": fade(numbers[0], card: numbers[1])
            case "drop-end":
                persons[numbers[0]].gone.formUnion(persons[numbers[0]].fading)
                persons[numbers[0]].fading = []
            default: break
            }
        }
    }

    private mutating func fade(_ number: Int, card: Int) {
        let texts = persons[number].kept.filter { $0.hasPrefix("\(number) \(card) ") }
        persons[number].kept.subtract(texts)
        persons[number].fading.formUnion(texts)
    }
}

/// Looks at a vault and log that a fault left: who was enrolled is found, what was written opens,
/// what was destroyed stays destroyed, a destruction under way happened whole or not at all.
enum VaultChecker {
    static func check(_ directory: String, _ marks: [String], chance number: UInt64) async throws {
        let promises = VaultPromises(marks)
        var chance = Seed(number)
        if !promises.isCreated { try VaultPair.make(directory) }
        let pair = try VaultPair(directory)
        defer { pair.log.close() }
        try require(pair.vault.damagedSlots.isEmpty, "WRONG: a damaged slot")
        for (number, person) in promises.persons.enumerated() {
            try check(pair, number, person)
        }
        // Life goes on: a new person writes and reads.
        let subject = try pair.vault.enrol([Array("CI-after".utf8)])[0]
        try await pair.write("after", 0, subject, &chance)
        try require(try pair.texts(of: subject) == ["after"], "LOST: a text after the fault")
    }

    private static func check(
        _ pair: VaultPair,
        _ number: Int,
        _ person: VaultPromises.Person
    ) throws {
        let subject = pair.vault.subject(forCI: VaultPair.ci(number))
        guard let subject, !person.isGone else {
            try require(subject == nil, "a forgotten person is there again")
            return try require(person.isFading, "LOST: person \(number)")
        }
        let texts = try pair.texts(of: subject)
        try require(
            person.kept.isSubset(of: texts),
            "LOST: \(person.kept.subtracting(texts).count) texts"
        )
        try require(person.gone.isDisjoint(with: texts), "a destroyed text opens")
        let faded = person.fading.subtracting(texts)
        try require(
            faded.isEmpty || faded == person.fading,
            "half of a card's texts are destroyed"
        )
    }
}
